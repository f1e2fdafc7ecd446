//! Makes a change: each kind through the bare function of its owner, in the caller's transaction.

use serde_json::{Value as Json, json};
use tillsyn_db::{DbError, Tx};

use super::change::Change;
use crate::actor::Actor;
use crate::assignments;
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::groups;
use crate::ids::{
    AssignmentId, DeviceId, GroupId, OrgUnitId, PersonId, ProfileId, ProfileVersionId,
};
use crate::people;
use crate::profiles::{self, Publish};
use crate::units;

/// What carrying a change out made.
pub(super) struct Carried {
    /// The number of a version, the id of an assignment.
    pub(super) result: Json,
    pub(super) look: Look,
}

/// Who is to be looked at after a change.
pub(super) enum Look {
    /// The devices of the computed effect.
    Effect,
    /// These, whether they are to have anything else now or not.
    Devices(Vec<String>),
    /// Everything in a unit and below it.
    Unit(String),
    /// It was so already: nothing was changed.
    Nobody,
}

/// Carries the change out; answers what it made.
pub(super) async fn carry_in(
    tx: &Tx,
    core: &Core,
    actor: &Actor,
    change: &Change,
    now_ms: i64,
) -> Result<Carried, Error> {
    let mut result = json!({});
    let look = match change {
        Change::PublishVersion {
            profile_id,
            draft_revision,
            comment,
            version_id,
        } => {
            let version_id = version_id
                .as_deref()
                .and_then(ProfileVersionId::parse)
                .ok_or_else(|| Error::internal("A plan to publish has no id for the version."))?;
            let publish = Publish {
                profile_id: profile(profile_id)?,
                draft_revision: *draft_revision,
                comment: comment.clone(),
                version_id,
            };
            let made = profiles::publish_in(tx, core.keys(), actor, &publish, now_ms).await?;
            result = json!({ "version": made.number, "version_id": made.version_id });
            Look::Effect
        }
        Change::Assign { profile_id, terms } => {
            let profile = profile(profile_id)?;
            let id = assignments::create_in(tx, actor, &profile, terms, now_ms).await?;
            result = json!({ "assignment_id": id });
            Look::Effect
        }
        Change::ChangeAssignment {
            assignment_id,
            terms,
        } => {
            let id = assignment(assignment_id)?;
            assignments::change_in(tx, actor, &id, terms, now_ms).await?;
            Look::Effect
        }
        Change::Unassign { assignment_id } => {
            let id = assignment(assignment_id)?;
            assignments::remove_in(tx, actor, &id, now_ms).await?;
            Look::Effect
        }
        Change::ArchiveProfile { profile_id } => {
            profiles::archive_in(tx, actor, &profile(profile_id)?, now_ms).await?;
            Look::Effect
        }
        Change::RestoreProfile { profile_id } => {
            profiles::restore_in(tx, actor, &profile(profile_id)?, now_ms).await?;
            Look::Effect
        }
        Change::GroupMembers {
            group_id,
            add,
            remove,
        } => {
            let id = group(group_id)?;
            groups::change_members_in(tx, actor, &id, add, remove, now_ms)
                .await?
                .map_or(Look::Nobody, Look::Devices)
        }
        Change::DeleteGroup { group_id } => {
            groups::remove_in(tx, actor, &group(group_id)?, now_ms).await?;
            Look::Devices(Vec::new())
        }
        Change::MoveDevice {
            device_ids,
            unit_id,
        } => {
            let unit = unit(unit_id)?;
            match devices::move_in(tx, actor, device_ids, &unit, now_ms).await? {
                moved if moved.is_empty() => Look::Nobody,
                moved => Look::Devices(moved),
            }
        }
        Change::MovePeople {
            person_ids,
            device_ids,
            unit_id,
        } => {
            let unit = unit(unit_id)?;
            let people = people::move_in(tx, actor, person_ids, &unit, now_ms).await?;
            let devices = match device_ids.as_slice() {
                [] => Vec::new(),
                ids => devices::move_in(tx, actor, ids, &unit, now_ms).await?,
            };
            if people.is_empty() && devices.is_empty() {
                Look::Nobody
            } else {
                Look::Devices(devices)
            }
        }
        Change::SetDevicePerson {
            device_id,
            person_id,
        } => {
            let missing = |what| move || Error::not_found(what);
            let device = DeviceId::parse(device_id).ok_or_else(missing("device"))?;
            let person = match person_id {
                Some(id) => Some(PersonId::parse(id).ok_or_else(missing("person"))?),
                None => None,
            };
            if people::set_device_person_in(tx, actor, &device, person.as_ref(), now_ms).await? {
                Look::Devices(vec![device_id.clone()])
            } else {
                Look::Nobody
            }
        }
        Change::MoveUnit { unit_id, parent_id } => {
            let (unit, parent) = (unit(unit_id)?, unit(parent_id)?);
            if units::move_in(tx, actor, &unit, &parent, now_ms).await? {
                Look::Unit(unit_id.clone())
            } else {
                Look::Nobody
            }
        }
    };
    Ok(Carried { result, look })
}

fn profile(id: &str) -> Result<ProfileId, Error> {
    ProfileId::parse(id).ok_or_else(|| Error::not_found("profile"))
}

fn assignment(id: &str) -> Result<AssignmentId, Error> {
    AssignmentId::parse(id).ok_or_else(|| Error::not_found("assignment"))
}

fn group(id: &str) -> Result<GroupId, Error> {
    GroupId::parse(id).ok_or_else(|| Error::not_found("group"))
}

fn unit(id: &str) -> Result<OrgUnitId, Error> {
    OrgUnitId::parse(id).ok_or_else(|| Error::not_found("organisational unit"))
}

/// Makes the change and takes it back: whoever may not make it, or names what is not there, hears of it
/// before anything is computed or kept, in the words of the change itself. False when it is so already.
pub(super) async fn rehearse(
    core: &Core,
    actor: &Actor,
    change: &Change,
    now_ms: i64,
) -> Result<bool, Error> {
    // Every member would be deleted and put back.
    if let Change::DeleteGroup { group_id } = change {
        let input = (actor.clone(), group(group_id)?);
        let found = core.db().read(input, |tx, (actor, id)| {
            Box::pin(async move { groups::removable_in(tx, actor, id).await })
        });
        return found.await.map(|_| true);
    }
    let input = (core.clone(), actor.clone(), change.clone(), now_ms);
    let rehearsed = core
        .db()
        .write(input, |tx, (core, actor, change, now)| {
            Box::pin(async move {
                let carried = carry_in(tx, core, actor, change, *now).await?;
                Err::<bool, _>(Rehearsal::TakenBack(!matches!(carried.look, Look::Nobody)))
            })
        })
        .await;
    match rehearsed {
        Ok(changes) | Err(Rehearsal::TakenBack(changes)) => Ok(changes),
        Err(Rehearsal::Refused(error)) => Err(error),
    }
}

/// How a rehearsal ends: always without a commit.
enum Rehearsal {
    TakenBack(bool),
    Refused(Error),
}

impl From<Error> for Rehearsal {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<DbError> for Rehearsal {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}
