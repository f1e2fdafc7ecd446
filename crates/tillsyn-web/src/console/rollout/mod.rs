//! Rolling profiles out: who has them, what a change would do, and how far it came.

mod apply;
mod assignments;
mod devices;
mod plan;
mod plans;
#[cfg(test)]
mod tests;
mod versions;
mod words;

pub use assignments::{AssignmentRow, AssignmentsPage, FoundTarget, TargetRow};
pub use devices::{ProfileDeviceRow, ProfileDevicesPage};
pub use plan::{EffectRow, ObjectLine, PlanForm, PlanPage, PlanStep, ToldGroup, ToldLine};
pub use plans::{PlanRow, PlansPage};
pub use versions::{VersionPage, VersionRow, VersionsPage};

/// What a plan changes, in one sentence.
pub(super) async fn change_title(
    visitor: &super::visitor::Visitor,
    change: &tillsyn_core::plans::Change,
) -> String {
    words::change(visitor, change).await.text
}

pub(super) use apply::{apply, cancel};
pub(super) use assignments::{add as assign, change as change_assignment, show as assignments};
pub(super) use devices::{again, show as devices};
pub(super) use plan::show as show_plan;
pub(super) use plans::list as list_plans;
pub(super) use versions::{back, comment, list as versions, show as version};

#[cfg(any(test, feature = "testing"))]
pub(super) fn effects_filter(l: crate::i18n::Texts) -> super::frame::Filter {
    plan::filter(l, None)
}

#[cfg(any(test, feature = "testing"))]
pub(super) use plans::filter as plans_filter;
