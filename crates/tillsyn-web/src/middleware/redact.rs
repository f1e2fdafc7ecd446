//! Paths as the log may know them.

use std::borrow::Cow;

use super::strict;

/// Segments after these carry secrets: the code of an invitation, the address of a profile,
/// the links that open an account, what is handed from one device to another. The first that fits counts.
const SECRET_AFTER: [&str; 7] = [
    "/e/",
    "/apple/enroll/",
    "/console/welcome/",
    "/console/rescue/",
    "/portal/welcome/",
    "/go/to/",
    "/go/",
];

/// The path with its secret segment replaced. Queries are never logged.
pub(super) fn path(path: &str) -> Cow<'_, str> {
    if !strict::is_plain(path) {
        return Cow::Borrowed("(malformed)");
    }
    for prefix in SECRET_AFTER {
        if let Some(rest) = path.strip_prefix(prefix)
            && !rest.is_empty()
        {
            let behind = rest
                .find('/')
                .and_then(|at| rest.get(at..))
                .unwrap_or_default();
            return Cow::Owned(format!("{prefix}***{behind}"));
        }
    }
    Cow::Borrowed(path)
}
