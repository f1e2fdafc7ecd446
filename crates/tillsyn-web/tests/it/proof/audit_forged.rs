//! The sealed trail against whoever has the database, and on its way to a collector.

use std::time::Duration;

use tillsyn_core::audit::chain::{Record, link};
use tillsyn_core::audit::{self, SyslogSender, SyslogTarget};
use tillsyn_core::jobs;
use tillsyn_db::args;
use tillsyn_pki::issue::create_statement_signer;
use tillsyn_testkit::{Engine, TestApp};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::audit::{TABLES, change, person, still, verify, words};

/// Hashes all entries anew from this position on, as anybody can who writes to the database.
async fn chain_anew(app: &TestApp, from: i64) {
    const EVENTS: &str = "SELECT e.id, e.at, e.actor_kind, e.actor_id, e.address_hash, e.action, \
        e.object_kind, e.object_id, e.org_unit_id, e.result, e.details, e.request_id, a.position \
        FROM audit_entry a JOIN event e ON e.seq = a.event_seq WHERE a.position >= $1 ORDER BY a.position";
    const BEFORE: &str = "SELECT hash FROM audit_entry WHERE position = $1";
    let before = app.db().query_optional(BEFORE, args![from - 1]).await;
    let mut hash = before.unwrap().unwrap().text(0).unwrap();
    for row in app.db().query_all(EVENTS, args![from]).await.unwrap() {
        let text = |column| row.text(column).unwrap();
        let record = Record {
            id: text(0),
            at: row.i64(1).unwrap(),
            actor_kind: text(2),
            actor_id: text(3),
            address: None,
            address_hash: row.opt_text(4).unwrap(),
            action: text(5),
            object_kind: text(6),
            object_id: text(7),
            org_unit_id: text(8),
            result: text(9),
            details: text(10),
            request_id: row.opt_text(11).unwrap(),
        };
        hash = link(&hash, &record.digest()).unwrap();
        let values = args![row.i64(12).unwrap(), hash.as_str()];
        change(
            app,
            "UPDATE audit_entry SET hash = $2 WHERE position = $1",
            values,
        )
        .await;
    }
}

