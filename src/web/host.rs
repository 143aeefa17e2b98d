//! What both modules have of the browser: memory, a clock, and words for a panic.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_sys::Performance;

/// Steps between two looks at the clock.
const STEPS_PER_LOOK: u32 = 64;

#[wasm_bindgen]
extern "C" {
    /// The clock of whatever this runs in, a page or a worker; only the length of a pause depends on it.
    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static CLOCK: Performance;
}

/// The allocator of `std` is 2.8 KB more of what a visitor downloads.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs once, when the module is loaded: what a panic says is kept for [`last_panic`].
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        LAST_PANIC.with_borrow_mut(|last| *last = Some(info.to_string()));
        #[cfg(feature = "lab")]
        console_error_panic_hook::hook(info);
    }));
}

/// What the last panic said, if there was one.
#[wasm_bindgen]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with_borrow(Clone::clone)
}

/// A piece of real time.
pub struct Budget {
    deadline: f64,
    steps: u32,
}

impl Budget {
    /// `ms` from now on.
    pub fn new(ms: f64) -> Budget {
        Budget { deadline: CLOCK.with(Performance::now) + ms, steps: 0 }
    }

    /// Whether it is used up.
    pub fn is_over(&self) -> bool {
        CLOCK.with(Performance::now) > self.deadline
    }

    /// The same after one step more; looks at the clock only now and then.
    pub fn is_spent(&mut self) -> bool {
        self.steps += 1;
        self.steps % STEPS_PER_LOOK == 0 && self.is_over()
    }
}
