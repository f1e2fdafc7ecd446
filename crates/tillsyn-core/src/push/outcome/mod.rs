//! What each of APNs' answers means for channel, topic and outbox (core sheet §7).

use tillsyn_upstream::apns::PushOutcome;

use crate::clock::{HOUR_MS, MINUTE_MS, SECOND_MS};

/// What to do with a push request after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Accepted: commands become `push_sent`, the request is done.
    Accepted { apns_id: Option<String> },
    /// The token is dead unless a newer one came; no more pushes until the next `TokenUpdate`.
    Dead { since_ms: Option<i64> },
    /// Try again at this time.
    Again { at: i64 },
    /// The certificate is refused: the topic stops until a new one is uploaded.
    StopTopic { reason: String },
    /// This request will never be taken; somebody must look.
    GiveUp { reason: String },
}

/// Back-off with jitter: 2 s doubling to an hour.
pub(super) fn back_off(attempt: i64, now_ms: i64, jitter: u8) -> i64 {
    let shift = u32::try_from(attempt.clamp(0, 11)).unwrap_or(11);
    let wait = ((2 * SECOND_MS) << shift).min(HOUR_MS);
    now_ms + wait + wait * i64::from(jitter) / 1_024
}

/// Decides; pure.
pub(super) fn next(outcome: &PushOutcome, attempt: i64, now_ms: i64, jitter: u8) -> Next {
    let later = |retry_after_s: Option<u64>| {
        let own = back_off(attempt, now_ms, jitter);
        let asked = retry_after_s
            .and_then(|s| i64::try_from(s.min(86_400)).ok())
            .map_or(0, |s| now_ms + s * SECOND_MS);
        Next::Again { at: own.max(asked) }
    };
    match outcome {
        PushOutcome::Accepted { apns_id } => Next::Accepted {
            apns_id: apns_id.clone(),
        },
        PushOutcome::TokenDead { at_ms, .. } => Next::Dead { since_ms: *at_ms },
        // Our side sends wrongly, and it hits everybody at once: slowly again, never the device's fault.
        PushOutcome::SenderFault { .. } => Next::Again {
            at: back_off(attempt, now_ms, jitter).max(now_ms + MINUTE_MS),
        },
        PushOutcome::Permanent { reason, status } => Next::GiveUp {
            reason: format!("{status} {reason}"),
        },
        PushOutcome::RetryNow => Next::Again { at: now_ms + 500 },
        PushOutcome::CertificateRefused { reason } => Next::StopTopic {
            reason: (*reason).to_string(),
        },
        PushOutcome::SlowDown { retry_after_s } | PushOutcome::RetryLater { retry_after_s, .. } => {
            later(*retry_after_s)
        }
    }
}

/// The word kept beside the channel for people.
pub(super) fn answer_word(outcome: &PushOutcome) -> String {
    match outcome {
        PushOutcome::Accepted { .. } => "accepted".to_owned(),
        PushOutcome::TokenDead { reason, .. }
        | PushOutcome::SenderFault { reason, .. }
        | PushOutcome::CertificateRefused { reason } => (*reason).to_string(),
        PushOutcome::Permanent { status, reason } => format!("{status} {reason}"),
        PushOutcome::RetryNow => "IdleTimeout".to_owned(),
        PushOutcome::SlowDown { .. } => "TooManyRequests".to_owned(),
        PushOutcome::RetryLater { .. } => "unavailable".to_owned(),
    }
}

#[cfg(test)]
mod tests;
