//! Pushes: coalesced, by the answer table, never swallowing a newer request.

use tillsyn_core::Clock;
use tillsyn_core::commands::{self, Request};
use tillsyn_core::push::PushUpload;
use tillsyn_standins::apns::Answer;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

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

/// No worker runs: the test runs each round itself.
fn by_hand() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

/// Everything that waits is due now, whatever came before.
async fn due_now(app: &TestApp) {
    for sql in [
        "UPDATE push_request SET due_at = 0, lease_until = 0",
        "UPDATE channel SET last_push_at = NULL",
    ] {
        app.db().execute(sql, Vec::new()).await.unwrap();
    }
}

/// An enrolled iPhone with nothing waiting, its token and its id.
async fn quiet_iphone(
    app: &TestApp,
) -> (tillsyn_sim::Device, Vec<u8>, tillsyn_core::ids::DeviceId) {
    let mut iphone = app.enrolled_iphone().await;
    app.run_job("push").await;
    iphone.session().await.unwrap();
    let token = iphone.tokens().remove(0).token;
    let id = only_device(app).await;
    let clear = "DELETE FROM push_request";
    app.db().execute(clear, Vec::new()).await.unwrap();
    due_now(app).await;
    (iphone, token, id)
}

async fn ask(app: &TestApp, id: &tillsyn_core::ids::DeviceId) {
    let request = plain(id, Request::SecurityInfo {});
    commands::enqueue(&app.core, &app.owner, request)
        .await
        .unwrap();
}

async fn renew(app: &TestApp) {
    let renewed = app.apns.issue_push_certificate(&app.topic).unwrap();
    upload(app, renewed, PushUpload::default()).await.unwrap();
}

async fn upload(
    app: &TestApp,
    certificate: tillsyn_standins::apns::PushCertificate,
    with: PushUpload,
) -> Result<tillsyn_core::push::PushTopicView, tillsyn_core::Error> {
    let upload = PushUpload {
        certificate_pem: certificate.certificate_pem,
        key_pem: Some(certificate.private_key_pem),
        ..with
    };
    app.put_push(upload).await
}

// Core sheet §7, the rows that end in "again": the work stays, the device is nobody's suspect.
both_engines!(
    every_passing_refusal_is_tried_again,
    by_hand(),
    |app| async move {
        let (_iphone, token, id) = quiet_iphone(&app).await;
        ask(&app, &id).await;
        let minute = 60_000;
        let rows = [
            (
                Answer::refuse(400, "BadDeviceToken"),
                "BadDeviceToken",
                minute,
            ),
            (
                Answer::refuse(400, "DeviceTokenNotForTopic"),
                "DeviceTokenNotForTopic",
                minute,
            ),
            (
                Answer::retry_after(429, "TooManyRequests", 120),
                "TooManyRequests",
                2 * minute,
            ),
            (
                Answer::refuse(500, "InternalServerError"),
                "unavailable",
                2_000,
            ),
            (
                Answer::retry_after(503, "ServiceUnavailable", 300),
                "unavailable",
                5 * minute,
            ),
            (Answer::refuse(503, "Shutdown"), "unavailable", 2_000),
            (Answer::Drop, "unavailable", 2_000),
            (Answer::GoAway, "unavailable", 2_000),
            (Answer::RefuseStream, "unavailable", 2_000),
        ];
        for (answer, word, least) in rows {
            // Twice: what is sent again at once meets the same.
            app.apns.script(&token, answer.clone());
            due_now(&app).await;
            let before = app.clock.now_ms();
            app.run_job("push").await;
            let due = app.count("SELECT due_at FROM push_request").await;
            assert!(due >= before + least, "{answer:?}: {}", due - before);
            let said = app.text("SELECT last_push_answer FROM channel").await;
            assert_eq!(said.as_deref(), Some(word), "{answer:?}");
            for (sql, expected) in [
                ("SELECT contact FROM device_summary", "reachable"),
                ("SELECT status FROM enrollment", "active"),
                ("SELECT status FROM command WHERE finished = 0", "queued"),
            ] {
                assert_eq!(app.text(sql).await.as_deref(), Some(expected), "{answer:?}");
            }
            let stopped = "SELECT count(*) FROM push_topic WHERE stopped_reason IS NOT NULL";
            assert_eq!(app.count(stopped).await, 0, "{answer:?}");
        }
        app.apns.unscript(&token);
        due_now(&app).await;
        app.run_job("push").await;
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 0);
        let sent = "SELECT count(*) FROM command WHERE status = 'push_sent'";
        assert_eq!(app.count(sent).await, 1);
        let apns_id = app.text("SELECT last_push_apns_id FROM channel").await;
        let received = app.apns.received();
        assert_eq!(apns_id, Some(received[received.len() - 1].apns_id.clone()));
    }
);

