use super::EnrollmentProfile;
use super::enrollment::PER_USER;
use crate::{Rule, Violation};

/// What an update of the enrollment profile may not change. The URLs are compared as whole
/// strings, the query included.
// Apple schema mdm/profiles/com.apple.mdm.yaml; Apple, "Deploying device management enrollment
// profiles"
pub(crate) fn check_update(old: &EnrollmentProfile, new: &EnrollmentProfile) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut breach = |rule, detail: &str| found.push(Violation::new(rule, detail));
    if new.topic != old.topic {
        breach(Rule::TopicChanged, "the update has another Topic");
    }
    if new.server_url != old.server_url {
        breach(Rule::ServerUrlChanged, "the update has another ServerURL");
    }
    if new.check_in_url != old.check_in_url {
        breach(Rule::CheckInUrlChanged, "the update has another CheckInURL");
    }
    let widened = match (old.access_rights, new.access_rights) {
        (Some(old), Some(new)) => new & !old != 0,
        (Some(_) | None, None) => false,
        (None, Some(_)) => true,
    };
    if widened {
        breach(Rule::AccessRightsWidened, "the update wants more rights");
    }
    if new.has_capability(PER_USER) != old.has_capability(PER_USER) {
        let detail = "the update adds or removes per-user connections";
        breach(Rule::CapabilitiesChanged, detail);
    }
    found
}
