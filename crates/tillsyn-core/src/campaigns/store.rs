//! Campaigns as rows.

use tillsyn_db::{Row, Tx, args};

use crate::actor::Permission;
use crate::commands::Act;
use crate::error::Error;
use crate::ids::CampaignId;

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignStatus {
    /// Its list is being written.
    Draft,
    /// For a second person.
    Waiting,
    /// Agreed on; its dates say when it can be used.
    Active,
    Declined,
    Expired,
    Cancelled,
    /// Its devices were others by then.
    Overtaken,
    Ended,
    /// By a panic stop.
    Stopped,
}

impl CampaignStatus {
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Waiting,
        Self::Active,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::Overtaken,
        Self::Ended,
        Self::Stopped,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Overtaken => "overtaken",
            Self::Ended => "ended",
            Self::Stopped => "stopped",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One campaign.
#[derive(Clone, Debug)]
pub struct CampaignView {
    pub id: CampaignId,
    pub unit_id: String,
    pub unit_name: String,
    pub(crate) unit_path: String,
    pub name: String,
    pub act: Act,
    pub reason: String,
    pub status: CampaignStatus,
    pub targets: i64,
    /// Devices for which a command was made.
    pub used: i64,
    pub starts_at: i64,
    pub ends_at: i64,
    pub created_by: String,
    pub created_by_name: String,
    pub created_at: i64,
    pub approved_by: Option<String>,
    pub approved_by_name: Option<String>,
    pub approved_at: Option<i64>,
}

pub(super) const COLUMNS: &str = "SELECT c.id, c.org_unit_id, u.name, u.path, c.name, c.act, c.reason, \
    c.status, c.targets, (SELECT count(*) FROM campaign_target t WHERE t.campaign_id = c.id \
    AND t.used_at IS NOT NULL), c.starts_at, c.ends_at, c.created_by, m.name, c.created_at, \
    c.approved_by, p.name, c.approved_at FROM campaign c JOIN org_unit u ON u.id = c.org_unit_id \
    LEFT JOIN account m ON m.id = c.created_by LEFT JOIN account p ON p.id = c.approved_by";

pub(super) fn decode(row: &Row, now_ms: i64) -> Result<CampaignView, Error> {
    let unreadable = |what: &str| Error::internal(format!("A stored campaign has a bad {what}."));
    let mut status = CampaignStatus::parse(row.str(7)?).ok_or_else(|| unreadable("status"))?;
    let ends_at = row.i64(11)?;
    if status == CampaignStatus::Active && ends_at <= now_ms {
        status = CampaignStatus::Ended;
    }
    let created_by = row.text(12)?;
    let approved_by = row.opt_text(15)?;
    Ok(CampaignView {
        id: CampaignId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        unit_name: row.text(2)?,
        unit_path: row.text(3)?,
        name: row.text(4)?,
        act: Act::parse(row.str(5)?).ok_or_else(|| unreadable("act"))?,
        reason: row.text(6)?,
        status,
        targets: row.i64(8)?,
        used: row.i64(9)?,
        starts_at: row.i64(10)?,
        ends_at,
        created_by_name: row.opt_text(13)?.unwrap_or_else(|| created_by.clone()),
        created_by,
        created_at: row.i64(14)?,
        approved_by_name: row.opt_text(16)?.or_else(|| approved_by.clone()),
        approved_by,
        approved_at: row.opt_i64(17)?,
    })
}

pub(super) async fn find_in(tx: &Tx, id: &str, now_ms: i64) -> Result<CampaignView, Error> {
    let sql = format!("{COLUMNS} WHERE c.id = $1 AND c.status <> 'draft'");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("campaign"))?;
    decode(row, now_ms)
}

/// What whoever makes, approves or uses it must hold.
pub(super) fn permission(act: Act) -> Permission {
    match act {
        Act::Retire => Permission::DevicesRetire,
        _ => Permission::DevicesErase,
    }
}
