//! What the stand-in is told to answer for a token.

use serde::Deserialize;

/// One scripted answer. It is given only to a request that broke no rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// 200, and the device is woken.
    Accept,
    /// This status with Apple's error body; nobody is woken.
    Refuse {
        status: u16,
        reason: String,
        /// Since when the token is dead, Unix milliseconds: only with 410.
        #[serde(default)]
        timestamp_ms: Option<i64>,
        #[serde(default)]
        retry_after_s: Option<u64>,
    },
    /// The answer inside, after this time.
    After { ms: u64, answer: Box<Answer> },
    /// Close the connection in an orderly way; this request is not processed.
    GoAway,
    /// Turn this stream away as not processed; the connection stays.
    RefuseStream,
    /// Never answer.
    Hang,
    /// Cut the TCP connection.
    Drop,
}

impl Answer {
    /// This status and reason, without more.
    pub fn refuse(status: u16, reason: &str) -> Self {
        Self::Refuse {
            status,
            reason: reason.to_owned(),
            timestamp_ms: None,
            retry_after_s: None,
        }
    }

    /// This answer, `ms` milliseconds late.
    pub fn after(ms: u64, answer: Self) -> Self {
        Self::After {
            ms,
            answer: Box::new(answer),
        }
    }

    /// 410: the device has been gone since `timestamp_ms`.
    pub fn unregistered(timestamp_ms: i64) -> Self {
        Self::Refuse {
            status: 410,
            reason: "Unregistered".to_owned(),
            timestamp_ms: Some(timestamp_ms),
            retry_after_s: None,
        }
    }

    /// This status and reason with a `Retry-After`.
    pub fn retry_after(status: u16, reason: &str, seconds: u64) -> Self {
        Self::Refuse {
            status,
            reason: reason.to_owned(),
            timestamp_ms: None,
            retry_after_s: Some(seconds),
        }
    }
}
