use super::SCHEMA;
use crate::jobs::{self, ClaimedJob, NewJob, Settled};
use crate::{Db, DbError, args, both_engines};

async fn add(db: &Db, key: Option<&str>, due_at: i64) -> Option<String> {
    let job = NewJob {
        kind: "push",
        dedup_key: key.map(str::to_owned),
        payload: "{}".to_owned(),
        due_at,
        now: 1_000,
    };
    let made: Result<_, DbError> = db
        .write(job, |tx, job| Box::pin(jobs::enqueue(tx, job.clone())))
        .await;
    made.unwrap()
}

async fn claim(db: &Db, worker: &str, now: i64, limit: i64) -> Vec<ClaimedJob> {
    jobs::claim(db, &["push", "other"], worker, now, 100, limit)
        .await
        .unwrap()
}

async fn status(db: &Db, id: &str) -> String {
    let row = db
        .query_optional("SELECT status FROM job WHERE id = $1", args![id])
        .await
        .unwrap();
    row.unwrap().text(0).unwrap()
}

both_engines!(job_is_claimed_once_by_two_workers, SCHEMA, |db| async {
    for _ in 0..40 {
        add(&db, None, 1_000).await.unwrap();
    }
    let (a, b, c) = tokio::join!(
        claim(&db, "a", 1_000, 25),
        claim(&db, "b", 1_000, 25),
        claim(&db, "c", 1_000, 25)
    );
    let mut ids: Vec<String> = [a, b, c].into_iter().flatten().map(|job| job.id).collect();
    let rest = claim(&db, "d", 1_000, 100).await;
    ids.extend(rest.into_iter().map(|job| job.id));
    assert_eq!(ids.len(), 40);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 40, "each job has one worker");
});

both_engines!(
    jobs_come_when_due_oldest_first_and_of_the_kinds_asked_for,
    SCHEMA,
    |db| async {
        let late = add(&db, None, 3_000).await.unwrap();
        let early = add(&db, None, 2_000).await.unwrap();
        assert!(claim(&db, "a", 1_999, 10).await.is_empty());
        let none = jobs::claim(&db, &["other"], "a", 9_000, 100, 10)
            .await
            .unwrap();
        assert!(none.is_empty());
        let both: Vec<String> = claim(&db, "a", 3_000, 10)
            .await
            .into_iter()
            .map(|j| j.id)
            .collect();
        assert_eq!(both, [early, late]);
    }
);

both_engines!(one_open_job_per_key, SCHEMA, |db| async {
    let first = add(&db, Some("k"), 1_000).await.unwrap();
    assert_eq!(add(&db, Some("k"), 1_000).await, None);
    assert!(add(&db, Some("other"), 9_000).await.is_some());
    let job = claim(&db, "a", 1_000, 10).await.remove(0);
    assert_eq!(job.id, first);
    assert_eq!(add(&db, Some("k"), 1_000).await, None, "it runs");
    assert_eq!(
        jobs::complete(&db, &job, 1_001).await.unwrap(),
        Settled::Recorded
    );
    assert!(add(&db, Some("k"), 1_000).await.is_some(), "it is done");
});

both_engines!(
    lease_that_ran_out_is_taken_over_and_the_old_worker_fenced_off,
    SCHEMA,
    |db| async {
        let id = add(&db, None, 1_000).await.unwrap();
        let old = claim(&db, "a", 1_000, 10).await.remove(0);
        assert!(claim(&db, "b", 1_099, 10).await.is_empty(), "still leased");
        assert_eq!(
            jobs::extend(&db, &old, 1_099, 100).await.unwrap(),
            Settled::Recorded
        );
        assert!(
            claim(&db, "b", 1_100, 10).await.is_empty(),
            "leased for longer"
        );
        let new = claim(&db, "b", 1_199, 10).await.remove(0);
        assert_eq!((old.attempt, new.attempt), (1, 2));

        assert_eq!(
            jobs::complete(&db, &old, 1_200).await.unwrap(),
            Settled::Overtaken
        );
        assert_eq!(
            jobs::retry(&db, &old, 1_200, 1_200, "late").await.unwrap(),
            Settled::Overtaken
        );
        assert_eq!(
            jobs::give_up(&db, &old, 1_200, "late").await.unwrap(),
            Settled::Overtaken
        );
        assert_eq!(
            jobs::extend(&db, &old, 1_200, 100).await.unwrap(),
            Settled::Overtaken
        );
        assert_eq!(status(&db, &id).await, "running");

        let settled: Result<_, DbError> = db
            .write(new, |tx, job| Box::pin(jobs::complete(tx, job, 1_250)))
            .await;
        assert_eq!(settled.unwrap(), Settled::Recorded);
        assert_eq!(status(&db, &id).await, "done");
    }
);

both_engines!(retry_comes_back_and_give_up_does_not, SCHEMA, |db| async {
    let id = add(&db, None, 1_000).await.unwrap();
    let job = claim(&db, "a", 1_000, 10).await.remove(0);
    assert_eq!(
        jobs::retry(&db, &job, 1_010, 2_000, "offline")
            .await
            .unwrap(),
        Settled::Recorded
    );
    assert!(claim(&db, "a", 1_999, 10).await.is_empty());
    let job = claim(&db, "a", 2_000, 10).await.remove(0);
    assert_eq!(job.attempt, 2);
    assert_eq!(
        jobs::give_up(&db, &job, 2_010, "gone").await.unwrap(),
        Settled::Recorded
    );
    assert_eq!(status(&db, &id).await, "failed");
    assert!(claim(&db, "a", 9_999, 10).await.is_empty());
});

both_engines!(cancelled_job_is_not_completed, SCHEMA, |db| async {
    let id = add(&db, None, 1_000).await.unwrap();
    let job = claim(&db, "a", 1_000, 10).await.remove(0);
    assert_eq!(
        jobs::cancel(&db, &id, 1_001).await.unwrap(),
        Settled::Recorded
    );
    assert_eq!(
        jobs::complete(&db, &job, 1_002).await.unwrap(),
        Settled::Overtaken
    );
    assert_eq!(
        jobs::cancel(&db, &id, 1_003).await.unwrap(),
        Settled::Overtaken
    );
    assert_eq!(status(&db, &id).await, "cancelled");
});

both_engines!(
    job_of_a_change_that_failed_was_never_there,
    SCHEMA,
    |db| async {
        let failed: Result<(), DbError> = db
            .write((), |tx, ()| {
                Box::pin(async move {
                    let job = NewJob {
                        kind: "push",
                        dedup_key: None,
                        payload: "{}".to_owned(),
                        due_at: 1,
                        now: 1,
                    };
                    jobs::enqueue(tx, job).await?;
                    Err(DbError::NotFound)
                })
            })
            .await;
        assert_eq!(failed, Err(DbError::NotFound));
        assert!(claim(&db, "a", 9_999, 10).await.is_empty());
    }
);
