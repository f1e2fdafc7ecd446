//! What devices make of profile versions, judged from Apple's schema before anything is sent. Plans and the
//! reconciler ask the same judgement, so that what a plan calls refused is refused.

mod judge;
mod traits;

pub(crate) use judge::{Asked, Draft, Judgements, Verdicts, documents, verdicts_in};
pub(crate) use traits::{Ignored, Judgement, Refusal, Traits};

#[cfg(test)]
mod tests;
