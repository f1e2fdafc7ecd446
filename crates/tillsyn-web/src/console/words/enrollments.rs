use crate::i18n::{Texts, key};

/// Each cause with the text for it.
const CAUSES: &[(&str, &str)] = &[
    ("enrolled_again", key("enrollment-end-again")),
    ("came_anew", key("enrollment-end-anew")),
    ("setup_assistant", key("enrollment-end-setup")),
    ("erase_unanswered", key("enrollment-end-unanswered")),
    ("erased", key("enrollment-end-erased")),
    ("retired", key("enrollment-end-retired")),
    ("removed_by_user", key("enrollment-end-removed")),
    ("push_gone", key("enrollment-end-push")),
    ("no_token_update", key("enrollment-end-cut-short")),
    ("newer_attempt", key("enrollment-end-newer")),
    ("invitation_used", key("enrollment-end-used")),
    ("device_of_another", key("enrollment-end-another")),
];

/// Why an enrollment ended, or rests. A cause that is not on the list shows as itself.
pub fn enrollment_end(l: Texts, reason: &str) -> String {
    CAUSES
        .iter()
        .find(|(cause, _)| *cause == reason)
        .map_or_else(|| reason.to_owned(), |(_, key)| l.t(key))
}
