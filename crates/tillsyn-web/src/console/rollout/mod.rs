//! Rolling profiles out: who has them, what a change would do, and how far it came.

mod apply;
mod plan;
mod plans;
mod words;

pub use plan::{EffectRow, ObjectLine, PlanForm, PlanPage, PlanStep};
pub use plans::{PlanRow, PlansPage};

pub(super) use apply::{apply, cancel};
pub(super) use plan::show as show_plan;
pub(super) use plans::list as list_plans;
