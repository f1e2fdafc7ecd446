//! An assignment as the API shows it.

use serde::Serialize;
use tillsyn_core::assignments::{AssignmentView, TargetView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A profile goes to these devices, groups and units, and not to those.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Assignment {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    profile_id: String,
    profile_name: String,
    /// `device`, or `users` for every managed user of it.
    channel: String,
    /// Fixed; `null` follows the newest published one.
    version: Option<i64>,
    include: Vec<Target>,
    exclude: Vec<Target>,
    revision: i64,
    created_by: String,
    created_at: Time,
    updated_at: Time,
}

/// Whom an assignment names.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Target {
    /// `device`, `group` or `org_unit`, which means everything below it too.
    kind: &'static str,
    #[schema(format = "uuid")]
    id: String,
    /// `null` for what the token does not reach.
    name: Option<String>,
    /// Devices that it stands for.
    devices: i64,
}

impl From<AssignmentView> for Assignment {
    fn from(view: AssignmentView) -> Self {
        let targets = |targets: Vec<TargetView>| targets.into_iter().map(Into::into).collect();
        Self {
            id: view.id.to_string(),
            profile_id: view.item_id,
            profile_name: view.item_name,
            channel: view.channel,
            version: view.version,
            include: targets(view.include),
            exclude: targets(view.exclude),
            revision: view.revision,
            created_by: view.created_by,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}

impl From<TargetView> for Target {
    fn from(view: TargetView) -> Self {
        Self {
            kind: view.kind,
            id: view.id,
            name: view.name,
            devices: view.devices,
        }
    }
}
