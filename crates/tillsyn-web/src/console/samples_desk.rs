//! Samples of branding and the help desk.

use super::branding::{BrandingPage, Fields, Wrong};
use super::device::EnrollmentLine;
use super::frame::Place;
use super::help_desk::{
    Advice, Button, DeskAct, DeskAttemptRow, DeskDeviceRow, DeskFailure, DeskInvitationRow,
    DeskPage, HelpDeskPage, HitRow,
};
use super::samples::{ago, frame};
use super::words;
use crate::i18n::Texts;
use crate::portal::Brand;
use crate::portal::enroll::Failure;
use crate::ui::{Link, Sample, Status, Tone, status, urls};

/// What the page of a device lists.
pub(super) fn enrollments(l: Texts) -> Vec<EnrollmentLine> {
    let line = |status, from, to, reason| {
        EnrollmentLine::new(l, (status, "corporate"), (from, to), reason)
    };
    vec![
        line("pending", "2026-11-17 09:40", "", ""),
        line("active", "2026-11-17 09:42", "", ""),
        line("reset", "2026-03-02 08:15", "2026-11-17 09:42", "came_anew"),
        line("wiped", "2025-08-20 10:00", "2026-03-01 16:20", "erased"),
    ]
}

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";

impl Sample for BrandingPage {
    const NAME: &'static str = "branding";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |may_write: bool, brand: Brand, fields: Fields, wrong: Wrong| Self {
            f: frame(l, Place::Units, &urls::unit_branding(ID)),
            id: ID.to_owned(),
            unit: "Physics".to_owned(),
            may_write,
            name: "Norrvik University".to_owned(),
            own_mark: !fields.name.is_empty(),
            own_terms: !fields.name.is_empty(),
            terms: usize::from(!fields.name.is_empty()) * 2,
            light: l.t("branding-accent-ours"),
            dark: l.t("branding-accent-ours"),
            brand,
            fields,
            wrong,
        };
        let full = Fields {
            name: "Department of Physics".to_owned(),
            accent_light: "#6b2fa0".to_owned(),
            accent_dark: "#d2a8f5".to_owned(),
            mail: "helpdesk@norrvik.example".to_owned(),
            phone: "046-555 01 00".to_owned(),
            text: "IT-support, Huvudbiblioteket plan 2".to_owned(),
            hours: "08–17".to_owned(),
            help_url: "https://norrvik.example/it".to_owned(),
            terms: [
                "Keep the device with you.".to_owned(),
                "Ha enheten med dig.".to_owned(),
                String::new(),
            ],
        };
        let pale = l.t_args(
            "branding-colour-contrast",
            &[("contrast", "1.52".into()), ("nearest", "#8a6a00".into())],
        );
        let pale = Wrong {
            field: "accent_light",
            text: pale,
        };
        let picture = Wrong {
            field: "mark",
            text: l.t("branding-mark-type"),
        };
        vec![
            (
                "full",
                page(true, Brand::sample(), full.clone(), Wrong::default()),
            ),
            ("pale", page(true, Brand::sample(), full.clone(), pale)),
            ("picture", page(true, Brand::sample(), full, picture)),
            (
                "inherited",
                page(true, Brand::default(), Fields::default(), Wrong::default()),
            ),
            (
                "reader",
                page(false, Brand::sample(), Fields::default(), Wrong::default()),
            ),
        ]
    }
}

impl Sample for HelpDeskPage {
    const NAME: &'static str = "help-desk";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |find: &str, error: String, hits: Option<Vec<HitRow>>| Self {
            f: frame(l, Place::HelpDesk, urls::HELP_DESK),
            find: find.to_owned(),
            error,
            hits,
        };
        let hit = |icon, kind: &str, name: &str, detail: &str| HitRow {
            icon,
            kind: l.t(kind),
            href: urls::person_desk(ID),
            name: name.to_owned(),
            detail: detail.to_owned(),
        };
        let hits = vec![
            hit("user", "person", "Elin Hedström", "elin@norrvik.example"),
            hit("devices", "device", "LOAN-IPAD-03", "DMPX9K3F1"),
            hit("mail", "invitation", "Loan iPads, room 3", ""),
        ];
        vec![
            ("empty", page("", String::new(), None)),
            ("found", page("el", String::new(), Some(hits))),
            ("none", page("nobody", String::new(), Some(Vec::new()))),
            ("short", page("e", l.t("help-desk-short"), None)),
        ]
    }
}

