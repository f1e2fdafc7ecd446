//! An erase or retire that a campaign covers: within its list and dates, once for each device, and outside
//! of the budget.

use std::collections::HashSet;

use tillsyn_db::{Tx, args};

use super::store::{CampaignStatus, find_in};
use crate::commands::Act;
use crate::error::{Error, Kind};
use crate::ids::{CampaignId, DeviceId};

/// The campaign that covers an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spend {
    pub(crate) campaign_id: String,
}

/// The campaign that was named, or the one that covers all these devices. `None` when none does.
///
/// # Errors
/// When one was named: outside of its list, dates or act, or a device that was used already.
pub(crate) async fn spend_in(
    tx: &Tx,
    named: Option<&CampaignId>,
    act: Act,
    devices: &[DeviceId],
    now_ms: i64,
) -> Result<Option<Spend>, Error> {
    const COVERS: &str = "SELECT t.campaign_id, count(*) FROM campaign_target t \
        JOIN campaign c ON c.id = t.campaign_id WHERE c.status = 'active' AND c.act = $1 \
        AND c.starts_at <= $2 AND c.ends_at > $2 AND t.used_at IS NULL AND t.device_id {ids} \
        GROUP BY t.campaign_id ORDER BY t.campaign_id";
    if let Some(id) = named {
        let found = find_in(tx, id.as_str(), now_ms).await?;
        let dated = found.starts_at <= now_ms && now_ms < found.ends_at;
        if found.status != CampaignStatus::Active || !dated {
            return Err(Error::conflict(
                "campaign_over",
                "This campaign is not agreed on, has not begun, or is over.",
            ));
        }
        if found.act != act {
            return Err(Error::conflict(
                "campaign_act",
                "This campaign was agreed on for something else.",
            ));
        }
    }
    if !matches!(act, Act::Erase | Act::Retire) {
        return Ok(None);
    }
    let ids = devices.iter().map(ToString::to_string).collect();
    let rows = tx
        .fetch_all_in(COVERS, ids, args![act.as_str(), now_ms])
        .await?;
    let all = i64::try_from(devices.len()).unwrap_or(i64::MAX);
    for row in rows {
        let (campaign_id, covered) = (row.text(0)?, row.i64(1)?);
        if covered == all && named.is_none_or(|id| id.as_str() == campaign_id) {
            return Ok(Some(Spend { campaign_id }));
        }
    }
    match named {
        None => Ok(None),
        Some(_) => Err(outside()),
    }
}

fn outside() -> Error {
    Error::conflict(
        "outside_campaign",
        "Not all of these devices are in this campaign, or one was used already.",
    )
}

/// Whether a campaign that covered these devices still does: agreed on, within its dates, none of them used.
pub(crate) async fn covers_in(
    tx: &Tx,
    campaign_id: &str,
    act: Act,
    devices: Vec<String>,
    now_ms: i64,
) -> Result<bool, Error> {
    let named = CampaignId::from_store(campaign_id.to_owned());
    let mut devices: Vec<_> = devices.into_iter().map(DeviceId::from_store).collect();
    devices.sort();
    devices.dedup();
    match spend_in(tx, Some(&named), act, &devices, now_ms).await {
        Ok(spend) => Ok(spend.is_some()),
        Err(error) if matches!(error.kind, Kind::Conflict | Kind::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Notes which devices were used, and by which commands: each once.
///
/// # Errors
/// A conflict when one was used already.
pub(crate) async fn spent_in(
    tx: &Tx,
    campaign_id: &str,
    commands: &[(String, String)],
    now_ms: i64,
) -> Result<(), Error> {
    const USE: &str = "UPDATE campaign_target SET used_at = $3, command_id = $4 \
        WHERE campaign_id = $1 AND device_id = $2 AND used_at IS NULL";
    let mut used = HashSet::new();
    for (command, device) in commands {
        let values = args![campaign_id, device.as_str(), now_ms, command.as_str()];
        if used.insert(device) && tx.execute(USE, values).await? == 0 {
            return Err(outside());
        }
    }
    Ok(())
}
