//! The first steps of an installation, on the overview until nothing is left.

mod acts;
mod card;

pub(crate) use acts::{backup, hide};
pub(crate) use card::card;
pub use card::{FirstStepsCard, StepRow};
