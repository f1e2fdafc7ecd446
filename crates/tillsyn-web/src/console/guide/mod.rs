//! The guide to enrollment: answers on one side, ways in on the other.

mod page;
mod show;
mod words;

pub use page::{GuidePage, MethodCard, PreflightLine, Question, ReasonLine, Site};
pub(crate) use show::guide;
