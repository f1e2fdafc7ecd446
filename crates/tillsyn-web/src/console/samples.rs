//! Every page of the console in each of its states, with invented data that agrees with itself.
//!
//! Long because the pages share one invented organisation: apart, the numbers would drift.

use tillsyn_core::commands::Family;
use tillsyn_core::devices::TrendDay;

use super::access::{ConfirmPage, FirstAdministratorPage, SignInPage};
use super::certificates::{CertificatePage, CertificateRow, CertificatesPage, RevokeForm};
use super::commands::{CommandPage, CommandRow, CommandsPage, command_title};
use super::device::{
    Act, Acts, AppRow, Callout, ChangeRow, CommandEntry, Deadline, DevicePage, DeviceTab,
    Elsewhere, Fact, FactValue, ForwardCard, Hop, InstalledCertificateRow, InventoryTab,
    ProfileRow, QuestionRow, SecurityFact, SendFamily, SendField, SendKind, SendOnePage, SendPage,
    SendRow, StripFigure, UpdateRow, UserRow, certificate_status, question,
};
use super::devices::Around;
use super::enrollment::{
    AttemptConsent, AttemptFailure, AttemptPage, AttemptRow, AttemptStep, AttemptsPage,
    InvitationPage, InvitationRow, InvitationSecret, InvitationsPage, NewInvitationPage,
};
use super::errors::ErrorPage;
use super::frame::{Bare, Emptiness, Filter, Frame, Pager, Place, Theme};
use super::guard::{Dialog, GuardAct, GuardDialog, GuardFacts, LockDialog};
use super::overview::{
    Activity, Contact, Counts, ExpiryRow, Figure, Need, OverviewPage, Trend, VersionRow, Waiting,
};
use super::secrets::{LocationRow, LostCard, RevealPage, SecretRow, SecretsPage, UnlockRow};
use super::settings::{CreatedToken, InventoryPage, TokenRow, TokensPage};
use super::words::{self, FieldError, Notice, SignInText};
use crate::i18n::{Texts, When, Zone};
use crate::portal::enroll::Failure;
use crate::ui::{Choice, Link, Message, Qr, Sample, Status, Tone, UndoForm, status, urls};

/// Tuesday 17 November 2026, 09:42 in Stockholm.
pub(super) const NOW: i64 = 1_794_904_920_000;
const MINUTE: i64 = 60_000;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;
pub(super) const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
pub(super) const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservtelefon 0417";

pub(super) fn zone() -> Zone {
    Zone {
        now_ms: NOW,
        zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(1)),
    }
}

pub(super) fn ago(l: Texts, minutes: i64) -> When {
    l.ago(NOW - minutes * MINUTE, &zone())
}

fn moment(l: Texts, minutes: i64) -> When {
    l.moment(NOW - minutes * MINUTE, &zone())
}

pub(super) fn frame(l: Texts, place: Place, here: &str) -> Frame {
    Frame {
        texts: l,
        theme: Theme::System,
        place,
        hidden: Vec::new(),
        organisation: "Norrvik University".to_owned(),
        scope: String::new(),
        keys_off: false,
        person: "Maja Bergqvist".to_owned(),
        role: words::role(l, "administrator", ""),
        csrf: "9f8a1c".to_owned(),
        confirm_elsewhere: false,
        here: here.to_owned(),
        devices: 4812,
        people: 312,
        groups: 14,
        commands_waiting: 23,
        notices: 3,
        attempts_failed: 1,
        approvals_waiting: 2,
        frozen: Vec::new(),
        topics: "devices,commands".to_owned(),
        messages: Vec::new(),
    }
}

pub(super) fn bare(l: Texts) -> Bare {
    Bare {
        texts: l,
        theme: Theme::System,
        organisation: "Norrvik University".to_owned(),
        here: urls::SIGN_IN.to_owned(),
        csrf: "9f8a1c".to_owned(),
    }
}

fn link(href: &str, text: &str) -> Link {
    Link {
        href: href.to_owned(),
        text: text.to_owned(),
    }
}

fn choices(values: &[(&str, String)], chosen: &str) -> Vec<Choice> {
    values
        .iter()
        .map(|(value, text)| Choice {
            value: (*value).to_owned(),
            text: text.clone(),
            chosen: *value == chosen,
        })
        .collect()
}

pub(super) fn pager(l: Texts, shown: u64, total: u64) -> Pager {
    Pager {
        summary: words::pager_summary(l, shown, total),
        previous: String::new(),
        next: "?after=eyJ".to_owned(),
    }
}

impl Sample for SignInPage {
    const NAME: &'static str = "sign-in";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |name: &str, error: String, notice: String| Self {
            f: bare(l),
            next: urls::DEVICES.to_owned(),
            name: name.to_owned(),
            error,
            notice,
            passkeys: true,
            providers: vec![Link {
                href: urls::sign_in_provider(ID, urls::DEVICES),
                text: "Norrvik ID".to_owned(),
            }],
        };
        vec![
            ("empty", page("", String::new(), SignInText::Needed.text(l))),
            (
                "failed",
                page("maja", SignInText::Failed.text(l), String::new()),
            ),
            (
                "slow",
                page("maja", SignInText::SlowDown(4).text(l), String::new()),
            ),
            (
                "out",
                page("", String::new(), SignInText::SignedOut.text(l)),
            ),
        ]
    }
}

impl Sample for FirstAdministratorPage {
    const NAME: &'static str = "first-administrator";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: &dyn Fn(FieldError) -> String| Self {
            f: bare(l),
            code: String::new(),
            code_error: error(FieldError::CodeWrong),
            name: "Maja Bergqvist".to_owned(),
            name_error: error(FieldError::Required),
            login: "maja@".to_owned(),
            login_error: error(FieldError::MailAddress),
            password_error: error(FieldError::PasswordShort),
        };
        vec![
            ("empty", page(&|_| String::new())),
            ("errors", page(&|error| error.text(l))),
        ]
    }
}

impl Sample for ConfirmPage {
    const NAME: &'static str = "confirm";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |error: String| Self {
            f: bare(l),
            person: "Maja Bergqvist".to_owned(),
            login: "maja@example.org".to_owned(),
            next: urls::device_erase(ID),
            password: true,
            app: true,
            passkeys: true,
            code_error: error.clone(),
            passkey_error: error.clone(),
            providers: vec![Link {
                href: urls::confirm_provider(ID, urls::DEVICES),
                text: "Norrvik ID".to_owned(),
            }],
            provider_error: String::new(),
            error,
        };
        vec![
            ("empty", page(String::new())),
            ("wrong", page(FieldError::PasswordWrong.text(l))),
        ]
    }
}

impl Sample for ErrorPage {
    const NAME: &'static str = "error";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let id = "req_01JC7Q4M9T2X";
        let broken = Bare {
            here: String::new(),
            ..bare(l)
        };
        vec![
            ("403", Self::forbidden(bare(l), id)),
            ("404", Self::not_found(bare(l), id)),
            ("500", Self::failed(bare(l), id)),
            ("500-nowhere", Self::failed(broken, id)),
            ("429", Self::slow_down(bare(l), 3, id)),
            (
                "400",
                Self::refused(bare(l), FieldError::NoProfile.text(l), id),
            ),
            ("session", Self::session_over(bare(l))),
        ]
    }
}

