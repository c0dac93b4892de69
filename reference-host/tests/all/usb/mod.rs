//! USB, from both sides.

mod beside;
mod fake;
mod grants;
mod handles;
mod limits;
mod port;
mod stage;
mod time;
