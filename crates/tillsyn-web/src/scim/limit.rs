//! How much one connector may ask: fifty requests a second, and two hundred at once.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use tokio::time::Instant;

const A_SECOND: f64 = 50.0;
const AT_ONCE: f64 = 200.0;

struct Bucket {
    left: f64,
    at: Instant,
}

static BUCKETS: LazyLock<Mutex<HashMap<String, Bucket>>> = LazyLock::new(Mutex::default);

/// Whether the connector may ask now. Only connectors that exist have a bucket.
pub(super) fn allows(connector: &str) -> bool {
    let mut buckets = BUCKETS.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let bucket = buckets.entry(connector.to_owned()).or_insert(Bucket {
        left: AT_ONCE,
        at: now,
    });
    let gained = now.duration_since(bucket.at).as_secs_f64() * A_SECOND;
    bucket.left = (bucket.left + gained).min(AT_ONCE);
    bucket.at = now;
    if bucket.left < 1.0 {
        return false;
    }
    bucket.left -= 1.0;
    true
}