impl Sample for OverviewPage {
    const NAME: &'static str = "overview";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let counts = Counts {
            active: 4812,
            devices: 5023,
            seen_24_hours: 4506,
            invitations: 6,
            failed_24_hours: 1,
            waiting: 23,
            held: 2,
        };
        let page = |needs: Vec<Need>, counts: &Counts, full: bool| {
            let mut page = Self {
                f: frame(l, Place::Overview, urls::CONSOLE),
                first_steps: (counts.devices == 0).then(|| super::samples_docs::steps(l)),
                needs,
                checked: ago(l, 0),
                figures: Figure::all(l, counts),
                trend: Trend::new(l, &zone(), &trend(full), 4812),
                expiry: Vec::new(),
                versions: Vec::new(),
                contact: Contact::new(l, 0, 0, 0),
                waiting: Vec::new(),
                activity: Vec::new(),
            };
            if full {
                fill(l, &mut page);
            }
            page
        };
        vec![
            (
                "many",
                page(
                    vec![
                        Need::push_expiring(
                            l,
                            12,
                            &l.date(NOW + 12 * DAY, &zone()),
                            4812,
                            "mdm-apple@norrvik.example",
                        ),
                        Need::held(l, 2),
                        Need::unreachable(l, 47),
                        Need::silent(l, 1),
                        Need::refused(l, 3),
                        Need::attempts_failed(l, 3),
                        Need::unknown(l, 38, true),
                    ],
                    &counts,
                    true,
                ),
            ),
            (
                "expired",
                page(
                    vec![Need::push_expired(
                        l,
                        &l.date(NOW - DAY, &zone()),
                        4812,
                        "mdm-apple@norrvik.example",
                    )],
                    &counts,
                    true,
                ),
            ),
            (
                "empty",
                page(
                    vec![Need::push_missing(l), Need::unknown(l, 1, false)],
                    &Counts::default(),
                    false,
                ),
            ),
            ("clear", page(Vec::new(), &counts, true)),
        ]
    }
}

/// A month in which devices come, and on every fifth day some leave.
fn trend(full: bool) -> Vec<TrendDay> {
    let day = |at: i64| TrendDay {
        enrolled: if full { at % 7 } else { 0 },
        ended: if full && at % 5 == 0 { 4 } else { 0 },
    };
    (0..30).map(day).collect()
}

fn fill(l: Texts, page: &mut OverviewPage) {
    let versions = |versions: &[(&str, u64)]| -> Vec<(String, u64)> {
        versions
            .iter()
            .map(|(version, count)| ((*version).to_owned(), *count))
            .collect()
    };
    page.versions = vec![
        VersionRow::new(
            l,
            "phone",
            "iPhone",
            "ios",
            &versions(&[("27.1", 1582), ("27.0", 414), ("26.5", 761), ("18.7", 147)]),
        ),
        VersionRow::new(
            l,
            "tablet",
            "iPad",
            "ipados",
            &versions(&[("27.1", 476), ("27.0", 122), ("26.5", 300)]),
        ),
        VersionRow::new(
            l,
            "laptop",
            "Mac",
            "macos",
            &versions(&[("27.1", 431), ("27.0", 118), ("26.4", 340), ("15.7", 121)]),
        ),
    ];
    page.contact = Contact::new(l, 4764, 47, 1);
    page.expiry = vec![
        ExpiryRow::token(l, &zone(), NOW + 4 * DAY, LONG),
        ExpiryRow::push(
            l,
            &zone(),
            NOW + 19 * DAY,
            "mdm-apple@norrvik.example",
            4812,
        ),
        ExpiryRow::push(l, &zone(), NOW + 83 * DAY, "mdm-lab@norrvik.example", 1),
    ];
    page.waiting = vec![
        Waiting {
            tone: Tone::Warn,
            icon: "pause",
            device: link(&urls::device(ID), "ENG-IPH-0398"),
            command: command_title(l, "EraseDevice", ""),
            word: status(l, "command", "held").text,
            cause: words::held_reason(l, "budget", ""),
            age: ago(l, 40),
        },
        Waiting {
            tone: Tone::Warn,
            icon: "clock",
            device: link(&urls::device(ID), "ENG-IPH-0388"),
            command: command_title(l, "InstallProfile", "eduroam"),
            word: status(l, "command", "not_now").text,
            cause: words::transition(l, "not_now", "", "", ""),
            age: ago(l, 26 * 60),
        },
    ];
    let activity = |who: &str, action: &str, detail: &str, target: Link, minutes| Activity {
        who: who.to_owned(),
        text: words::activity(l, action, false, detail),
        target,
        when: ago(l, minutes),
    };
    page.activity = vec![
        activity(
            "Per Sandström",
            "command.enqueue",
            &command_title(l, "EraseDevice", ""),
            link(&urls::device(ID), "ENG-IPH-0398"),
            4,
        ),
        activity(
            "",
            "device.enroll",
            "",
            link(&urls::device(ID), "MED-PAD-0233"),
            11,
        ),
        activity(
            "Sofia Lund",
            "invitation.create",
            "",
            link(&urls::invitation(ID), "Elin Hedström"),
            30,
        ),
        activity(
            "Maja Bergqvist",
            "push_certificate.renew",
            "",
            Link::default(),
            3000,
        ),
    ];
}

fn hops(l: Texts, steps: &[(&str, i64, &str)]) -> Vec<Hop> {
    steps
        .iter()
        .map(|(value, minutes, detail)| {
            let word = status(l, "command", value);
            Hop {
                tone: word.tone,
                when: moment(l, *minutes),
                word: word.text,
                text: words::transition(l, value, "", detail, ""),
            }
        })
        .collect()
}

fn entry(l: Texts, kind: &str, name: &str, state: &str, hops: Vec<Hop>) -> CommandEntry {
    CommandEntry {
        href: urls::command(ID, ID),
        status: status(l, "command", state),
        title: command_title(l, kind, name),
        request_type: kind.to_owned(),
        by: "Maja Bergqvist".to_owned(),
        hops,
        hold: None,
        withdraw: String::new(),
        again: String::new(),
    }
}

fn held_entry(l: Texts) -> CommandEntry {
    let mut entry = entry(l, "EraseDevice", "", "held", hops(l, &[("queued", 0, "")]));
    let end = NOW + 5 * MINUTE;
    entry.hops.push(Hop {
        tone: Tone::Warn,
        when: moment(l, 0),
        word: status(l, "command", "held").text,
        text: words::held_reason(l, "hold", &l.moment(end, &zone()).text),
    });
    entry.hold = Some(Deadline {
        when: l.moment(end, &zone()),
        left: "4:59".to_owned(),
    });
    entry.withdraw = urls::command_withdraw(ID, ID);
    entry
}

