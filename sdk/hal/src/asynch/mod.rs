//! Async drivers.
//!
//! The component stays synchronous: a future that cannot go on registers what
//! it waits for, and [`block_on()`] waits for the first of all that is
//! registered, by one call to the host. So a driver waits for an edge or a
//! moment, and for two buses at once, and any app can call it.
//!
//! Futures of [`anywhere()`] also go on in executors of others, which know
//! nothing of the host: there the futures themselves wait.

mod anywhere;
mod block_on;
mod delay;
mod happening;
mod i2c;
mod io;
mod lock;
mod pins;
mod registry;
mod spi;
mod within;

pub use anywhere::{Anywhere, anywhere};
pub use block_on::block_on;
pub use happening::{Happening, happening};
#[doc(hidden)]
pub use lock::Lock;
pub use within::within_ms;