/// What the database alone can be made to say is not believed: signatures count by sealed keys, a beginning by
/// the server's own cut, and nothing is signed that does not continue what was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_only_the_database_is_found_out() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    for number in 1..=6 {
        person(&app.core, &app, number).await;
        jobs::run(&app.core, "audit").await.unwrap();
        app.clock.advance_ms(61_000);
    }
    let kept = verify(&app).await;
    assert_eq!(words(&kept), "");
    for (copy, ..) in TABLES {
        change(&app, copy, args![]).await;
    }
    let restore = async || {
        for (_, empty, fill, _) in TABLES {
            change(&app, empty, args![]).await;
            change(&app, fill, args![]).await;
        }
    };
    // A cut that was none takes everything before it out of the trail.
    for told in [false, true] {
        for sql in [
            "INSERT INTO audit_cut (position, hash, events, cut_at, actor_id) \
                SELECT position, hash, 3, 1, 'system' FROM audit_checkpoint \
                WHERE position = (SELECT MAX(position) - 1 FROM audit_checkpoint)",
            "DELETE FROM event WHERE seq IN (SELECT a.event_seq FROM audit_entry a \
                WHERE a.position <= (SELECT position FROM audit_cut))",
            "DELETE FROM audit_entry WHERE position <= (SELECT position FROM audit_cut)",
            "DELETE FROM audit_checkpoint WHERE position < (SELECT position FROM audit_cut)",
        ] {
            change(&app, sql, args![]).await;
        }
        if told {
            let tell = "INSERT INTO event (id, at, actor_kind, actor_id, action, object_kind, object_id, \
                org_unit_id, result, details) SELECT 'told', 1, 'system', 'system', 'audit.cut', 'audit', \
                'trail', u.id, 'done', '{\"position\":' || c.position || ',\"hash\":\"' || c.hash || '\"}' \
                FROM audit_cut c JOIN org_unit u ON u.parent_id IS NULL";
            change(&app, tell, args![]).await;
        }
        let found = words(&verify(&app).await);
        assert!(found.contains("not by a cut of this server"), "{found}");
        // Nor does retention hide it behind a cut of its own.
        change(&app, "UPDATE event SET at = 1", args![]).await;
        audit::retain(&app.core).await.unwrap();
        assert_eq!(app.count("SELECT count(*) FROM audit_cut").await, 1);
        change(&app, "DELETE FROM audit_cut", args![]).await;
        restore().await;
    }

    // A key that somebody put in signs nothing.
    let theirs =
        create_statement_signer("Tillsyn Audit", "Norrvik", 1_760_000_000_000, 365).unwrap();
    let put = "INSERT INTO authority (id, kind, certificate, key_sealed, not_after, created_at, retired_at) \
        SELECT 'x', 'audit', $1, key_sealed, not_after, created_at, 1 FROM authority WHERE id = 'audit'";
    change(&app, put, args![theirs.certificate.der()]).await;
    let found = words(&verify(&app).await);
    assert!(found.contains("authority x: this key is none"), "{found}");
    change(&app, "DELETE FROM authority WHERE id = 'x'", args![]).await;
    // Nor does the server's own count for whoever kept another.
    let pinned = [theirs.certificate.public_key().clone()];
    let found = audit::verify_with(&app.core, None, &pinned).await.unwrap();
    assert!(words(&found).contains("not signed by a trusted key"));

    // The whole chain anew, without the checkpoints that tell: the server signs none of it.
    let forge = "UPDATE event SET action = 'token.create' WHERE seq = \
        (SELECT event_seq FROM audit_entry WHERE position = 6)";
    change(&app, forge, args![]).await;
    chain_anew(&app, 6).await;
    change(&app, "DELETE FROM audit_checkpoint", args![]).await;
    change(&app, "UPDATE worker_lease SET cursor = 0", args![]).await;
    let found = words(&verify(&app).await);
    assert!(
        found.contains("the server signed another hash here"),
        "{found}"
    );
    person(&app.core, &app, 7).await;
    app.clock.advance_ms(61_000);
    jobs::run(&app.core, "audit").await.unwrap();
    assert_eq!(app.count("SELECT count(*) FROM audit_checkpoint").await, 0);
    let last = app.count("SELECT MAX(position) FROM audit_entry").await;
    assert_eq!(last, kept.position + 1);
    // A head that was kept names the place, now that the trail went on.
    let head = (kept.position, kept.hash.clone());
    let found = words(&audit::verify(&app.core, Some(&head)).await.unwrap());
    let here = format!("position {}: this is not the head that was given", head.0);
    assert!(found.contains(&here), "{found}");
    // Without its memory the server says so, and does not begin a new one.
    change(
        &app,
        "DELETE FROM setting WHERE name = 'audit_signed'",
        args![],
    )
    .await;
    restore().await;
    let found = words(&verify(&app).await);
    assert!(found.contains("its last signed head is missing"), "{found}");
}

/// What comes on a connection until it rests.
async fn heard(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(length)) =
        tokio::time::timeout(Duration::from_millis(200), stream.read(&mut piece)).await
        && length > 0
    {
        text.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_gets_every_event_and_every_signed_head() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = SyslogTarget::parse(&format!("tcp://127.0.0.1:{port}")).unwrap();
    let mut sender = SyslogSender::new(&app.core, target);
    jobs::run(&app.core, "audit").await.unwrap();
    app.clock.advance_ms(16_000);
    person(&app.core, &app, 1).await;
    jobs::run(&app.core, "audit").await.unwrap();
    sender.send_due(&app.core).await.unwrap();
    let (mut first, _) = listener.accept().await.unwrap();
    let text = heard(&mut first).await;
    assert!(text.contains("192.0.2.1"), "{text}");
    assert_eq!(text.matches(" audit.checkpoint ").count(), 1);
    // The head is signed after its entry was sent, and nothing else happens.
    app.clock.advance_ms(61_000);
    jobs::run(&app.core, "audit").await.unwrap();
    sender.send_due(&app.core).await.unwrap();
    let text = heard(&mut first).await;
    let head = verify(&app).await.position;
    assert!(text.contains(" audit.checkpoint "), "{text}");
    assert!(text.contains(&format!("\"position\":{head},")), "{text}");
    assert!(!text.contains("192.0.2.1"), "{text}");
    // The collector goes away and comes back: what is new arrives, and what may have been lost with it.
    drop(first);
    person(&app.core, &app, 2).await;
    app.clock.advance_ms(16_000);
    jobs::run(&app.core, "audit").await.unwrap();
    let sent = sender.send_due(&app.core);
    let (sent, accepted) = tokio::join!(
        sent,
        tokio::time::timeout(Duration::from_secs(5), listener.accept())
    );
    sent.unwrap();
    let (mut second, _) = accepted.unwrap().unwrap();
    let text = heard(&mut second).await;
    assert!(
        text.contains("192.0.2.1") && text.contains("192.0.2.2"),
        "{text}"
    );
}