fn device_page(l: Texts, personal: bool) -> DevicePage {
    let mut waiting = entry(
        l,
        "InstallProfile",
        "eduroam",
        "not_now",
        hops(
            l,
            &[
                ("queued", 6, ""),
                ("push_sent", 6, ""),
                ("sent", 6, ""),
                ("not_now", 6, ""),
            ],
        ),
    );
    waiting.withdraw = urls::command_withdraw(ID, ID);
    let mut failed = entry(
        l,
        "RemoveProfile",
        "",
        "error",
        hops(
            l,
            &[
                ("sent", 1400, ""),
                (
                    "error",
                    1400,
                    "MCProfileErrorDomain 1006: profile not found",
                ),
            ],
        ),
    );
    failed.again = urls::command_again(ID, ID);
    let fact = |name: &str, value: FactValue, source: &str| Fact {
        label: words::fact_label(l, name),
        value,
        source: source.to_owned(),
        age: Some(ago(l, 11)),
    };
    let known = |text: &str| FactValue::Known(text.to_owned());
    let serial = if personal {
        FactValue::NotShared
    } else {
        known("F2LXK4Q9N7")
    };
    DevicePage {
        f: frame(l, Place::Devices, &urls::device(ID)),
        tab: DeviceTab::Summary,
        around: Around {
            list: urls::DEVICES.to_owned(),
            previous: urls::device(ID),
            next: urls::device(ID),
            from: "?from=sort%3Dname".to_owned(),
        },
        id: ID.to_owned(),
        name: if personal {
            "Aiko’s iPhone".to_owned()
        } else {
            "ENG-IPH-0417".to_owned()
        },
        icon: "phone",
        what: "iPhone 16, 128 GB".to_owned(),
        person: if personal {
            "Aiko Matsuda".to_owned()
        } else {
            "Elin Hedström".to_owned()
        },
        belongs: super::samples_people::belongs_to(l),
        enrollments: super::samples_desk::enrollments(l),
        personal,
        pills: if personal {
            vec![status(l, "device", "active")]
        } else {
            vec![status(l, "device", "active"), words::supervised(l)]
        },
        callout: None,
        strip: vec![
            StripFigure::seen(l, Some(ago(l, 6))),
            StripFigure::os(l, "iOS 27.0", "24A5264n"),
            StripFigure::enrollment(l, "profile", &l.date(NOW - 440 * DAY, &zone())),
            StripFigure::contact(l, "reachable"),
            StripFigure::battery(l, &l.percent(41, 100), "38 GB", "128 GB"),
            StripFigure::certificate(l, 187, &l.date(NOW + 187 * DAY, &zone())),
        ],
        commands: vec![
            waiting,
            entry(
                l,
                "DeviceInformation",
                "",
                "acknowledged",
                hops(l, &[("sent", 11, ""), ("acknowledged", 11, "")]),
            ),
            failed,
        ],
        commands_pager: pager(l, 50, 212),
        profiles: vec![
            ProfileRow {
                name: "Tillsyn".to_owned(),
                identifier: "se.tillsyn.enrollment.01939f3c".to_owned(),
                origin: words::profile_origin(l, "enrollment"),
                removable: false,
            },
            ProfileRow {
                name: "eduroam".to_owned(),
                identifier: "example.norrvik.eduroam".to_owned(),
                origin: words::profile_origin(l, "tillsyn"),
                removable: true,
            },
        ],
        profiles_seen: Some(ago(l, 6)),
        facts: vec![
            fact(
                "name",
                known(if personal {
                    "Aiko’s iPhone"
                } else {
                    "ENG-IPH-0417"
                }),
                "DeviceInformation",
            ),
            fact("serial_number", serial, "Authenticate"),
            fact("os_version", known("27.0"), "DeviceInformation"),
            fact(
                "passcode_present",
                known(&words::yes_no(l, true)),
                "SecurityInfo",
            ),
            Fact {
                age: None,
                source: String::new(),
                ..fact("is_cloud_backup_enabled", FactValue::Unknown, "")
            },
        ],
        changes: None,
        changes_pager: Pager::default(),
        inventory: None,
        items: None,
        forward: None,
        identity: words::identity(
            l,
            personal,
            (!personal).then_some("F2LXK4Q9N7"),
            (!personal).then_some("00008140-000A19C61E53801C"),
            ID,
            "01939f3c-6b20-7000-8d41-000000000001",
        ),
        security: vec![
            SecurityFact::passcode(l, Some(true), Some(true)),
            SecurityFact::encryption(l, Some(true)),
            SecurityFact::activation_lock(l, Some(false)),
            SecurityFact::supervision(l, Some(!personal)),
            SecurityFact::firewall(l, None),
        ],
        certificate: Some(StripFigure::certificate(
            l,
            187,
            &l.date(NOW + 187 * DAY, &zone()),
        )),
        history: Some(history(l)),
        history_pager: pager(l, 3, 3),
        profile_error: String::new(),
        acts: Acts {
            refresh: true,
            lock: Act::Allowed,
            retire: Act::Allowed,
            erase: if personal { Act::Absent } else { Act::Allowed },
            install_profile: true,
        },
        dialog: None,
    }
}

fn changes(l: Texts) -> Vec<ChangeRow> {
    vec![ChangeRow {
        label: words::fact_label(l, "os_version"),
        before: FactValue::Known("26.4".to_owned()),
        after: FactValue::Known("27.0".to_owned()),
        source: "DeviceInformation".to_owned(),
        when: ago(l, 11),
    }]
}

fn inventory(l: Texts) -> InventoryTab {
    InventoryTab {
        questions: ["device", "apps", "updates"]
            .map(|kind| QuestionRow {
                label: question(l, kind),
                answered: (kind != "updates").then(|| ago(l, 300)),
                due: l.moment(NOW + 480 * MINUTE, &zone()),
                left_out: if kind == "apps" {
                    l.tn("inventory-left-out", 12)
                } else {
                    String::new()
                },
            })
            .into(),
        apps: vec![
            AppRow {
                name: "Keynote".to_owned(),
                identifier: "com.apple.Keynote".to_owned(),
                version: "14.2".to_owned(),
                size: words::bytes_short(l, 512_000_000),
                note: l.t("inventory-app-update"),
            },
            AppRow {
                name: "Field Notes".to_owned(),
                identifier: "example.norrvik.fieldnotes".to_owned(),
                version: "3.0.1".to_owned(),
                size: words::bytes_short(l, 48_000_000),
                note: String::new(),
            },
        ],
        certificates: vec![
            InstalledCertificateRow {
                name: "ENG-IPH-0417".to_owned(),
                issuer: "Norrvik Enhets-CA".to_owned(),
                expires: l.date(NOW + 187 * DAY, &zone()),
                status: Some(certificate_status(l, 187 * DAY)),
                identity: true,
            },
            InstalledCertificateRow {
                name: "Norrvik Wi-Fi CA".to_owned(),
                issuer: "Norrvik Wi-Fi CA".to_owned(),
                expires: l.date(NOW + 12 * DAY, &zone()),
                status: Some(certificate_status(l, 12 * DAY)),
                identity: false,
            },
        ],
        users: vec![UserRow {
            name: "Elin Hedström".to_owned(),
            account: "elin.hedstrom".to_owned(),
            signed_in: words::yes_no(l, true),
            space: words::bytes_short(l, 18_000_000_000),
        }],
        updates: vec![UpdateRow {
            name: "iOS 27.1".to_owned(),
            version: "27.1".to_owned(),
            size: words::bytes_short(l, 1_200_000_000),
            note: l.t("inventory-update-restart"),
        }],
    }
}

