use tillsyn_upstream::apns::PushOutcome;

use super::{Next, back_off, next};
use crate::clock::{HOUR_MS, MINUTE_MS, SECOND_MS};

const NOW: i64 = 1_800_000_000_000;

#[test]
fn every_row_of_the_answer_table() {
    let decided = |outcome: &PushOutcome| next(outcome, 1, NOW, 0);
    assert_eq!(
        decided(&PushOutcome::Accepted { apns_id: None }),
        Next::Accepted { apns_id: None }
    );
    let dead = PushOutcome::TokenDead {
        reason: "Unregistered",
        at_ms: Some(5),
    };
    assert_eq!(decided(&dead), Next::Dead { since_ms: Some(5) });
    // The sender's fault hits everybody at once: again, but slowly, and never the device's end.
    let ours = PushOutcome::SenderFault {
        reason: "BadDeviceToken",
    };
    assert_eq!(
        decided(&ours),
        Next::Again {
            at: NOW + MINUTE_MS
        }
    );
    let permanent = PushOutcome::Permanent {
        status: 413,
        reason: "PayloadTooLarge",
    };
    assert_eq!(
        decided(&permanent),
        Next::GiveUp {
            reason: "413 PayloadTooLarge".to_owned()
        }
    );
    assert_eq!(
        decided(&PushOutcome::RetryNow),
        Next::Again { at: NOW + 500 }
    );
    let refused = PushOutcome::CertificateRefused {
        reason: "BadCertificate",
    };
    assert_eq!(
        decided(&refused),
        Next::StopTopic {
            reason: "BadCertificate".to_owned()
        }
    );
    let slow = PushOutcome::SlowDown {
        retry_after_s: Some(90),
    };
    assert_eq!(
        decided(&slow),
        Next::Again {
            at: NOW + 90 * SECOND_MS
        }
    );
    let away = PushOutcome::RetryLater {
        reason: "connect",
        retry_after_s: None,
    };
    assert_eq!(
        decided(&away),
        Next::Again {
            at: NOW + 4 * SECOND_MS
        }
    );
}

#[test]
fn back_off_doubles_to_an_hour_and_jitters() {
    assert_eq!(back_off(0, NOW, 0), NOW + 2 * SECOND_MS);
    assert_eq!(back_off(5, NOW, 0), NOW + 64 * SECOND_MS);
    for attempt in [11, 50, i64::MAX] {
        assert_eq!(back_off(attempt, NOW, 0), NOW + HOUR_MS);
        assert!(back_off(attempt, NOW, 255) <= NOW + HOUR_MS + HOUR_MS / 4);
    }
}