// Core sheet §13, test 9: a 410 silences the token, unless a newer `TokenUpdate` came; a 400 never does.
both_engines!(
    a_410_counts_only_against_the_token_it_is_about,
    by_hand(),
    |app| async move {
        let (_iphone, token, id) = quiet_iphone(&app).await;
        ask(&app, &id).await;
        let hour = 3_600_000;
        let contact = "SELECT contact FROM channel";
        for answer in [
            Answer::unregistered(app.clock.now_ms() - hour),
            Answer::refuse(410, "SomethingBetween"),
            Answer::refuse(400, "BadDeviceToken"),
        ] {
            app.apns.script(&token, answer.clone());
            let again = "INSERT INTO push_request (channel_id, due_at, version) SELECT id, 0, 1 \
                FROM channel WHERE 1 = 1 ON CONFLICT (channel_id) DO NOTHING";
            app.db().execute(again, Vec::new()).await.unwrap();
            due_now(&app).await;
            app.run_job("push").await;
            let found = app.text(contact).await;
            assert_eq!(found.as_deref(), Some("reachable"), "{answer:?}");
        }
        app.apns
            .script(&token, Answer::unregistered(app.clock.now_ms() + hour));
        let again = "INSERT INTO push_request (channel_id, due_at, version) SELECT id, 0, 1 \
            FROM channel WHERE 1 = 1 ON CONFLICT (channel_id) DO NOTHING";
        app.db().execute(again, Vec::new()).await.unwrap();
        due_now(&app).await;
        app.run_job("push").await;
        assert_eq!(app.text(contact).await.as_deref(), Some("unreachable"));
        let active = "SELECT count(*) FROM enrollment WHERE status = 'active'";
        assert_eq!(app.count(active).await, 1);
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 0);
    }
);

// 404, 405, 413 and other 400s: permanent for this request, and somebody must look.
both_engines!(
    a_permanent_refusal_is_an_alarm_and_the_work_stays,
    by_hand(),
    |app| async move {
        let (_iphone, token, id) = quiet_iphone(&app).await;
        ask(&app, &id).await;
        app.apns
            .script(&token, Answer::refuse(413, "PayloadTooLarge"));
        due_now(&app).await;
        app.run_job("push").await;
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 0);
        let reason = app.text("SELECT alarm_reason FROM push_topic").await;
        assert_eq!(reason.as_deref(), Some("413 PayloadTooLarge"));
        let queued = "SELECT count(*) FROM command WHERE status = 'queued'";
        assert_eq!(app.count(queued).await, 1);
        assert!(
            app.actions()
                .await
                .contains(&"push_certificate.alarm".to_owned())
        );
    }
);

// A wrong environment hits the whole fleet at once: an alarm, and no device is retired for it.
both_engines!(
    a_storm_of_bad_device_tokens_is_an_alarm_and_retires_nobody,
    by_hand(),
    |app| async move {
        let mut tokens = Vec::new();
        for _ in 0..3 {
            let mut iphone = app.enrolled_iphone().await;
            iphone.session().await.unwrap();
            tokens.push(iphone.tokens().remove(0).token);
        }
        let wake = "INSERT INTO push_request (channel_id, due_at, version) SELECT id, 0, 1 FROM channel \
        WHERE 1 = 1 ON CONFLICT (channel_id) DO NOTHING";
        app.db().execute(wake, Vec::new()).await.unwrap();
        for token in &tokens {
            app.apns
                .script(token, Answer::refuse(400, "BadDeviceToken"));
        }
        for _ in 0..2 {
            due_now(&app).await;
            app.run_job("push").await;
        }
        let reason = app.text("SELECT alarm_reason FROM push_topic").await;
        assert_eq!(reason.as_deref(), Some("BadDeviceToken"));
        let raised =
            |actions: Vec<String>, name: &str| actions.iter().filter(|a| *a == name).count();
        assert_eq!(raised(app.actions().await, "push_certificate.alarm"), 1);
        let active = "SELECT count(*) FROM enrollment WHERE status = 'active'";
        assert_eq!(app.count(active).await, 3);
        let reachable = "SELECT count(*) FROM channel WHERE contact = 'reachable'";
        assert_eq!(app.count(reachable).await, 3);

        for token in &tokens {
            app.apns.unscript(token);
        }
        due_now(&app).await;
        app.run_job("push").await;
        app.run_job("hour").await;
        assert_eq!(app.text("SELECT alarm_reason FROM push_topic").await, None);
        assert_eq!(
            raised(app.actions().await, "push_certificate.alarm_over"),
            1
        );
    }
);