impl Sample for DeskPage {
    const NAME: &'static str = "desk";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let link = |href: String, text: &str| Link {
            href,
            text: text.to_owned(),
        };
        let failure = Failure::TooLate;
        let name = "Elin Hedström";
        let act = |action: String, icon: &'static str, label: &str, of: &str| DeskAct {
            action,
            icon,
            label: l.t(label),
            of: of.to_owned(),
            back: ID.to_owned(),
        };
        let full = |next: Advice, account: Status, note: String| Self {
            f: frame(l, Place::HelpDesk, &urls::person_desk(ID)),
            id: ID.to_owned(),
            name: name.to_owned(),
            email: "elin@norrvik.example".to_owned(),
            unit: "Physics".to_owned(),
            account,
            account_note: note,
            account_acts: vec![act(
                urls::person_sign_in(ID, "link"),
                "mail",
                "desk-password-act",
                name,
            )],
            next,
            devices: Some(vec![
                DeskDeviceRow {
                    link: link(urls::device(ID), "ENG-IPH-0417"),
                    what: "iPhone 16, 27.0".to_owned(),
                    status: status(l, "device", "active"),
                    seen: Some(ago(l, 6)),
                    acts: vec![act(
                        urls::device_refresh(ID),
                        "refresh",
                        "desk-ask-act",
                        "ENG-IPH-0417",
                    )],
                },
                DeskDeviceRow {
                    link: link(urls::device(ID), "ENG-MAC-0031"),
                    what: "MacBook Air, 26.2".to_owned(),
                    status: status(l, "contact", "unreachable"),
                    seen: None,
                    acts: Vec::new(),
                },
            ]),
            invitations: Some(vec![DeskInvitationRow {
                link: link(urls::invitation(ID), name),
                status: status(l, "invitation", "open"),
                note: l.t("desk-invitation-pin"),
                acts: vec![
                    act(urls::invitation_renew_pin(ID), "key", "desk-pin-act", name),
                    act(urls::invitation_resend(ID), "mail", "invite-resend", name),
                ],
            }]),
            attempts: Some(vec![DeskAttemptRow {
                link: link(urls::attempt(ID), "Elin Hedström"),
                status: words::attempt_status(l, "failed", "profile_fetched"),
                when: ago(l, 40),
                failure: Some(DeskFailure {
                    cause: failure.cause(l),
                    remedy: failure.remedy_for_administrator(l),
                    person_lang: l.tag(),
                    person_cause: failure.cause(l),
                    person_remedy: failure.remedy(l),
                }),
            }]),
        };
        let advice = |title: &str, text: &str, button: Button| Advice {
            calm: matches!(button, Button::None),
            title: l.t(title),
            text: l.t(text),
            button,
        };
        let good = || Status::new(Tone::Ok, "check", l.t("desk-account-good"));
        let locked = Status::new(Tone::Bad, "lock", l.t("desk-account-locked"));
        let pin = Button::Form {
            action: urls::invitation_renew_pin(ID),
            label: l.t("desk-pin-act"),
            field: None,
        };
        let unlock = Button::Form {
            action: urls::person_status(ID),
            label: l.t("desk-activate-act"),
            field: Some(("status", "active".to_owned())),
        };
        let open = Button::Link {
            href: urls::invitation(ID),
            label: l.t("desk-open-invitation"),
        };
        let mut reader = full(
            advice("desk-ask", "desk-ask-text", Button::Refused),
            good(),
            String::new(),
        );
        (reader.devices, reader.invitations, reader.attempts) = (None, None, None);
        reader.account_acts = Vec::new();
        let mut calm = full(
            advice("desk-nothing", "desk-nothing-text", Button::None),
            good(),
            l.ta("desk-account-last", "2026-11-17 09:42"),
        );
        calm.attempts = Some(Vec::new());
        calm.invitations = Some(Vec::new());
        calm.devices = Some(Vec::new());
        vec![
            (
                "pin",
                full(
                    advice("desk-pin", "desk-pin-text", pin),
                    good(),
                    String::new(),
                ),
            ),
            (
                "locked",
                full(
                    advice("desk-activate", "desk-activate-text", unlock),
                    locked,
                    l.ta("desk-account-until", "2026-11-17 09:52"),
                ),
            ),
            (
                "profile",
                full(
                    advice("desk-profile", "desk-profile-text", open),
                    good(),
                    String::new(),
                ),
            ),
            ("calm", calm),
            ("reader", reader),
        ]
    }
}
