//! `GET /console/profiles`.

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Permission;
use tillsyn_core::profiles::{self, ProfileFilter, ProfileView, Summary, Usage};

use super::head::status;
use super::page::{PayloadKind, ProfileRow, ProfilesPage};
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::{Chip, Emptiness, Filter, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::console::words::payloads;
use crate::i18n::Texts;
use crate::ui::{Choice, page, status as word, urls};

const KNOWN: [&str; 6] = ["q", "status", "payload", "after", "before", "lang"];
/// Kinds of payloads that a row names.
const KINDS: usize = 4;

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let asked = |name: &str| visitor.query.get(name).map(str::to_owned);
    let filter = ProfileFilter {
        search: asked("q"),
        archived: match visitor.query.get("status") {
            Some("archived") => Some(true),
            Some("all") => None,
            _ => Some(false),
        },
        payload_type: asked("payload"),
    };
    let after = At::of(&visitor.query);
    let found = profiles::list_profiles(core, actor, &filter, after.after(), None).await?;
    let ids: Vec<_> = found.items.iter().map(|view| view.id.clone()).collect();
    let usage = profiles::usage(core, actor, &ids).await?;
    let none = Usage::default();
    let rows: Vec<ProfileRow> = found
        .items
        .iter()
        .map(|view| row(&visitor, view, usage.get(&view.id).unwrap_or(&none)))
        .collect();
    let filtered = !visitor
        .query
        .unknown(&["after", "before", "lang"])
        .is_empty();
    let shown = ProfilesPage {
        find: filter.search.clone().unwrap_or_default(),
        keep: visitor.query.hidden(&["q"]),
        chips: chips(&visitor),
        filters: filters(l, &visitor, &found.items),
        unknown: visitor.query.unknown(&KNOWN).join(", "),
        pager: lists::pager(&visitor, urls::PROFILES, rows.len(), found.next.as_deref()),
        empty: Emptiness::of(rows.len(), filtered),
        rows,
        may_write: visitor.may(Permission::ProfilesWrite),
        f: visitor.frame(Place::Profiles, "devices").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The kinds of payloads, each once.
pub(super) fn kinds(l: Texts, summary: &Summary) -> Vec<PayloadKind> {
    let mut seen = BTreeSet::new();
    summary
        .payloads
        .iter()
        .filter(|payload| seen.insert(payload.payload_type.as_str()))
        .map(|payload| PayloadKind {
            icon: payloads::payload_icon(&payload.payload_type),
            title: super::form::payload_name(l, &payload.payload_type),
        })
        .collect()
}

fn row(visitor: &Visitor, view: &ProfileView, usage: &Usage) -> ProfileRow {
    let l = visitor.texts;
    let mut kinds = kinds(l, &view.summary);
    let more = kinds.len().saturating_sub(KINDS);
    kinds.truncate(KINDS);
    ProfileRow {
        href: urls::profile(view.id.as_str()),
        name: view.name.clone(),
        identifier: view.identifier.clone(),
        kinds,
        more: if more > 0 {
            l.tn("profiles-more-kinds", more)
        } else {
            String::new()
        },
        version: view
            .current_version
            .map_or_else(String::new, |number| l.ta("profile-version", number)),
        status: status(visitor, view),
        states: words::WORST_FIRST
            .iter()
            .filter_map(|state| {
                let count = usage.states.get(*state)?;
                Some((l.number(*count), word(l, "item", state)))
            })
            .collect(),
        assigned: words::assigned(l, usage),
        changed: l.ago(view.updated_at, &visitor.zone),
    }
}

fn chips(visitor: &Visitor) -> Vec<Chip> {
    let l = visitor.texts;
    let chip = |name: &str, label: String, values: String| Chip {
        label,
        values,
        remove: visitor.query.without(name).url(urls::PROFILES),
        without: None,
    };
    let mut chips = Vec::new();
    if let Some(text) = visitor.query.get("q") {
        chips.push(chip("q", l.t("search"), text.to_owned()));
    }
    if let Some(value) = visitor.query.get("status") {
        let text = match value {
            "archived" => l.t("profile-archived"),
            _ => l.t("filter-all"),
        };
        chips.push(chip("status", l.t("status"), text));
    }
    if let Some(kind) = visitor.query.get("payload") {
        let text = super::form::payload_name(l, kind);
        chips.push(chip("payload", l.t("profiles-kind"), text));
    }
    chips
}

fn filters(l: Texts, visitor: &Visitor, shown: &[ProfileView]) -> Vec<Filter> {
    let asked = visitor.query.get("status").unwrap_or_default();
    let choice = |value: &str, text: String, asked: &str| Choice {
        value: value.to_owned(),
        text,
        chosen: value == asked,
    };
    let statuses = vec![
        choice("", l.t("profiles-in-use"), asked),
        choice("archived", l.t("profile-archived"), asked),
        choice("all", l.t("filter-all"), asked),
    ];
    let asked = visitor.query.get("payload").unwrap_or_default();
    let here: BTreeSet<&str> = shown
        .iter()
        .flat_map(|view| &view.summary.payloads)
        .map(|payload| payload.payload_type.as_str())
        .chain(Some(asked).filter(|kind| !kind.is_empty()))
        .collect();
    let mut kinds = vec![choice("", l.t("filter-all"), asked)];
    kinds.extend(
        here.into_iter()
            .map(|kind| choice(kind, super::form::payload_name(l, kind), asked)),
    );
    vec![
        Filter {
            name: "status",
            label: l.t("status"),
            choices: statuses,
        },
        Filter {
            name: "payload",
            label: l.t("profiles-kind"),
            choices: kinds,
        },
    ]
}
