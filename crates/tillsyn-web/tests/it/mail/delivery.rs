//! Once, again, and given up.

use serde_json::json;
use tillsyn_core::jobs;
use tillsyn_standins::smtp::{SmtpFault, SmtpStandin, SmtpStep};
use tillsyn_testkit::both_engines;
use tillsyn_testkit::canaries::{Canary, cells, found_in};

use super::{PASSWORD, messages, server, still, test};

const MINUTE_MS: i64 = 60_000;

both_engines!(
    a_message_is_sent_once_and_the_password_is_nowhere,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let id = test(&api).await;
        app.run_job("mail").await;
        app.run_job("mail").await;
        app.clock.advance_ms(10 * MINUTE_MS);
        app.run_job("mail").await;
        let received = server.received();
        assert_eq!((received.len(), server.broken()), (1, Vec::new()));
        let mail = &received[0];
        assert_eq!(mail.user.as_deref(), Some("tillsyn"));
        assert_eq!(mail.header("Message-ID"), format!("<{id}@example.org>"));
        assert!(mail.header("Subject").contains("Test from"));
        let sent = messages(&api).await;
        assert_eq!(
            (&sent[0]["status"], &sent[0]["tries"], &sent[0]["template"]),
            (&json!("sent"), &json!(1), &json!("test"))
        );
        assert_eq!(sent[0]["recipient"], json!(mail.to[0]));
        let shown = api.get("/api/v1/mail").await.expect(200);
        assert_eq!(shown["has_password"], true);
        let canary = [Canary::new("password of the mail server", PASSWORD)];
        assert_eq!(found_in(&canary, shown.to_string()), [""; 0]);
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(found_in(&canary, value), [""; 0], "{table}.{column}");
        }
    }
);

both_engines!(
    what_fails_for_now_is_tried_five_times_and_what_fails_for_good_once,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        server.always(Some(SmtpFault::Code(SmtpStep::Recipient, 451)));
        test(&api).await;
        app.run_job("mail").await;
        app.run_job("mail").await;
        let waits = &messages(&api).await[0];
        assert_eq!(
            (&waits["status"], &waits["tries"], &waits["last_error"]),
            (&json!("waiting"), &json!(1), &json!("busy_451"))
        );
        for _ in 0..6 {
            app.clock.advance_ms(301 * MINUTE_MS);
            app.run_job("mail").await;
        }
        // Tokens of the test last for a day, and a confirmation for minutes.
        let mut app = app;
        app.owner.fresh_at = Some(app.clock.now_ms());
        let api = app.owner_api().await;
        let failed = &messages(&api).await[0];
        assert_eq!(
            (&failed["status"], &failed["tries"], &failed["last_error"]),
            (&json!("failed"), &json!(5), &json!("busy_451"))
        );
        assert_eq!(server.connections(), 5);
        server.always(Some(SmtpFault::Code(SmtpStep::Recipient, 550)));
        test(&api).await;
        app.run_job("mail").await;
        let refused = &messages(&api).await[0];
        assert_eq!(
            (&refused["status"], &refused["last_error"]),
            (&json!("failed"), &json!("refused_550"))
        );
        // Cut off in the middle of the message: not taken, so it comes again.
        server.always(None);
        server.script_once(SmtpFault::Drop(SmtpStep::Body));
        test(&api).await;
        app.run_job("mail").await;
        assert_eq!(messages(&api).await[0]["last_error"], "connect");
        app.clock.advance_ms(7 * MINUTE_MS);
        app.run_job("mail").await;
        assert_eq!(messages(&api).await[0]["status"], "sent");
        assert_eq!((server.received().len(), server.broken()), (1, Vec::new()));
    }
);

both_engines!(
    a_kill_in_the_middle_of_sending_loses_no_mail,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let id = test(&api).await;
        server.script_once(SmtpFault::Hang(SmtpStep::Body));
        let core = app.core.clone();
        let job = tokio::spawn(async move { jobs::run(&core, "mail").await });
        server.wait_for(1).await;
        job.abort();
        assert!(job.await.unwrap_err().is_cancelled());
        app.run_job("mail").await;
        assert_eq!(server.connections(), 1, "another node waits for the lease");
        app.clock.advance_ms(6 * MINUTE_MS);
        app.run_job("mail").await;
        let last = server.received().pop().unwrap();
        assert_eq!(last.header("Message-ID"), format!("<{id}@example.org>"));
        assert_eq!(messages(&api).await[0]["status"], "sent");
    }
);

both_engines!(
    a_wrong_login_is_tried_with_one_message_and_ever_later,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        for _ in 0..5 {
            test(&api).await;
        }
        server.always(Some(SmtpFault::Code(SmtpStep::Auth, 535)));
        let tries = |server: &SmtpStandin| server.connections();
        app.run_job("mail").await;
        app.run_job("mail").await;
        assert_eq!(tries(&server), 1, "not once for each message");
        app.clock.advance_ms(MINUTE_MS);
        app.run_job("mail").await;
        app.run_job("mail").await;
        assert_eq!(tries(&server), 2);
        app.clock.advance_ms(3 * MINUTE_MS);
        app.run_job("mail").await;
        assert_eq!(tries(&server), 2);
        // Well again: all at once.
        server.always(None);
        app.clock.advance_ms(60 * MINUTE_MS);
        app.run_job("mail").await;
        assert_eq!((server.received().len(), server.broken()), (5, Vec::new()));
    }
);

both_engines!(
    what_cannot_be_opened_stops_nothing_else,
    still(),
    |app| async move {
        const SPOIL: &str =
            "UPDATE mail_outbox SET body_sealed = (SELECT password_sealed FROM mail_server)";
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        let spoiled = test(&api).await;
        app.db().execute(SPOIL, Vec::new()).await.unwrap();
        app.clock.advance_ms(1_000);
        test(&api).await;
        app.run_job("mail").await;
        assert_eq!(server.received().len(), 1);
        let all = messages(&api).await;
        let one = all
            .iter()
            .find(|mail| mail["id"] == json!(spoiled))
            .unwrap();
        assert_eq!(
            (&one["status"], &one["last_error"]),
            (&json!("failed"), &json!("unreadable"))
        );
    }
);
