//! Looking at rows, events and jobs.

use std::time::{Duration, Instant};

use tillsyn_db::args;

use crate::TestApp;

impl TestApp {
    /// One number from the store.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.db()
            .query_optional(sql, args![])
            .await
            .unwrap()
            .unwrap()
            .i64(0)
            .unwrap()
    }

    /// One text from the store.
    pub async fn text(&self, sql: &'static str) -> Option<String> {
        self.db()
            .query_optional(sql, args![])
            .await
            .unwrap()
            .and_then(|row| row.opt_text(0).unwrap())
    }

    /// The actions recorded so far, oldest first.
    pub async fn actions(&self) -> Vec<String> {
        const LIST: &str = "SELECT action FROM event ORDER BY seq";
        let rows = self.db().query_all(LIST, args![]).await.unwrap();
        rows.iter().map(|row| row.text(0).unwrap()).collect()
    }

    /// The story of the newest command of this type, as its statuses. A device that is quick has its
    /// command before APNs has answered: `push_sent` may or may not be there.
    pub async fn story(&self, request_type: &str) -> Vec<String> {
        const STORY: &str = "SELECT t.status FROM command_transition t \
            JOIN command c ON c.id = t.command_id WHERE c.id = (SELECT id FROM command \
            WHERE request_type = $1 ORDER BY created_at DESC, id DESC LIMIT 1) ORDER BY t.seq";
        let rows = self
            .db()
            .query_all(STORY, args![request_type])
            .await
            .unwrap();
        rows.iter()
            .map(|row| row.text(0).unwrap())
            .filter(|s| s != "push_sent")
            .collect()
    }

    /// Waits until a query gives this number; a worker is at it. Fails after forty seconds.
    #[track_caller]
    pub fn eventually(&self, sql: &'static str, expected: i64) -> impl Future<Output = ()> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let begun = Instant::now();
            loop {
                let found = self.count(sql).await;
                if found == expected {
                    return;
                }
                assert!(
                    begun.elapsed() < Duration::from_secs(40),
                    "{caller}: expected {expected}, found {found}: {sql}"
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}