fn history(l: Texts) -> Vec<Activity> {
    let line = |who: &str, action: &str, refused, target, minutes| Activity {
        who: who.to_owned(),
        text: words::activity(l, action, refused, &command_title(l, "DeviceLock", "")),
        target,
        when: ago(l, minutes),
    };
    let device = || link(&urls::device(ID), "ENG-IPH-0417");
    vec![
        line("Maja Bergqvist", "command.enqueue", false, device(), 12),
        line("", "enrollment.repin", false, device(), 300),
        line("", "device.refused", true, device(), 4000),
        line("", "device.enroll", false, device(), 9000),
    ]
}

fn guard(l: Texts, act: GuardAct, kind: &str, hold_minutes: u32) -> GuardDialog {
    GuardDialog::new(
        l,
        act,
        &GuardFacts {
            device_id: ID,
            name: "ENG-IPH-0417",
            kind,
            what: "iPhone 16, Elin Hedström",
            seen: &ago(l, 6).text,
            hold_minutes,
            within_budget: hold_minutes < 10,
            used_by_you: 1,
            your_limit: 5,
            used_by_all: 3,
            limit: 25,
        },
        hold_minutes > 0,
    )
}

impl Sample for DevicePage {
    const NAME: &'static str = "device";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let with = |change: &dyn Fn(&mut Self)| {
            let mut page = device_page(l, false);
            change(&mut page);
            page
        };
        vec![
            ("corporate", device_page(l, false)),
            ("personal", device_page(l, true)),
            (
                "held",
                with(&|page| {
                    page.commands.insert(0, held_entry(l));
                    let act = words::act(l, "EraseDevice");
                    page.callout = Some(Callout::held(
                        l,
                        &act,
                        &l.moment(NOW + 5 * MINUTE, &zone()).text,
                    ));
                    page.acts.erase = Act::Refused(status(l, "command", "held").text);
                    page.f.messages = vec![
                        Notice::Held {
                            until: "09:47".to_owned(),
                        }
                        .message(l),
                    ];
                }),
            ),
            (
                "unreachable",
                with(&|page| {
                    page.callout = Some(Callout::unreachable(
                        l,
                        &l.date_time(NOW - 3 * DAY, &zone()),
                    ));
                    page.strip[3] = StripFigure::contact(l, "unreachable");
                    page.f.messages =
                        vec![Notice::Refreshed.message(l), Notice::TooLate.message(l)];
                }),
            ),
            (
                "new",
                with(&|page| {
                    page.name = String::from(LONG);
                    page.person = String::new();
                    page.commands = Vec::new();
                    page.facts = Vec::new();
                    page.profiles = Vec::new();
                    page.profiles_seen = None;
                    page.security = vec![
                        SecurityFact::passcode(l, None, None),
                        SecurityFact::encryption(l, None),
                        SecurityFact::activation_lock(l, None),
                    ];
                    page.strip[0] = StripFigure::seen(l, None);
                    page.strip[4] = StripFigure::battery(l, "", "", "");
                    page.strip[5] = StripFigure::certificate(l, 0, "");
                    page.callout = Some(Callout::no_push(l));
                }),
            ),
            (
                "retired",
                with(&|page| {
                    page.callout = Some(Callout::retired(l, &l.date(NOW - DAY, &zone())));
                    page.acts = Acts::default();
                    page.pills = vec![status(l, "device", "retired")];
                }),
            ),
            (
                "silent",
                with(&|page| {
                    page.callout = Some(Callout::silent(l, &l.date(NOW - 9 * DAY, &zone())));
                }),
            ),
            (
                "removed",
                with(&|page| page.callout = Some(Callout::removed(l, &l.date(NOW - DAY, &zone())))),
            ),
            (
                "release",
                with(&|page| {
                    page.callout = Some(Callout::held_for_release(l, &words::act(l, "Retire")));
                }),
            ),
            ("commands", with(&|page| page.tab = DeviceTab::Commands)),
            (
                "profiles",
                with(&|page| {
                    page.tab = DeviceTab::Profiles;
                    page.items = Some(super::samples_rollout::items_tab(l));
                    page.forward = Some(ForwardCard {
                        may_change: true,
                        ..ForwardCard::default()
                    });
                }),
            ),
            (
                "declarative",
                with(&|page| {
                    page.tab = DeviceTab::Profiles;
                    page.forward = Some(ForwardCard {
                        elsewhere: Some(Elsewhere {
                            url: "https://declarations.example.org/ddm/".to_owned(),
                            signed: true,
                            since: ago(l, 60),
                        }),
                        may_change: true,
                        password: true,
                        ..ForwardCard::default()
                    });
                }),
            ),
            (
                "profile-error",
                with(&|page| {
                    page.tab = DeviceTab::Profiles;
                    page.profile_error = FieldError::NoProfile.text(l);
                }),
            ),
            ("security", with(&|page| page.tab = DeviceTab::Security)),
            (
                "facts",
                with(&|page| {
                    page.tab = DeviceTab::Facts;
                    page.changes = Some(changes(l));
                    page.changes_pager = pager(l, 1, 1);
                }),
            ),
            (
                "inventory",
                with(&|page| {
                    page.tab = DeviceTab::Inventory;
                    page.inventory = Some(inventory(l));
                }),
            ),
            ("history", with(&|page| page.tab = DeviceTab::History)),
            (
                "wiped",
                with(&|page| {
                    page.callout = Some(Callout::wiped(l, &l.date(NOW - DAY, &zone())));
                    page.security.push(SecurityFact::lock_pin(l));
                    page.certificate = None;
                    page.history = Some(Vec::new());
                    page.acts.lock = Act::Refused(words::incapable(l, "not_enrolled"));
                }),
            ),
            (
                "lock",
                with(&|page| {
                    page.dialog = Some(Dialog::Lock(LockDialog::new(l, ID, "ENG-IPH-0417", false)));
                }),
            ),
            (
                "lock-mac",
                with(&|page| {
                    let mut lock = LockDialog::new(l, ID, "ENG-MAC-0288", true);
                    lock.error = FieldError::Required.text(l);
                    page.dialog = Some(Dialog::Lock(lock));
                    page.f.messages = vec![
                        Notice::LockPin {
                            name: "ENG-MAC-0288".to_owned(),
                            pin: "123456".to_owned(),
                        }
                        .message(l),
                    ];
                }),
            ),
            (
                "erase",
                with(&|page| {
                    page.dialog = Some(Dialog::Guard(Box::new(guard(
                        l,
                        GuardAct::Erase,
                        "iPhone",
                        5,
                    ))));
                }),
            ),
            (
                "erase-errors",
                with(&|page| {
                    let mut dialog = guard(l, GuardAct::Erase, "Mac", 10);
                    dialog.typed = String::from("ENG-IPH-04");
                    dialog.typed_error = FieldError::NameNotTyped.text(l);
                    dialog.password_error = FieldError::PasswordWrong.text(l);
                    dialog.error = words::refusal(l, "queue_full");
                    page.dialog = Some(Dialog::Guard(Box::new(dialog)));
                }),
            ),
            (
                "retire",
                with(&|page| {
                    page.dialog = Some(Dialog::Guard(Box::new(guard(
                        l,
                        GuardAct::Retire,
                        "iPhone",
                        0,
                    ))));
                }),
            ),
        ]
    }
}

