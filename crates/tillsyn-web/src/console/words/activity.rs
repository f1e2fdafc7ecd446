use crate::i18n::Texts;

/// What somebody or something did, without their name; the target follows it. `detail` names the
/// command of an event about one.
pub fn activity(l: Texts, action: &str, refused: bool, detail: &str) -> String {
    match action {
        "organisation.create" => l.t("activity-organisation"),
        "account.create" => l.t("activity-user"),
        "account.preferences" => l.t("activity-preferences"),
        "session.create" if refused => l.t("activity-sign-in-refused"),
        "session.create" => l.t("activity-signed-in"),
        "session.confirm" if refused => l.t("activity-confirm-refused"),
        "session.confirm" => l.t("activity-confirmed"),
        "session.end" => l.t("activity-signed-out"),
        "token.create" => l.t("activity-token"),
        "token.revoke" => l.t("activity-token-revoked"),
        "push_certificate.upload" => l.t("activity-push"),
        "push_certificate.renew" => l.t("activity-push-renewed"),
        "push_certificate.remove" => l.t("activity-push-removed"),
        "settings.change" => l.t("activity-settings"),
        "invitation.create" => l.t("activity-invited"),
        "invitation.revoke" => l.t("activity-uninvited"),
        "invitation.renew_pin" => l.t("activity-pin-renewed"),
        "invitation.pin" => l.t("activity-pin-wrong"),
        "attempt.create" => l.t("activity-attempt"),
        "profile.fetch" => l.t("activity-profile"),
        "certificate.issue" => l.t("activity-certificate"),
        "certificate.renew" => l.t("activity-certificate-renew"),
        "certificate.renewal_late" => l.t("activity-certificate-late"),
        "certificate.expiring" => l.t("activity-certificate-expiring"),
        "certificate.expired" => l.t("activity-certificate-expired"),
        "certificate.revoke" => l.t("activity-certificate-revoked"),
        "device.enroll" => l.t("activity-enrolled"),
        "device.check_out" => l.t("activity-removed"),
        "device.refused" => l.t("activity-refused"),
        "enrollment.end" => l.t("activity-ended"),
        "enrollment.repin" => l.t("activity-repin"),
        "command.enqueue" => l.ta("activity-command", detail),
        "command.cancel" => l.ta("activity-withdrawn", detail),
        "guard.release" => l.t("activity-released"),
        other => other.to_owned(),
    }
}
