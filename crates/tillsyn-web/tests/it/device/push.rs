//! Pushes: coalesced, by the answer table, never swallowing a newer request.

use tillsyn_core::commands::{self, Request};
use tillsyn_core::push::PushUpload;
use tillsyn_standins::apns::Answer;
use tillsyn_testkit::both_engines;

use super::story::{only_device, plain};

both_engines!(
    a_dead_token_makes_the_device_unreachable_until_it_comes_back,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        app.eventually("SELECT count(*) FROM push_request", 0).await;
        let token = iphone.tokens().remove(0).token;
        app.apns
            .script(&token, Answer::unregistered(app.clock.now_ms() + 60_000));
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();
        app.eventually(
            "SELECT count(*) FROM channel WHERE contact = 'unreachable'",
            1,
        )
        .await;
        assert_eq!(
            app.text("SELECT contact FROM device_summary")
                .await
                .as_deref(),
            Some("unreachable")
        );
        assert_eq!(
            app.text("SELECT status FROM enrollment").await.as_deref(),
            Some("active")
        );
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE status = 'queued'")
                .await,
            1
        );

        iphone.renew_token().await.unwrap();
        app.eventually("SELECT count(*) FROM command WHERE status = 'push_sent'", 1)
            .await;
        assert_eq!(
            app.text("SELECT contact FROM device_summary")
                .await
                .as_deref(),
            Some("reachable")
        );
        assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
    }
);

both_engines!(
    a_refused_certificate_stops_the_topic_and_keeps_the_work,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let id = only_device(&app).await;
        app.eventually("SELECT count(*) FROM push_request", 0).await;
        let token = iphone.tokens().remove(0).token;
        app.apns
            .script(&token, Answer::refuse(403, "BadCertificate"));
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();
        app.eventually(
            "SELECT count(*) FROM push_topic WHERE stopped_reason IS NOT NULL",
            1,
        )
        .await;
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 1);
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE status = 'queued'")
                .await,
            1
        );
    }
);

both_engines!(work_queued_together_is_one_push, |app| async move {
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    app.eventually("SELECT count(*) FROM push_request", 0).await;
    assert_eq!(
        app.apns.received().len(),
        1,
        "three first queries, one push"
    );
    assert!(app.apns.refusals().is_empty());
});

both_engines!(
    another_topic_is_refused_while_devices_depend_on_the_first,
    |app| async move {
        let _iphone = app.enrolled_iphone().await;
        let other = app
            .apns
            .issue_push_certificate("com.apple.mgmt.External.other")
            .unwrap();
        let upload = PushUpload {
            certificate_pem: other.certificate_pem,
            key_pem: Some(zeroize::Zeroizing::new(other.private_key_pem.to_string())),
            vendor_account: None,
            note: None,
            ..PushUpload::default()
        };
        let refused = tillsyn_core::push::upload_certificate(&app.core, &app.owner, upload)
            .await
            .unwrap_err();
        assert_eq!(refused.code, "topic_change");
        assert_eq!(refused.data.unwrap()["devices"], 1);
        assert_eq!(app.count("SELECT count(*) FROM push_topic").await, 1);
    }
);
