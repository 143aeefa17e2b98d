//! The surface that the page sees: a handle to a world, and the flat frame that is drawn.
//!
//! The frame is filled without wasm too, so that it can be tested; the handle exists only in the browser.
//! This is the only floor with fractions, a clock and the browser in it.

pub mod frame;
#[cfg(target_arch = "wasm32")]
mod handle;
mod layout;
