//! The sealed trail: what is committed is chained, and whatever is done to its rows is named.

use futures_util::future::join_all;
use tillsyn_core::audit::{self, Asked, FileChecker, Sealer, Verdict};
use tillsyn_core::people::{NewPerson, create_person};
use tillsyn_core::{Clock, Core, jobs, org};
use tillsyn_db::{Value, args};
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

pub(super) fn still() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        jobs: false,
        ..AppOptions::default()
    }
}

pub(super) async fn person(core: &Core, app: &TestApp, number: usize) {
    let mut actor = app.owner.clone();
    actor.address = Some(format!("192.0.2.{number}"));
    let new = NewPerson {
        name: format!("Person {number}"),
        email: None,
        language: None,
        unit: Some(org::root(core).await.unwrap().id),
    };
    create_person(core, &actor, new).await.unwrap();
}

pub(super) async fn verify(app: &TestApp) -> Verdict {
    audit::verify(&app.core, None).await.unwrap()
}

pub(super) fn words(verdict: &Verdict) -> String {
    let all: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
    all.join("\n")
}

pub(super) async fn change(app: &TestApp, sql: &'static str, values: Vec<Value>) {
    app.db().execute(sql, values).await.unwrap();
}

both_engines!(events_are_sealed_and_heads_are_signed, still(), |app| {
    async move {
        for number in 1..=3 {
            person(&app.core, &app, number).await;
        }
        let before = verify(&app).await;
        assert_eq!((before.entries, words(&before).as_str()), (0, ""));
        let events = app.count("SELECT count(*) FROM event").await;
        assert_eq!(before.unsealed, events);

        // Of a release before the trail was sealed: the address leaves the event before it is sealed.
        let old = "UPDATE event SET address = '192.0.2.99', address_hash = NULL WHERE seq = \
            (SELECT MAX(e.seq) FROM event e)";
        change(&app, old, args![]).await;
        let its = "DELETE FROM event_identity WHERE event_id = \
            (SELECT e.id FROM event e WHERE e.address IS NOT NULL)";
        change(&app, its, args![]).await;
        jobs::run(&app.core, "audit").await.unwrap();
        let sealed = verify(&app).await;
        assert_eq!(words(&sealed), "");
        assert_eq!((sealed.entries, sealed.unsealed), (events, 0));
        assert_eq!(sealed.checkpoint, Some(events));

        // No address is in the event, and its hash alone is in the chain.
        let open =
            "SELECT count(*) FROM event WHERE address IS NOT NULL OR details LIKE '%192.0.2%'";
        assert_eq!(app.count(open).await, 0);
        let beside = "SELECT count(*) FROM event_identity i JOIN event e ON e.id = i.event_id \
            WHERE i.address LIKE '192.0.2.%' AND e.address_hash IS NOT NULL";
        assert_eq!(app.count(beside).await, 3);
        change(&app, "DELETE FROM event_identity", args![]).await;
        assert_eq!(words(&verify(&app).await), "");

        // News within the minute wait for the next checkpoint; a head that was kept elsewhere names a cut.
        person(&app.core, &app, 4).await;
        // The lease of the sealer before ends.
        app.clock.advance_ms(16_000);
        jobs::run(&app.core, "audit").await.unwrap();
        let more = verify(&app).await;
        assert_eq!(more.position, events + 1);
        assert_eq!(more.checkpoint, Some(events));
        app.clock.advance_ms(61_000);
        jobs::run(&app.core, "audit").await.unwrap();
        let signed = verify(&app).await;
        assert_eq!(signed.checkpoint, Some(events + 1));
        let head = (signed.position + 1, signed.hash.clone());
        let cut = audit::verify(&app.core, Some(&head)).await.unwrap();
        assert!(words(&cut).contains("the trail ends here"), "{cut:?}");
    }
});

pub(super) const TABLES: [(&str, &str, &str, &str); 4] = [
    (
        "CREATE TABLE copy_event AS SELECT * FROM event",
        "DELETE FROM event",
        "INSERT INTO event SELECT * FROM copy_event",
        "event",
    ),
    (
        "CREATE TABLE copy_identity AS SELECT * FROM event_identity",
        "DELETE FROM event_identity",
        "INSERT INTO event_identity SELECT * FROM copy_identity",
        "event_identity",
    ),
    (
        "CREATE TABLE copy_entry AS SELECT * FROM audit_entry",
        "DELETE FROM audit_entry",
        "INSERT INTO audit_entry SELECT * FROM copy_entry",
        "audit_entry",
    ),
    (
        "CREATE TABLE copy_checkpoint AS SELECT * FROM audit_checkpoint",
        "DELETE FROM audit_checkpoint",
        "INSERT INTO audit_checkpoint SELECT * FROM copy_checkpoint",
        "audit_checkpoint",
    ),
];

