//! `GET /console/search`: one field for everything. What names exactly one thing opens it; the rest is a list, which
//! the palette asks for as a part of its own.

mod page;
mod places;

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use tillsyn_core::search::{self, Found, Hit, HitKind};

use super::commands::command_title;
use super::failure::Failure;
use super::frame::Place;
use super::visitor::Visitor;
use crate::i18n::{Texts, key};
use crate::ui::{page as answer, urls};

pub use page::{Hits, HitsPart, HitsRow, SearchPage};

/// The whole page, or with `part` the bare list.
pub(super) async fn find(visitor: Visitor) -> Result<Response, Failure> {
    let wanted = visitor.query.get("q").unwrap_or_default().trim().to_owned();
    let part = visitor.query.get("part").is_some();
    let found = search::search(visitor.core(), visitor.actor(), &wanted).await?;
    if let (Some(exact), false) = (&found.exact, part) {
        return Ok(Redirect::to(&address(exact)).into_response());
    }
    let l = visitor.texts;
    let mut groups = shown(l, &found, &wanted);
    let places = places::matching(&visitor.frame_without_counts(), &wanted);
    if !places.is_empty() {
        groups.push(Hits {
            head: l.t("search-places"),
            rows: places,
            more: None,
        });
    }
    if part {
        return Ok(answer(StatusCode::OK, &HitsPart { texts: l, groups }));
    }
    let shown = SearchPage {
        f: visitor.frame(Place::Search, "").await?,
        short: wanted.chars().count() < search::LEAST,
        find: wanted,
        groups,
    };
    Ok(answer(StatusCode::OK, &shown))
}

fn shown(l: Texts, found: &Found, wanted: &str) -> Vec<Hits> {
    let group = |kind: &search::Kind| {
        let (head, list) = match kind.kind {
            HitKind::Device => (key("nav-devices"), urls::DEVICES),
            HitKind::Person => (key("nav-people"), urls::PEOPLE),
            HitKind::Profile => (key("nav-profiles"), urls::PROFILES),
            HitKind::Group => (key("nav-groups"), urls::GROUPS),
            HitKind::Unit => (key("nav-units"), urls::UNITS),
            HitKind::Invitation => (key("nav-invitations"), urls::INVITATIONS),
            HitKind::Command => (key("nav-commands"), urls::COMMANDS),
        };
        // These two lists cannot be searched: all of them would be others than those that were found.
        let is_searched = !matches!(kind.kind, HitKind::Unit | HitKind::Invitation);
        let all = urls::Query::default().with("q", wanted).url(list);
        Hits {
            head: l.t(head),
            rows: kind.hits.iter().map(|hit| row(l, hit)).collect(),
            more: (kind.more && is_searched).then_some(all),
        }
    };
    found.kinds.iter().map(group).collect()
}

fn address(hit: &Hit) -> String {
    match hit.kind {
        HitKind::Device => urls::device(&hit.id),
        HitKind::Person => urls::person(&hit.id),
        HitKind::Profile => urls::profile(&hit.id),
        HitKind::Group => urls::group(&hit.id),
        HitKind::Unit => urls::unit(&hit.id),
        HitKind::Invitation => urls::invitation(&hit.id),
        HitKind::Command => urls::command(hit.device_id.as_deref().unwrap_or_default(), &hit.id),
    }
}

fn row(l: Texts, hit: &Hit) -> HitsRow {
    let icon = match hit.kind {
        HitKind::Device => "devices",
        HitKind::Person => "user",
        HitKind::Profile => "profile",
        HitKind::Group => "groups",
        HitKind::Unit => "overview",
        HitKind::Invitation => "mail",
        HitKind::Command => "queue",
    };
    HitsRow {
        icon,
        href: address(hit),
        name: match hit.kind {
            HitKind::Command => command_title(l, &hit.name, ""),
            _ => hit.name.clone(),
        },
        detail: hit.detail.clone(),
    }
}
