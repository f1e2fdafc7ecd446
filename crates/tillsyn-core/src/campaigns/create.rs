//! Asking for a campaign: the list is fixed, looked at and kept; a second person approves it.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::MOST;
use super::store::{CampaignView, find_in, permission};
use crate::actor::{Actor, authorize_device, may, require_fresh};
use crate::approvals::{
    Cause, Change, NewApproval, Preview, Target, ask_in, cover_in, snapshot_in, who,
};
use crate::clock::DAY_MS;
use crate::commands::Act;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::guard;
use crate::ids::{CampaignId, DeviceId};

/// The longest time between its dates.
const LONGEST_MS: i64 = 366 * DAY_MS;
/// Rows of one transaction.
const CHUNK: usize = 1_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    pub name: String,
    /// Erase or retire.
    pub act: Act,
    pub reason: String,
    pub devices: Vec<DeviceId>,
    pub starts_at: i64,
    pub ends_at: i64,
    /// The exact number of devices.
    pub confirm: Option<String>,
}

/// The list as it would be.
#[derive(Clone, Debug)]
pub struct CampaignPreview {
    pub targets: Vec<Target>,
    /// Devices that cannot be in it, with a stable code and the reason in words.
    pub refused: Vec<(String, &'static str, &'static str)>,
}

/// Looks at a list without keeping it.
pub async fn preview(
    core: &Core,
    actor: &Actor,
    act: Act,
    devices: &[DeviceId],
) -> Result<CampaignPreview, Error> {
    let ids = ids(act, devices)?;
    may(actor, permission(act))?;
    core.db()
        .read((actor.clone(), act, ids), |tx, (actor, act, ids)| {
            Box::pin(async move {
                let targets = load_in(tx, actor, *act, ids).await?;
                let refused = refused(*act, &targets);
                Ok(CampaignPreview { targets, refused })
            })
        })
        .await
}

/// Keeps a campaign for a second person.
///
/// # Errors
/// Not capable with the devices that can never be in it: personal ones are never erased.
pub async fn create(core: &Core, actor: &Actor, new: NewCampaign) -> Result<CampaignView, Error> {
    let now_ms = core.now_ms();
    let act = new.act;
    let ids = ids(act, &new.devices)?;
    may(actor, permission(act))?;
    require_fresh(actor, now_ms)?;
    let new = checked(new, now_ms)?;
    let typed = new.confirm.as_deref().map(str::trim);
    if typed != Some(ids.len().to_string().as_str()) {
        let detail = format!("Type the exact number of devices to confirm: {}", ids.len());
        return Err(Error::invalid("confirm", "confirmation", detail));
    }
    let seen = preview(core, actor, act, &new.devices).await?;
    if let Some((_, _, first)) = seen.refused.first() {
        let listed: Vec<_> = seen
            .refused
            .iter()
            .map(|(id, code, why)| json!({ "device_id": id, "code": code, "detail": why }))
            .collect();
        let detail = format!("{} devices cannot be in it. First: {first}", listed.len());
        return Err(Error::new(Kind::NotCapable, "not_capable", detail)
            .with_data(json!({ "refused": listed })));
    }
    let id = CampaignId::new(now_ms);
    // A long list is written in steps; it is a campaign only at the last one.
    begin_draft(core, actor, &id, &new, &seen.targets).await?;
    for chunk in ids.chunks(CHUNK) {
        let input = (id.clone(), chunk.to_vec());
        core.db()
            .write(input, |tx, (id, chunk)| {
                Box::pin(async move {
                    const INSERT: &str = "INSERT INTO campaign_target (campaign_id, device_id)";
                    let rows = chunk.iter().map(|device| args![id, device.as_str()]);
                    tx.insert_many(INSERT, 2, rows.collect(), "").await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    let ask = Ask {
        actor: actor.clone(),
        id,
        new,
        ids,
        now_ms,
    };
    core.db()
        .write(ask, |tx, ask| Box::pin(async move { ask.run(tx).await }))
        .await
}

fn ids(act: Act, devices: &[DeviceId]) -> Result<Vec<String>, Error> {
    if !matches!(act, Act::Erase | Act::Retire) {
        return Err(Error::invalid(
            "act",
            "campaign_act",
            "A campaign erases or retires.",
        ));
    }
    let mut ids: Vec<String> = devices.iter().map(ToString::to_string).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Error::invalid(
            "devices",
            "targets",
            format!("A campaign names 1 to {MOST} devices."),
        ));
    }
    Ok(ids)
}

fn checked(mut new: NewCampaign, now_ms: i64) -> Result<NewCampaign, Error> {
    new.name = new.name.trim().to_owned();
    new.reason = new.reason.trim().to_owned();
    if new.name.is_empty() || new.name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has 1 to 100 characters.",
        ));
    }
    if new.reason.is_empty() || new.reason.chars().count() > 500 {
        return Err(Error::invalid(
            "reason",
            "reason_missing",
            "Say why; it goes to the audit trail.",
        ));
    }
    if new.ends_at <= new.starts_at
        || new.ends_at <= now_ms
        || new.ends_at - new.starts_at > LONGEST_MS
    {
        return Err(Error::invalid(
            "ends_at",
            "campaign_dates",
            "A campaign ends after it begins, in the future, and lasts a year at most.",
        ));
    }
    Ok(new)
}

