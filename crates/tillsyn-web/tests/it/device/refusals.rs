//! Who is refused, and how: 403 and never 401, the removal answer only where we ended it on purpose.

use tillsyn_core::commands::{self, Request};
use tillsyn_testkit::both_engines;

use super::story::{only_device, plain};

both_engines!(
    a_foreign_sender_is_refused_and_nothing_changes,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        iphone.probe_unsigned().await.unwrap();
        iphone.probe_tampered().await.unwrap();
        iphone.probe_foreign_certificate().await.unwrap();
        iphone.probe_other_device().await.unwrap();
        assert_eq!(iphone.violations(), []);
        assert_eq!(
            app.count("SELECT count(*) FROM stranger WHERE kind = 'foreign_ids'")
                .await,
            1
        );
        assert!(app.actions().await.contains(&"device.refused".to_owned()));
    }
);

both_engines!(
    an_identity_of_another_device_does_not_reach_its_queue,
    |app| async move {
        let mut one = app.enrolled_iphone().await;
        one.session().await.unwrap();
        let id = only_device(&app).await;
        let mut two = app.enrolled_iphone().await;
        two.session().await.unwrap();
        commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
            .await
            .unwrap();
        assert_eq!(two.session().await.unwrap().handled.len(), 0);
        assert_eq!(one.session().await.unwrap().handled.len(), 1);
    }
);

both_engines!(garbage_never_gets_a_401, |app| async move {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/apple/mdm", "/apple/checkin"] {
        for body in ["", "<plist/>", "not a plist"] {
            let answer = http
                .put(format!("{}{path}", app.url()))
                .body(body)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 403, "{path}");
            assert!(answer.bytes().await.unwrap().is_empty());
        }
    }
});