// The refusal of a certificate that was renewed while a push was under way stops nothing.
both_engines!(
    a_late_refusal_of_an_old_certificate_does_not_stop_its_renewal,
    by_hand(),
    |app| async move {
        let (_iphone, token, id) = quiet_iphone(&app).await;
        ask(&app, &id).await;
        let late = Answer::after(1_500, Answer::refuse(403, "BadCertificate"));
        app.apns.script_once(&token, late);
        due_now(&app).await;
        tokio::join!(app.run_job("push"), async {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            renew(&app).await;
        });
        assert_eq!(
            app.text("SELECT stopped_reason FROM push_topic").await,
            None
        );
        due_now(&app).await;
        app.run_job("push").await;
        let sent = "SELECT count(*) FROM command WHERE status = 'push_sent'";
        assert_eq!(app.count(sent).await, 1);
    }
);

// Core sheet §8, step 5: after the end commands stay queued; renewing restores contact.
both_engines!(
    an_expired_certificate_keeps_the_work_and_its_renewal_sends_it,
    by_hand(),
    |app| async move {
        let (mut iphone, _, id) = quiet_iphone(&app).await;
        let pushed = app.apns.received().len();
        let end = "UPDATE push_topic SET not_after = 1000";
        app.db().execute(end, Vec::new()).await.unwrap();
        ask(&app, &id).await;
        for _ in 0..8 {
            due_now(&app).await;
            app.run_job("push").await;
        }
        assert_eq!(app.apns.received().len(), pushed);
        let far = "SELECT count(*) FROM push_request WHERE due_at > 0 AND attempt >= 8";
        assert_eq!(app.count(far).await, 1);
        let topic = tillsyn_core::push::topic_for_enrollment(&app.core).await;
        assert_eq!(topic.unwrap(), None);

        renew(&app).await;
        app.eventually("SELECT count(*) FROM push_request WHERE attempt = 0", 1)
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        app.run_job("push").await;
        assert_eq!(app.apns.received().len(), pushed + 1);
        assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
    }
);

// A stopped topic says so once, and goes on when somebody asks it to.
both_engines!(
    a_stopped_topic_goes_on_when_apple_takes_it_again,
    by_hand(),
    |app| async move {
        let (_iphone, token, id) = quiet_iphone(&app).await;
        ask(&app, &id).await;
        app.apns
            .script_once(&token, Answer::refuse(403, "Forbidden"));
        due_now(&app).await;
        app.run_job("push").await;
        let reason = app.text("SELECT stopped_reason FROM push_topic").await;
        assert_eq!(reason.as_deref(), Some("Forbidden"));
        let topics = tillsyn_core::push::list_topics(&app.core, &app.owner)
            .await
            .unwrap();
        assert_eq!(topics[0].pushes_waiting, 1);
        let sent = tillsyn_core::push::resume_topic(&app.core, &app.owner, &topics[0].id)
            .await
            .unwrap();
        assert_eq!(sent, 1);
        due_now(&app).await;
        app.run_job("push").await;
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 0);
        let actions = app.actions().await;
        for name in ["push_certificate.stopped", "push_certificate.resume"] {
            assert!(actions.contains(&name.to_owned()), "{name}");
        }
    }
);

