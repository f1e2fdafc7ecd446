//! The words of mail, in the recipient's language.

use jiff::tz::TimeZone;
use serde_json::Value as Json;
use tillsyn_core::mail::{MailTexts, Rich, Text};
use tillsyn_core::notifications::Topic;

use crate::console::notifications::{link, sentence, topic};
use crate::i18n::{Lang, Texts, Zone};
use crate::invitation_mail;
use crate::report_mail;
use crate::ui::urls;

/// Makes texts of templates from the message catalogues.
pub(crate) struct MailWords;

impl MailTexts for MailWords {
    fn text(&self, template: &str, arguments: &Json, language: Option<&str>) -> Option<Text> {
        let l = Texts::new(language.and_then(Lang::from_tag).unwrap_or_default());
        let organisation = arguments["organisation"].as_str().unwrap_or_default();
        match template {
            "test" => Some(Text {
                subject: l.ta("mail-test-subject", organisation),
                body: l.ta("mail-test-text", organisation) + "\n",
            }),
            "portal_address" => Some(address_changed(l, arguments)),
            "portal_welcome" | "portal_forgotten" => Some(portal_link(l, template, arguments)),
            "notification" => notification(l, organisation, arguments),
            "digest" => digest(l, organisation, arguments),
            report_mail::TEMPLATE => report_mail::text(l, template, arguments),
            _ => invitation_mail::text(l, template, arguments),
        }
    }

    fn rich(&self, template: &str, arguments: &Json, language: Option<&str>) -> Option<Rich> {
        let l = Texts::new(language.and_then(Lang::from_tag).unwrap_or_default());
        let report = report_mail::rich(l, template, arguments);
        report.or_else(|| invitation_mail::rich(l, template, arguments))
    }
}

/// A link with which a person chooses a password.
fn portal_link(l: Texts, template: &str, arguments: &Json) -> Text {
    let word = |name: &str| arguments[name].as_str().unwrap_or_default();
    let organisation = word("organisation");
    let whose = [
        ("person", word("person").into()),
        ("organisation", organisation.into()),
    ];
    let of = [("organisation", organisation.into())];
    let (subject, text, after) = if template == "portal_forgotten" {
        (
            l.t_args("portal-mail-forgotten-subject", &of),
            l.t_args("portal-mail-forgotten", &whose),
            format!("{}\n", l.t("portal-mail-forgotten-not-you")),
        )
    } else {
        (
            l.t_args("portal-mail-welcome-subject", &of),
            l.t_args("portal-mail-welcome", &whose),
            String::new(),
        )
    };
    let help = match word("support") {
        "" => String::new(),
        support => format!("{}\n", l.ta("portal-mail-help", support)),
    };
    Text {
        subject,
        body: format!("{text}\n\n{}\n\n{after}{help}", word("link")),
    }
}

/// To a former address: it was replaced by another.
fn address_changed(l: Texts, arguments: &Json) -> Text {
    let word = |name: &str| arguments[name].as_str().unwrap_or_default();
    let organisation = word("organisation");
    let whose = [
        ("person", word("person").into()),
        ("organisation", organisation.into()),
    ];
    let help = match word("support") {
        "" => String::new(),
        support => format!("\n{}\n", l.ta("portal-mail-help", support)),
    };
    Text {
        subject: l.ta("portal-mail-address-subject", organisation),
        body: format!("{}\n{help}", l.t_args("portal-mail-address", &whose)),
    }
}

/// What happened, where and when, and the page about it.
fn notification(l: Texts, organisation: &str, arguments: &Json) -> Option<Text> {
    let word = |name: &str| arguments[name].as_str().unwrap_or_default();
    let what = sentence(l, word("action"))?;
    let at = arguments["at"].as_i64().unwrap_or_default();
    let zone = Zone {
        now_ms: at,
        zone: TimeZone::get(word("time_zone")).unwrap_or(TimeZone::UTC),
    };
    let time = l.date_time(at, &zone);
    let parts = [("unit", word("unit").into()), ("time", (&time).into())];
    let place = l.t_args("notice-mail-where", &parts);
    let console = word("console");
    let look = format!("{console}{}", link(word("object_kind"), word("object_id")));
    let choose = l.t("notice-mail-choose");
    let own = format!("{console}{}", urls::NOTIFICATIONS);
    Some(Text {
        subject: format!("{organisation}: {what}"),
        body: format!("{what}\n{place}\n\n{look}\n\n-- \n{choose}\n{own}\n"),
    })
}

/// How much more happened, of one topic, and the page about it.
fn digest(l: Texts, organisation: &str, arguments: &Json) -> Option<Text> {
    let word = |name: &str| arguments[name].as_str().unwrap_or_default();
    let what = topic(l, Topic::parse(word("topic"))?);
    let count = arguments["count"].as_i64().unwrap_or_default();
    let since = arguments["since"].as_i64().unwrap_or_default();
    let zone = Zone {
        now_ms: since,
        zone: TimeZone::get(word("time_zone")).unwrap_or(TimeZone::UTC),
    };
    let time = l.date_time(since, &zone);
    let more = l.t_args(
        "notice-mail-more",
        &[("n", count.into()), ("time", (&time).into())],
    );
    let choose = l.t("notice-mail-choose");
    let own = format!("{}{}", word("console"), urls::NOTIFICATIONS);
    Some(Text {
        subject: format!("{organisation}: {what}"),
        body: format!("{what}\n{more}\n\n-- \n{choose}\n{own}\n"),
    })
}
