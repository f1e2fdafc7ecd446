//! Texts of the enrollment contract, in the language of whoever asks.

use jiff::Timestamp;

use crate::i18n::{Lang, Texts};
use crate::portal::enroll::Failure;

/// What happened and what to do, for a cause that the flight recorder keeps.
pub(super) fn remedy(lang: Lang, cause: &str) -> String {
    Failure::from_value(cause)
        .unwrap_or(Failure::Server)
        .remedy(Texts::new(lang))
}

/// Display name and description of the enrollment profile, as the device shows them.
pub(super) fn profile_texts(lang: Lang, organisation: &str) -> (String, String) {
    let texts = Texts::new(lang);
    (
        texts.ta("profile-name", organisation),
        texts.ta("profile-description", organisation),
    )
}

/// A time for programs.
pub(super) fn rfc3339(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| String::new(), |at| at.to_string())
}
