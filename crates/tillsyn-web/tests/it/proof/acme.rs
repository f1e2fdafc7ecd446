//! ACME with `device-attest-01` from the outside (SCEP and ACME sheet, part D, ACME 1 to 10).

use serde_json::json;
use tillsyn_core::Clock;
use tillsyn_core::certificates::IdentityMethod;
use tillsyn_pki::attestation::maker::{self, AttestationAuthority};
use tillsyn_pki::crl::Crl;
use tillsyn_pki::jws::signer::SignatureForm;
use tillsyn_pki::key::KeyPair;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::acme_client::{AcmeClient, identifier, of_iphone, prefer, statement, trusted};

const WHEN_ABLE: IdentityMethod = IdentityMethod::AcmeAttestedWhenAble;
const ATTESTED: &str = "SELECT count(*) FROM certificate WHERE method = 'acme_attested'";
const REFUSED: &str =
    "SELECT count(*) FROM event WHERE action = 'certificate.attest' AND result = 'refused'";

fn new_key() -> KeyPair {
    KeyPair::generate_p256().unwrap()
}

/// One that knows the ACME payload.
fn modern_iphone(app: &TestApp) -> DeviceConfig {
    DeviceConfig {
        os_version: "17.4.1".to_owned(),
        ..DeviceConfig::iphone(app.next())
    }
}

async fn sql(app: &TestApp, text: &'static str) {
    app.db().execute(text, Vec::new()).await.unwrap();
}

both_engines!(
    an_attested_key_gets_a_certificate_with_short_signatures,
    |app| async move {
        prefer(&app, WHEN_ABLE, false).await;
        let apple = trusted(&app);
        let name = identifier(&app).await;
        // Each signature of 62 or 63 bytes, as Apple's client sends one in 128.
        let client = AcmeClient::with_account(&app, SignatureForm::AlwaysShort).await;
        let order = client.order(&name).await;
        assert_eq!(client.status(&order).await, "pending");
        let key = new_key();
        let said = of_iphone("F2LXK0PHONE1").for_token(&order.token);
        assert_eq!(
            client.answer(&order, &statement(&apple, &key, &said)).await,
            "valid"
        );
        assert_eq!(client.status(&order).await, "ready");
        let done = client.finalize(&order, &key).await.expect(200);
        assert_eq!(done.body["status"], "valid");
        let certificate = client.certificate(&done).await;
        assert_eq!(certificate.public_key(), key.public_key());
        // The client did not hear the answer: the same certificate.
        let again = client.finalize(&order, &key).await.expect(200);
        assert_eq!(
            client.certificate(&again).await.sha256(),
            certificate.sha256()
        );
        assert_eq!(app.count(ATTESTED).await, 1);
        let facts = "SELECT attested FROM certificate";
        let facts = app.text(facts).await.unwrap();
        assert!(
            facts.contains("F2LXK0PHONE1") && facts.contains("17.4.1"),
            "{facts}"
        );
        assert_eq!(
            app.text("SELECT status FROM attempt").await.as_deref(),
            Some("certificate_issued")
        );
        // The identifier is used up, and it is nowhere in clear text.
        let again = client.ask_order(&name).await;
        assert_eq!(again.status, 200, "the same account sees its own order");
        let other = AcmeClient::with_account(&app, SignatureForm::Full).await;
        let refused = other.ask_order(&name).await.expect(403);
        assert_eq!(refused.problem(), "rejectedIdentifier");
        let unknown = other.ask_order("no-such-identifier").await.expect(403);
        assert_eq!(unknown.problem(), "rejectedIdentifier");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_or_missing_freshness_code_is_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    prefer(&app, WHEN_ABLE, true).await;
    let apple = trusted(&app);
    let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
    for said in [
        of_iphone("F2LXK0PHONE1").for_token("another token"),
        of_iphone("F2LXK0PHONE1"),
    ] {
        let order = client.order(&identifier(&app).await).await;
        let key = new_key();
        assert_eq!(
            client.answer(&order, &statement(&apple, &key, &said)).await,
            "invalid"
        );
        assert_eq!(client.status(&order).await, "invalid");
        let late = client.finalize(&order, &key).await.expect(403);
        assert_eq!(late.problem(), "orderNotReady");
    }
    assert_eq!(app.count(REFUSED).await, 2);
    assert_eq!(app.count("SELECT count(*) FROM certificate").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attestation_under_a_foreign_root_is_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    prefer(&app, WHEN_ABLE, true).await;
    let foreign = AttestationAuthority::new(Clock::system().now_ms()).unwrap();
    let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
    let order = client.order(&identifier(&app).await).await;
    let said = of_iphone("F2LXK0PHONE1").for_token(&order.token);
    let answer = statement(&foreign, &new_key(), &said);
    assert_eq!(client.answer(&order, &answer).await, "invalid");
    let why = "SELECT details FROM event WHERE action = 'certificate.attest'";
    assert!(app.text(why).await.unwrap().contains("untrusted"));
}

both_engines!(
    a_csr_for_another_key_leaves_the_order_ready,
    |app| async move {
        prefer(&app, WHEN_ABLE, false).await;
        let apple = trusted(&app);
        let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
        let order = client.order(&identifier(&app).await).await;
        let key = new_key();
        let said = of_iphone("F2LXK0PHONE1").for_token(&order.token);
        client.answer(&order, &statement(&apple, &key, &said)).await;
        let other = client.finalize(&order, &new_key()).await.expect(400);
        assert_eq!(other.problem(), "badCSR");
        assert_eq!(client.status(&order).await, "ready");
        client.finalize(&order, &key).await.expect(200);
        assert_eq!(client.status(&order).await, "valid");
        // A key that was seen before is attested for no other order.
        let second = client.order(&identifier(&app).await).await;
        let said = of_iphone("F2LXK0PHONE1").for_token(&second.token);
        assert_eq!(
            client
                .answer(&second, &statement(&apple, &key, &said))
                .await,
            "invalid"
        );
    }
);

both_engines!(two_orders_race_for_one_identifier, |app| async move {
    prefer(&app, WHEN_ABLE, false).await;
    let name = identifier(&app).await;
    let (one, two) = (
        AcmeClient::with_account(&app, SignatureForm::Full).await,
        AcmeClient::with_account(&app, SignatureForm::Full).await,
    );
    let (one, two) = tokio::join!(one.ask_order(&name), two.ask_order(&name));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403]);
    assert_eq!(app.count("SELECT count(*) FROM acme_order").await, 1);
});

