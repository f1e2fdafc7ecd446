use std::time::{SystemTime, UNIX_EPOCH};

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
