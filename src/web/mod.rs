//! The surface that the page sees: a handle to a world, and the flat frame that is drawn.
//!
//! The page loads two modules made of this crate. The first (`handle`) is what the first picture needs, as small as can
//! be; the second (`lab`, the feature of that name) has everything, and is fetched when there is a picture.
//! The frame is filled without wasm too, so that it can be tested; the handles exist only in the browser.
//! This is the only floor with fractions, a clock and the browser in it.

pub mod frame;
#[cfg(all(target_arch = "wasm32", not(feature = "lab")))]
mod handle;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(all(target_arch = "wasm32", feature = "lab"))]
mod lab;
mod layout;
#[cfg(target_arch = "wasm32")]
mod playing;
