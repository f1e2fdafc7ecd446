//! `GET /console/campaigns/{id}` and `POST …/end`.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::campaigns::{self, CampaignStatus};
use tillsyn_core::commands::Act;
use tillsyn_core::ids::CampaignId;
use tillsyn_core::{Error, Permission};

use super::{act, standing};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::i18n::When;
use crate::ui::{Link, Status, page, status, urls};

/// One campaign.
#[derive(Template)]
#[template(path = "console/campaign.html")]
pub struct CampaignPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub status: Status,
    pub act: String,
    pub reason: String,
    pub unit: String,
    pub starts: When,
    pub ends: When,
    pub by: String,
    pub created: When,
    pub approved: Option<(String, When)>,
    /// Devices that were used, of all.
    pub used: String,
    pub rows: Vec<CampaignDeviceRow>,
    pub pager: Pager,
    pub may_end: bool,
}

pub struct CampaignDeviceRow {
    pub device: Link,
    pub seen: Option<When>,
    /// Of its command.
    pub status: Option<Status>,
}

fn campaign_id(text: &str) -> Result<CampaignId, Error> {
    CampaignId::parse(text).ok_or_else(|| Error::not_found("campaign"))
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let (core, actor) = (visitor.core(), visitor.actor());
    let id = campaign_id(&id)?;
    let one = campaigns::find(core, actor, &id).await?;
    let after = At::of(&visitor.query);
    let targets = campaigns::targets(core, actor, &id, after.after(), None).await?;
    let row = |target: &campaigns::CampaignTarget| CampaignDeviceRow {
        device: Link {
            href: urls::device(&target.device_id),
            text: target.name.clone(),
        },
        seen: target.last_seen.map(|at| l.ago(at, zone)),
        status: target
            .command_status
            .as_deref()
            .map(|value| status(l, "command", value)),
    };
    let rows: Vec<CampaignDeviceRow> = targets.items.iter().map(row).collect();
    let needed = match one.act {
        Act::Retire => Permission::DevicesRetire,
        _ => Permission::DevicesErase,
    };
    let open = matches!(one.status, CampaignStatus::Active | CampaignStatus::Waiting);
    let path = urls::campaign(id.as_str());
    let shown = CampaignPage {
        id: id.to_string(),
        status: standing(l, one.status),
        act: act(l, one.act),
        starts: l.moment(one.starts_at, zone),
        ends: l.moment(one.ends_at, zone),
        created: l.ago(one.created_at, zone),
        approved: one.approved_at.map(|at| {
            (
                one.approved_by_name.clone().unwrap_or_default(),
                l.ago(at, zone),
            )
        }),
        used: l.t_args(
            "guard-of",
            &[("used", one.used.into()), ("limit", one.targets.into())],
        ),
        pager: lists::pager(&visitor, &path, rows.len(), targets.next.as_deref()),
        rows,
        may_end: open && visitor.may(needed),
        name: one.name,
        reason: one.reason,
        unit: one.unit_name,
        by: one.created_by_name,
        f: visitor.frame(Place::Campaigns, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

pub(crate) async fn end(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = campaign_id(&id)?;
    campaigns::end(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(
        visitor.state(),
        &urls::campaign(id.as_str()),
        Told::Saved,
    ))
}