/// Each request of these tests carries another `Host`; only what was signed and configured counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_signed_for_another_address_is_refused_whatever_its_host() {
    let app = TestApp::new(Engine::Sqlite).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let directory = http
        .get(format!("{}/apple/acme/directory", app.url()))
        .header("host", "inside.example.org:8080")
        .send()
        .await
        .unwrap();
    assert!(directory.headers().contains_key("replay-nonce"));
    let directory: serde_json::Value = directory.json().await.unwrap();
    let published = format!("{}/apple/acme/new-order", app.url());
    assert_eq!(directory["newOrder"], published);
    let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
    let nonce = client.nonce().await;
    let inside = "http://inside.example.org:8080/apple/acme/new-order";
    let refused = client.post_with(&published, inside, &nonce, b"{}").await;
    assert_eq!(refused.expect(403).problem(), "unauthorized");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nonce_is_good_once_and_for_an_hour() {
    let clock = Clock::fixed(Clock::system().now_ms());
    let options = AppOptions {
        clock: clock.clone(),
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
    let url = client.url("new-order");
    let nonce = client.nonce().await;
    let first = client
        .post_with(&url, &url, &nonce, b"{}")
        .await
        .expect(400);
    assert_eq!(first.problem(), "malformed");
    let second = client
        .post_with(&url, &url, &nonce, b"{}")
        .await
        .expect(400);
    assert_eq!(second.problem(), "badNonce");
    // The refusal brought a good one along.
    let third = client.post_with(&url, &url, &second.nonce, b"{}").await;
    assert_eq!(third.problem(), "malformed");
    let old = client.nonce().await;
    clock.advance_ms(3_600_001);
    let late = client.post_with(&url, &url, &old, b"{}").await;
    assert_eq!(late.problem(), "badNonce");
    let forged = client.post_with(&url, &url, "bm9uY2U", b"{}").await;
    assert_eq!(forged.problem(), "badNonce");
}

both_engines!(
    a_device_that_reports_an_error_gets_nothing,
    |app| async move {
        prefer(&app, IdentityMethod::Acme, true).await;
        let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
        let order = client.order(&identifier(&app).await).await;
        let failed = json!({ "error": "attestation_failed" });
        assert_eq!(client.answer(&order, &failed).await, "invalid");
        assert_eq!(client.status(&order).await, "invalid");
        assert_eq!(app.count(REFUSED).await, 1);
        assert_eq!(
            app.text("SELECT cause FROM attempt").await.as_deref(),
            Some("not_attested")
        );
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_without_attestation_is_a_matter_of_policy() {
    let app = TestApp::new(Engine::Sqlite).await;
    let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
    let none = maker::object_without_attestation();
    let none = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, none);
    for said in [
        json!({ "attObj": none }),
        json!({ "attObj": "" }),
        json!({}),
    ] {
        prefer(&app, WHEN_ABLE, false).await;
        let order = client.order(&identifier(&app).await).await;
        assert_eq!(client.answer(&order, &said).await, "invalid", "{said}");
        prefer(&app, WHEN_ABLE, true).await;
        let order = client.order(&identifier(&app).await).await;
        assert_eq!(client.answer(&order, &said).await, "valid", "{said}");
        client.finalize(&order, &new_key()).await.expect(200);
    }
    let plain = "SELECT count(*) FROM certificate WHERE method = 'acme' AND attested IS NULL";
    assert_eq!(app.count(plain).await, 3);
}

both_engines!(
    an_attested_serial_number_of_somebody_elses_device_is_refused,
    |app| async move {
        let iphone = app.enrolled_iphone().await;
        prefer(&app, WHEN_ABLE, false).await;
        let apple = trusted(&app);
        let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
        let order = client.order(&identifier(&app).await).await;
        let said = of_iphone(iphone.serial()).for_token(&order.token);
        let answer = statement(&apple, &new_key(), &said);
        assert_eq!(client.answer(&order, &answer).await, "invalid");
        let why = "SELECT details FROM event WHERE action = 'certificate.attest'";
        assert!(app.text(why).await.unwrap().contains("another_device"));
    }
);

both_engines!(
    a_root_that_cannot_be_read_leaves_the_challenge_pending,
    |app| async move {
        prefer(&app, WHEN_ABLE, false).await;
        let apple = trusted(&app);
        let client = AcmeClient::with_account(&app, SignatureForm::Full).await;
        let order = client.order(&identifier(&app).await).await;
        let key = new_key();
        let said = of_iphone("F2LXK0PHONE1").for_token(&order.token);
        let answer = statement(&apple, &key, &said);
        std::fs::remove_file(app.attestation_root_file()).unwrap();
        let failed = client.post(&order.challenge, &answer).await.expect(500);
        assert_eq!(failed.problem(), "serverInternal");
        assert_eq!(client.status(&order).await, "pending");
        let root = apple.root.certificate.to_pem();
        std::fs::write(app.attestation_root_file(), root).unwrap();
        assert_eq!(client.answer(&order, &answer).await, "valid");
        client.finalize(&order, &key).await.expect(200);
    }
);

both_engines!(
    a_device_moves_from_scep_to_acme_when_it_is_renewed,
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    },
    |app| async move {
        const DUE: &str = "UPDATE certificate SET renew_at = 1 WHERE renew_at IS NOT NULL";
        let mut iphone = app.enrolled(modern_iphone(&app)).await;
        iphone.sessions().await.unwrap();
        prefer(&app, WHEN_ABLE, false).await;
        // What DeviceInformation said decides.
        sql(
            &app,
            "UPDATE device_summary SET model = 'iPhone14,5', os_version = '17.4.1'",
        )
        .await;
        for round in 1..=2 {
            sql(&app, DUE).await;
            app.run_job("minute").await;
            iphone.sessions().await.unwrap();
            assert_eq!(
                app.count(ATTESTED).await,
                round,
                "{:?}",
                iphone.violations()
            );
        }
        let pinned =
            "SELECT c.method FROM enrollment e JOIN certificate c ON c.sha256 = e.pin_sha256";
        assert_eq!(app.text(pinned).await.as_deref(), Some("acme_attested"));
        assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 1);
        assert!(iphone.violations().is_empty(), "{:?}", iphone.violations());
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_attested_for_another_device_is_refused() {
    let options = AppOptions {
        jobs: false,
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let mut iphone = app.enrolled(modern_iphone(&app)).await;
    iphone.sessions().await.unwrap();
    prefer(&app, WHEN_ABLE, false).await;
    sql(
        &app,
        "UPDATE device_summary SET model = 'iPhone14,5', os_version = '17.4.1'",
    )
    .await;
    // The device on record is another one than the one that asks.
    sql(&app, "UPDATE device SET serial_number = 'OTHERSERIAL1'").await;
    sql(&app, "UPDATE certificate SET renew_at = 1").await;
    app.run_job("minute").await;
    iphone.sessions().await.unwrap();
    assert_eq!(app.count(ATTESTED).await, 0);
    assert_eq!(app.count(REFUSED).await, 1);
    app.run_job("minute").await;
    let late = "SELECT count(*) FROM event WHERE action = 'certificate.renewal_late'";
    assert_eq!(app.count(late).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_above_the_limit_is_refused_before_it_is_read() {
    let app = TestApp::new(Engine::Sqlite).await;
    let client = AcmeClient::new(&app, SignatureForm::Full);
    let answer = client
        .send(&client.url("new-account"), vec![b'a'; 129 * 1024])
        .await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.problem(), "malformed");
}

both_engines!(
    the_revocation_list_is_signed_numbered_and_current,
    |app| async move {
        let list = async || {
            let url = format!("{}/apple/crl/device", app.url());
            let answer = reqwest::get(url).await.unwrap();
            assert_eq!(answer.headers()["content-type"], "application/pkix-crl");
            Crl::from_der(&answer.bytes().await.unwrap()).unwrap()
        };
        app.enrolled_iphone().await;
        let first = list().await;
        first
            .verify(&app.core.authorities().device_ca.certificate)
            .unwrap();
        assert_eq!((first.number, first.revoked.len()), (Some(1), 0));
        assert_eq!(list().await.number, Some(1), "kept while nothing changes");
        let now = app.core.now_ms();
        let revoke = "UPDATE certificate SET revoked_at = $1";
        app.db().execute(revoke, vec![now.into()]).await.unwrap();
        let second = list().await;
        assert_eq!((second.number, second.revoked.len()), (Some(2), 1));
        let serial = app
            .text("SELECT serial_number FROM certificate")
            .await
            .unwrap();
        assert_eq!(tillsyn_pki::hash::hex(&second.revoked[0].serial), serial);
    }
);