/// Spoils rows, expects a finding that says `wanted`, and restores everything.
async fn named(app: &TestApp, spoil: &'static str, wanted: &str) {
    change(app, spoil, args![]).await;
    let verdict = verify(app).await;
    assert!(
        words(&verdict).contains(wanted),
        "{spoil}: {}",
        words(&verdict)
    );
    for (_, empty, fill, _) in TABLES {
        change(app, empty, args![]).await;
        change(app, fill, args![]).await;
    }
}

macro_rules! event_fields {
    ($($set:literal),* $(,)?) => {
        [$(concat!("UPDATE event SET ", $set,
            " WHERE seq = (SELECT event_seq FROM audit_entry WHERE position = 6)")),*]
    };
}

both_engines!(any_change_of_any_row_is_named, still(), |app| {
    async move {
        for round in 0..2 {
            for number in 1..=3 {
                person(&app.core, &app, 3 * round + number).await;
            }
            jobs::run(&app.core, "audit").await.unwrap();
            app.clock.advance_ms(61_000);
        }
        assert_eq!(words(&verify(&app).await), "");
        for (copy, ..) in TABLES {
            change(&app, copy, args![]).await;
        }
        let fields = event_fields!(
            "id = 'x' || id",
            "at = at + 1",
            "actor_kind = 'x' || actor_kind",
            "actor_id = 'x' || actor_id",
            "address = 'x'",
            "address_hash = 'x'",
            "action = 'x' || action",
            "object_kind = 'x' || object_kind",
            "object_id = 'x' || object_id",
            "org_unit_id = 'x' || org_unit_id",
            "result = 'x' || result",
            "details = details || ' '",
            "request_id = 'x'",
            // Taken out of the place in which it was sealed.
            "seq = 1000000",
        );
        for field in fields {
            named(&app, field, "position 6:").await;
        }
        let others = [
            (
                "UPDATE event_identity SET address = 'x' || address",
                "the address of event",
            ),
            (
                "DELETE FROM event WHERE seq = (SELECT event_seq FROM audit_entry WHERE position = 6)",
                "position 6: the event was removed",
            ),
            (
                "UPDATE audit_entry SET hash = 'x' || hash WHERE position = 6",
                "position 6:",
            ),
            (
                "UPDATE audit_entry SET position = 1000000 WHERE position = 6",
                "position 6:",
            ),
            (
                "UPDATE audit_entry SET event_seq = 1000000 WHERE position = 6",
                "position 6:",
            ),
            (
                "DELETE FROM audit_entry WHERE position = 6",
                "position 6: the entry is missing",
            ),
            (
                "UPDATE audit_entry SET hash = (SELECT o.hash FROM audit_entry o \
                    WHERE o.position = 11 - audit_entry.position) WHERE position IN (5, 6)",
                "position 5:",
            ),
            // The end cut off, with the events or without.
            (
                "DELETE FROM audit_entry WHERE position > 6",
                "position 6: the trail ends here",
            ),
            (
                "DELETE FROM event WHERE seq > (SELECT event_seq FROM audit_entry WHERE position = 6)",
                "the event was removed",
            ),
            (
                "DELETE FROM audit_checkpoint WHERE position = (SELECT MIN(position) FROM audit_checkpoint)",
                "is missing",
            ),
            (
                "DELETE FROM audit_checkpoint WHERE position = (SELECT MAX(position) FROM audit_checkpoint)",
                "is missing",
            ),
            (
                "UPDATE audit_checkpoint SET position = position + 1",
                "is not signed",
            ),
            (
                "UPDATE audit_checkpoint SET hash = 'x' || hash",
                "is not signed",
            ),
            (
                "UPDATE audit_checkpoint SET previous = previous + 1",
                "is not signed",
            ),
            (
                "UPDATE audit_checkpoint SET created_at = created_at + 1",
                "is not signed",
            ),
            (
                "UPDATE audit_checkpoint SET authority_id = 'x'",
                "is not signed",
            ),
            (
                "INSERT INTO event (id, at, actor_kind, actor_id, action, object_kind, object_id, \
                    org_unit_id, result, details, seq) SELECT 'put-in', 0, actor_kind, actor_id, action, \
                    object_kind, object_id, org_unit_id, result, details, 0 FROM copy_event \
                    WHERE seq = (SELECT MIN(seq) FROM copy_event)",
                "event put-in was never sealed",
            ),
        ];
        for (spoil, wanted) in others {
            named(&app, spoil, wanted).await;
        }
        assert_eq!(words(&verify(&app).await), "");
    }
});

