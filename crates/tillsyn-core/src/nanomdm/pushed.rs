//! What APNs said to the pushes of a request. The outbox sends them; whoever asked waits a moment for the
//! answer, and is told nothing of a push that is still on its way: it goes on without them.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tillsyn_db::args;

use super::outcome::Outcome;
use crate::core::Core;
use crate::error::Error;

const WAIT: Duration = Duration::from_secs(4);
const LOOK: Duration = Duration::from_millis(100);

/// What is known of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    OnItsWay,
    Accepted(Option<String>),
    Refused(String),
}

/// The state of a channel and of its push, as the store has it.
struct Seen {
    waiting: bool,
    last_push_at: Option<i64>,
    answer: Option<String>,
    apns_id: Option<String>,
}

/// Writes into each id's outcome what became of its push.
pub(super) async fn tell(
    core: &Core,
    mut channels: BTreeMap<String, String>,
    since_ms: i64,
    status: &mut BTreeMap<String, Outcome>,
) -> Result<(), Error> {
    let begun = tokio::time::Instant::now();
    loop {
        let seen = look(core, channels.values().cloned().collect()).await?;
        channels.retain(|id, channel| {
            let outcome = status.entry(id.clone()).or_default();
            match judge(seen.get(channel), since_ms) {
                Said::OnItsWay => return true,
                Said::Accepted(apns_id) => outcome.push_result = apns_id,
                Said::Refused(why) => outcome.push_error = Some(why),
            }
            false
        });
        if channels.is_empty() || begun.elapsed() >= WAIT {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn judge(seen: Option<&Seen>, since_ms: i64) -> Said {
    let Some(seen) = seen else {
        return Said::Refused("not_enrolled: The enrollment ended.".to_owned());
    };
    let answered = seen.last_push_at.is_some_and(|at| at >= since_ms);
    match (answered, seen.answer.as_deref()) {
        (true, Some("accepted")) => Said::Accepted(seen.apns_id.clone()),
        (true, Some(word)) => Said::Refused(word.to_owned()),
        _ if seen.waiting => Said::OnItsWay,
        // The outbox dropped it: there is nothing to send it to.
        _ => Said::Refused("no_push_token: The device has no push token that works.".to_owned()),
    }
}

async fn look(core: &Core, channels: Vec<String>) -> Result<HashMap<String, Seen>, Error> {
    const STATE: &str = "SELECT ch.id, r.channel_id IS NOT NULL, \
        ch.last_push_at, ch.last_push_answer, ch.last_push_apns_id FROM channel ch \
        LEFT JOIN push_request r ON r.channel_id = ch.id WHERE ch.ended_at IS NULL AND ch.id {ids}";
    if channels.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = core
        .db()
        .read(channels, |tx, channels| {
            Box::pin(async move {
                let rows = tx.fetch_all_in(STATE, channels.clone(), args![]).await?;
                Ok::<_, Error>(rows)
            })
        })
        .await?;
    rows.iter()
        .map(|row| {
            let seen = Seen {
                waiting: row.bool(1)?,
                last_push_at: row.opt_i64(2)?,
                answer: row.opt_text(3)?,
                apns_id: row.opt_text(4)?,
            };
            Ok((row.text(0)?, seen))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(waiting: bool, at: Option<i64>, answer: &str) -> Seen {
        Seen {
            waiting,
            last_push_at: at,
            answer: Some(answer.to_owned()),
            apns_id: Some("A".to_owned()),
        }
    }

    #[test]
    fn only_what_was_said_since_counts() {
        let id = || Said::Accepted(Some("A".to_owned()));
        assert_eq!(judge(Some(&seen(false, Some(10), "accepted")), 10), id());
        assert_eq!(judge(Some(&seen(true, Some(10), "accepted")), 10), id());
        let old = seen(true, Some(9), "accepted");
        assert_eq!(judge(Some(&old), 10), Said::OnItsWay);
        let dropped = judge(Some(&seen(false, Some(9), "accepted")), 10);
        assert!(matches!(dropped, Said::Refused(_)));
        let refused = judge(Some(&seen(true, Some(11), "Unregistered")), 10);
        assert_eq!(refused, Said::Refused("Unregistered".to_owned()));
        assert!(matches!(judge(None, 10), Said::Refused(_)));
    }
}
