//! Samples of the pages about administrators and roles.

use tillsyn_core::{Rights, Role};

use super::administrators::{
    AccountForm, AccountRow, AdministratorPage, AdministratorsPage, MadeLink, PermissionBox,
    PermissionGroup, RoleForm, RolePage, RoleRow, RolesPage, WelcomePage,
};
use super::frame::{Emptiness, Pager, Place};
use super::organisation::{NotedLink, Problem};
use super::samples::{ago, bare, frame};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservgrupp 0417";

fn choice(value: &str, text: String, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        text,
        chosen,
    }
}

fn problem(text: String) -> Problem {
    Problem {
        text,
        ..Problem::default()
    }
}

fn form(l: Texts) -> AccountForm {
    AccountForm {
        name: "Per Lindqvist".to_owned(),
        email: "per@norrvik.example".to_owned(),
        kinds: vec![
            choice("person", l.t("administrators-person"), true),
            choice("service", l.t("administrators-service"), false),
        ],
        roles: Role::ALL
            .iter()
            .map(|role| {
                let text = words::role(l, role.as_str(), "");
                choice(role.as_str(), text, *role == Role::HelpDesk)
            })
            .collect(),
        units: vec![choice(ID, "Norrvik University / Physics".to_owned(), true)],
        platforms: vec![
            choice("", l.t("administrators-platform-all"), true),
            choice("apple", words::platform_family(l, "apple"), false),
        ],
        reason: String::new(),
    }
}

fn groups(l: Texts, chosen: Rights, held: Rights) -> Vec<PermissionGroup> {
    let group =
        |(id, title, members): (&'static str, String, &'static [tillsyn_core::Permission])| {
            PermissionGroup {
                id,
                title,
                boxes: members
                    .iter()
                    .map(|permission| PermissionBox {
                        value: permission.as_str(),
                        text: words::permission(l, permission.as_str()),
                        chosen: chosen.holds(*permission),
                        held: held.holds(*permission),
                    })
                    .collect(),
            }
        };
    words::permission_groups(l).into_iter().map(group).collect()
}

impl Sample for AdministratorsPage {
    const NAME: &'static str = "administrators";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, detail: &str, role: &str, factor: String, note: String| AccountRow {
            href: urls::administrator(ID),
            name: name.to_owned(),
            detail: detail.to_owned(),
            role: words::role(l, role, "Loan desk"),
            unit: "Physics".to_owned(),
            factor_missing: factor == l.t("administrators-factor-missing"),
            last: (!factor.is_empty()).then(|| ago(l, 40)),
            factor,
            note,
        };
        let page = |may_write: bool, problem: Problem| Self {
            f: frame(l, Place::Administrators, urls::ADMINISTRATORS),
            problem,
            find: String::new(),
            rows: vec![
                row(
                    "Maja Bergqvist",
                    "maja@norrvik.example",
                    "owner",
                    l.t("administrators-factor-yes"),
                    String::new(),
                ),
                row(
                    LONG,
                    "per@norrvik.example",
                    "own",
                    l.t("administrators-factor-missing"),
                    l.t("administrators-unopened"),
                ),
                row(
                    "Inventory export",
                    &l.t("administrators-service"),
                    "read_only",
                    String::new(),
                    l.t("administrators-disabled"),
                ),
            ],
            pager: Pager {
                summary: words::pager_summary(l, 3, 3),
                previous: String::new(),
                next: String::new(),
            },
            empty: Emptiness::None,
            may_write,
            form: form(l),
            password: may_write,
            password_error: String::new(),
        };
        vec![
            ("list", page(true, Problem::default())),
            (
                "taken",
                page(true, problem(l.t("administrators-email-taken"))),
            ),
            ("reader", page(false, Problem::default())),
        ]
    }
}