/// The devices of the list; one that is missing or foreign refuses all, without saying which exists.
async fn load_in(tx: &Tx, actor: &Actor, act: Act, ids: &[String]) -> Result<Vec<Target>, Error> {
    let targets = snapshot_in(tx, ids.to_vec()).await?;
    if targets.len() != ids.len() {
        return Err(Error::not_found("device"));
    }
    for target in &targets {
        authorize_device(actor, permission(act), &target.unit_path, &target.platform)?;
    }
    Ok(targets)
}

fn refused(act: Act, targets: &[Target]) -> Vec<(String, &'static str, &'static str)> {
    let mut all = Vec::new();
    for target in targets {
        let why = if act == Act::Erase && target.ownership.as_deref() == Some("personal") {
            ("personal_device", "A personal device is never erased.")
        } else if target.enrollment_id.is_none() {
            ("not_enrolled", "The device is not enrolled.")
        } else {
            continue;
        };
        all.push((target.device_id.clone(), why.0, why.1));
    }
    all
}

async fn begin_draft(
    core: &Core,
    actor: &Actor,
    id: &CampaignId,
    new: &NewCampaign,
    targets: &[Target],
) -> Result<(), Error> {
    let paths: Vec<String> = targets.iter().map(|t| t.unit_path.clone()).collect();
    let input = (actor.clone(), id.clone(), new.clone(), paths, core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, new, paths, now)| {
            Box::pin(async move {
                const INSERT: &str = "INSERT INTO campaign (id, org_unit_id, name, act, reason, status, \
                    targets, targets_digest, starts_at, ends_at, created_by, created_at) \
                    VALUES ($1, $2, $3, $4, $5, 'draft', $6, '', $7, $8, $9, $10)";
                let unit = cover_in(tx, paths.iter().map(String::as_str)).await?;
                let by = who(actor);
                let values = args![
                    id,
                    unit,
                    new.name.as_str(),
                    new.act.as_str(),
                    new.reason.as_str(),
                    i64::try_from(paths.len()).unwrap_or(i64::MAX),
                    new.starts_at,
                    new.ends_at,
                    by,
                    *now
                ];
                tx.execute(INSERT, values).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The last step; it may run more than once.
struct Ask {
    actor: Actor,
    id: CampaignId,
    new: NewCampaign,
    ids: Vec<String>,
    now_ms: i64,
}

impl Ask {
    async fn run(&self, tx: &Tx) -> Result<CampaignView, Error> {
        const WAIT: &str = "UPDATE campaign SET status = 'waiting', targets_digest = $2, \
            org_unit_id = $3 WHERE id = $1 AND status = 'draft'";
        let (actor, new, now_ms) = (&self.actor, &self.new, self.now_ms);
        let targets = load_in(tx, actor, new.act, &self.ids).await?;
        guard::refuse_frozen_in(tx, actor, targets.iter().map(|t| t.unit_path.as_str())).await?;
        let unit = cover_in(tx, targets.iter().map(|t| t.unit_path.as_str())).await?;
        let devices: Vec<DeviceId> = self.ids.iter().cloned().map(DeviceId::from_store).collect();
        let digest = crate::commands::digest_of(&devices);
        tx.execute(WAIT, args![&self.id, digest.as_str(), unit.as_str()])
            .await?;
        let event =
            NewEvent::done("campaign.create", "campaign", self.id.as_str(), &unit).with(json!({
                "act": new.act.as_str(), "targets": self.ids.len(), "targets_digest": digest,
                "starts_at": new.starts_at, "ends_at": new.ends_at, "reason": new.reason,
            }));
        events::record(tx, actor, now_ms, event).await?;
        let approval = NewApproval {
            change: Change::Campaign {
                campaign_id: self.id.to_string(),
            },
            unit_id: &unit,
            permission: permission(new.act),
            cause: Cause::Rule,
            preview: Preview {
                act: Some(new.act.as_str().to_owned()),
                targets,
                facts: json!({
                    "name": new.name, "starts_at": new.starts_at, "ends_at": new.ends_at,
                }),
                ..Preview::default()
            },
            reason: Some(&new.reason),
            expires_at: None,
            sealed: None,
        };
        ask_in(tx, actor, approval, now_ms).await?;
        find_in(tx, self.id.as_str(), now_ms).await
    }
}
