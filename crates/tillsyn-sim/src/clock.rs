use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The wall clock of the machine, in Unix milliseconds. A device adds its own skew.
#[expect(
    clippy::disallowed_methods,
    reason = "a simulated device lives in real time, like a real one"
)]
pub(crate) fn now_ms() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// `2026-01-02T03:04:05Z`.
pub(crate) fn text(ms: i64) -> String {
    let since_epoch = Duration::from_secs(u64::try_from(ms / 1_000).unwrap_or(0));
    plist::Date::from(UNIX_EPOCH + since_epoch).to_xml_format()
}