impl Sample for CommandsPage {
    const NAME: &'static str = "commands";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |kind: &str, state: &str, cause: String, minutes| CommandRow {
            href: urls::command(ID, ID),
            title: command_title(l, kind, ""),
            request_type: kind.to_owned(),
            device: link(&urls::device(ID), "ENG-IPH-0417"),
            status: status(l, "command", state),
            cause,
            by: "Maja Bergqvist".to_owned(),
            changed: ago(l, minutes),
        };
        let page = |rows: Vec<CommandRow>, empty| Self {
            f: frame(l, Place::Commands, urls::COMMANDS),
            job: None,
            waiting: Vec::new(),
            failed: Vec::new(),
            export: urls::COMMANDS_EXPORT.to_owned(),
            chips: Vec::new(),
            statuses: Filter {
                name: "status",
                label: l.t("status"),
                choices: words::status_choices(l, "command", &["held"]),
            },
            rows,
            pager: pager(l, 3, 3),
            empty,
        };
        let mut many = page(
            vec![
                row(
                    "EraseDevice",
                    "held",
                    words::held_reason(l, "second_person", ""),
                    3,
                ),
                row(
                    "RemoveProfile",
                    "held",
                    words::held_reason(l, "new_account", ""),
                    9,
                ),
                row(
                    "DeviceLock",
                    "push_sent",
                    words::transition(l, "push_sent", "", "", ""),
                    12,
                ),
                row(
                    "Settings",
                    "expired",
                    words::transition(l, "expired", "", "", ""),
                    6000,
                ),
            ],
            Emptiness::None,
        );
        (many.waiting, many.failed) = super::samples_lists::causes(l);
        let mut job = page(
            vec![row(
                "EraseDevice",
                "push_sent",
                words::transition(l, "push_sent", "", "", ""),
                3,
            )],
            Emptiness::None,
        );
        job.job = Some(super::samples_lists::job(l));
        vec![
            ("many", many),
            ("job", job),
            ("empty", page(Vec::new(), Emptiness::Nothing)),
            ("no-match", page(Vec::new(), Emptiness::NoMatch)),
        ]
    }
}

impl Sample for CommandPage {
    const NAME: &'static str = "command";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |state: &str, hops: Vec<Hop>| Self {
            f: frame(l, Place::Devices, &urls::command(ID, ID)),
            device: link(&urls::device(ID), "ENG-IPH-0417"),
            title: command_title(l, "DeviceInformation", ""),
            request_type: "DeviceInformation".to_owned(),
            uuid: "8f2b6c1e-3d77-4f0e-9c55-2b1f0c9f4a10".to_owned(),
            status: status(l, "command", state),
            cause: words::transition(l, state, "", "", ""),
            help: crate::docs::help(crate::docs::Topic::Reason, state).unwrap_or_default(),
            by: "Maja Bergqvist".to_owned(),
            reason: String::new(),
            job: Some(link(&urls::commands_of(ID), &l.tn("cause-devices", 38))),
            created: ago(l, 12),
            pushes: l.number(1),
            deliveries: l.number(2),
            hops,
            hold: None,
            withdraw: String::new(),
            again: String::new(),
            sent_message:
                "<dict>\n  <key>RequestType</key>\n  <string>DeviceInformation</string>\n</dict>"
                    .to_owned(),
            answer_message: "<dict>\n  <key>Status</key>\n  <string>Acknowledged</string>\n</dict>"
                .to_owned(),
        };
        let steps = hops(
            l,
            &[
                ("queued", 12, ""),
                ("push_sent", 12, ""),
                ("sent", 11, ""),
                ("not_now", 11, ""),
                ("sent", 6, ""),
                ("acknowledged", 6, ""),
            ],
        );
        let mut held = page("held", held_entry(l).hops);
        held.hold = held_entry(l).hold;
        held.withdraw = urls::command_withdraw(ID, ID);
        held.reason = String::from("Stolen, ticket 88213");
        held.sent_message = String::new();
        held.answer_message = String::new();
        held.title = command_title(l, "EraseDevice", "");
        held.request_type = String::from("EraseDevice");
        let mut over = page(
            "superseded",
            hops(
                l,
                &[
                    ("queued", 12, ""),
                    ("cancelled", 12, ""),
                    ("superseded", 3, ""),
                ],
            ),
        );
        over.again = urls::command_again(ID, ID);
        vec![
            ("acknowledged", page("acknowledged", steps)),
            ("held", held),
            ("superseded", over),
        ]
    }
}

impl Sample for InvitationsPage {
    const NAME: &'static str = "invitations";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |label: &str, state: &str, personal, pin| InvitationRow {
            href: urls::invitation(ID),
            label: label.to_owned(),
            person: if pin {
                "Elin Hedström".to_owned()
            } else {
                String::new()
            },
            personal,
            pin,
            uses: words::uses(l, u64::from(state == "used"), 1),
            status: status(l, "invitation", state),
            created: ago(l, 90),
            expires: l.deadline(NOW + 14 * DAY, &zone()),
        };
        let page = |rows: Vec<InvitationRow>, empty, push_missing| Self {
            f: frame(l, Place::Invitations, urls::INVITATIONS),
            statuses: Filter {
                name: "status",
                label: l.t("status"),
                choices: words::status_choices(l, "invitation", &[]),
            },
            rows,
            pager: pager(l, 4, 4),
            empty,
            push_missing,
        };
        vec![
            (
                "many",
                page(
                    vec![
                        row("Loan iPads, room 3", "open", false, true),
                        row("Aiko Matsuda", "used", true, false),
                        row(LONG, "expired", false, false),
                        row("Nils Öberg", "revoked", true, false),
                    ],
                    Emptiness::None,
                    false,
                ),
            ),
            ("empty", page(Vec::new(), Emptiness::Nothing, true)),
            ("no-match", page(Vec::new(), Emptiness::NoMatch, false)),
        ]
    }
}

impl Sample for SendPage {
    const NAME: &'static str = "send";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |request_type: &str, refused: &str| SendRow {
            title: words::command(l, request_type),
            request_type: request_type.to_owned(),
            href: match refused {
                "" => urls::device_send_one(ID, request_type),
                _ => String::new(),
            },
            reason: match refused {
                "" => String::new(),
                code => words::incapable(l, code),
            },
        };
        let family = |family, rows| SendFamily {
            title: words::command_family(l, family),
            rows,
        };
        let page = Self {
            f: frame(l, Place::Devices, &urls::device_send(ID)),
            device: link(&urls::device(ID), LONG),
            families: vec![
                family(
                    Family::Query,
                    vec![row("CertificateList", ""), row("UserList", "shared_ipad")],
                ),
                family(
                    Family::Control,
                    vec![
                        row("RestartDevice", ""),
                        row("ClearPasscode", "no_unlock_token"),
                        row("ShutDownDevice", "permission_missing"),
                    ],
                ),
                family(Family::Updates, vec![row("ScheduleOSUpdate", "os_too_new")]),
            ],
            raw: urls::device_send_one(ID, "Raw"),
        };
        vec![("phone", page)]
    }
}

