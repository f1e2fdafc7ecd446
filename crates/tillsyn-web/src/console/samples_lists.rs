//! Samples of the list of devices and what belongs to it.

use std::collections::BTreeSet;

use tillsyn_core::commands::{BatchProgress, Cause, CommandStatus};
use tillsyn_core::devices::DeviceRow as Found;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lists::SelectionSummary;

use super::commands::{CauseRow, Job, WithdrawPage, cause_row, command_title, job_card};
use super::devices::{
    Bulk, BulkActs, DeviceRow, DevicesPage, FilterValue, FiltersPage, SavedView, ViewTab,
    ViewsPage, bulk_cannot, bulk_words, column_choices, column_heads, filter_menu, list_row,
};
use super::frame::{Chip, Emptiness, Place};
use super::samples::{DAY, ID, LONG, NOW, frame, pager, zone};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, urls};

fn found(name: &str, model: &str, person: &str, os: &str, status: &str) -> Option<Found> {
    let (some, minute) = (|text: &str| Some(text.to_owned()), 60_000);
    Some(Found {
        id: DeviceId::parse(ID)?,
        name: name.to_owned(),
        platform: "ios".to_owned(),
        serial_number: some("F2LXK4Q9N7"),
        model: some("iPhone17,3"),
        model_name: some(model),
        os_version: some(os),
        status: status.to_owned(),
        ownership: some("corporate"),
        enrollment_type: some("profile"),
        enrollment_status: some("active"),
        contact: "reachable".to_owned(),
        person_id: None,
        person_name: some(person),
        supervised: Some(true),
        enrolled_at: Some(NOW - 90 * DAY),
        last_seen: Some(NOW - 6 * minute),
        unit_name: "Geodesy".to_owned(),
    })
}

