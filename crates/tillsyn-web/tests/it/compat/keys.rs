//! Push certificates, and the codes of activation locks.

use serde_json::json;
use tillsyn_core::Permission;
use tillsyn_standins::apns::PushCertificate;
use tillsyn_testkit::{Engine, TestApp};

use super::Tool;

const CODE: &str = "AAAAA-CCCCC-DDDD-EEEE-FFFF-GGGG";
const WRONG: &str = "AAAAA-CCCCC-DDDD-EEEE-FFFF-HHHH";

fn pair(certificate: &PushCertificate) -> String {
    let key = certificate.private_key_pem.to_string();
    format!("{}{key}", certificate.certificate_pem)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_push_certificate_works_at_once_and_another_waits_for_a_person() {
    let app = TestApp::new(Engine::Sqlite).await;
    let tool = Tool::with(&app, &[Permission::PushRead, Permission::PushWrite]).await;
    let shown = tool.get(&format!("/v1/pushcert?topic={}", app.topic)).await;
    assert_eq!(
        (shown.status, &shown.body["topic"]),
        (200, &json!(app.topic))
    );
    assert!(shown.body["not_after"].as_str().unwrap().ends_with('Z'));
    let unknown = tool.get("/v1/pushcert?topic=com.apple.mgmt.None").await;
    assert_eq!(unknown.status, 400);
    assert!(
        unknown.body["error"]
            .as_str()
            .unwrap()
            .starts_with("not_found")
    );

    let next = app.apns.issue_push_certificate(&app.topic).unwrap();
    for bad in [
        String::new(),
        next.certificate_pem.clone(),
        format!("x\n{}", pair(&next)),
    ] {
        let refused = tool.put("/v1/pushcert", bad).await;
        assert_eq!(refused.status, 400);
        assert!(
            refused.body["error"]
                .as_str()
                .unwrap()
                .starts_with("push_pair")
        );
    }
    let stranger = app
        .apns
        .issue_push_certificate("com.apple.mgmt.External.other")
        .unwrap();
    assert_eq!(tool.put("/v1/pushcert", pair(&stranger)).await.status, 400);
    let reader = Tool::with(&app, &[Permission::PushRead]).await;
    assert_eq!(reader.put("/v1/pushcert", pair(&next)).await.status, 403);

    // Whoever holds another certificate of the topic holds the fleet: two decide.
    let held = tool.put("/v1/pushcert", pair(&next)).await;
    assert_eq!(
        (held.status, &held.body["held"]),
        (202, &json!(true)),
        "{}",
        held.body
    );
    let again = tool.put("/v1/pushcert", pair(&next)).await;
    assert_eq!(again.status, 202);
    assert_eq!(again.body["approval_id"], held.body["approval_id"]);
    let second = app.second_owner(1).await;
    assert_eq!(app.approve_all(&second).await, 1);
    assert_eq!(app.count("SELECT count(*) FROM push_certificate").await, 2);

    for sql in ["DELETE FROM push_certificate", "DELETE FROM push_topic"] {
        app.db().execute(sql, Vec::new()).await.unwrap();
    }
    let first = tool.put("/v1/pushcert", pair(&next)).await;
    assert_eq!(
        (first.status, &first.body["topic"]),
        (200, &json!(app.topic)),
        "{}",
        first.body
    );
    let leaked = "SELECT count(*) FROM event WHERE details LIKE '%PRIVATE KEY%'";
    assert_eq!(app.count(leaked).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apples_answer_to_an_unlock_goes_back_as_it_is() {
    let app = TestApp::new(Engine::Sqlite).await;
    let iphone = app.enrolled_iphone().await;
    let serial = iphone.serial().to_owned();
    app.device_services.lock(&serial, CODE);
    let tool = Tool::with(&app, &[Permission::DevicesActivationLock]).await;
    let form = |code: &str| {
        format!(
            "topic={}&serial={serial}&productType=iPhone14%2C2&escrowKey={code}&orgName=Norrvik\
             &guid=somebody&imei=&meid=",
            app.topic
        )
    };
    let wrong = tool.form("/v1/escrowkeyunlock", &form(WRONG)).await;
    assert_eq!(wrong.status, 404);
    let right = tool.form("/v1/escrowkeyunlock", &form(CODE)).await;
    assert_eq!(right.status, 200);
    assert!(!app.device_services.is_locked(&serial));
    assert_eq!(app.device_services.refusals(), []);

    // Another spelling is the same device, and its owner's.
    let personal = "UPDATE device_summary SET ownership = 'personal'";
    app.db().execute(personal, Vec::new()).await.unwrap();
    let spelled = form(CODE).replace(&serial, &format!("+{}+", serial.to_lowercase()));
    let refused = tool.form("/v1/escrowkeyunlock", &spelled).await;
    assert_ne!(refused.status, 200, "{}", refused.body);
    let about = "SELECT count(*) FROM event WHERE action LIKE 'activation_lock.%' AND object_kind <> 'device'";
    assert_eq!(app.count(about).await, 0);

    let incomplete = tool.form("/v1/escrowkeyunlock", "topic=x").await;
    assert_eq!(incomplete.status, 400);
    assert!(incomplete.body["error"].is_string());
    let weak = Tool::with(&app, &[Permission::DevicesRead]).await;
    assert_eq!(
        weak.form("/v1/escrowkeyunlock", &form(CODE)).await.status,
        403
    );
    let cleared = "SELECT count(*) FROM event WHERE action = 'activation_lock.cleared'";
    let not = "SELECT count(*) FROM event WHERE action = 'activation_lock.not_cleared'";
    assert_eq!((app.count(cleared).await, app.count(not).await), (1, 1));
    let leaked = "SELECT count(*) FROM event WHERE details LIKE '%AAAAA-CCCCC%'";
    assert_eq!(app.count(leaked).await, 0);
}