both_engines!(sealers_at_once_make_one_chain, still(), |app| {
    async move {
        let made = (0..24).map(|number| {
            let app = &app;
            async move { person(&app.core, app, number).await }
        });
        let sealed = (0..4).map(|_| async {
            let mut sealer = Sealer::new(&app.core);
            for _ in 0..20 {
                // A node that the others hold up tries again.
                sealer.round(&app.core).await.ok();
                app.clock.advance_ms(1_000);
            }
        });
        tokio::join!(join_all(made), join_all(sealed));
        app.clock.advance_ms(60_000);
        jobs::run(&app.core, "audit").await.unwrap();
        let verdict = verify(&app).await;
        assert_eq!((words(&verdict).as_str(), verdict.unsealed), ("", 0));
        let events = app.count("SELECT count(*) FROM event").await;
        assert_eq!(verdict.entries, events);

        // A node that slept through its lease writes nothing when it wakes up.
        let (mut slept, mut other) = (Sealer::new(&app.core), Sealer::new(&app.core));
        app.clock.advance_ms(60_000);
        person(&app.core, &app, 100).await;
        while slept.round(&app.core).await.unwrap() {}
        app.clock.advance_ms(60_000);
        person(&app.core, &app, 101).await;
        while other.round(&app.core).await.unwrap() {}
        person(&app.core, &app, 102).await;
        while slept.round(&app.core).await.unwrap() {}
        assert_eq!(verify(&app).await.unsealed, 1);
        while other.round(&app.core).await.unwrap() {}
        let verdict = verify(&app).await;
        assert_eq!((words(&verdict).as_str(), verdict.unsealed), ("", 0));
    }
});

/// What a file says to whoever has only it and the certificate.
async fn read_file(app: &TestApp, text: &str) -> Verdict {
    const CERTIFICATE: &str = "SELECT certificate FROM authority WHERE kind = 'audit'";
    let row = app.db().query_optional(CERTIFICATE, args![]).await.unwrap();
    let der = row.unwrap().blob(0).unwrap();
    let certificate = tillsyn_pki::cert::Certificate::from_der(&der).unwrap();
    let mut checker = FileChecker::new(vec![certificate.public_key().clone()], None);
    text.lines().for_each(|line| checker.line(line));
    checker.finish()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_verified_without_the_server() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let begun = app.core.now_ms();
    for number in 1..=5 {
        person(&app.core, &app, number).await;
        app.clock.advance_ms(61_000);
        jobs::run(&app.core, "audit").await.unwrap();
    }
    let export = async |asked: Asked| {
        let mut export = audit::export(&app.core, &app.owner, asked).await.unwrap();
        let mut text = String::new();
        while let Some(piece) = export.next().await.unwrap() {
            text.push_str(&piece);
        }
        text
    };
    let whole = export(Asked::default()).await;
    let verdict = read_file(&app, &whole).await;
    assert_eq!(words(&verdict), "");
    assert_eq!(verdict.entries, verify(&app).await.entries);
    assert!(whole.contains("\"address\":\"192.0.2.3\""));
    assert_eq!(
        app.count("SELECT count(*) FROM event WHERE action = 'audit.export'")
            .await,
        1
    );
    // A part in the middle stands on its own.
    let part = Asked {
        from: Some(begun + 61_000),
        to: Some(begun + 3 * 61_000),
        ..Asked::default()
    };
    let part = export(part).await;
    let verdict = read_file(&app, &part).await;
    assert_eq!((words(&verdict).as_str(), verdict.entries), ("", 2));
    assert!(!part.contains("192.0.2.4"));
    // What is not signed yet is signed then: no file ends with what anybody could have written.
    person(&app.core, &app, 6).await;
    app.clock.advance_ms(16_000);
    jobs::run(&app.core, "audit").await.unwrap();
    let before = verify(&app).await;
    assert!(before.checkpoint < Some(before.position));
    let verdict = read_file(&app, &export(Asked::default()).await).await;
    assert_eq!(words(&verdict), "");
    assert_eq!(verdict.checkpoint, Some(before.position));
    // Up to a time within what one checkpoint covers: hashes lead on to it.
    let until = Asked {
        to: Some(app.core.now_ms() - 16_000),
        ..Asked::default()
    };
    let until = export(until).await;
    assert_eq!(words(&read_file(&app, &until).await), "");
    assert!(until.contains("192.0.2.5") && !until.contains("192.0.2.6"));
    // Nothing since then is nothing, and proves that.
    let none = Asked {
        from: Some(app.core.now_ms() + 1),
        ..Asked::default()
    };
    let none = export(none).await;
    let verdict = read_file(&app, &none).await;
    assert_eq!((words(&verdict).as_str(), verdict.entries), ("", 0));
    // Of other units there are hashes only, and the file is whole all the same.
    let below = app.core.clone();
    let mut scoped = app.owner.clone();
    scoped.unit_path = format!("{}no-such-unit/", org::root(&below).await.unwrap().path);
    let refused = audit::export(&app.core, &scoped, Asked::default()).await;
    assert!(refused.is_err());
}
