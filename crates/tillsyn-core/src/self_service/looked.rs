//! Who read what of a person's device, in words without ids: from the audit trail and from what was asked of the
//! device, since it is theirs.

use tillsyn_db::{Tx, args};

use super::admit::reach_in;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A key, PIN or password of the device.
    Secret,
    /// Where it was.
    Location,
    /// It was asked where it is.
    AskedLocation,
    /// It was asked which apps it has.
    AskedApps,
    /// It was asked how it is: model, system, storage, protection.
    AskedStatus,
}

impl Look {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Location => "location",
            Self::AskedLocation => "asked_location",
            Self::AskedApps => "asked_apps",
            Self::AskedStatus => "asked_status",
        }
    }

    fn of_event(action: &str) -> Option<Self> {
        match action {
            "secret.reveal" => Some(Self::Secret),
            "device.locations_read" => Some(Self::Location),
            _ => None,
        }
    }

    fn of_command(request_type: &str) -> Option<Self> {
        match request_type {
            "DeviceLocation" => Some(Self::AskedLocation),
            "InstalledApplicationList" | "ManagedApplicationList" => Some(Self::AskedApps),
            "DeviceInformation"
            | "SecurityInfo"
            | "CertificateList"
            | "ProfileList"
            | "ProvisioningProfileList"
            | "UserList"
            | "Restrictions" => Some(Self::AskedStatus),
            _ => None,
        }
    }
}

/// Who it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By name.
    Person(String),
    /// A program of theirs.
    Program(String),
    /// Somebody at the server itself, or whose name is gone.
    Unnamed,
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    pub at: i64,
    pub look: Look,
    pub who: Who,
}

/// Who looked, newest first.
///
/// # Errors
/// Not found for a device that is not theirs.
pub async fn looked(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    limit: usize,
) -> Result<Vec<Looked>, Error> {
    core.db()
        .read(
            (device.clone(), actor.clone(), limit),
            |tx, (device, actor, limit)| {
                Box::pin(async move {
                    reach_in(tx, actor, device.as_str()).await?;
                    looked_in(tx, actor, device, *limit).await
                })
            },
        )
        .await
}

/// The same for a device that was found to be theirs.
pub(super) async fn looked_in(
    tx: &Tx,
    actor: &Actor,
    device: &DeviceId,
    limit: usize,
) -> Result<Vec<Looked>, Error> {
    const EVENTS: &str = "SELECT e.at, e.action, e.actor_kind, a.name, o.name FROM event e \
        LEFT JOIN account a ON a.id = e.actor_id LEFT JOIN api_token t ON t.id = e.actor_id \
        LEFT JOIN account o ON o.id = t.account_id \
        WHERE e.object_kind = 'device' AND e.object_id = $1 AND e.at >= $2 AND e.result = 'done' \
        AND e.action IN ('secret.reveal', 'device.locations_read') AND e.actor_id <> $3 \
        ORDER BY e.seq DESC LIMIT 200";
    const COMMANDS: &str = "SELECT c.created_at, c.request_type, b.actor_kind, a.name, o.name \
        FROM command c JOIN command_batch b ON b.id = c.batch_id \
        LEFT JOIN account a ON a.id = b.actor_id LEFT JOIN api_token t ON t.id = b.actor_id \
        LEFT JOIN account o ON o.id = t.account_id \
        WHERE c.device_id = $1 AND c.created_at >= $2 AND b.actor_kind IN ('account', 'token', 'server') \
        AND b.actor_id <> $3 AND c.request_type IN ('DeviceLocation', 'InstalledApplicationList', \
        'ManagedApplicationList', 'DeviceInformation', 'SecurityInfo', 'CertificateList', 'ProfileList', \
        'ProvisioningProfileList', 'UserList', 'Restrictions') ORDER BY c.created_at DESC LIMIT 200";
    let since = theirs_since_in(tx, actor, device).await?;
    let mut all = Vec::new();
    for (sql, of) in [
        (EVENTS, Look::of_event as fn(&str) -> Option<Look>),
        (COMMANDS, Look::of_command),
    ] {
        let rows = tx
            .fetch_all(sql, args![device, since, actor.id.as_str()])
            .await?;
        for row in &rows {
            let Some(look) = of(row.str(1)?) else {
                continue;
            };
            let who = match (row.opt_text(3)?, row.opt_text(4)?) {
                (Some(name), _) if row.str(2)? == "account" => Who::Person(name),
                (_, Some(owner)) => Who::Program(owner),
                _ => Who::Unnamed,
            };
            all.push(Looked {
                at: row.i64(0)?,
                look,
                who,
            });
        }
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all.truncate(limit);
    Ok(all)
}

/// Since when the device is this person's: what was read of whoever had it before is not theirs to see.
async fn theirs_since_in(tx: &Tx, actor: &Actor, device: &DeviceId) -> Result<i64, Error> {
    const GIVEN: &str = "SELECT MAX(at) FROM event WHERE object_kind = 'device' AND object_id = $1 \
        AND action = 'device.person'";
    const OTHERS: &str = "SELECT MAX(COALESCE(ended_at, created_at)) FROM enrollment \
        WHERE device_id = $1 AND status <> 'active' AND (person_id IS NULL OR person_id <> $2)";
    let given = tx.fetch_one(GIVEN, args![device]).await?.opt_i64(0)?;
    let others = tx
        .fetch_one(OTHERS, args![device, actor.own_person()])
        .await?
        .opt_i64(0)?;
    Ok(given.unwrap_or(0).max(others.unwrap_or(0)))
}
