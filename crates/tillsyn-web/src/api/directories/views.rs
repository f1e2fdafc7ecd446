//! Directories as the API shows them: never with a token.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::Proof;
use tillsyn_core::directory::{
    Counts, Held, LeaverPolicy, LeaverView, LinkView, RunView, ScimTokenView, SourceView,
};
use utoipa::ToSchema;

use crate::api::time::Time;

/// Where people and groups come from.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Directory {
    #[schema(format = "uuid")]
    id: String,
    /// `ldap`, `scim` or `oidc`.
    kind: &'static str,
    name: String,
    /// Its people and groups are made in this unit.
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    /// The lowest number owns a field that several directories know.
    priority: i64,
    /// `active` or `paused`.
    status: &'static str,
    /// Why it cannot be read at present.
    ill: Option<String>,
    ill_since: Option<Time>,
    people: i64,
    groups: i64,
    /// Things of it that wait for an administrator.
    held: i64,
    /// Names of attributes that came and are not read.
    ignored: Vec<String>,
    /// The address that a SCIM client is given; `null` for other kinds.
    scim_url: Option<String>,
    last_run_at: Option<Time>,
    created_at: Time,
    updated_at: Time,
}

impl Directory {
    pub(super) fn of(view: SourceView, public_url: &str) -> Self {
        let public = public_url.trim_end_matches('/');
        let ignored = view.diagnostics.as_object();
        Self {
            scim_url: (view.kind == tillsyn_core::directory::SourceKind::Scim)
                .then(|| format!("{public}/scim/v2/{}", view.id)),
            id: view.id.to_string(),
            kind: view.kind.as_str(),
            name: view.name,
            unit_id: view.unit_id.to_string(),
            unit: view.unit_name,
            priority: view.priority,
            status: view.status.as_str(),
            ill: view.ill_code,
            ill_since: Time::option(view.ill_since),
            people: view.people,
            groups: view.groups,
            held: view.held,
            ignored: ignored.map_or_else(Vec::new, |names| names.keys().cloned().collect()),
            last_run_at: Time::option(view.last_run_at),
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}

/// A token of a SCIM connector.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryToken {
    #[schema(format = "uuid")]
    id: String,
    created_at: Time,
    expires_at: Time,
    last_used_at: Option<Time>,
    /// It ends within thirty days.
    expiring: bool,
}

impl From<ScimTokenView> for DirectoryToken {
    fn from(view: ScimTokenView) -> Self {
        Self {
            id: view.id,
            created_at: Time(view.created_at),
            expires_at: Time(view.expires_at),
            last_used_at: Time::option(view.last_used_at),
            expiring: view.expiring,
        }
    }
}

/// The password of the person behind the API token: it alone does not do this.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::api) struct DirectoryProof {
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

impl DirectoryProof {
    pub(super) fn proof(self) -> Option<Proof> {
        Proof::sent(self.password, self.code)
    }
}

/// What a reading did.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryCounts {
    people: u64,
    groups: u64,
    created: u64,
    changed: u64,
    suspended: u64,
    leaving: u64,
    restored: u64,
    groups_created: u64,
    groups_changed: u64,
    /// Members that nobody here is.
    unresolved: u64,
    /// People who were erased here and not made again.
    erased: u64,
    /// Addresses that somebody else has.
    taken: u64,
}

impl From<Counts> for DirectoryCounts {
    fn from(counts: Counts) -> Self {
        Self {
            people: counts.people,
            groups: counts.groups,
            created: counts.created,
            changed: counts.changed,
            suspended: counts.suspended,
            leaving: counts.leaving,
            restored: counts.restored,
            groups_created: counts.groups_created,
            groups_changed: counts.groups_changed,
            unresolved: counts.unresolved,
            erased: counts.erased,
            taken: counts.taken,
        }
    }
}

/// What waits for an administrator.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryHeld {
    /// `no_entries`, `many_suspended`, `group_emptied`, `many_members`.
    reasons: Vec<String>,
    /// People who would be suspended, or whose devices wait.
    people: usize,
    /// Groups that would be emptied.
    groups: usize,
    /// Members that would come or go.
    members: usize,
    /// Of so many.
    of: usize,
}

