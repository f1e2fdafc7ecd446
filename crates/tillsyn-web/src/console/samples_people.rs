//! Samples of the pages about org units, groups and people.

use super::frame::{Emptiness, Pager, Place};
use super::organisation::{
    BelongsTo, ChosenUnit, DirectoryOfPerson, FieldOfDirectories, GroupForm, GroupPage, GroupRow,
    GroupsPage, MemberRow, MovePage, NotedLink, PeoplePage, PersonDirectories, PersonForm,
    PersonPage, PersonRow, PersonSignIn, Problem, TemporaryPasswordPage, UnitForm, UnitRow,
    UnitsPage, directory_standing, field_label,
};
use super::samples::{bare, frame};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, Link, Sample, status, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservgrupp 0417";
const UNITS: [(&str, usize); 4] = [
    ("Norrvik University", 0),
    ("Faculty of Science", 1),
    ("Physics", 2),
    ("Library", 1),
];

fn units(chosen: &str) -> Vec<Choice> {
    UNITS
        .iter()
        .map(|(name, _)| Choice {
            value: (*name).to_owned(),
            text: (*name).to_owned(),
            chosen: *name == chosen,
        })
        .collect()
}

fn link(href: String, text: &str, note: String) -> NotedLink {
    NotedLink {
        href,
        text: text.to_owned(),
        note,
    }
}

fn pager(l: Texts, shown: u64) -> Pager {
    Pager {
        summary: words::pager_summary(l, shown, 312),
        previous: String::new(),
        next: "?after=eyJ".to_owned(),
    }
}

fn problem(text: String, list: &[&str]) -> Problem {
    Problem {
        text,
        list: list.iter().map(|line| (*line).to_owned()).collect(),
        plan: String::new(),
    }
}

/// The card on the page of a device.
pub(super) fn belongs_to(l: Texts) -> BelongsTo {
    BelongsTo {
        unit: "Physics".to_owned(),
        units: units("Physics"),
        person: Some(link(urls::person(ID), "Elin Hedström", String::new())),
        may_give: true,
        groups: vec![
            link(urls::group(ID), "Loan iPads", "Library".to_owned()),
            link(urls::group(ID), "Laboratory", l.t("group-outside")),
        ],
        problem: Problem::default(),
    }
}

fn person_form(l: Texts) -> PersonForm {
    PersonForm {
        name: "Elin Hedström".to_owned(),
        email: "elin@norrvik.example".to_owned(),
        languages: vec![Choice {
            value: String::new(),
            text: l.t("invitation-language-any"),
            chosen: true,
        }],
        units: units("Physics"),
    }
}

impl Sample for PeoplePage {
    const NAME: &'static str = "people";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, email: &str, devices: u64, active: bool| PersonRow {
            pick: ID.to_owned(),
            href: urls::person(ID),
            name: name.to_owned(),
            email: email.to_owned(),
            unit: "Physics".to_owned(),
            devices: l.number(devices),
            active,
        };
        let page = |empty: Emptiness, may_write: bool, problem: Problem| Self {
            f: frame(l, Place::People, urls::PEOPLE),
            export: urls::PEOPLE_EXPORT.to_owned(),
            problem,
            find: String::new(),
            rows: vec![
                row("Elin Hedström", "elin@norrvik.example", 2, true),
                row(LONG, "", 0, true),
                row("Omar Dahl", "omar@norrvik.example", 0, false),
            ],
            pager: pager(l, 3),
            empty,
            may_write,
            form: person_form(l),
        };
        let taken = problem(l.t("problem-email"), &[]);
        vec![
            ("list", page(Emptiness::None, true, Problem::default())),
            ("taken", page(Emptiness::None, true, taken)),
            ("reader", page(Emptiness::None, false, Problem::default())),
            ("none", page(Emptiness::Nothing, true, Problem::default())),
            (
                "no-match",
                page(Emptiness::NoMatch, true, Problem::default()),
            ),
        ]
    }
}

