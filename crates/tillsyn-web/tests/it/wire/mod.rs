//! Every check-in message, every channel, every way to prove a sender, and enrollments that move.

mod channels;
mod check_ins;
mod foreign;
mod listeners;
mod moving;
mod results;
pub(crate) mod shapes;
pub(crate) mod unknown;
