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

/// Carries the change out; answers what it made.
pub(super) async fn carry_in(
    tx: &Tx,
    core: &Core,
    actor: &Actor,
    change: &Change,
    now_ms: i64,
) -> Result<Json, Error> {
    match change {
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
            return Ok(json!({ "version": made.number, "version_id": made.version_id }));
        }
        Change::Assign { profile_id, terms } => {
            let profile = profile(profile_id)?;
            let id = assignments::create_in(tx, actor, &profile, terms, now_ms).await?;
            return Ok(json!({ "assignment_id": id }));
        }
        Change::ChangeAssignment {
            assignment_id,
            terms,
        } => {
            let id = assignment(assignment_id)?;
            assignments::change_in(tx, actor, &id, terms, now_ms).await?;
        }
        Change::Unassign { assignment_id } => {
            let id = assignment(assignment_id)?;
            assignments::remove_in(tx, actor, &id, now_ms).await?;
        }
        Change::ArchiveProfile { profile_id } => {
            profiles::archive_in(tx, actor, &profile(profile_id)?, now_ms).await?;
        }
        Change::RestoreProfile { profile_id } => {
            profiles::restore_in(tx, actor, &profile(profile_id)?, now_ms).await?;
        }
        Change::GroupMembers {
            group_id,
            add,
            remove,
        } => {
            let id = group(group_id)?;
            groups::change_members_in(tx, actor, &id, add, remove, now_ms).await?;
        }
        Change::DeleteGroup { group_id } => {
            groups::remove_in(tx, actor, &group(group_id)?, now_ms).await?;
        }
        Change::MoveDevice {
            device_ids,
            unit_id,
        } => {
            let unit = unit(unit_id)?;
            devices::move_in(tx, actor, device_ids, &unit, now_ms).await?;
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
            people::set_device_person_in(tx, actor, &device, person.as_ref(), now_ms).await?;
        }
        Change::MoveUnit { unit_id, parent_id } => {
            let (unit, parent) = (unit(unit_id)?, unit(parent_id)?);
            units::move_in(tx, actor, &unit, &parent, now_ms).await?;
        }
    }
    Ok(json!({}))
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
/// before anything is computed or kept, in the words of the change itself.
pub(super) async fn rehearse(
    core: &Core,
    actor: &Actor,
    change: &Change,
    now_ms: i64,
) -> Result<(), Error> {
    let input = (core.clone(), actor.clone(), change.clone(), now_ms);
    let rehearsed = core
        .db()
        .write(input, |tx, (core, actor, change, now)| {
            Box::pin(async move {
                carry_in(tx, core, actor, change, *now).await?;
                Err::<(), _>(Rehearsal::TakenBack)
            })
        })
        .await;
    match rehearsed {
        Ok(()) | Err(Rehearsal::TakenBack) => Ok(()),
        Err(Rehearsal::Refused(error)) => Err(error),
    }
}

/// How a rehearsal ends: always without a commit.
enum Rehearsal {
    TakenBack,
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
