//! The bar above the list: what is chosen across pages, in words, and what can be done with it.

use std::collections::BTreeMap;

use tillsyn_core::commands::{self, Preview, Request};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lists::{self, MOST_SELECTED, Selection, SelectionSummary};
use tillsyn_core::{Kind, Permission};

use super::page::{Bulk, BulkActs};
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;

/// What the visitor may do to several devices at once.
pub(super) fn acts(visitor: &Visitor) -> BulkActs {
    BulkActs {
        erase: visitor.may(Permission::DevicesErase),
        retire: visitor.may(Permission::DevicesRetire),
        lock: visitor.may(Permission::DevicesLock),
        move_to: visitor.may(Permission::UnitsWrite),
        ask: visitor.may(Permission::DevicesQuery),
    }
}

/// `shown` are the devices of this page, `total` all that pass the filter.
pub(super) async fn bar(
    visitor: &Visitor,
    selection: Option<&Selection>,
    shown: &[DeviceId],
    total: i64,
) -> Result<Option<Bulk>, Failure> {
    let acts = acts(visitor);
    if !acts.any() {
        return Ok(None);
    }
    let l = visitor.texts;
    let most = i64::try_from(MOST_SELECTED).unwrap_or(i64::MAX);
    let mut bulk = Bulk {
        acts,
        scope: visitor
            .scope()
            .map_or_else(String::new, ToString::to_string),
        shown: shown.iter().map(ToString::to_string).collect(),
        all: if total > 0 && total <= most {
            l.tn("bulk-all", total)
        } else {
            String::new()
        },
        too_many: if total > most {
            l.tn("bulk-too-many", most)
        } else {
            String::new()
        },
        ..Bulk::default()
    };
    if let Some(selection) = selection {
        // What is done with them is done with all of them, whatever part the list shows.
        let summary = lists::summary(visitor.core(), visitor.whole(), &selection.id).await?;
        bulk.count = summary.devices;
        bulk.words = words(l, &summary);
        if acts.erase {
            let request = Request::EraseDevice {
                preserve_data_plan: true,
                disallow_proximity_setup: false,
            };
            bulk.cannot = cannot_all(visitor, selection, "erase", request).await?;
        }
        if acts.lock {
            let request = Request::DeviceLock {
                message: None,
                phone_number: None,
            };
            let lines = cannot_all(visitor, selection, "lock", request).await?;
            bulk.cannot.extend(lines);
        }
        if acts.retire && summary.not_enrolled > 0 {
            let why = words::incapable(l, "not_enrolled");
            let line = cannot(l, "retire", (summary.not_enrolled, summary.devices), &why);
            bulk.cannot.push(line);
        }
    }
    Ok(Some(bulk))
}

/// Platforms, owners, and who may be using one now.
pub(crate) fn words(l: Texts, summary: &SelectionSummary) -> String {
    let platforms = summary.platforms.iter().map(|(platform, count)| {
        let platform = words::platform(l, platform);
        let args = [("n", (*count).into()), ("platform", (&platform).into())];
        l.t_args("bulk-platform", &args)
    });
    let mut words = vec![platforms.collect::<Vec<_>>().join(", ")];
    words.push(match summary.personal {
        0 => l.t("bulk-corporate"),
        personal if personal == summary.devices => l.t("bulk-personal"),
        personal => l.tn("bulk-some-personal", personal),
    });
    if summary.seen_lately > 0 {
        words.push(l.tn("bulk-seen", summary.seen_lately));
    }
    words.join(" · ")
}

pub(crate) fn cannot(l: Texts, act: &str, (some, all): (i64, i64), why: &str) -> String {
    let args = [("n", some.into()), ("all", all.into()), ("why", why.into())];
    match act {
        "erase" => l.t_args("bulk-cannot-erase", &args),
        "lock" => l.t_args("bulk-cannot-lock", &args),
        _ => l.t_args("bulk-cannot-retire", &args),
    }
}

/// Asked of the table that refuses the command itself; the count stands before the act, not after it.
async fn cannot_all(
    visitor: &Visitor,
    selection: &Selection,
    act: &str,
    request: Request,
) -> Result<Vec<String>, Failure> {
    let (core, actor) = (visitor.core(), visitor.whole());
    let preview: Preview =
        match commands::preview(core, actor, selection.devices.clone(), request).await {
            Ok(preview) => preview,
            // Somebody moved one away meanwhile; the page in front of the act says so.
            Err(error) if error.kind == Kind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
    let l = visitor.texts;
    let mut causes: BTreeMap<&str, i64> = BTreeMap::new();
    for code in preview.targets.iter().filter_map(|t| t.refused_code) {
        *causes.entry(code).or_default() += 1;
    }
    let all = i64::try_from(preview.targets.len()).unwrap_or(i64::MAX);
    Ok(causes
        .into_iter()
        .map(|(code, some)| cannot(l, act, (some, all), &words::incapable(l, code)))
        .collect())
}
