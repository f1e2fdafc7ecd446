//! Which way in fits which devices. Pure: answers in, methods out, best first.

mod advise;
mod answers;
#[cfg(test)]
mod tests;

pub use advise::{Advice, Fit, Method, Reason, advise};
pub use answers::{Answers, Holder, Platform, SetUpBy, State};