// Core sheet §7: coalesce per channel, about a second.
both_engines!(
    work_of_one_second_is_one_more_push,
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        ..by_hand()
    },
    |app| async move {
        let (_iphone, _, id) = quiet_iphone(&app).await;
        let before = app.apns.received().len();
        for _ in 0..5 {
            ask(&app, &id).await;
            app.run_job("push").await;
        }
        assert_eq!(app.apns.received().len(), before + 1);
        app.clock.advance_ms(1_100);
        app.run_job("push").await;
        assert_eq!(app.apns.received().len(), before + 2);
        assert_eq!(app.count("SELECT count(*) FROM push_request").await, 0);
    }
);

// A device keeps the topic it enrolled with; a unit of its own enrolls with its own.
both_engines!(two_topics_live_side_by_side, by_hand(), |app| async move {
    let mut first = app.enrolled_iphone().await;
    let root = app.text("SELECT id FROM org_unit").await.unwrap();
    let unit = "01890000-0000-7000-8000-0000000000aa";
    let insert = "INSERT INTO org_unit (id, parent_id, name, path, created_at) \
        VALUES ($1, $2, 'School', $3, 0)";
    let values = vec![
        tillsyn_db::Value::from(unit),
        tillsyn_db::Value::from(root.as_str()),
        tillsyn_db::Value::from(format!("{root}/{unit}/")),
    ];
    app.db().execute(insert, values).await.unwrap();
    let other = "com.apple.mgmt.External.school";
    let certificate = app.apns.issue_push_certificate(other).unwrap();
    let bound = PushUpload {
        further: true,
        unit: tillsyn_core::ids::OrgUnitId::parse(unit),
        ..PushUpload::default()
    };
    let view = upload(&app, certificate, bound).await.unwrap();
    assert_eq!((view.unit.as_str(), view.for_new), ("School", true));
    let of = |unit: &str| {
        let (core, unit) = (app.core.clone(), unit.to_owned());
        async move {
            tillsyn_core::push::topic_for_unit(&core, &unit)
                .await
                .unwrap()
        }
    };
    assert_eq!(of(&root).await.as_deref(), Some(app.topic.as_str()));
    assert_eq!(of(unit).await.as_deref(), Some(other));

    let invitation = app.invite().await;
    let moved = "UPDATE invitation SET org_unit_id = $1 WHERE status = 'open'";
    let values = vec![tillsyn_db::Value::from(unit)];
    app.db().execute(moved, values).await.unwrap();
    let mut second = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
    second.enroll(&app.by(&invitation)).await.unwrap();
    let on = "SELECT count(*) FROM enrollment WHERE status = 'active' AND topic = \
        'com.apple.mgmt.External.school'";
    assert_eq!(app.count(on).await, 1);
    due_now(&app).await;
    app.run_job("push").await;
    let mut topics: Vec<String> = app.apns.received().into_iter().map(|p| p.topic).collect();
    topics.sort();
    topics.dedup();
    assert_eq!(topics, [app.topic.clone(), other.to_owned()]);
    assert!(app.apns.refusals().is_empty());
    assert_eq!(first.session().await.unwrap().handled.len(), 5);
    assert!(!second.session().await.unwrap().handled.is_empty());
});

/// The way out goes through the proxy, from the server's own setting.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_of_the_server_go_through_its_proxy() {
    let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let tunnels = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = tunnels.clone();
    tokio::spawn(async move {
        loop {
            let (near, _) = proxy.accept().await.unwrap();
            tokio::spawn(tunnel(near, counted.clone()));
        }
    });
    let options = AppOptions {
        jobs: false,
        proxy_url: Some(url),
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let mut iphone = app.enrolled_iphone().await;
    app.run_job("push").await;
    assert_eq!(app.apns.received().len(), 1);
    assert_eq!(tunnels.load(std::sync::atomic::Ordering::SeqCst), 1);
    iphone.session().await.unwrap();
}

/// One CONNECT.
async fn tunnel(
    mut near: tokio::net::TcpStream,
    count: std::sync::Arc<std::sync::atomic::AtomicUsize>,
) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(near.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap();
    assert!(request.starts_with("CONNECT 127.0.0.1:"), "{request}");
    let target = request.split(' ').nth(1).unwrap();
    let mut far = tokio::net::TcpStream::connect(target).await.unwrap();
    count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    // The tunnel may end by a reset from either side.
    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
}