impl Sample for AdministratorPage {
    const NAME: &'static str = "administrator";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |service: bool, active: bool, unopened: bool, may_write: bool| Self {
            f: frame(l, Place::Administrators, &urls::administrator(ID)),
            problem: Problem::default(),
            id: ID.to_owned(),
            name: "Per Lindqvist".to_owned(),
            detail: if service {
                l.t("administrators-service")
            } else {
                "per@norrvik.example".to_owned()
            },
            service,
            active,
            unopened,
            link: None,
            facts: vec![
                (l.t("org-unit"), "Physics".to_owned()),
                (
                    l.t("administrators-platform-label"),
                    l.t("administrators-platform-all"),
                ),
                (
                    l.t("administrators-factor"),
                    l.t("administrators-factor-no"),
                ),
            ],
            role: NotedLink {
                href: urls::role("help_desk"),
                text: words::role(l, "help_desk", ""),
                note: String::new(),
            },
            tokens: Vec::new(),
            created: None,
            may_write,
            form: form(l),
            days: words::token_days(l, 90),
            permissions: vec![choice(
                "devices.read",
                words::permission(l, "devices.read"),
                true,
            )],
            password: may_write,
            password_error: String::new(),
        };
        let mut linked = page(false, true, true, true);
        linked.link = Some(MadeLink {
            url: "https://mdm.norrvik.example/console/welcome/0Jc8fQ".to_owned(),
            until: "24 November 2026".to_owned(),
        });
        let mut last = page(false, true, false, true);
        last.problem = problem(l.t("administrators-last-owner"));
        vec![
            ("open", page(false, true, false, true)),
            ("linked", linked),
            ("last-owner", last),
            ("service", page(true, true, false, true)),
            ("disabled", page(false, false, false, true)),
            ("reader", page(false, true, false, false)),
        ]
    }
}

impl Sample for RolesPage {
    const NAME: &'static str = "roles";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |id: &str, accounts: u64, own: bool| RoleRow {
            href: urls::role(id),
            name: words::role(l, id, LONG),
            note: words::role_note(l, id),
            origin: if own {
                "Physics".to_owned()
            } else {
                l.t("roles-built-in")
            },
            accounts: l.number(accounts),
            permissions: l.number(12),
            second_factor: !own,
        };
        let page = |may_write: bool, problem: Problem| Self {
            f: frame(l, Place::Roles, urls::ROLES),
            problem,
            rows: vec![
                row("owner", 1, false),
                row("auditor", 2, false),
                row(ID, 0, true),
            ],
            may_write,
            form: RoleForm {
                groups: groups(l, Role::ReadOnly.rights(), Role::Administrator.rights()),
                units: vec![choice(ID, "Physics".to_owned(), true)],
                ..RoleForm::default()
            },
            password: may_write,
            password_error: String::new(),
        };
        vec![
            ("list", page(true, Problem::default())),
            ("taken", page(true, problem(l.t("roles-name-taken")))),
            ("reader", page(false, Problem::default())),
        ]
    }
}

impl Sample for RolePage {
    const NAME: &'static str = "role";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |may_write: bool, may_factor: bool, used: bool| Self {
            f: frame(l, Place::Roles, &urls::role(ID)),
            problem: Problem::default(),
            id: ID.to_owned(),
            name: "Loan desk".to_owned(),
            note: "Hands out the loan iPads".to_owned(),
            origin: "Physics".to_owned(),
            second_factor: used,
            groups: groups(l, Role::HelpDesk.rights(), Role::Owner.rights()),
            accounts: if used {
                vec![NotedLink {
                    href: urls::administrator(ID),
                    text: "Per Lindqvist".to_owned(),
                    note: "Physics".to_owned(),
                }]
            } else {
                Vec::new()
            },
            may_write,
            may_factor,
            form: RoleForm {
                name: "Loan desk".to_owned(),
                note: "Hands out the loan iPads".to_owned(),
                groups: groups(l, Role::HelpDesk.rights(), Role::Owner.rights()),
                ..RoleForm::default()
            },
            password: may_write,
            password_error: String::new(),
        };
        vec![
            ("own", page(true, true, false)),
            ("used", page(true, false, true)),
            ("built-in", page(false, true, true)),
            ("reader", page(false, false, false)),
        ]
    }
}

impl Sample for WelcomePage {
    const NAME: &'static str = "welcome";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |done: bool, password_error: String| Self {
            f: bare(l),
            here: urls::welcome("0Jc8fQ"),
            done,
            name: "Per Lindqvist".to_owned(),
            login: "per@norrvik.example".to_owned(),
            password_error,
        };
        vec![
            ("open", page(false, String::new())),
            (
                "short",
                page(false, words::FieldError::PasswordShort.text(l)),
            ),
            ("done", page(true, String::new())),
        ]
    }
}
