//! `GET /console/campaigns`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::{Permission, campaigns};

use super::{act, standing};
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::i18n::When;
use crate::ui::{Status, page, urls};

/// The campaigns of the reader's scope, newest first.
#[derive(Template)]
#[template(path = "console/campaigns.html")]
pub struct CampaignsPage {
    pub f: Frame,
    pub rows: Vec<CampaignRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_create: bool,
}

pub struct CampaignRow {
    pub href: String,
    pub name: String,
    pub status: Status,
    pub act: String,
    /// Devices that were used, of all.
    pub used: String,
    pub ends: When,
}

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let after = At::of(&visitor.query);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = campaigns::list_campaigns(core, actor, after.after(), None).await?;
    let row = |one: &campaigns::CampaignView| CampaignRow {
        href: urls::campaign(one.id.as_str()),
        name: one.name.clone(),
        status: standing(l, one.status),
        act: act(l, one.act),
        used: l.t_args(
            "guard-of",
            &[("used", one.used.into()), ("limit", one.targets.into())],
        ),
        ends: l.moment(one.ends_at, zone),
    };
    let rows: Vec<CampaignRow> = found.items.iter().map(row).collect();
    let shown = CampaignsPage {
        pager: lists::pager(&visitor, urls::CAMPAIGNS, rows.len(), found.next.as_deref()),
        empty: Emptiness::of(rows.len(), false),
        rows,
        may_create: visitor.may(Permission::DevicesErase) || visitor.may(Permission::DevicesRetire),
        f: visitor.frame(Place::Campaigns, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}