impl Sample for MovePage {
    const NAME: &'static str = "move";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, unit: &str| NotedLink {
            href: urls::person(ID),
            text: name.to_owned(),
            note: unit.to_owned(),
        };
        let page = |people: bool, problem: Problem| Self {
            f: if people {
                frame(l, Place::People, urls::PEOPLE_MOVE)
            } else {
                frame(l, Place::Devices, urls::DEVICES_MOVE)
            },
            people,
            title: if people {
                l.tn("move-people-title", 2)
            } else {
                l.tn("move-devices-title", 2)
            },
            problem,
            ids: format!("{ID},{ID}"),
            rows: vec![row("Elin Hedström", "Physics"), row(LONG, "Norrvik")],
            more: if people {
                l.tn("move-people-more", 1)
            } else {
                l.tn("many-more", 12)
            },
            units: units("Physics"),
            devices: people.then(|| l.number(3_u64)),
            with_devices: people,
        };
        let none = Self {
            rows: Vec::new(),
            ..page(false, problem(l.t("move-none"), &[]))
        };
        vec![
            ("devices", page(false, Problem::default())),
            ("people", page(true, Problem::default())),
            ("none", none),
        ]
    }
}

impl Sample for TemporaryPasswordPage {
    const NAME: &'static str = "temporary-password";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = Self {
            f: bare(l),
            name: "Elin Hedström".to_owned(),
            password: "k7mq-2xdh-wz3b-try6".to_owned(),
            until: "2026-11-30 09:00".to_owned(),
            back: urls::person(ID),
        };
        vec![("made", page)]
    }
}

fn directories(l: Texts) -> PersonDirectories {
    let row = |name: &str, known_as: &str, state: &str, seen: String| DirectoryOfPerson {
        name: name.to_owned(),
        known_as: known_as.to_owned(),
        status: directory_standing(l, state),
        seen,
    };
    let said = |field: &str, first: &str, second: String| FieldOfDirectories {
        field: field_label(l, field),
        said: vec![
            ("Norrvik AD".to_owned(), first.to_owned()),
            (LONG.to_owned(), second),
        ],
    };
    PersonDirectories {
        known: vec![
            row(
                "Norrvik AD",
                "elin.hedstrom",
                "active",
                l.ta("person-directory-seen", "12:04"),
            ),
            row(
                LONG,
                "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
                "suspended",
                l.ta("person-directory-missing", "12:04"),
            ),
        ],
        differ: vec![
            said("name", "Elin Hedström", "Elin Dahl".to_owned()),
            said("department", "Physics", l.t("person-directory-empty")),
        ],
    }
}

impl Sample for PersonPage {
    const NAME: &'static str = "person";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |active: bool, may_write: bool, full: bool| Self {
            f: frame(l, Place::People, &urls::person(ID)),
            problem: Problem::default(),
            id: ID.to_owned(),
            name: "Elin Hedström".to_owned(),
            email: "elin@norrvik.example".to_owned(),
            unit: "Physics".to_owned(),
            active,
            devices: if full {
                vec![link(
                    urls::device(ID),
                    "Elin's iPhone",
                    "iPhone 16".to_owned(),
                )]
            } else {
                Vec::new()
            },
            groups: if full {
                vec![link(urls::group(ID), "Laboratory", "Physics".to_owned())]
            } else {
                Vec::new()
            },
            invitations: may_write.then(|| {
                if full {
                    let note = status(l, "invitation", "used").text;
                    vec![link(urls::invitation(ID), "Elin Hedström", note)]
                } else {
                    Vec::new()
                }
            }),
            may_write,
            may_erase: full,
            form: person_form(l),
            sign_in: PersonSignIn {
                way: if full {
                    l.t("person-sign-in-password")
                } else {
                    l.t("person-sign-in-none")
                },
                notes: if full {
                    vec![l.t("person-sign-in-second")]
                } else {
                    Vec::new()
                },
                may_have_password: active,
            },
            directories: if full {
                directories(l)
            } else {
                PersonDirectories::default()
            },
        };
        let mut unknown = page(true, true, true);
        unknown.problem = problem(l.t("problem-members-unknown"), &["C02NOBODY"]);
        vec![
            ("full", page(true, true, true)),
            ("unknown", unknown),
            ("inactive", page(false, true, false)),
            ("reader", page(true, false, true)),
        ]
    }
}

