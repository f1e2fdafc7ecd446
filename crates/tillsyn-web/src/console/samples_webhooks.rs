//! Samples of the pages about webhooks.

use tillsyn_core::webhooks::WebhookStatus;

use super::frame::{Pager, Place};
use super::samples::{ago, frame};
use super::webhooks::{
    DeliveryRow, MadeKey, WebhookFields, WebhookPage, WebhookRow, WebhooksPage, formats, reason,
    standing,
};
use super::words::{self, FieldError, activity};
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, status, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas ärendesystem";
const URL: &str = "https://tickets.example.org/in/tillsyn";

fn made(name: &str) -> MadeKey {
    MadeKey {
        name: name.to_owned(),
        key: "tillsyn_hook_Yx0Jq8m3cVtXb2R7kN5pLw9sZ1dF4gH6aQeUoIyTrEw".to_owned(),
    }
}

fn fields(l: Texts, wrong: bool) -> WebhookFields {
    let error = |text: String| if wrong { text } else { String::new() };
    WebhookFields {
        name: "Tickets".to_owned(),
        name_error: error(FieldError::Required.text(l)),
        url: URL.to_owned(),
        url_error: error(l.t("webhook-url-private")),
        events: "device.*\nguard.stop".to_owned(),
        events_error: error(l.t("webhook-events-wrong")),
        password: wrong,
        password_error: error(FieldError::PasswordWrong.text(l)),
    }
}

impl Sample for WebhooksPage {
    const NAME: &'static str = "webhooks";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, state: WebhookStatus, failures: i64| WebhookRow {
            href: urls::webhook(ID),
            name: name.to_owned(),
            url: URL.to_owned(),
            unit: "Hydrology".to_owned(),
            status: standing(l, state, failures),
            last: (failures == 0).then(|| ago(l, 3)),
        };
        let page = |rows: Vec<WebhookRow>, made, fields| Self {
            f: frame(l, Place::Webhooks, urls::WEBHOOKS),
            made,
            rows,
            fields,
            units: vec![Choice {
                value: ID.to_owned(),
                text: "Norrvik University / Hydrology".to_owned(),
                chosen: true,
            }],
            formats: formats(l, "nanomdm"),
        };
        let all = vec![
            row("Tickets", WebhookStatus::Active, 0),
            row(LONG, WebhookStatus::Active, 4),
            row("Old inventory", WebhookStatus::Paused, 12),
        ];
        vec![
            (
                "made",
                page(all, Some(made("Tickets")), Some(fields(l, false))),
            ),
            ("wrong", page(Vec::new(), None, Some(fields(l, true)))),
            ("reader", page(Vec::new(), None, None)),
        ]
    }
}

impl Sample for WebhookPage {
    const NAME: &'static str = "webhook";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |event: String, state: &str, error: &str| DeliveryRow {
            event,
            created: ago(l, 12),
            status: status(l, "job", state),
            error: if error.is_empty() {
                String::new()
            } else {
                reason(l, error)
            },
            tries: "3".to_owned(),
            again: if state == "waiting" {
                String::new()
            } else {
                urls::webhook_again(ID, ID)
            },
        };
        let page = |paused: bool, made, fields, error: &str| {
            let state = if paused {
                WebhookStatus::Paused
            } else {
                WebhookStatus::Active
            };
            Self {
                f: frame(l, Place::Webhooks, &urls::webhook(ID)),
                id: ID.to_owned(),
                name: LONG.to_owned(),
                url: URL.to_owned(),
                unit: "Hydrology".to_owned(),
                status: standing(l, state, i64::from(!error.is_empty())),
                paused,
                raw: paused,
                error: if error.is_empty() {
                    String::new()
                } else {
                    reason(l, error)
                },
                last: (!paused).then(|| ago(l, 3)),
                rows: if paused {
                    Vec::new()
                } else {
                    vec![
                        row(activity(l, "device.enroll", false, ""), "done", ""),
                        row(
                            activity(l, "guard.stop", false, ""),
                            "waiting",
                            "status_503",
                        ),
                        row(l.t("webhook-event-test"), "failed", "tls"),
                        row(l.t("webhook-event-test"), "failed", "connect"),
                        row(l.t("webhook-event-test"), "failed", "address_forbidden"),
                        row(l.t("webhook-event-test"), "failed", "transport"),
                    ]
                },
                pager: Pager {
                    summary: words::pager_summary(l, 6, 312),
                    previous: String::new(),
                    next: "?after=eyJ".to_owned(),
                },
                made,
                fields,
            }
        };
        vec![
            (
                "sends",
                page(false, Some(made(LONG)), Some(fields(l, false)), ""),
            ),
            ("fails", page(false, None, Some(fields(l, true)), "timeout")),
            (
                "paused",
                page(true, None, Some(fields(l, false)), "status_500"),
            ),
            ("reader", page(false, None, None, "")),
        ]
    }
}
