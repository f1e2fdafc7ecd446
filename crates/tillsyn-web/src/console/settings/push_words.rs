//! What the pages about push certificates say: what to do next, why something was refused, what a
//! rehearsal found.

use tillsyn_core::Error;
use tillsyn_core::push::{PushTopicView, RehearsalReport};

use super::page::{CheckLine, Refusal, Report};
use crate::i18n::{Texts, Zone};

/// What to do about a certificate as it stands, and until when.
pub(super) fn next(l: Texts, zone: &Zone, topic: &PushTopicView) -> String {
    let date = l.date(topic.not_after, zone);
    if topic.stopped_reason.is_some() {
        return l.t("push-next-stopped");
    }
    match topic.status {
        "expired" => l.t("push-next-expired"),
        "renewing" => l.ta("push-next-renewing", &date),
        "expiring" => l.ta("push-next-expiring", &date),
        _ => l.t("push-next-valid"),
    }
}

/// A refusal in words, by the stable code of the error.
pub(super) fn refusal(l: Texts, error: &Error) -> Option<Refusal> {
    if let Some(known) = Refusal::of(l, error.code) {
        return Some(known);
    }
    let text = match error.code {
        "push_certificate_not_yet_valid" => l.t("push-error-early"),
        "push_request_missing" => l.t("push-error-no-request"),
        "push_request_gone" => l.t("push-error-request-gone"),
        "topic_change_unconfirmed" => l.t("push-error-unconfirmed"),
        "topic_choice" => l.t("push-error-choice"),
        "push_consent" => l.t("push-error-consent"),
        "email_invalid" => l.t("push-error-email"),
        "country_invalid" => l.t("push-error-country"),
        "common_name_invalid" => l.t("push-error-name"),
        "push_requests_many" => l.t("push-error-many"),
        "push_vendor_missing" => l.t("push-error-no-vendor"),
        "push_vendor_pem" => l.t("push-error-vendor-pem"),
        "push_vendor_key_mismatch" => l.t("push-error-vendor-key"),
        "push_vendor_key_kind" => l.t("push-error-vendor-kind"),
        "push_vendor_expired" => l.t("push-error-vendor-expired"),
        "push_vendor_chain" | "push_vendor_unfit" => l.t("push-error-vendor-chain"),
        "push_signed_file" => l.t("push-error-signed-file"),
        "push_signed_other" => l.t("push-error-signed-other"),
        "push_signed_signature" => l.t("push-error-signed-signature"),
        "push_signed_sha1" => l.t("push-error-signed-sha1"),
        "push_signed_chain" => l.t("push-error-signed-chain"),
        "push_key_pem" => l.t("error-pem-key"),
        "push_certificate_pem" => l.t("error-pem-certificate"),
        "topic_in_use" => l.t("push-error-in-use"),
        _ => return None,
    };
    Some(Refusal {
        title: l.t("push-error"),
        text,
    })
}

/// A rehearsal's report in words.
pub(super) fn report(l: Texts, zone: &Zone, report: &RehearsalReport) -> Report {
    Report {
        passed: report.passed,
        when: l.ago(report.at, zone),
        responsible: report.responsible.clone().unwrap_or_default(),
        lines: report
            .checks
            .iter()
            .map(|line| check(l, &line.check, &line.result, line.reason.as_deref()))
            .collect(),
    }
}

pub(in crate::console) fn check(
    l: Texts,
    check: &str,
    result: &str,
    reason: Option<&str>,
) -> CheckLine {
    let text = match check {
        "certificate" => l.t("rehearsal-certificate"),
        "key" => l.t("rehearsal-key"),
        "topic" => l.t("rehearsal-topic"),
        "connection" => l.t("rehearsal-connection"),
        "account" => l.t("rehearsal-account"),
        "responsible" => l.t("rehearsal-responsible"),
        "signer" => l.t("rehearsal-signer"),
        _ => l.t("rehearsal-time"),
    };
    let (tone, icon, word) = match result {
        "passed" => ("st-ok", "check", l.t("rehearsal-passed")),
        "failed" => ("st-bad", "fail", l.t("rehearsal-failed")),
        _ => ("", "dash", l.t("rehearsal-skipped")),
    };
    CheckLine {
        tone,
        icon,
        text,
        word,
        why: reason.map_or_else(String::new, |reason| why(l, check, reason)),
    }
}

fn why(l: Texts, check: &str, reason: &str) -> String {
    match reason {
        "no_candidate" => l.t("rehearsal-why-none"),
        "outside" => l.t("rehearsal-why-outside"),
        "account_missing" => l.t("rehearsal-why-account"),
        "responsible_missing" => l.t("rehearsal-why-responsible"),
        "topic_change" => l.t("rehearsal-why-topic"),
        "push_request_missing" => l.t("push-error-no-request"),
        "push_vendor_expired" => l.t("push-error-vendor-expired"),
        "proxy" => l.t("rehearsal-why-proxy"),
        "connect" | "timeout" | "transport" | "settings" => l.t("rehearsal-why-way"),
        "server_certificate" => l.t("rehearsal-why-server"),
        _ if check == "connection" => l.ta("push-stopped", reason),
        code => Refusal::of(l, code).map_or_else(|| l.t("rehearsal-why-certificate"), |r| r.title),
    }
}
