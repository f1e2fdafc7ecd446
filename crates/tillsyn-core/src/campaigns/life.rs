//! The life of a campaign: agreed on, declined, ended.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::store::{CampaignStatus, CampaignView, find_in, permission};
use crate::actor::{Actor, authorize, refuse_limited};
use crate::approvals::{ApprovalStatus, End, settle_in, who};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::guard;
use crate::ids::CampaignId;

/// The devices of its list.
pub(crate) async fn target_devices_in(tx: &Tx, id: &str) -> Result<Vec<String>, Error> {
    const LIST: &str =
        "SELECT device_id FROM campaign_target WHERE campaign_id = $1 ORDER BY device_id";
    let rows = tx.fetch_all(LIST, args![id]).await?;
    Ok(rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?)
}

/// A second person agreed.
pub(crate) async fn begin_in(tx: &Tx, actor: &Actor, id: &str, now_ms: i64) -> Result<(), Error> {
    const BEGIN: &str = "UPDATE campaign SET status = 'active', approved_by = $2, approved_at = $3 \
        WHERE id = $1 AND status = 'waiting'";
    let found = find_in(tx, id, now_ms).await?;
    guard::refuse_frozen_in(tx, actor, std::iter::once(found.unit_path.as_str())).await?;
    let by = who(actor);
    tx.execute(BEGIN, args![id, by, now_ms]).await?;
    let event = NewEvent::done("campaign.begin", "campaign", id, &found.unit_id)
        .with(json!({ "act": found.act.as_str(), "targets": found.targets }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// It was declined, taken back, lapsed or overtaken; the request's own event says so.
pub(crate) async fn drop_in(tx: &Tx, id: &str, status: &'static str) -> Result<(), Error> {
    const DROP: &str = "UPDATE campaign SET status = $2 WHERE id = $1 AND status = 'waiting'";
    tx.execute(DROP, args![id, status]).await?;
    Ok(())
}

/// Ends a campaign before its date, or takes it back while it waits.
///
/// # Errors
/// A conflict when it is over already.
pub async fn end(core: &Core, actor: &Actor, id: &CampaignId) -> Result<CampaignView, Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                const END: &str = "UPDATE campaign SET status = $2 WHERE id = $1";
                let found = find_in(tx, id.as_str(), *now).await?;
                authorize(actor, permission(found.act), &found.unit_path)?;
                if with_others_in(tx, actor, id.as_str()).await? {
                    refuse_limited(actor)?;
                }
                let status = match found.status {
                    CampaignStatus::Active => CampaignStatus::Ended,
                    CampaignStatus::Waiting => CampaignStatus::Cancelled,
                    over => {
                        let detail = format!("This campaign is {} already.", over.as_str());
                        return Err(Error::conflict("campaign_over", detail));
                    }
                };
                tx.execute(END, args![id, status.as_str()]).await?;
                let cancelled = End {
                    status: ApprovalStatus::Cancelled,
                    reason: None,
                };
                settle_in(tx, actor, "campaign", id.as_str(), cancelled, *now).await?;
                let event = NewEvent::done("campaign.end", "campaign", id.as_str(), &found.unit_id)
                    .with(json!({ "status": status.as_str(), "used": found.used }));
                events::record(tx, actor, *now, event).await?;
                find_in(tx, id.as_str(), *now).await
            })
        })
        .await
}

/// Whether devices of another platform than the actor's are in it.
async fn with_others_in(tx: &Tx, actor: &Actor, id: &str) -> Result<bool, Error> {
    const OTHERS: &str = "SELECT d.id FROM campaign_target t JOIN device d ON d.id = t.device_id \
        WHERE t.campaign_id = $1";
    let own = actor.platform_filter();
    let sql = format!("{OTHERS} AND NOT (1 = 1{own}) LIMIT 1");
    Ok(!tx.fetch_all_dyn(&sql, args![id]).await?.is_empty())
}

/// Ends those whose date has come.
pub(crate) async fn end_due(core: &Core) -> Result<(), Error> {
    const DUE: &str =
        "SELECT id, org_unit_id FROM campaign WHERE status = 'active' AND ends_at <= $1";
    const END: &str = "UPDATE campaign SET status = 'ended' WHERE id = $1 AND status = 'active'";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                for row in tx.fetch_all(DUE, args![*now]).await? {
                    let (id, unit) = (row.text(0)?, row.text(1)?);
                    tx.execute(END, args![id.as_str()]).await?;
                    let event = NewEvent::done("campaign.end", "campaign", &id, &unit)
                        .with(json!({ "status": "ended" }));
                    events::record(tx, &Actor::system(), *now, event).await?;
                }
                Ok(())
            })
        })
        .await
}
