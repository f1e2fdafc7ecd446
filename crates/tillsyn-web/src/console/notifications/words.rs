//! News in words, and where to look.

use tillsyn_core::notifications::Topic;

use crate::i18n::Texts;
use crate::ui::urls;

/// What happened, in one sentence.
pub(crate) fn sentence(l: Texts, action: &str) -> Option<String> {
    Some(match action {
        "approval.ask" => l.t("notice-approval-ask"),
        "approval.approve" => l.t("notice-approval-approved"),
        "approval.decline" => l.t("notice-approval-declined"),
        "approval.lapse" => l.t("notice-approval-lapsed"),
        "approval.overtaken" => l.t("notice-approval-overtaken"),
        "guard.release" => l.t("notice-approval-released"),
        "guard.budget" => l.t("notice-guard-budget"),
        "guard.stop" => l.t("notice-guard-stop"),
        "guard.unfreeze" => l.t("notice-guard-unfreeze"),
        "push_certificate.alarm" => l.t("notice-push-alarm"),
        "push_certificate.expired" => l.t("notice-push-expired"),
        "push_certificate.expiring" => l.t("notice-push-expiring"),
        "push_certificate.stopped" => l.t("notice-push-stopped"),
        "account.create" => l.t("notice-account-create"),
        "account.identity" => l.t("notice-account-identity"),
        "account.mapped" => l.t("notice-account-mapped"),
        "account.rescued" => l.t("notice-account-rescued"),
        "session.create" => l.t("notice-sign-in"),
        "webhook.create" => l.t("notice-webhook-made"),
        "webhook.failed" => l.t("notice-webhook-failed"),
        "webhook.pause" => l.t("notice-webhook-paused"),
        "device.lost_mode_on" => l.t("notice-lost"),
        "audit.broken" => l.t("notice-audit"),
        "enrollment.unknown" => l.t("notice-unknown"),
        "directory.held" => l.t("notice-directory-held"),
        "directory.ill" => l.t("notice-directory-ill"),
        _ => return None,
    })
}

/// The page about it.
pub(crate) fn link(object_kind: &str, object_id: &str) -> String {
    match object_kind {
        "approval" => urls::approval(object_id),
        "command_batch" => urls::APPROVALS.to_owned(),
        "guard_freeze" => urls::GUARD.to_owned(),
        "push_topic" => urls::PUSH.to_owned(),
        "directory" => urls::directory(object_id),
        "webhook" => urls::webhook(object_id),
        "device" => urls::device(object_id),
        "audit" => urls::AUDIT.to_owned(),
        // The overview knows whether the reader may take them in.
        "unknown_sender" => urls::CONSOLE.to_owned(),
        // Of one's own account, or those of others.
        _ => urls::NOTIFICATIONS.to_owned(),
    }
}

pub(crate) fn topic(l: Texts, topic: Topic) -> String {
    match topic {
        Topic::Approvals => l.t("topic-approvals"),
        Topic::Decisions => l.t("topic-decisions"),
        Topic::Guard => l.t("topic-guard"),
        Topic::SignIn => l.t("topic-sign-in"),
        Topic::Administrators => l.t("topic-administrators"),
        Topic::Push => l.t("topic-push"),
        Topic::Audit => l.t("topic-audit"),
        Topic::Webhooks => l.t("topic-webhooks"),
        Topic::Lost => l.t("topic-lost"),
    }
}
