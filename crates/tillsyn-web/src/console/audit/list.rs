//! `GET /console/audit` and its export.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use jiff::civil::Date;
use serde_json::Value as Json;
use tillsyn_core::audit::{self, Asked, EventFilter, Format, FoundEvent, TrailState};
use tillsyn_core::events::ACTIONS;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::{Error, Permission};

use super::page::{AuditPage, AuditRow, ChainState};
use crate::api::audit::export::as_lines;
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::organisation::{Problem, unit_choices};
use crate::console::overview::activity_of;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::{Choice, page, urls};

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let (filter, problem) = filter(&visitor);
    show(visitor, StatusCode::OK, filter, problem).await
}

async fn show(
    visitor: Visitor,
    status: StatusCode,
    filter: EventFilter,
    problem: Problem,
) -> Result<Response, Failure> {
    let l = visitor.texts;
    let after = At::of(&visitor.query);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = audit::search(core, actor, &filter, after.after(), None).await?;
    let state = audit::state(core, actor).await?;
    let events: Vec<_> = found.items.iter().map(|item| item.event.clone()).collect();
    let lines = activity_of(&visitor, &events).await?;
    let rows: Vec<AuditRow> = found
        .items
        .iter()
        .zip(lines)
        .map(|(item, activity)| AuditRow {
            activity,
            address: item.event.address.clone().unwrap_or_default(),
            unit: item.unit_name.clone(),
            refused: item.event.result == "refused",
            ids: ids(l, item),
            details: details(&item.event.details),
        })
        .collect();
    let asked = |name: &str| visitor.query.get(name).unwrap_or_default().to_owned();
    let is_filtered = ["q", "from", "to", "action", "result", "unit"]
        .iter()
        .any(|name| !asked(name).is_empty());
    let shown = AuditPage {
        chain: chain(&visitor, &state),
        find: asked("q"),
        from: asked("from"),
        to: asked("to"),
        actions: actions(l, &asked("action")),
        results: results(l, &asked("result")),
        units: units(&visitor, &asked("unit")).await?,
        problem,
        pager: lists::pager(&visitor, urls::AUDIT, rows.len(), found.next.as_deref()),
        empty: Emptiness::of(rows.len(), is_filtered),
        rows,
        may_export: visitor.may(Permission::AuditExport),
        may_manage: visitor.may(Permission::AuditManage),
        zone: visitor.zone.zone.iana_name().unwrap_or("UTC").to_owned(),
        f: visitor.frame(Place::Audit, "").await?,
    };
    Ok(page(status, &shown))
}