impl Sample for SendOnePage {
    const NAME: &'static str = "send-one";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let field = |name: &str, kind, value: &str| SendField {
            name: format!("p.{name}"),
            label: words::command_parameter(l, name),
            kind,
            required: name == "identifier",
            value: value.to_owned(),
            choices: match kind {
                SendKind::Choice => choices(&[("personal", "personal".to_owned())], "personal"),
                _ => Vec::new(),
            },
        };
        let page = |request_type: &str, fields, slow: bool| Self {
            f: frame(l, Place::Devices, &urls::device_send_one(ID, request_type)),
            device: link(&urls::device(ID), "ENG-IPH-0417"),
            list: urls::device_send(ID),
            title: words::command(l, request_type),
            request_type: request_type.to_owned(),
            action: urls::device_send_one(ID, request_type),
            fields,
            slow,
            must_type: "ENG-IPH-0417".to_owned(),
            typed: String::new(),
            reason: String::new(),
            password: slow,
            error: if slow {
                FieldError::NameNotTyped.text(l)
            } else {
                String::new()
            },
        };
        let every = vec![
            field("identifier", SendKind::Text, ""),
            field("password", SendKind::Password, ""),
            field("notify_user", SendKind::Flag, "true"),
            field("scan_time", SendKind::Number, "30"),
            field("key_type", SendKind::Choice, "personal"),
            field("queries", SendKind::Lines, "OSVersion"),
            field("new_certificate", SendKind::Data, ""),
            field("settings", SendKind::Json, ""),
            field("plist", SendKind::Plist, ""),
        ];
        vec![
            ("fields", page("RotateFileVaultKey", every, false)),
            ("none", page("ShutDownDevice", Vec::new(), false)),
            ("slow", page("ClearPasscode", Vec::new(), true)),
        ]
    }
}

impl Sample for NewInvitationPage {
    const NAME: &'static str = "invitation-new";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |errors: bool| Self {
            f: frame(l, Place::Invitations, urls::INVITATION_NEW),
            person: if errors {
                String::new()
            } else {
                "Elin Hedström".to_owned()
            },
            person_error: if errors {
                FieldError::Required.text(l)
            } else {
                String::new()
            },
            email: "elin@example.org".to_owned(),
            email_error: if errors {
                FieldError::MailAddress.text(l)
            } else {
                String::new()
            },
            label: String::new(),
            label_error: if errors {
                FieldError::Length(100).text(l)
            } else {
                String::new()
            },
            ownership: choices(
                &[
                    ("corporate", words::ownership(l, "corporate")),
                    ("personal", words::ownership(l, "personal")),
                ],
                "corporate",
            ),
            languages: choices(
                &[
                    ("", l.t("invitation-language-any")),
                    ("sv", "Svenska".to_owned()),
                ],
                "",
            ),
            replace: errors,
            pin: true,
            days: if errors {
                "900".to_owned()
            } else {
                "14".to_owned()
            },
            days_error: if errors {
                FieldError::Number { min: 1, max: 90 }.text(l)
            } else {
                String::new()
            },
            uses: "1".to_owned(),
            uses_error: String::new(),
            units: choices(&[("root", "Norrvik University".to_owned())], "root"),
            push_missing: errors,
        };
        vec![("empty", page(false)), ("errors", page(true))]
    }
}

fn attempt_row(l: Texts, state: &str, after: &str) -> AttemptRow {
    AttemptRow {
        href: urls::attempt(ID),
        label: "Elin Hedström".to_owned(),
        platform: words::platform(l, "iphone"),
        status: words::attempt_status(l, state, after),
        cause: if state == "failed" {
            Failure::TooLate.cause(l)
        } else {
            String::new()
        },
        device: (state == "ready").then(|| link(&urls::device(ID), "ENG-IPH-0417")),
        started: ago(l, 14),
        changed: ago(l, 6),
    }
}

impl Sample for InvitationPage {
    const NAME: &'static str = "invitation";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let address = "https://mdm.norrvik.example/e/7KQ4M2XD9HWZ3B5TRY6NQ8FJ2A";
        let page =
            |secret: Option<InvitationSecret>, attempts: Vec<AttemptRow>, state: &str| Self {
                f: frame(l, Place::Invitations, &urls::invitation(ID)),
                label: "Loan iPads, room 3".to_owned(),
                person: "Elin Hedström".to_owned(),
                email: "elin@example.org".to_owned(),
                status: status(l, "invitation", state),
                personal: false,
                uses: words::uses(l, 0, 1),
                pin: true,
                pin_locked: false,
                replace: false,
                created: ago(l, 1),
                created_by: "Maja Bergqvist".to_owned(),
                expires: l.deadline(NOW + 14 * DAY, &zone()),
                secret,
                attempts,
                resend: if state == "open" {
                    urls::invitation_resend(ID)
                } else {
                    String::new()
                },
                bounced: if state == "open" {
                    urls::invitation_bounced(ID)
                } else {
                    String::new()
                },
                revoke: if state == "open" {
                    urls::invitation_revoke(ID)
                } else {
                    String::new()
                },
                renew_pin: if state == "open" {
                    urls::invitation_renew_pin(ID)
                } else {
                    String::new()
                },
            };
        let secret = |pin: &str| InvitationSecret {
            link: address.to_owned(),
            typed: "7K2M-9QXD".to_owned(),
            qr: Qr::new(address),
            pin: pin.to_owned(),
            pin_until: l.deadline(NOW + DAY, &zone()),
        };
        let mut anyone = page(Some(secret("")), Vec::new(), "open");
        (anyone.person, anyone.email) = (String::new(), String::new());
        let mut renewed = page(
            Some(InvitationSecret {
                link: String::new(),
                typed: String::new(),
                qr: None,
                ..secret("7KQ4-M2XD")
            }),
            Vec::new(),
            "open",
        );
        (renewed.pin_locked, renewed.replace) = (true, true);
        anyone.f.messages = vec![Message {
            undo: Some(UndoForm {
                action: urls::command_withdraw(ID, ID),
                fields: Vec::new(),
                label: l.t_args("undo-of", &[("what", (&l.t("message-locked")).into())]),
            }),
            ..Notice::Locked.message(l)
        }];
        let mut revoked = page(
            None,
            vec![
                attempt_row(l, "failed", "profile_fetched"),
                attempt_row(l, "ready", ""),
            ],
            "revoked",
        );
        revoked.f.messages = vec![Notice::InvitationRevoked.message(l)];
        vec![
            (
                "created",
                page(Some(secret("7KQ4-M2XD")), Vec::new(), "open"),
            ),
            ("created-no-pin", anyone),
            ("new-pin", renewed),
            ("revoked", revoked),
        ]
    }
}

