//! Samples of the pages about mail and notifications.

use tillsyn_core::mail::MailTls;
use tillsyn_core::notifications::Topic;

use super::frame::{Pager, Place};
use super::mail::{MailFields, MailPage, MailRow, reason, tls_choices, what};
use super::notifications::{NoticeRow, NotificationsPage, TopicBox, link, sentence, topic};
use super::samples::{ago, frame};
use super::words::{self, FieldError};
use crate::i18n::Texts;
use crate::ui::{Sample, status, urls};

fn fields(l: Texts, wrong: bool) -> MailFields {
    let error = |text: String| if wrong { text } else { String::new() };
    MailFields {
        host: "smtp.enhetshantering.norrvik-universitet.example".to_owned(),
        host_error: error(l.t("mail-host-wrong")),
        port: "587".to_owned(),
        port_error: error(l.t("mail-port-wrong")),
        tls: tls_choices(l, MailTls::Starttls),
        tls_error: error(l.t("mail-clear-wrong")),
        user: "tillsyn".to_owned(),
        user_error: error(l.t("mail-user-wrong")),
        secret_error: error(l.t("mail-password-missing")),
        from: "Norrvik <mdm@norrvik.example>".to_owned(),
        from_error: error(l.t("mail-from-wrong")),
        password: wrong,
        password_error: error(FieldError::PasswordWrong.text(l)),
    }
}

impl Sample for MailPage {
    const NAME: &'static str = "mail";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |template: &str, state: &str, error: &str| MailRow {
            to: "ingrid.lund@norrvik-universitet.example".to_owned(),
            what: what(l, template),
            created: ago(l, 12),
            status: status(l, "job", state),
            error: if error.is_empty() {
                String::new()
            } else {
                reason(l, error)
            },
            tries: "3".to_owned(),
        };
        let page = |set, fields, rows: Vec<MailRow>| Self {
            f: frame(l, Place::Mail, urls::MAIL),
            set,
            fields,
            pager: Pager {
                summary: words::pager_summary(l, 10, 312),
                previous: String::new(),
                next: String::new(),
            },
            rows,
        };
        let all = vec![
            row("test", "done", ""),
            row("notification", "waiting", "busy_451"),
            row("notification", "waiting", "connect"),
            row("notification", "waiting", "timeout"),
            row("notification", "waiting", "template"),
            row("notification", "failed", "refused_550"),
            row("notification", "failed", "refused"),
            row("notification", "failed", "login_535"),
            row("notification", "failed", "tls"),
            row("notification", "failed", "not_offered"),
        ];
        vec![
            ("set", page(true, fields(l, false), all)),
            ("wrong", page(false, fields(l, true), Vec::new())),
        ]
    }
}

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const NEWS: [(&str, &str); 20] = [
    ("approval.ask", "approval"),
    ("approval.approve", "approval"),
    ("approval.decline", "approval"),
    ("approval.lapse", "approval"),
    ("approval.overtaken", "approval"),
    ("guard.release", "approval"),
    ("guard.budget", "command_batch"),
    ("guard.stop", "guard_freeze"),
    ("guard.unfreeze", "guard_freeze"),
    ("push_certificate.alarm", "push_topic"),
    ("push_certificate.expired", "push_topic"),
    ("push_certificate.expiring", "push_topic"),
    ("push_certificate.stopped", "push_topic"),
    ("account.create", "account"),
    ("account.rescued", "account"),
    ("session.create", "account"),
    ("webhook.failed", "webhook"),
    ("webhook.pause", "webhook"),
    ("device.lost_mode_on", "device"),
    ("audit.broken", "audit"),
];

impl Sample for NotificationsPage {
    const NAME: &'static str = "notifications";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |(at, (action, kind)): (i64, &(&str, &str))| {
            Some(NoticeRow {
                text: sentence(l, action)?,
                href: link(kind, ID),
                unit: "Hydrology".to_owned(),
                at: ago(l, at * 40),
                new: at < 3,
            })
        };
        let page = |rows: Vec<NoticeRow>| Self {
            f: frame(l, Place::Notifications, urls::NOTIFICATIONS),
            rows,
            topics: Topic::ALL
                .into_iter()
                .map(|one| TopicBox {
                    value: one.as_str(),
                    text: topic(l, one),
                    by_mail: one != Topic::Lost,
                })
                .collect(),
            email: "ingrid.lund@norrvik-universitet.example".to_owned(),
        };
        vec![
            ("some", page((1..).zip(&NEWS).filter_map(row).collect())),
            ("none", page(Vec::new())),
        ]
    }
}