impl Sample for GroupsPage {
    const NAME: &'static str = "groups";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, description: &str, reached: u64| GroupRow {
            href: urls::group(ID),
            name: name.to_owned(),
            description: description.to_owned(),
            unit: "Library".to_owned(),
            reached: l.number(reached),
            people: l.number(0),
        };
        let page = |empty: Emptiness, may_write: bool, problem: Problem| Self {
            f: frame(l, Place::Groups, urls::GROUPS),
            problem,
            find: String::new(),
            rows: vec![row("Loan iPads", "Room 3", 48), row(LONG, "", 0)],
            pager: pager(l, 2),
            empty,
            may_write,
            form: GroupForm {
                name: String::new(),
                description: String::new(),
                units: units("Library"),
            },
        };
        let taken = problem(l.t("problem-group-name"), &[]);
        vec![
            ("list", page(Emptiness::None, true, Problem::default())),
            ("taken", page(Emptiness::None, true, taken)),
            ("reader", page(Emptiness::None, false, Problem::default())),
            ("none", page(Emptiness::Nothing, true, Problem::default())),
            (
                "no-match",
                page(Emptiness::NoMatch, true, Problem::default()),
            ),
        ]
    }
}

impl Sample for GroupPage {
    const NAME: &'static str = "group";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, detail: &str, kind: String, outside: bool| MemberRow {
            id: ID.to_owned(),
            href: urls::device(ID),
            name: name.to_owned(),
            detail: detail.to_owned(),
            kind,
            unit: "Library".to_owned(),
            outside,
        };
        let page = |empty: Emptiness, may_write: bool, problem: Problem| Self {
            f: frame(l, Place::Groups, &urls::group(ID)),
            problem,
            id: ID.to_owned(),
            name: "Loan iPads".to_owned(),
            description: "Room 3".to_owned(),
            unit: "Library".to_owned(),
            reached: l.number(48),
            people: l.number(2),
            assignments: l.number(3),
            find: String::new(),
            rows: vec![
                row("Loan iPad 1", "DMPX1", l.t("device"), false),
                row("Loan iPad 2", "DMPX2", l.t("device"), true),
                row(
                    "Elin Hedström",
                    "elin@norrvik.example",
                    l.t("person"),
                    false,
                ),
            ],
            pager: pager(l, 3),
            empty,
            may_write,
            pasted: String::new(),
            form: GroupForm {
                name: "Loan iPads".to_owned(),
                description: "Room 3".to_owned(),
                units: Vec::new(),
            },
        };
        let unknown = problem(
            l.t("problem-members-unknown"),
            &["DMPX9", "who@norrvik.example"],
        );
        let mut refused = page(Emptiness::None, true, unknown);
        "DMPX9\nwho@norrvik.example\nDMPX3".clone_into(&mut refused.pasted);
        vec![
            ("full", page(Emptiness::None, true, Problem::default())),
            ("unknown", refused),
            ("reader", page(Emptiness::None, false, Problem::default())),
            ("empty", page(Emptiness::Nothing, true, Problem::default())),
        ]
    }
}

impl Sample for UnitsPage {
    const NAME: &'static str = "units";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |(name, depth): &(&str, usize)| UnitRow {
            href: urls::unit(ID),
            name: (*name).to_owned(),
            depth: i64::try_from(*depth).unwrap_or(0),
            above: if *depth == 0 {
                String::new()
            } else {
                "Norrvik University".to_owned()
            },
            devices: Link {
                href: urls::devices_where("unit", ID),
                text: l.number(4812 / (depth * 9 + 1)),
            },
            people: l.number(312_u64),
            groups: l.number(4_u64),
            chosen: *name == "Physics",
        };
        let page = |chosen: bool, may_write: bool, problem: Problem| Self {
            f: frame(l, Place::Units, urls::UNITS),
            problem,
            rows: UNITS.iter().map(row).collect(),
            may_write,
            chosen: chosen.then(|| ChosenUnit {
                id: ID.to_owned(),
                name: "Physics".to_owned(),
                parents: units("Faculty of Science"),
            }),
            form: UnitForm {
                name: String::new(),
                units: units(""),
            },
        };
        let devices = format!("{}: 12", l.t("nav-devices"));
        let full = problem(l.t("problem-unit-full"), &[&devices]);
        vec![
            ("tree", page(false, true, Problem::default())),
            ("chosen", page(true, true, Problem::default())),
            ("full", page(true, true, full)),
            ("reader", page(false, false, Problem::default())),
        ]
    }
}