impl Sample for AttemptsPage {
    const NAME: &'static str = "attempts";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |rows: Vec<AttemptRow>, empty| Self {
            f: frame(l, Place::Attempts, urls::ATTEMPTS),
            may_readopt: true,
            statuses: Filter {
                name: "status",
                label: l.t("status"),
                choices: words::status_choices(l, "attempt", &["failed"]),
            },
            rows,
            pager: pager(l, 4, 257),
            empty,
        };
        vec![
            (
                "many",
                page(
                    vec![
                        attempt_row(l, "failed", "profile_fetched"),
                        attempt_row(l, "profile_fetched", ""),
                        attempt_row(l, "ready", ""),
                        attempt_row(l, "expired", ""),
                    ],
                    Emptiness::None,
                ),
            ),
            ("empty", page(Vec::new(), Emptiness::Nothing)),
            ("no-match", page(Vec::new(), Emptiness::NoMatch)),
        ]
    }
}

impl Sample for AttemptPage {
    const NAME: &'static str = "attempt";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let step = |value: &str, minutes| {
            let word = status(l, "attempt", value);
            AttemptStep {
                hop: Hop {
                    tone: word.tone,
                    when: moment(l, minutes),
                    word: word.text,
                    text: words::attempt_step(l, value, true),
                },
                address: "203.0.113.17".to_owned(),
            }
        };
        let page =
            |state: &str, after: &str, steps: Vec<AttemptStep>, failure: Option<Failure>| Self {
                f: frame(l, Place::Attempts, &urls::attempt(ID)),
                id: ID.to_owned(),
                label: "Elin Hedström".to_owned(),
                platform: words::platform(l, "iphone"),
                status: words::attempt_status(l, state, after),
                invitation: link(&urls::invitation(ID), "Elin Hedström"),
                device: (state == "ready").then(|| link(&urls::device(ID), "ENG-IPH-0417")),
                started: ago(l, 14),
                profile_until: l.deadline(NOW + 9 * MINUTE, &zone()),
                steps,
                consent: match state {
                    "created" => AttemptConsent::NotAsked,
                    "opened" => AttemptConsent::Waits,
                    _ => AttemptConsent::Given {
                        at: moment(l, 13),
                        language: "Svenska".to_owned(),
                        address: "203.0.113.17".to_owned(),
                        shown: vec![
                            l.t("managed-settings-for-work"),
                            l.t("managed-never-content"),
                        ],
                        terms: vec!["Enheten används enligt universitetets regler.".to_owned()],
                        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                            .to_owned(),
                    },
                },
                failure: failure.map(|failure| {
                    let theirs = Texts::new(crate::i18n::Lang::Sv);
                    AttemptFailure {
                        cause: failure.cause(l),
                        remedy: failure.remedy_for_administrator(l),
                        help: crate::docs::help(crate::docs::Topic::Cause, failure.value())
                            .unwrap_or_default(),
                        person_lang: theirs.tag(),
                        person_cause: failure.cause(theirs),
                        person_remedy: failure.remedy(theirs),
                    }
                }),
            };
        let all = [
            "created",
            "opened",
            "signed_in",
            "profile_fetched",
            "certificate_issued",
            "authenticated",
            "enrolled",
            "ready",
        ];
        let steps = |count: usize| -> Vec<AttemptStep> {
            all.iter()
                .take(count)
                .zip((0_i64..).map(|at| 14 - at))
                .map(|(value, minutes)| step(value, minutes))
                .collect()
        };
        let mut pages = vec![
            ("ready", page("ready", "", steps(8), None)),
            ("running", page("profile_fetched", "", steps(4), None)),
            (
                "expired",
                page(
                    "expired",
                    "",
                    vec![step("opened", 9), step("expired", 4), step("superseded", 3)],
                    None,
                ),
            ),
        ];
        for failure in Failure::ALL {
            pages.push((
                failure.value(),
                page("failed", "profile_fetched", steps(4), Some(failure)),
            ));
        }
        pages
    }
}

impl Sample for InventoryPage {
    const NAME: &'static str = "inventory-settings";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let shown = |device_hours: &str, device_error: String| Self {
            f: frame(l, Place::Inventory, urls::INVENTORY),
            scheduled: true,
            device_hours: device_hours.to_owned(),
            device_error,
            apps_hours: "168".to_owned(),
            apps_error: String::new(),
            may_change: true,
        };
        vec![
            ("set", shown("24", String::new())),
            ("refused", shown("1", l.t("inventory-device-hours-wrong"))),
        ]
    }
}

impl Sample for TokensPage {
    const NAME: &'static str = "tokens";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, state: &str, used: bool| TokenRow {
            name: name.to_owned(),
            owner: if used {
                "Per Lindqvist, Physics".to_owned()
            } else {
                String::new()
            },
            permissions: words::permission(l, "devices.read"),
            created: ago(l, 60 * 24 * 40),
            expires: l.date(NOW + 50 * DAY, &zone()),
            used: used.then(|| ago(l, 3)),
            status: status(l, "certificate", state),
            revoke: if state == "valid" {
                urls::token_revoke(ID)
            } else {
                String::new()
            },
        };
        let page = |rows: Vec<TokenRow>, created: Option<CreatedToken>, name_error: String| Self {
            permissions_error: if rows.is_empty() {
                l.t("token-permissions-none")
            } else {
                String::new()
            },
            f: frame(l, Place::Tokens, urls::TOKENS),
            may_all: true,
            all: created.is_none(),
            pager: Pager {
                summary: words::pager_summary(l, 3, 312),
                previous: String::new(),
                next: String::new(),
            },
            units: Vec::new(),
            created,
            rows,
            name: String::new(),
            name_error,
            days: words::token_days(l, 90),
            permissions: ["devices.read", "devices.lock", "invitations.write"]
                .map(|name| Choice {
                    value: name.to_owned(),
                    text: words::permission(l, name),
                    chosen: name == "devices.read",
                })
                .into(),
            password: true,
            password_error: String::new(),
        };
        let mut revoked = page(
            vec![row("inventory export", "revoked", true)],
            None,
            String::new(),
        );
        revoked.f.messages = vec![
            Notice::TokenRevoked.message(l),
            Notice::Withdrawn.message(l),
            Notice::Locked.message(l),
            Notice::HeldForRelease.message(l),
        ];
        vec![
            (
                "created",
                page(
                    vec![
                        row("inventory export", "valid", true),
                        row("school sync", "expired", false),
                    ],
                    Some(CreatedToken {
                        name: "inventory export".to_owned(),
                        secret: "tsn_4f7a91cc27d84e0b9a6e1f35d27c4b8e60a1f9d3c5b7e2a4".to_owned(),
                    }),
                    String::new(),
                ),
            ),
            (
                "empty",
                page(Vec::new(), None, FieldError::Required.text(l)),
            ),
            ("revoked", revoked),
        ]
    }
}

