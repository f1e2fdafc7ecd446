//! Media types of the device endpoints.

/// Check-in requests.
pub const CHECK_IN: &str = "application/x-apple-aspen-mdm-checkin";
/// Command polls and results.
pub const COMMAND: &str = "application/x-apple-aspen-mdm";
/// As real devices write it on command requests.
pub const COMMAND_UTF8: &str = "application/x-apple-aspen-mdm; charset=UTF-8";
/// Configuration and enrollment profiles.
pub const PROFILE: &str = "application/x-apple-aspen-config";
/// Replies that hold a plist.
pub const PLIST_XML: &str = "application/xml; charset=UTF-8";

/// Compares the media type alone: parameters and letter case do not count.
pub fn is(content_type: &str, media_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_case_do_not_matter() {
        assert!(is(COMMAND_UTF8, COMMAND));
        assert!(is("Application/X-Apple-Aspen-MDM-CheckIn ", CHECK_IN));
        assert!(!is(CHECK_IN, COMMAND));
        assert!(!is("", COMMAND));
    }
}