fn many(l: Texts, query: &urls::Query) -> Vec<DeviceRow> {
    let mut rows: Vec<Found> = [
        found(
            "ENG-IPH-0417",
            "iPhone 16",
            "Elin Hedström",
            "26.1",
            "active",
        ),
        found(
            "Aiko’s iPhone",
            "iPhone 17 Pro",
            "Aiko Matsuda",
            "26.1",
            "active",
        ),
        found(LONG, "iPad (A16)", "", "26.0", "active"),
        found(
            "MacBook Pro",
            "MacBook Pro",
            "Karl-Gustaf von Essen",
            "",
            "registered",
        ),
        found("MED-PAD-0233", "iPad 11-inch", "Ward 4", "26.0", "retired"),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (at, row) in rows.iter_mut().enumerate() {
        match at {
            1 => row.ownership = Some("personal".to_owned()),
            2 => {
                "unreachable".clone_into(&mut row.contact);
                row.last_seen = Some(NOW - 34 * DAY);
            }
            3 => (row.last_seen, row.serial_number) = (None, None),
            _ => {}
        }
    }
    let rows = rows.iter();
    let nothing = BTreeSet::new();
    rows.map(|found| list_row((l, &zone()), query, found, Some(&nothing)))
        .collect()
}

fn nothing_chosen(l: Texts) -> Bulk {
    Bulk {
        acts: BulkActs {
            erase: true,
            retire: true,
            lock: true,
            move_to: true,
            ask: true,
        },
        shown: vec![ID.to_owned()],
        all: l.tn("bulk-all", 74),
        ..Bulk::default()
    }
}

fn some_chosen(l: Texts) -> Bulk {
    let summary = SelectionSummary {
        devices: 12,
        platforms: vec![("ios".to_owned(), 8), ("ipados".to_owned(), 4)],
        personal: 2,
        seen_lately: 3,
        not_enrolled: 1,
    };
    let why = words::incapable(l, "personal_device");
    Bulk {
        count: summary.devices,
        words: bulk_words(l, &summary),
        cannot: vec![
            bulk_cannot(l, "erase", (2, 12), &why),
            bulk_cannot(l, "lock", (1, 12), &words::incapable(l, "not_enrolled")),
        ],
        all: String::new(),
        too_many: l.tn("bulk-too-many", 1_000),
        ..nothing_chosen(l)
    }
}

fn chips(l: Texts, query: &urls::Query, nothing: bool) -> Vec<Chip> {
    let set = ["platform", "status"].into_iter();
    set.filter(|name| query.get(name).is_some())
        .map(|name| {
            let values = query.list(name).into_iter();
            let values: Vec<String> = values.map(|v| words::filter_value(l, name, v)).collect();
            Chip {
                label: words::filter_label(l, name),
                values: values.join(", "),
                remove: query.without(name).url(urls::DEVICES),
                without: nothing.then(|| l.number(74)),
            }
        })
        .collect()
}

impl Sample for DevicesPage {
    const NAME: &'static str = "devices";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let query = urls::Query::default()
            .with("platform", "ios,ipados")
            .with("status", "active,not_seen")
            .with("sort", "-last_seen");
        let page = |rows: Vec<DeviceRow>, empty: Emptiness, query: &urls::Query| Self {
            f: frame(l, Place::Devices, &query.url(urls::DEVICES)),
            bulk: (!rows.is_empty()).then(|| nothing_chosen(l)),
            views: Vec::new(),
            view_keep: String::new(),
            view_save: query.url(urls::DEVICE_VIEWS),
            query: query.text(),
            find: String::new(),
            keep: query.hidden(&["q"]),
            link: query.url(urls::DEVICES),
            export: query.url(urls::DEVICES_EXPORT),
            chips: chips(l, query, empty == Emptiness::NoMatch),
            menu: filter_menu(l, query, None),
            unknown: Vec::new(),
            columns: column_heads(l, query),
            column_choices: column_choices(l, query),
            columns_keep: query.hidden(&["cols"]),
            columns_usual: query.without("cols").url(urls::DEVICES),
            compact: false,
            caption: words::devices_caption(l, 74, &l.t("last-seen")),
            rows,
            pager: pager(l, 50, 4812),
            empty,
            push_missing: false,
        };
        let plain = urls::Query::default();
        let mut unknown = page(many(l, &plain), Emptiness::None, &plain);
        unknown.rows.truncate(1);
        unknown.unknown = vec!["colour".to_owned()];
        let all =
            "name,model,person,os,platform,ownership,status,contact,unit,serial,enrolled,last_seen";
        let wide = query.with("cols", all);
        let mut compact = page(many(l, &wide), Emptiness::None, &wide);
        compact.compact = true;
        compact.bulk = Some(some_chosen(l));
        compact.views = ["All", "iPhone and iPad, needs care", LONG]
            .into_iter()
            .enumerate()
            .map(|(at, name)| ViewTab {
                href: urls::DEVICES.to_owned(),
                name: name.to_owned(),
                current: at == 1,
                shared: at == 2,
            })
            .collect();
        compact.view_keep = urls::device_view(ID);
        let mut first = page(Vec::new(), Emptiness::Nothing, &plain);
        first.push_missing = true;
        vec![
            ("many", page(many(l, &query), Emptiness::None, &query)),
            ("compact", compact),
            ("one", unknown),
            ("no-match", page(Vec::new(), Emptiness::NoMatch, &query)),
            ("empty", page(Vec::new(), Emptiness::Nothing, &plain)),
            ("empty-no-push", first),
        ]
    }
}

impl Sample for FiltersPage {
    const NAME: &'static str = "devices-filters";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let query = urls::Query::default().with("platform", "ios");
        let mut menu = filter_menu(l, &query, None);
        menu.counted = true;
        for group in menu.boxes.iter_mut().filter(|group| !group.one) {
            for value in &mut group.values {
                value.count = l.number(1_204);
            }
        }
        if let Some(group) = menu.boxes.first_mut() {
            group.values.push(FilterValue {
                value: "tvos".to_owned(),
                text: words::platform(l, "tvos"),
                count: l.number(0),
                chosen: true,
            });
        }
        menu.units = vec![Choice {
            value: ID.to_owned(),
            text: "Norrvik University / Geodesy".to_owned(),
            chosen: true,
        }];
        let page = Self {
            f: frame(l, Place::Devices, urls::DEVICES_FILTERS),
            menu,
            back: urls::DEVICES.to_owned(),
        };
        vec![("counted", page)]
    }
}

