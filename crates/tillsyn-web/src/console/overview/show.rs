//! `GET /console`.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use tillsyn_core::devices::{self, Overview};
use tillsyn_core::events;
use tillsyn_core::push::{self, LADDER_DAYS, PushTopicView};
use tillsyn_core::{Permission, commands, unknown_senders};

use super::expiry::ExpiryRow;
use super::page::{Contact, Counts, Figure, Need, OverviewPage, VersionRow};
use super::trend::Trend;
use super::{activity, waiting};
use crate::console::devices::platform_icon;
use crate::console::failure::Failure;
use crate::console::first_steps;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::{page, urls};

/// Lines of the lists at the bottom.
const LINES: i64 = 8;
/// Needs shown at once, most harm first.
const NEEDS: usize = 6;

/// How the fleet stands.
pub(crate) async fn overview(visitor: Visitor) -> Result<Response, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    if !visitor.may(Permission::DevicesRead) {
        // The first page that the role has.
        let frame = visitor.frame(Place::Overview, "").await?;
        let mut places = frame.nav().into_iter().flat_map(|group| group.items);
        let first = places.next().map_or(urls::INVENTORY, |item| item.href);
        return Ok(Redirect::to(first).into_response());
    }
    let found = devices::shown_overview(core, actor).await?;
    let filter = commands::CommandFilter {
        unfinished: true,
        ..commands::CommandFilter::default()
    };
    let unfinished = commands::list_commands(core, actor, filter, None, Some(LINES)).await?;
    let shown = OverviewPage {
        first_steps: first_steps::card(&visitor).await?,
        needs: needs(&visitor, &found).await?,
        checked: l.ago(visitor.zone.now_ms, &visitor.zone),
        figures: Figure::all(l, &counts(&found)),
        trend: Trend::of(&visitor, found.active + found.not_seen).await?,
        expiry: ExpiryRow::all(&visitor).await?,
        versions: versions(l, &found),
        contact: contact(l, &found),
        waiting: waiting::lines(&visitor, &unfinished.items),
        activity: recent(&visitor).await?,
        f: visitor.frame(Place::Overview, "all").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn recent(visitor: &Visitor) -> Result<Vec<super::Activity>, Failure> {
    if !visitor.may(Permission::AuditRead) {
        return Ok(Vec::new());
    }
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = events::list_events(core, actor, None, None, Some(LINES)).await?;
    activity::activity_of(visitor, &found.items).await
}

fn natural(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn counts(found: &Overview) -> Counts {
    Counts {
        active: natural(found.active),
        devices: natural(found.devices),
        seen_24_hours: natural(found.seen_today),
        invitations: natural(found.invitations_open),
        failed_24_hours: natural(found.attempts_failed_today),
        waiting: natural(found.commands_waiting),
        held: natural(found.commands_on_hold + found.commands_held),
    }
}

fn contact(l: Texts, found: &Overview) -> Contact {
    let (unreachable, silent) = (natural(found.unreachable), natural(found.unhealthy));
    let managed = natural(found.active + found.not_seen);
    let reachable = managed.saturating_sub(unreachable + silent);
    Contact::new(l, reachable, unreachable, silent)
}

/// Most harm first: what stops everything, what somebody must decide, what may mend itself.
async fn needs(visitor: &Visitor, found: &Overview) -> Result<Vec<Need>, Failure> {
    let l = visitor.texts;
    let mut needs = Vec::new();
    if visitor.may(Permission::PushRead) {
        let topics = push::list_topics(visitor.core(), visitor.actor()).await?;
        needs.extend(push_needs(visitor, &topics));
    }
    let mut some = |count: i64, need: fn(Texts, u64) -> Need| {
        if count > 0 {
            needs.push(need(l, natural(count)));
        }
    };
    some(found.commands_held, Need::held);
    some(found.unreachable, Need::unreachable);
    some(found.unhealthy, Need::silent);
    if visitor.may(Permission::ProfilesRead) {
        some(found.devices_refusing, Need::refused);
    }
    some(found.renewals_late, Need::renewals_late);
    some(found.attempts_failed_today, Need::attempts_failed);
    if found.unknown_senders > 0 {
        let may = unknown_senders::may_readopt(visitor.actor());
        needs.push(Need::unknown(l, natural(found.unknown_senders), may));
    }
    Need::sort(&mut needs);
    needs.truncate(NEEDS);
    Ok(needs)
}

/// Each push certificate that somebody must look at, most harm first.
fn push_needs(visitor: &Visitor, topics: &[PushTopicView]) -> Vec<Need> {
    if topics.is_empty() {
        return vec![Need::push_missing(visitor.texts)];
    }
    let mut sorted: Vec<&PushTopicView> = topics.iter().collect();
    sorted.sort_by_key(|topic| (topic.stopped_reason.is_none(), topic.not_after));
    sorted
        .into_iter()
        .filter_map(|topic| push_need(visitor, topic))
        .collect()
}

fn push_need(visitor: &Visitor, topic: &PushTopicView) -> Option<Need> {
    let l = visitor.texts;
    let date = l.date(topic.not_after, &visitor.zone);
    let account = topic
        .vendor_account
        .clone()
        .unwrap_or_else(|| l.t("not-known"));
    let devices = natural(topic.devices);
    if let Some(reason) = &topic.stopped_reason {
        return Some(Need::push_stopped(l, reason));
    }
    if topic.status == "expired" {
        return Some(Need::push_expired(l, &date, devices, &account));
    }
    if let Some(reason) = &topic.alarm_reason {
        return Some(Need::push_alarm(l, reason));
    }
    // The first step of the ladder (S90).
    (topic.days_left < LADDER_DAYS[0])
        .then(|| Need::push_expiring(l, topic.days_left, &date, devices, &account))
}

fn versions(l: Texts, found: &Overview) -> Vec<VersionRow> {
    let totals = found.platforms.iter();
    let totals: BTreeMap<&str, u64> = totals.map(|(p, n)| (p.as_str(), natural(*n))).collect();
    // One whose versions are all too rare to be named has its line, too.
    let mut platforms: BTreeMap<&str, Vec<(String, u64)>> = totals
        .keys()
        .map(|platform| (*platform, Vec::new()))
        .collect();
    for count in &found.versions {
        let version = match count.os_version.as_str() {
            "" => l.t("not-known"),
            version => version.to_owned(),
        };
        let versions = platforms.entry(&count.platform).or_default();
        versions.push((version, natural(count.devices)));
    }
    platforms
        .into_iter()
        .map(|(platform, mut versions)| {
            versions.sort_by_key(|(version, _)| Reverse(numbers(version)));
            let name = words::os_name(platform);
            let total = totals.get(platform).copied().unwrap_or(0);
            let icon = platform_icon(platform, "");
            VersionRow::of(l, (icon, name), platform, &versions, total)
        })
        .collect()
}

/// A version as numbers, so that 10 is newer than 9.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}
