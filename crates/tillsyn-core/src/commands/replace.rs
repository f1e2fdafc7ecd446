//! A newer command takes the place of an older one that wants the same and that the device does not hold.

use std::collections::HashSet;

use tillsyn_db::{Tx, args};

use super::door::Plan;
use super::insert::{Able, channels};
use super::request::{Request, replaces};
use super::status::CommandStatus;
use super::store;
use crate::error::Error;

/// What the newer command did to older ones.
#[derive(Default)]
pub(super) struct Replaced {
    /// Channels where nothing is left to do: the profile to be removed never got there.
    pointless: HashSet<String>,
}

impl Replaced {
    pub(super) fn pointless(&self, channel_id: &str) -> bool {
        self.pointless.contains(channel_id)
    }
}

impl Plan {
    /// Ends what this command makes superfluous. One in flight stays: the device may be obeying it.
    pub(super) async fn supersede_older(
        &self,
        tx: &Tx,
        able: &[Able<'_>],
        key: &str,
    ) -> Result<Replaced, Error> {
        const OLDER: &str = "SELECT id, device_id, channel_id, replaces, request_type FROM command \
            WHERE finished = 0 AND replaces IS NOT NULL AND status <> 'sent' AND channel_id {ids}";
        const END: &str = "UPDATE command SET status = 'superseded', status_reason = 'newer', \
            finished = 1, secret_sealed = NULL, held_until = NULL, updated_at = $1 \
            WHERE finished = 0 AND status <> 'sent' AND id {ids}";
        let mut ids = Vec::new();
        let mut stories = Vec::new();
        let mut installs = Vec::new();
        for row in tx.fetch_all_in(OLDER, channels(able), args![]).await? {
            if !replaces(key, &row.text(3)?) {
                continue;
            }
            let id = row.text(0)?;
            stories.push(args![
                id.as_str(),
                row.text(1)?,
                self.now_ms,
                CommandStatus::Superseded.as_str(),
                "newer",
                self.actor.id.as_str()
            ]);
            if row.text(4)? == "InstallProfile" {
                installs.push(row.text(2)?);
            }
            ids.push(id);
        }
        if ids.is_empty() {
            return Ok(Replaced::default());
        }
        tx.execute_in(END, ids, args![self.now_ms]).await?;
        tx.insert_many(store::STORIES, 6, stories, "").await?;
        let pointless = match &self.request {
            Request::RemoveProfile { identifier } => {
                never_installed(tx, installs, identifier, key).await?
            }
            _ => HashSet::new(),
        };
        Ok(Replaced { pointless })
    }
}

/// The channels of these on which a profile certainly is not: none of ours was ever delivered, and the
/// device's own list does not name it. Where it never told its list, the removal goes; a device that has no
/// such profile answers so and nothing is lost.
async fn never_installed(
    tx: &Tx,
    channels: Vec<String>,
    identifier: &str,
    key: &str,
) -> Result<HashSet<String>, Error> {
    const TOLD: &str = "SELECT channel_id, MAX(CASE WHEN identifier = $1 THEN 1 ELSE 0 END) \
        FROM installed_profile WHERE channel_id {ids} GROUP BY channel_id";
    // A command that never got an answer goes to the back of its queue and its deliveries are counted anew;
    // the device may have it all the same, so its story is asked too.
    const DELIVERED: &str = "SELECT DISTINCT channel_id FROM command \
        WHERE replaces = $1 AND (deliveries > 0 OR status = 'sent' OR EXISTS \
        (SELECT 1 FROM command_transition t WHERE t.command_id = command.id AND t.status = 'sent')) \
        AND channel_id {ids}";
    let mut absent = HashSet::new();
    for row in tx
        .fetch_all_in(TOLD, channels.clone(), args![identifier])
        .await?
    {
        if row.i64(1)? == 0 {
            absent.insert(row.text(0)?);
        }
    }
    for row in tx.fetch_all_in(DELIVERED, channels, args![key]).await? {
        absent.remove(row.str(0)?);
    }
    Ok(absent)
}
