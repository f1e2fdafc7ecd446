//! Configuration profiles: the list, making one, and editing its draft.

mod acts;
mod add;
mod edit;
mod effect;
pub mod form;
mod head;
mod list;
mod new;
mod page;
mod raw;
mod sent;
mod settings;
mod words;

pub use effect::{EffectCard, EffectLine, EffectPage};
pub use head::{HeadTab, PlanAct, ProfileHead, ProfileTab};
pub use page::{
    AddPayloadPage, Checked, ExportForm, FindingLine, NewProfilePage, PayloadKind, PayloadOption,
    PayloadsOfKind, ProfileRow, ProfilesPage, RawPage, TemplateCard,
};
pub use settings::{DiffLine, PayloadTab, SettingsPage};

pub(super) use edit::{diff_lines, refusal};
pub(super) use head::profile_id;
pub(super) use words::finding as finding_line;

pub(super) use acts::{archive, delete, describe, discard, plan};
pub(super) use add::{add, add_form};
pub(super) use edit::{save, show};
pub(super) use effect::effect;
pub(super) use list::list;
pub(super) use new::{create, new_form};
pub(super) use raw::{file, raw, save_raw, whole};
