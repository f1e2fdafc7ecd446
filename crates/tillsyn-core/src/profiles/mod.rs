//! Configuration profiles: what people write. A profile belongs to a unit and has at most one draft, which
//! is edited, and published versions, which never change. What devices are to have of it, and have, are
//! assignments and items, not here.

mod check;
mod create;
mod draft;
mod edit;
mod export;
mod finding;
mod limits;
mod preview;
mod publish;
mod store;
mod summary;
pub mod templates;
mod usage;
pub mod variables;
mod versions;
mod view;

pub use check::{Checked, check_upload};
pub use create::{NewProfile, Origin, create_profile};
pub use draft::{DraftChange, DraftView, SaveDraft, discard_draft, open_draft, save_draft};
pub use edit::{Edit, Step, ValueKind};
pub use export::{ExportSecrets, Exported, export_masked, export_with_secrets};
pub use finding::{Change, Finding};
pub use limits::{MAX_BYTES, MAX_EDITS, MAX_PAYLOADS};
pub use preview::{DevicePreview, preview_for_device};
pub use publish::{publish, set_archived};
pub use summary::{CredentialUse, FindingCounts, PayloadSummary, Signer, Summary};
pub use usage::{Usage, usage};
pub use versions::{Side, VersionContent, VersionView, compare, find_version, list_versions};
pub use view::{
    Describe, DraftNote, ProfileFilter, ProfileView, delete_profile, describe_profile,
    find_profile, list_profiles, reach,
};

pub(crate) use finding::paths_of;
pub(crate) use publish::{Publish, archive_in, publish_in, restore_in};
pub(crate) use store::Content;