/// What the address asks for; what cannot be read is named and left out.
fn filter(visitor: &Visitor) -> (EventFilter, Problem) {
    let asked = |name: &str| {
        let text = visitor.query.get(name).unwrap_or_default().trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let mut unread = Vec::new();
    let mut day = |name: &str, after: i64| {
        let text = asked(name)?;
        let at = begin_of(visitor, &text, after);
        if at.is_none() {
            unread.push(text);
        }
        at
    };
    // The last day counts whole.
    let (from, to) = (day("from", 0), day("to", 1));
    let action = asked("action").filter(|action| ACTIONS.contains(&action.as_str()));
    let filter = EventFilter {
        from,
        to,
        action,
        unit: asked("unit").and_then(|id| OrgUnitId::parse(&id)),
        result: asked("result").filter(|result| matches!(result.as_str(), "done" | "refused")),
        find: asked("q"),
        ..EventFilter::default()
    };
    let problem = if unread.is_empty() {
        Problem::default()
    } else {
        Problem {
            text: visitor.texts.t("audit-day-unread"),
            list: unread,
            plan: String::new(),
        }
    };
    (filter, problem)
}

/// When a day begins where the organisation is, or the day so many after it.
fn begin_of(visitor: &Visitor, text: &str, after: i64) -> Option<i64> {
    let day: Date = text.parse().ok()?;
    let day = day.checked_add(jiff::Span::new().days(after)).ok()?;
    let begin = day.to_zoned(visitor.zone.zone.clone()).ok()?;
    Some(begin.timestamp().as_millisecond())
}

fn chain(visitor: &Visitor, state: &TrailState) -> ChainState {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let number = |value: i64| l.number(value);
    let mut sealed = l.ta("audit-sealed", number(state.position).as_str());
    if state.unsealed > 0 {
        let waits = usize::try_from(state.unsealed).unwrap_or(usize::MAX);
        sealed = format!("{sealed} {}", l.tn("audit-unsealed", waits));
    }
    let signed = match (state.checkpoint, state.checkpoint_at) {
        (Some(position), Some(at)) => l.t_args(
            "audit-signed",
            &[
                ("position", number(position).as_str().into()),
                ("when", l.date_time(at, zone).as_str().into()),
            ],
        ),
        _ => l.t("audit-signed-not"),
    };
    let verified = match &state.verified {
        None => l.t("audit-verified-not"),
        Some(verified) => {
            let when = l.date_time(verified.at, zone);
            if verified.findings == 0 {
                l.ta("audit-verified", when.as_str())
            } else {
                l.ta("audit-broken", when.as_str())
            }
        }
    };
    let last = state.verified.as_ref();
    ChainState {
        sealed,
        signed,
        verified,
        broken: last.is_some_and(|verified| verified.findings > 0),
        finding: last.and_then(|v| v.first.clone()).unwrap_or_default(),
        cut: state.cut.map_or_else(String::new, |position| {
            l.ta("audit-cut", number(position).as_str())
        }),
    }
}

fn actions(l: Texts, asked: &str) -> Vec<Choice> {
    let choice = |value: &str, text: String| Choice {
        value: value.to_owned(),
        text,
        chosen: value == asked,
    };
    let mut known: Vec<Choice> = ACTIONS
        .iter()
        .map(|action| choice(action, words::activity(l, action, false, "…")))
        .collect();
    known.sort_by(|a, b| a.text.cmp(&b.text));
    known.insert(0, choice("", l.t("filter-all")));
    known
}

fn results(l: Texts, asked: &str) -> Vec<Choice> {
    let choice = |value: &str, text: String| Choice {
        value: value.to_owned(),
        text,
        chosen: value == asked,
    };
    vec![
        choice("", l.t("filter-all")),
        choice("done", l.t("audit-done")),
        choice("refused", l.t("audit-refused")),
    ]
}

async fn units(visitor: &Visitor, asked: &str) -> Result<Vec<Choice>, Failure> {
    // Whoever may not see the tree has its own unit alone.
    let sees = [
        Permission::DevicesRead,
        Permission::PeopleRead,
        Permission::GroupsRead,
        Permission::UnitsWrite,
    ];
    let mut units = if sees.into_iter().any(|permission| visitor.may(permission)) {
        unit_choices(visitor, asked).await?
    } else {
        Vec::new()
    };
    let all = Choice {
        value: String::new(),
        text: visitor.texts.t("filter-all"),
        chosen: asked.is_empty(),
    };
    units.insert(0, all);
    Ok(units)
}

fn ids(l: Texts, item: &FoundEvent) -> Vec<(String, String)> {
    let event = &item.event;
    let mut ids = vec![
        (l.t("audit-id-event"), event.id.clone()),
        (l.t("audit-id-action"), event.action.clone()),
        (l.t("audit-id-actor"), event.actor_id.clone()),
        (l.t("audit-id-object"), event.object_id.clone()),
    ];
    if let Some(request) = &item.request_id {
        ids.push((l.t("audit-id-request"), request.clone()));
    }
    if let Some(position) = item.position {
        ids.push((l.t("audit-id-position"), position.to_string()));
    }
    ids
}

/// Details as names and values: an object's fields by their path.
pub(super) fn details(details: &Json) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    flatten(String::new(), details, &mut lines);
    lines
}

fn flatten(path: String, value: &Json, lines: &mut Vec<(String, String)>) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flatten(path, value, lines);
            }
        }
        Json::Null => {}
        Json::String(text) => lines.push((path, text.clone())),
        other => lines.push((path, other.to_string())),
    }
}

/// `GET /console/audit/export`: the trail as a file; of a day that cannot be read the page that says so.
pub(crate) async fn export(visitor: Visitor) -> Result<Response, Failure> {
    let (format, name) = match visitor.query.get("format").unwrap_or_default() {
        "" | "jsonl" => (Format::JsonLines, "attachment; filename=\"audit.jsonl\""),
        "cef" => (Format::Cef, "attachment; filename=\"audit.cef\""),
        _ => return Err(Error::invalid("format", "format", "").into()),
    };
    let (filter, problem) = filter(&visitor);
    if !problem.text.is_empty() {
        return show(visitor, StatusCode::UNPROCESSABLE_ENTITY, filter, problem).await;
    }
    let asked = Asked {
        format,
        from: filter.from,
        to: filter.to,
    };
    let export = audit::export(visitor.core(), visitor.actor(), asked).await?;
    let mut answer = as_lines(export, format);
    answer
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok(answer)
}
