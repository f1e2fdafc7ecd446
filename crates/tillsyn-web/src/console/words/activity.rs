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
        "push_certificate.change_topic" => l.t("activity-push-topic"),
        "push_certificate.edit" => l.t("activity-push-edited"),
        "push_certificate.resume" => l.t("activity-push-resumed"),
        "push_certificate.rehearse" => l.t("activity-push-rehearsed"),
        "push_certificate.expiring" => l.t("activity-push-expiring"),
        "push_certificate.expired" => l.t("activity-push-expired"),
        "push_certificate.stopped" => l.t("activity-push-stopped"),
        "push_certificate.alarm" => l.t("activity-push-alarm"),
        "push_certificate.alarm_over" => l.t("activity-push-alarm-over"),
        "push_request.create" => l.t("activity-push-requested"),
        "push_request.sign" => l.t("activity-push-signed"),
        "push_request.delete" => l.t("activity-push-request-deleted"),
        "push_vendor.set" => l.t("activity-push-vendor"),
        "push_vendor.remove" => l.t("activity-push-vendor-removed"),
        "push_certificate.remove" => l.t("activity-push-removed"),
        "settings.change" => l.t("activity-settings"),
        "invitation.create" => l.t("activity-invited"),
        "invitation.revoke" => l.t("activity-uninvited"),
        "invitation.renew_pin" => l.t("activity-pin-renewed"),
        "invitation.pin" => l.t("activity-pin-wrong"),
        "attempt.create" => l.t("activity-attempt"),
        "profile.fetch" => l.t("activity-profile"),
        "profile.archive" => l.t("activity-profile-archive"),
        "profile.change" => l.t("activity-profile-change"),
        "profile.create" => l.t("activity-profile-create"),
        "profile.delete" => l.t("activity-profile-delete"),
        "profile.draft" => l.t("activity-profile-draft"),
        "profile.draft_discard" => l.t("activity-profile-discard"),
        "profile.export" => l.t("activity-profile-export"),
        "profile.publish" => l.t("activity-profile-publish"),
        "profile.reconcile" => l.t("activity-profile-reconcile"),
        "profile.restore" => l.t("activity-profile-restore"),
        "certificate.attest" => l.t("activity-attestation-refused"),
        "certificate.issue" => l.t("activity-certificate"),
        "certificate.renew" => l.t("activity-certificate-renew"),
        "certificate.renewal_late" => l.t("activity-certificate-late"),
        "certificate.expiring" => l.t("activity-certificate-expiring"),
        "certificate.expired" => l.t("activity-certificate-expired"),
        "credential.issue" if refused => l.t("activity-credential-refused"),
        "credential.issue" => l.t("activity-credential"),
        "credential.renew" => l.t("activity-credential-renew"),
        "credential.expiring" => l.t("activity-credential-expiring"),
        "credential.expired" => l.t("activity-credential-expired"),
        "certificate.revoke" => l.t("activity-certificate-revoked"),
        "device.enroll" => l.t("activity-enrolled"),
        "device.check_out" => l.t("activity-removed"),
        "device.reconcile" => l.t("activity-device-reconcile"),
        "device.refused" => l.t("activity-refused"),
        "device.bootstrap_token" => l.t("activity-bootstrap"),
        "device_authority.add" => l.t("activity-authority"),
        "device_authority.change" => l.t("activity-authority-changed"),
        "device_authority.remove" => l.t("activity-authority-removed"),
        "enrollment.move_in" => l.t("activity-move-in"),
        "enrollment.first_contact" => l.t("activity-first-contact"),
        "enrollment.prove" => l.t("activity-proven"),
        "enrollment.freeze" => l.t("activity-frozen"),
        "enrollments.import" => l.t("activity-import"),
        "enrollments.export" => l.t("activity-export"),
        "enrollment.end" => l.t("activity-ended"),
        "enrollment.repin" => l.t("activity-repin"),
        "command.enqueue" => l.ta("activity-command", detail),
        "command.cancel" => l.ta("activity-withdrawn", detail),
        "guard.release" => l.t("activity-released"),
        "secret.reveal" if refused => l.t("activity-secret-refused"),
        "secret.reveal" => l.t("activity-secret"),
        "device.lost_mode_on" => l.t("activity-lost-on"),
        "device.lost_mode_off" => l.t("activity-lost-off"),
        "device.located" => l.t("activity-located"),
        "activation_lock.clear" => l.t("activity-unlock"),
        "activation_lock.cleared" => l.t("activity-unlock-done"),
        "activation_lock.not_cleared" => l.t("activity-unlock-failed"),
        "assignment.create" => l.t("activity-assignment-made"),
        "assignment.change" => l.t("activity-assignment-changed"),
        "assignment.remove" => l.t("activity-assignment-removed"),
        "plan.create" => l.t("activity-plan-made"),
        "plan.ask" => l.t("activity-plan-asked"),
        "plan.apply" => l.t("activity-plan-applied"),
        "plan.cancel" => l.t("activity-plan-cancelled"),
        "plan.overtaken" => l.t("activity-plan-overtaken"),
        "unit.create" => l.t("activity-unit-made"),
        "unit.rename" => l.t("activity-unit-renamed"),
        "unit.move" => l.t("activity-unit-moved"),
        "unit.remove" => l.t("activity-unit-removed"),
        "group.create" => l.t("activity-group-made"),
        "group.change" => l.t("activity-group-changed"),
        "group.members" => l.t("activity-group-members"),
        "group.remove" => l.t("activity-group-removed"),
        "person.create" => l.t("activity-person-added"),
        "person.change" => l.t("activity-person-changed"),
        "device.move" => l.t("activity-device-moved"),
        "device.person" => l.t("activity-device-person"),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn whatever_is_recorded_has_words_in_every_language() {
        for action in tillsyn_core::events::ACTIONS {
            for l in Lang::ALL.map(Texts::new) {
                for refused in [false, true] {
                    assert_ne!(activity(l, action, refused, ""), *action);
                }
            }
        }
    }
}
