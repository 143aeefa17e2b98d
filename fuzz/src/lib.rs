//! What each fuzz target does with its input. A property that does not hold is a panic.
//!
//! `fuzz_targets/` hands these functions to libFuzzer; `tests/fuzz_corpus.rs` of the main crate takes this file in by
//! path and runs them over the kept corpus, on stable Rust. So nothing here names `crate` or libFuzzer.

mod consume_queue;
mod entry;
mod entry_store;
mod input;
mod inspect;
mod message;
mod scenario;
mod small;
mod text;

/// Makes the functions public, and the list of them by name.
macro_rules! targets {
    ($($module:ident::$target:ident,)+) => {
        $(pub use $module::$target;)+
        /// Every target: its name, which is that of its file and of its corpus, and what it does.
        pub const TARGETS: &[(&str, fn(&[u8]))] = &[$((stringify!($target), $target)),+];
    };
}

targets! {
    entry::entry,
    entry::index_unit,
    entry_store::entry_store,
    entry_store::damaged_store,
    consume_queue::consume_queue,
    message::message,
    small::index_header,
    small::ledger_checkpoint,
    small::store_checkpoint,
    text::properties,
    text::vote,
    text::host,
    text::offset_msg_id,
    inspect::inspect,
    scenario::scenario,
    scenario::command,
}