impl Sample for ViewsPage {
    const NAME: &'static str = "devices-views";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, owner: &str| SavedView {
            act: urls::device_view(ID),
            href: urls::DEVICES.to_owned(),
            name: name.to_owned(),
            owner: owner.to_owned(),
            team: !owner.is_empty(),
            begins: owner.is_empty(),
            own: owner.is_empty(),
            may_remove: owner.is_empty(),
        };
        let page = |query: &str, rows: Vec<SavedView>| Self {
            f: frame(l, Place::Devices, urls::DEVICE_VIEWS),
            query: query.to_owned(),
            back: urls::DEVICES.to_owned(),
            name: String::new(),
            team: false,
            problem: String::new(),
            rows,
        };
        let rows = vec![row("iPhone and iPad, needs care", ""), row(LONG, "Per Alm")];
        let mut refused = page("platform=ios", Vec::new());
        refused.problem = l.t("views-many");
        vec![
            ("many", page("platform=ios&sort=-last_seen", rows)),
            ("refused", refused),
            ("empty", page("", Vec::new())),
        ]
    }
}

/// What waits, and what failed.
pub(super) fn causes(l: Texts) -> (Vec<CauseRow>, Vec<CauseRow>) {
    let row = |status: &str, reason: &str, contact: &str, devices: i64| {
        let cause = Cause {
            status: status.to_owned(),
            reason: reason.to_owned(),
            contact: contact.to_owned(),
            commands: devices + 2,
            devices,
            oldest: NOW - DAY,
        };
        cause_row((l, &zone()), true, &cause)
    };
    let waiting = vec![
        row("not_now", "", "", 38),
        row("push_sent", "", "unreachable", 12),
        row("queued", "", "unhealthy", 7),
        row("held", "budget", "", 4),
        row("held", "hold", "", 1),
    ];
    (waiting, vec![row("error", "MCMDMErrorDomain 12021", "", 3)])
}

/// An act on many devices, half done.
pub(super) fn job(l: Texts) -> Job {
    let found = BatchProgress {
        request_type: "EraseDevice".to_owned(),
        act: Some("erase".to_owned()),
        reason: Some("decommissioned: the old computer room".to_owned()),
        actor_kind: "account".to_owned(),
        actor_name: Some("Maja Bergqvist".to_owned()),
        created_at: NOW - DAY,
        by_status: vec![
            (CommandStatus::Queued, 12),
            (CommandStatus::PushSent, 140),
            (CommandStatus::NotNow, 3),
            (CommandStatus::Acknowledged, 1_204),
            (CommandStatus::Error, 2),
        ],
        just_ended: 31,
    };
    job_card((l, &zone()), true, ID, &found)
}

impl Sample for WithdrawPage {
    const NAME: &'static str = "commands-withdraw";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |count: i64| Self {
            f: frame(l, Place::Commands, urls::COMMANDS_WITHDRAW),
            title: l.tn("causes-withdraw-title", count),
            cause: l.t("cause-unreachable"),
            devices: l.tn("cause-devices", count),
            types: vec![
                (command_title(l, "DeviceInformation", ""), l.number(9)),
                (command_title(l, "Settings", ""), l.number(5)),
            ],
            nothing: count == 0,
            more: if count > 5_000 {
                l.tn("causes-withdraw-most", 5_000)
            } else {
                String::new()
            },
            back: urls::COMMANDS.to_owned(),
            fields: vec![("status", "push_sent".to_owned())],
        };
        vec![
            ("some", page(14)),
            ("most", page(81_204)),
            ("none", page(0)),
        ]
    }
}
