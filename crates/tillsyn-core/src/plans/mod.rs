//! Plans: the exact effect of a change on every device, before it is made. A plan is applied only while
//! that effect is still the same; what takes profiles from many devices needs a second person.

mod apply;
mod candidates;
mod carry;
mod change;
mod compute;
mod conflict;
mod create;
mod direct;
mod effect;
mod facts;
mod guard;
mod meet;
mod settle;
mod store;
mod summary;
mod view;
mod world;

pub use apply::{Approval, apply, need_of, wanted_by};
pub use change::Change;
pub use conflict::{ConflictGroup, ProfileRef, SettingConflict, Wins};
pub use create::{plan, preview};
pub use direct::change_directly;
pub use effect::EffectKind;
pub use guard::Need;
pub use store::{PlanStatus, PlanView};
pub use summary::{Counts, Summary, Unsupported};
pub use view::{EffectView, cancel, effects, find, list_plans, waiting_plans};

pub(crate) use apply::drop_in;
pub(crate) use view::refuse_limited_in;