impl From<Held> for DirectoryHeld {
    fn from(held: Held) -> Self {
        Self {
            reasons: held.reasons,
            people: held.suspend.len(),
            groups: held.empty.len(),
            members: held.members,
            of: held.of,
        }
    }
}

/// One reading, or something that waits.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryRun {
    #[schema(format = "uuid")]
    id: String,
    /// `sync`, `suspensions` or `members`.
    kind: String,
    /// `applied`, `held`, `released`, `declined`, `overtaken` or `failed`.
    status: &'static str,
    /// Whether everything was read.
    complete: bool,
    counts: DirectoryCounts,
    held: Option<DirectoryHeld>,
    /// The plan that shows what it takes from devices.
    #[schema(format = "uuid")]
    plan_id: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<Time>,
    created_at: Time,
}

impl From<RunView> for DirectoryRun {
    fn from(view: RunView) -> Self {
        Self {
            id: view.id,
            kind: view.kind,
            status: view.status.as_str(),
            complete: view.complete,
            counts: view.counts.into(),
            held: view.held.map(Into::into),
            plan_id: view.plan_id,
            decided_by: view.decided_by,
            decided_at: Time::option(view.decided_at),
            created_at: Time(view.created_at),
        }
    }
}

/// What ties an entry of a directory to a person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DirectoryLink {
    #[schema(format = "uuid")]
    id: String,
    /// The directory's own unchanging key.
    key: String,
    #[schema(format = "uuid")]
    person_id: String,
    person: String,
    login: Option<String>,
    external_id: Option<String>,
    /// `active`, `suspended` or `leaving`, as the directory has it.
    state: String,
    /// What made it so, in the directory's words.
    said: Option<String>,
    missing_since: Option<Time>,
    /// What the directory says of the person.
    fields: BTreeMap<String, Option<String>>,
    /// Somebody else with the same mail address, who may be the same.
    #[schema(format = "uuid")]
    suggested_person_id: Option<String>,
    suggested_person: Option<String>,
    updated_at: Time,
}

impl From<LinkView> for DirectoryLink {
    fn from(view: LinkView) -> Self {
        let (id, name) = view.suggested.unzip();
        Self {
            id: view.id,
            key: view.external_key,
            person_id: view.person_id.to_string(),
            person: view.person_name,
            login: view.login,
            external_id: view.external_id,
            state: view.state,
            said: view.raw_state,
            missing_since: Time::option(view.missing_since),
            fields: view.fields,
            suggested_person_id: id.map(|id| id.to_string()),
            suggested_person: name,
            updated_at: Time(view.updated_at),
        }
    }
}

/// Somebody who is suspended or leaving.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Leaver {
    #[schema(format = "uuid")]
    person_id: String,
    person: String,
    /// `suspended` or `leaving`.
    state: &'static str,
    since: Time,
    /// When their devices are dealt with; `null` where that is done or not due.
    due_at: Option<Time>,
    /// Waits for an administrator: nothing happens to their devices.
    held: bool,
    /// Devices of the organisation that are still with them.
    to_return: i64,
    /// Devices of their own that are still managed.
    personal: i64,
}

impl From<LeaverView> for Leaver {
    fn from(view: LeaverView) -> Self {
        Self {
            person_id: view.person_id.to_string(),
            person: view.name,
            state: view.state.as_str(),
            since: Time(view.since),
            due_at: Time::option(view.due_at),
            held: view.held,
            to_return: view.to_return,
            personal: view.personal,
        }
    }
}

/// What becomes of devices when people leave; nothing of it erases a device.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct UnitLeaverPolicy {
    /// Days until devices are dealt with.
    grace_days: i64,
    /// Whether management is removed from their own devices.
    retire_personal: bool,
    /// Whether devices of the organisation are locked.
    lock_corporate: bool,
    /// After so many days somebody suspended counts as having left; never when `null`.
    suspended_days: Option<i64>,
    /// Whether it is the unit's own; else that of the nearest unit above, or the usual one.
    own: bool,
}

impl UnitLeaverPolicy {
    pub(super) fn of(policy: &LeaverPolicy, own: bool) -> Self {
        Self {
            grace_days: policy.grace_days,
            retire_personal: policy.retire_personal,
            lock_corporate: policy.lock_corporate,
            suspended_days: policy.suspended_days,
            own,
        }
    }
}