impl Sample for SecretsPage {
    const NAME: &'static str = "secrets";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |kind: String, state: String, seen: bool| SecretRow {
            kind,
            label: String::new(),
            state,
            kept: ago(l, 60 * 24 * 3),
            confirmed: ago(l, 50),
            shown_to: if seen {
                "Maja Bergqvist".to_owned()
            } else {
                String::new()
            },
            shown: seen.then(|| ago(l, 20)),
            reveal: urls::device_secret(ID, ID),
        };
        let page = |rows: Vec<SecretRow>, lost: Option<LostCard>, unlocks: Vec<UnlockRow>| Self {
            f: frame(l, Place::Devices, &urls::device_secrets(ID)),
            id: ID.to_owned(),
            name: "ENG-IPH-0417".to_owned(),
            older: if rows.is_empty() {
                String::new()
            } else {
                "?after=eyJ".to_owned()
            },
            rows,
            lost,
            may_unlock: true,
            unlock_reason: String::new(),
            unlock_error: if unlocks.is_empty() {
                l.t("unlock-no-code")
            } else {
                String::new()
            },
            unlocks,
        };
        let lost = |locations: Vec<LocationRow>| LostCard {
            state: l.ta("lost-on-since", &l.date_time(NOW - 90 * MINUTE, &zone())),
            message: "Hittad? Ring oss.".to_owned(),
            phone: "+46 18 471 00 00".to_owned(),
            waiting: l.t("lost-waiting-location"),
            locations: Some(locations),
        };
        let at = LocationRow {
            coordinates: "59.85860, 17.63890".to_owned(),
            accuracy: l.ta("lost-accuracy", "65"),
            received: ago(l, 12),
        };
        let unlock = UnlockRow {
            status: l.t("unlock-failed"),
            reason: l.t("unlock-wrong-code"),
            asked: ago(l, 45),
            asked_reason: "Ny användare".to_owned(),
        };
        let rows = vec![
            row(l.t("secret-bypass-device"), l.t("secret-newest"), true),
            row(l.t("secret-unlock-token"), l.t("secret-older"), false),
        ];
        vec![
            ("lost", page(rows, Some(lost(vec![at])), vec![unlock])),
            (
                "empty",
                page(Vec::new(), Some(lost(Vec::new())), Vec::new()),
            ),
            ("mac", page(Vec::new(), None, Vec::new())),
        ]
    }
}

impl Sample for RevealPage {
    const NAME: &'static str = "secret";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |value: Option<&str>, wrong: bool| Self {
            f: frame(l, Place::Devices, &urls::device_secret(ID, ID)),
            id: ID.to_owned(),
            name: "LAR-MBP-0032".to_owned(),
            kind: l.t("secret-filevault-key"),
            label: String::new(),
            kept: ago(l, 60 * 24 * 3),
            action: urls::device_secret(ID, ID),
            close: urls::device_secrets(ID),
            value: value.map(str::to_owned),
            is_base64: value.is_some(),
            replacing: false,
            replace: String::new(),
            reason: String::new(),
            reason_error: if wrong {
                l.t("secret-reason-missing")
            } else {
                String::new()
            },
            typed: String::new(),
            typed_error: if wrong {
                FieldError::NameNotTyped.text(l)
            } else {
                String::new()
            },
            password: true,
            password_error: String::new(),
            error: if wrong {
                l.t("secret-limit")
            } else {
                String::new()
            },
        };
        let shown = || page(Some("J9K2-0000-INVENTED-0000"), false);
        let mut replacing = shown();
        replacing.replacing = true;
        let mut replaceable = shown();
        replaceable.replace = urls::device_secret_rotate(ID, ID);
        vec![
            ("ask", page(None, false)),
            ("refused", page(None, true)),
            ("shown", shown()),
            ("replacing", replacing),
            ("replaceable", replaceable),
        ]
    }
}

impl Sample for CertificatesPage {
    const NAME: &'static str = "certificates";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let device = || Link {
            href: urls::device(ID),
            text: "iPhone 0417".to_owned(),
        };
        let row = |state: &str, note: &str, method: &str| CertificateRow {
            href: urls::certificate(ID),
            method: method.to_owned(),
            serial: "5f0a4be31c77d902".to_owned(),
            device: Some(device()),
            status: status(l, "certificate", state),
            note: note.to_owned(),
            expires: l.date(NOW + 50 * DAY, &zone()),
        };
        let page = |rows: Vec<CertificateRow>, of: Option<Link>, empty: Emptiness| Self {
            f: frame(l, Place::Devices, urls::CERTIFICATES),
            renew: if of.is_some() {
                urls::device_renew(ID)
            } else {
                String::new()
            },
            statuses: of.is_none().then(|| Filter {
                name: "status",
                label: l.t("status"),
                choices: words::status_choices(l, "certificate", &["valid"]),
            }),
            device: of,
            rows,
            pager: Pager::default(),
            empty,
        };
        let rows = || {
            vec![
                row(
                    "valid",
                    &l.t("certificate-in-use"),
                    &l.t("certificate-method-attested"),
                ),
                row(
                    "expiring",
                    &l.t("certificate-late-refused"),
                    &l.t("certificate-method-scep"),
                ),
                row(
                    "revoked",
                    &l.t("certificate-replaced"),
                    &l.t("certificate-method-acme"),
                ),
            ]
        };
        vec![
            ("list", page(rows(), None, Emptiness::of(3, false))),
            (
                "device",
                page(rows(), Some(device()), Emptiness::of(3, false)),
            ),
            ("empty", page(Vec::new(), None, Emptiness::of(0, false))),
            ("no-match", page(Vec::new(), None, Emptiness::of(0, true))),
        ]
    }
}

impl Sample for CertificatePage {
    const NAME: &'static str = "certificate";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |attested: bool, revoke: Option<RevokeForm>| Self {
            f: frame(l, Place::Devices, &urls::certificate(ID)),
            device: Some(Link {
                href: urls::device(ID),
                text: "iPhone 0417".to_owned(),
            }),
            serial: "5f0a4be31c77d902".to_owned(),
            status: status(l, "certificate", "valid"),
            facts: vec![
                (l.t("certificate-state"), l.t("certificate-in-use")),
                (l.t("certificate-issued"), l.date(NOW - 90 * DAY, &zone())),
                (
                    l.t("certificate-next-renewal"),
                    l.date(NOW + 250 * DAY, &zone()),
                ),
                (l.t("certificate-address"), "192.0.2.17".to_owned()),
            ],
            attested: if attested {
                vec![
                    (l.t("attested-os"), "26.1".to_owned()),
                    (l.t("attested-sip"), l.t("attested-on")),
                    (l.t("attested-boot"), l.t("attested-boot-full")),
                    (l.t("attested-kexts"), l.t("attested-not-allowed")),
                ]
            } else {
                Vec::new()
            },
            revoke,
        };
        let form = |wrong: bool| RevokeForm {
            action: urls::certificate_revoke(ID),
            consequence: l.t("revoke-device-lost"),
            must_type: "iPhone 0417".to_owned(),
            reason: String::new(),
            reason_error: if wrong {
                FieldError::Required.text(l)
            } else {
                String::new()
            },
            typed: String::new(),
            typed_error: if wrong {
                FieldError::NameNotTyped.text(l)
            } else {
                String::new()
            },
            password: wrong,
            password_error: String::new(),
            error: if wrong {
                l.t("revoke-budget")
            } else {
                String::new()
            },
        };
        vec![
            ("attested", page(true, Some(form(false)))),
            ("wrong", page(false, Some(form(true)))),
            ("read-only", page(false, None)),
        ]
    }
}

/// A status line of every tone, so that the words get rendered somewhere in each language.
pub fn every_status(l: Texts) -> Vec<Status> {
    crate::ui::words()
        .map(|(kind, value)| status(l, kind, value))
        .collect()
}
