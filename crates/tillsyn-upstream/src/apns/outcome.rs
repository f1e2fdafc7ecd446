//! What an answer of APNs means for the channel, the topic and the next attempt.

/// What became of one push.
///
/// Reasons are words from Apple's published list, or our own for the transport; a word that we
/// do not know is `other`, so that they can label logs and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// APNs took the push. It does not mean that the device has it.
    Accepted { apns_id: Option<String> },
    /// The token is dead since `at_ms` (Unix milliseconds). Push no more until a `TokenUpdate`
    /// newer than that; the enrollment stays.
    TokenDead {
        reason: &'static str,
        at_ms: Option<i64>,
    },
    /// Our fault (wrong environment, certificate or topic) and it hits the whole fleet at once:
    /// alert and retry later, never retire the device.
    SenderFault { reason: &'static str },
    /// This request cannot succeed: alert. `status` is 0 when it could not even be sent.
    Permanent { status: u16, reason: &'static str },
    /// An event of the connection, not of the push: send again at once.
    RetryNow,
    /// The push certificate is expired or wrong: stop the topic and alert.
    CertificateRefused { reason: &'static str },
    /// Too many pushes to this token: back off for this token only.
    SlowDown { retry_after_s: Option<u64> },
    /// APNs or the way to it is in trouble: back off with jitter, not sooner than
    /// `retry_after_s`.
    RetryLater {
        reason: &'static str,
        retry_after_s: Option<u64>,
    },
}

impl PushOutcome {
    /// The connection ended or turned the push away before it was handled: it may go again at once, over
    /// a new connection.
    pub(super) fn is_of_the_connection(&self) -> bool {
        match self {
            Self::RetryNow => true,
            Self::RetryLater { reason, .. } => {
                matches!(*reason, "goaway" | "Shutdown" | "refused_stream")
            }
            _ => false,
        }
    }
}

/// Reads one answer by its HTTP status, the `reason` and `timestamp` (Unix milliseconds) of its
/// body and its `Retry-After` in seconds. The `apns-id` of an accepted push is the caller's to
/// add.
pub fn classify(
    status: u16,
    reason: Option<&str>,
    timestamp: Option<i64>,
    retry_after: Option<u64>,
) -> PushOutcome {
    let retry_after_s = retry_after.map(|seconds| seconds.min(MAX_RETRY_AFTER_S));
    let reason = known_reason(reason);
    match (status, reason) {
        (200, _) => PushOutcome::Accepted { apns_id: None },
        // Only these two words are proof: a 410 made by something between us and APNs must not
        // silence a fleet whose devices may never send another TokenUpdate.
        (410, "Unregistered" | "ExpiredToken") => PushOutcome::TokenDead {
            reason,
            at_ms: timestamp,
        },
        (400, "BadDeviceToken" | "DeviceTokenNotForTopic") => PushOutcome::SenderFault { reason },
        (400, "IdleTimeout") => PushOutcome::RetryNow,
        (400, "TopicDisallowed") | (403, _) => PushOutcome::CertificateRefused { reason },
        (429, _) => PushOutcome::SlowDown { retry_after_s },
        (408 | 500..=599, _) => PushOutcome::RetryLater {
            reason,
            retry_after_s,
        },
        _ => PushOutcome::Permanent { status, reason },
    }
}

/// A foreign number must not park a push for ever.
const MAX_RETRY_AFTER_S: u64 = 24 * 60 * 60;

/// The word itself if Apple publishes it, `none` if there is no word, `other` otherwise.
pub(super) fn known_reason(reason: Option<&str>) -> &'static str {
    let Some(reason) = reason else {
        return "none";
    };
    REASONS
        .iter()
        .copied()
        .find(|known| *known == reason)
        .unwrap_or("other")
}

/// Apple, "Handling notification responses from APNs", table of error strings.
pub(super) const REASONS: [&str; 32] = [
    "BadCertificate",
    "BadCertificateEnvironment",
    "BadCollapseId",
    "BadDeviceToken",
    "BadEnvironmentKeyIdInToken",
    "BadExpirationDate",
    "BadMessageId",
    "BadPath",
    "BadPriority",
    "BadTopic",
    "DeviceTokenNotForTopic",
    "DuplicateHeaders",
    "ExpiredProviderToken",
    "ExpiredToken",
    "Forbidden",
    "IdleTimeout",
    "InternalServerError",
    "InvalidProviderToken",
    "InvalidPushType",
    "MethodNotAllowed",
    "MissingDeviceToken",
    "MissingProviderToken",
    "MissingTopic",
    "PayloadEmpty",
    "PayloadTooLarge",
    "ServiceUnavailable",
    "Shutdown",
    "TooManyProviderTokenUpdates",
    "TooManyRequests",
    "TopicDisallowed",
    "UnrelatedKeyIdInToken",
    "Unregistered",
];
