//! Device identities over their life: renewal in all its ways, the time after it, revocation, and what is
//! refused (SCEP and ACME sheet, A5, A7, part D).

use serde_json::json;
use tillsyn_core::Permission as P;
use tillsyn_core::certificates::{
    self, CertificateFilter, CertificateStatus, DeviceIdentity, Revocation,
};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::envelope::ContentCipher;
use tillsyn_pki::issue::{self, CaIdentity, DeviceSubject, KeyAlgorithm};
use tillsyn_pki::key::{Digest, KeyPair};
use tillsyn_pki::scep::client::{self, Answer};
use tillsyn_pki::scep::{FailInfo, MessageType};
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::scep_client::{Download, issued, key, refused};
use crate::device::story::only_device;

const DUE: &str = "UPDATE certificate SET renew_at = 1 WHERE renew_at IS NOT NULL";
const CERTIFICATES: &str = "SELECT count(*) FROM certificate";

fn by_hand() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

async fn sql(app: &TestApp, text: &'static str) {
    app.db().execute(text, Vec::new()).await.unwrap();
}

async fn actions(app: &TestApp, action: &str) -> usize {
    let all = app.actions().await;
    all.iter().filter(|a| *a == action).count()
}

both_engines!(
    a_due_identity_is_renewed_by_a_profile_and_counts_when_it_is_seen,
    by_hand(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let device = only_device(&app).await;
        let first = iphone.certificate().unwrap().sha256_hex();
        app.run_job("minute").await;
        assert_eq!(actions(&app, "certificate.renew").await, 0, "not due yet");

        sql(&app, DUE).await;
        app.run_job("minute").await;
        app.run_job("minute").await;
        assert_eq!(actions(&app, "certificate.renew").await, 1, "asked once");
        let status = |list: Vec<certificates::CertificateView>| list[0].status;
        let shown = certificates::of_device(&app.core, &app.owner, &device).await;
        assert_eq!(status(shown.unwrap()), CertificateStatus::Renewing);
        // The credential is worth nothing before the device has fetched it.
        let early = "SELECT count(*) FROM renewal_grant g JOIN command c ON c.id = g.command_id \
            WHERE c.delivered_at IS NULL";
        assert_eq!(app.count(early).await, 1);

        iphone.sessions().await.unwrap();
        let second = iphone.certificate().unwrap().sha256_hex();
        assert_ne!(first, second);
        assert_eq!(
            app.text("SELECT pin_sha256 FROM enrollment").await,
            Some(second)
        );
        // A new Authenticate came with the profile: nothing was cleared, nothing new began.
        assert_eq!(app.count("SELECT count(*) FROM enrollment").await, 1);
        assert_eq!(
            app.text("SELECT status FROM enrollment").await.as_deref(),
            Some("active")
        );
        assert_eq!(actions(&app, "enrollment.repin").await, 1);
        assert_eq!(
            app.text("SELECT status FROM command WHERE request_type = 'InstallProfile'")
                .await
                .as_deref(),
            Some("acknowledged")
        );
        let old = "SELECT count(*) FROM certificate WHERE revoke_after IS NOT NULL \
            AND revoked_at IS NULL AND renew_at IS NULL";
        assert_eq!(app.count(old).await, 1, "a day of grace");
        sql(
            &app,
            "UPDATE certificate SET revoke_after = 1 WHERE revoke_after IS NOT NULL",
        )
        .await;
        app.run_job("minute").await;
        let gone = "SELECT count(*) FROM certificate WHERE revoke_reason = 'renewed'";
        assert_eq!(app.count(gone).await, 1);
        // The profile is stored nowhere in clear text, and neither is the credential.
        assert!(iphone.violations().is_empty(), "{:?}", iphone.violations());
    }
);

both_engines!(
    the_old_identity_is_admitted_for_a_day_and_the_pin_never_moves_back,
    by_hand(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let mut before = iphone.clone();
        sql(&app, DUE).await;
        app.run_job("minute").await;
        iphone.sessions().await.unwrap();
        let new = iphone.certificate().unwrap().sha256_hex();
        // A request that was on its way, or a daemon that has not changed over.
        before.sessions().await.unwrap();
        assert_eq!(
            app.text("SELECT pin_sha256 FROM enrollment").await,
            Some(new)
        );
        assert_eq!(actions(&app, "enrollment.repin").await, 1);
        sql(
            &app,
            "UPDATE certificate SET revoke_after = 1 WHERE revoke_after IS NOT NULL",
        )
        .await;
        app.run_job("minute").await;
        assert!(before.sessions().await.is_err(), "revoked after its grace");
        iphone.sessions().await.unwrap();
    }
);

both_engines!(
    a_refused_renewal_is_an_alert_and_tried_again,
    by_hand(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        sql(&app, DUE).await;
        app.run_job("minute").await;
        // The device comes when the credential's time is over: its SCEP fails, and it says so.
        sql(&app, "UPDATE renewal_grant SET expires_at = 1").await;
        iphone.sessions().await.unwrap();
        assert_eq!(
            app.text("SELECT status FROM command WHERE request_type = 'InstallProfile'")
                .await
                .as_deref(),
            Some("error")
        );
        app.run_job("minute").await;
        app.run_job("minute").await;
        assert_eq!(actions(&app, "certificate.renewal_late").await, 1);
        let late = CertificateFilter {
            late: true,
            ..CertificateFilter::default()
        };
        let page = certificates::list_certificates(&app.core, &app.owner, &late, None, None).await;
        let page = page.unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(page.items[0].renewal_problem.as_deref(), Some("refused"));
        assert_eq!(page.items[0].status, CertificateStatus::Expiring);
        // Not before tomorrow; then again, and this time it works.
        assert_eq!(actions(&app, "certificate.renew").await, 1);
        sql(&app, DUE).await;
        app.run_job("minute").await;
        assert_eq!(actions(&app, "certificate.renew").await, 2);
        iphone.sessions().await.unwrap();
        assert_eq!(actions(&app, "enrollment.repin").await, 1);
        let page = certificates::list_certificates(&app.core, &app.owner, &late, None, None).await;
        assert!(page.unwrap().items.is_empty());
    }
);

both_engines!(
    a_device_that_does_not_come_gets_no_second_profile_but_an_alert,
    by_hand(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        for _ in 0..3 {
            sql(&app, DUE).await;
            app.run_job("minute").await;
        }
        let waiting = "SELECT count(*) FROM command WHERE request_type = 'InstallProfile'";
        assert_eq!(app.count(waiting).await, 1);
        assert_eq!(actions(&app, "certificate.renewal_late").await, 1);
        assert_eq!(
            app.text("SELECT renewal_problem FROM certificate")
                .await
                .as_deref(),
            Some("not_fetched")
        );
    }
);

both_engines!(
    a_certificate_in_use_is_warned_about_on_each_rung_once,
    by_hand(),
    |app| async move {
        app.enrolled_iphone().await;
        let almost = "UPDATE certificate SET warn_at = 1, renew_at = NULL";
        sql(&app, almost).await;
        app.run_job("minute").await;
        app.run_job("minute").await;
        assert_eq!(actions(&app, "certificate.expiring").await, 1);
        let next = "SELECT (not_after - warn_at) / 86400000 FROM certificate";
        assert_eq!(app.count(next).await, 30);
        sql(&app, "UPDATE certificate SET warn_at = 1, not_after = 2").await;
        app.run_job("minute").await;
        assert_eq!(actions(&app, "certificate.expired").await, 1);
        let over = "SELECT count(*) FROM certificate WHERE warn_at IS NULL";
        assert_eq!(app.count(over).await, 1);
    }
);

/// An enrollment whose pinned certificate belongs to a key of this test, its challenge used up.
async fn enrolled_with_key(app: &TestApp, key: &KeyPair) -> (Download, Certificate) {
    const TAKE: &str = "UPDATE certificate SET enrollment_id = (SELECT id FROM enrollment) \
        WHERE enrollment_id IS NULL";
    const PIN: &str = "UPDATE enrollment SET pin_sha256 = (SELECT sha256 FROM certificate \
        ORDER BY created_at DESC, id DESC LIMIT 1)";
    app.enrolled_iphone().await;
    let download = Download::fresh(app).await;
    let answer = download.ask(key).await;
    let certificate = answer.certificate_for(key).unwrap().clone();
    sql(app, TAKE).await;
    sql(app, PIN).await;
    (download, certificate)
}

async fn renew(
    download: &Download,
    kind: MessageType,
    signer: (&Certificate, &KeyPair),
    new_key: &KeyPair,
) -> Answer {
    let csr = download.csr(new_key);
    let sent = client::build_request(
        kind,
        &csr,
        signer.1,
        signer.0,
        download.recipient(),
        Digest::Sha256,
        ContentCipher::Aes256Cbc,
    )
    .unwrap();
    download.exchange(&sent, signer.0, signer.1).await
}

both_engines!(
    a_renewal_signed_by_the_pinned_certificate_is_accepted_with_a_stale_challenge,
    |app| async move {
        let (download, certificate) = enrolled_with_key(&app, &key(1)).await;
        let signer = (&certificate, &key(1));
        // macOS: PKCSReq with the old challenge; certmonger: RenewalReq.
        let by_macos = renew(&download, MessageType::PkcsReq, signer, &key(2)).await;
        let first = by_macos.certificate_for(&key(2)).unwrap().sha256_hex();
        let by_other = renew(&download, MessageType::RenewalReq, signer, &key(3)).await;
        assert!(by_other.certificate_for(&key(3)).is_some());
        // The answer was lost: the same certificate for the same key.
        let again = renew(&download, MessageType::PkcsReq, signer, &key(2)).await;
        assert_eq!(again.certificate_for(&key(2)).unwrap().sha256_hex(), first);
        let renewals = "SELECT count(*) FROM certificate WHERE purpose = 'renewal' \
            AND enrollment_id IS NOT NULL";
        assert_eq!(app.count(renewals).await, 2);
        // Not seen yet: the pin is where it was.
        assert_eq!(
            app.text("SELECT pin_sha256 FROM enrollment").await,
            Some(certificate.sha256_hex())
        );
    }
);

both_engines!(
    revoking_an_unseen_renewal_locks_the_whole_device_out,
    |app| async move {
        let (download, certificate) = enrolled_with_key(&app, &key(1)).await;
        let signer = (&certificate, &key(1));
        for n in 2..6 {
            let answer = renew(&download, MessageType::RenewalReq, signer, &key(n)).await;
            assert!(answer.certificate_for(&key(n)).is_some());
        }
        let more = renew(&download, MessageType::RenewalReq, signer, &key(6)).await;
        assert_eq!(refused(&more), FailInfo::BadRequest, "each is a row");
        let api = app.owner_api().await;
        let list = api.get("/api/v1/certificates").await.expect(200);
        let all = list["items"].as_array().unwrap();
        let spare = all
            .iter()
            .find(|c| c["in_use"] == false && c["purpose"] == "renewal");
        let spare = spare.unwrap();
        let revoke = format!(
            "/api/v1/certificates/{}/revoke",
            spare["id"].as_str().unwrap()
        );
        let body = json!({ "reason": "Lost", "confirm": spare["device_name"] });
        let done = api.post(&revoke, &body).await.expect(200);
        assert_eq!(done["consequence"], "device_lost");
        let left = "SELECT count(*) FROM certificate WHERE revoked_at IS NULL";
        assert_eq!(app.count(left).await, 0, "none lets the device in again");
        let counted = "SELECT count(*) FROM guard_use WHERE act = 'revoke'";
        assert_eq!(app.count(counted).await, 1);
    }
);

both_engines!(
    a_renewal_signed_by_a_revoked_or_foreign_certificate_is_refused,
    |app| async move {
        let (download, certificate) = enrolled_with_key(&app, &key(1)).await;
        let now = tillsyn_core::Clock::system().now_ms();
        // A former or foreign CA of the same name has another key.
        let name = "Tillsyn Device CA";
        let ca: CaIdentity =
            issue::create_root_ca(name, "Norrvik University", now, 100, KeyAlgorithm::P256)
                .unwrap();
        let subject = DeviceSubject {
            cn: "urn:tillsyn:issuance:1".to_owned(),
            org: "Norrvik University".to_owned(),
        };
        let key2 = key(2);
        let foreign =
            issue::issue_device_certificate(&ca, key2.public_key(), &subject, &[], now, 90)
                .unwrap();
        for kind in [MessageType::RenewalReq, MessageType::PkcsReq] {
            let answer = renew(&download, kind, (&foreign, &key2), &key(3)).await;
            assert_eq!(refused(&answer), FailInfo::BadRequest, "foreign");
        }
        sql(
            &app,
            "UPDATE certificate SET revoked_at = 1 WHERE sha256 = (SELECT pin_sha256 FROM enrollment)",
        )
        .await;
        for kind in [MessageType::RenewalReq, MessageType::PkcsReq] {
            let answer = renew(&download, kind, (&certificate, &key(1)), &key(3)).await;
            assert_eq!(refused(&answer), FailInfo::BadRequest, "revoked");
        }
        assert_eq!(app.count(CERTIFICATES).await, 2);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caps_are_lines_and_old_algorithms_are_a_setting() {
    let app = TestApp::new(Engine::Sqlite).await;
    let caps = async || {
        let url = format!(
            "{}/apple/scep/device/pkiclient.exe?operation=getcacaps",
            app.url()
        );
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain");
        answer.text().await.unwrap()
    };
    let all = caps().await;
    assert!(all.ends_with('\n') && !all.contains('\r') && all.is_ascii());
    for name in [
        "Renewal",
        "SHA-1",
        "SHA-256",
        "SHA-512",
        "AES",
        "DES3",
        "SCEPStandard",
        "POSTPKIOperation",
    ] {
        assert!(all.lines().any(|line| line == name), "{name} is missing");
    }
    let download = Download::fresh(&app).await;
    let with = async |cipher, digest| {
        let key = key(1);
        let (_, signer) = download.request(&download.csr(&key), &key);
        let csr = download.csr(&key);
        let to = download.recipient();
        let kind = MessageType::PkcsReq;
        let sent = client::build_request(kind, &csr, &key, &signer, to, digest, cipher).unwrap();
        download.exchange(&sent, &signer, &key).await
    };
    let des = with(ContentCipher::DesCbc, Digest::Sha256).await;
    assert_eq!(refused(&des), FailInfo::BadAlg, "single DES is off");
    let modern = DeviceIdentity {
        scep_legacy: false,
        ..DeviceIdentity::default()
    };
    certificates::set_device_identity(&app.core, &app.owner, modern)
        .await
        .unwrap();
    let fewer = caps().await;
    assert!(!fewer.contains("SHA-1\n") && !fewer.contains("DES3"));
    let old = with(ContentCipher::DesEde3Cbc, Digest::Sha256).await;
    assert_eq!(refused(&old), FailInfo::BadAlg, "3DES");
    let old = with(ContentCipher::Aes128Cbc, Digest::Sha1).await;
    assert_eq!(refused(&old), FailInfo::BadAlg, "SHA-1");
    certificates::set_device_identity(&app.core, &app.owner, DeviceIdentity::default())
        .await
        .unwrap();
    let old = with(ContentCipher::DesEde3Cbc, Digest::Sha1).await;
    issued(&old, &key(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_registration_authority_comes_first_and_the_ca_has_no_key_encipherment() {
    let app = TestApp::new(Engine::Sqlite).await;
    let download = Download::fresh(&app).await;
    let ra = download.recipient();
    let ca = download.device_ca();
    assert!(ra.verify_issued_by(ca).is_ok() && !ra.is_ca());
    // KeyUsage: digitalSignature and keyEncipherment; keyCertSign and cRLSign.
    let usage = |der: &[u8], bits: [u8; 2]| {
        let value = [0x03, 0x02, bits[0], bits[1]];
        der.windows(4).any(|window| window == value)
    };
    assert!(usage(ra.der(), [0x05, 0xa0]) && usage(ca.der(), [0x01, 0x06]));
    let key = key(1);
    let answer = download.ask(&key).await;
    let certificate = answer.certificate_for(&key).unwrap();
    let now = tillsyn_core::Clock::system().now_ms();
    let behind = now - certificate.not_before_ms();
    assert!(behind >= 3_600_000, "device clocks run behind: {behind}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_refused_requests_close_the_address() {
    let app = TestApp::new(Engine::Sqlite).await;
    let download = Download::fresh(&app).await;
    let mut stranger = download.clone();
    stranger.challenge = "0".repeat(43);
    refused(&stranger.ask(&key(2)).await);
    let counted = "SELECT failures FROM guess_limit WHERE subject = 'scep:127.0.0.1'";
    assert_eq!(app.count(counted).await, 1);
    sql(&app, "UPDATE guess_limit SET blocked_until = 9000000000000").await;
    assert_eq!(refused(&download.ask(&key(1)).await), FailInfo::BadRequest);
    assert_eq!(app.count(CERTIFICATES).await, 0);
    sql(&app, "UPDATE guess_limit SET blocked_until = 0").await;
    issued(&download.ask(&key(1)).await, &key(1));
    // One credential that is tried with key after key closes by itself, for everybody who holds it.
    for _ in 0..10 {
        refused(&download.ask(&key(2)).await);
    }
    let session = "SELECT count(*) FROM guess_limit WHERE subject LIKE 'scep-session:%' \
        AND blocked_until > 0";
    assert_eq!(app.count(session).await, 1);
}

both_engines!(
    an_administrator_revokes_a_certificate_with_name_and_reason,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let device = only_device(&app).await;
        let api = app.owner_api().await;
        let path = format!("/api/v1/devices/{device}/certificates");
        let list = api.get(&path).await.expect(200);
        let certificate = &list["items"][0];
        assert_eq!(certificate["status"], "valid");
        assert_eq!(certificate["method"], "scep");
        assert_eq!(certificate["in_use"], true);
        assert_eq!(certificate["address"], "127.0.0.1");
        let id = certificate["id"].as_str().unwrap();
        let revoke = format!("/api/v1/certificates/{id}/revoke");
        let name = certificate["device_name"].as_str().unwrap();
        api.post(&revoke, &json!({ "confirm": name }))
            .await
            .expect(422);
        api.post(&revoke, &json!({ "reason": "Lost" }))
            .await
            .expect(422);
        let reader = app.api(&[P::DevicesRead]).await;
        let body = json!({ "reason": "Lost", "confirm": name });
        reader.post(&revoke, &body).await.expect(403);
        let done = api.post(&revoke, &body).await.expect(200);
        assert_eq!(done["consequence"], "device_lost");
        api.post(&revoke, &body).await.expect(409);
        assert_eq!(actions(&app, "certificate.revoke").await, 1);
        assert!(
            iphone.sessions().await.is_err(),
            "refused at the next request"
        );
        let counted = "SELECT count(*) FROM guard_use WHERE act = 'revoke'";
        assert_eq!(app.count(counted).await, 1, "a lost device counts as one");
        let of = |status: &str| format!("/api/v1/certificates?status={status}");
        let revoked = api.get(&of("revoked")).await.expect(200);
        assert_eq!(revoked["items"].as_array().unwrap().len(), 1);
        assert_eq!(revoked["items"][0]["revoke_reason"], "administrator");
        let valid = api.get(&of("valid,expiring")).await.expect(200);
        assert!(valid["items"].as_array().unwrap().is_empty());
        api.get(&of("nonsense")).await.expect(422);
    }
);

both_engines!(
    an_administrator_asks_for_a_renewal_at_once,
    by_hand(),
    |app| async move {
        let mut mac = app.enrolled_mac().await;
        mac.sessions().await.unwrap();
        let device = only_device(&app).await;
        let path = format!("/api/v1/devices/{device}/certificates/renew");
        let reader = app.api(&[P::DevicesRead]).await;
        reader.post(&path, &json!({})).await.expect(403);
        let api = app.api(&[P::CertificatesRenew, P::DevicesRead]).await;
        api.post(&path, &json!({})).await.expect(202);
        api.post(&path, &json!({})).await.expect(409);
        let before = mac.certificate().unwrap().sha256_hex();
        mac.sessions().await.unwrap();
        assert_ne!(mac.certificate().unwrap().sha256_hex(), before);
        let renewing = api
            .get("/api/v1/certificates?status=renewing")
            .await
            .expect(200);
        assert!(renewing["items"].as_array().unwrap().is_empty());
    }
);

/// The list filters by a status that SQL decides, and shows one that a function decides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_and_the_rule_agree_on_every_status() {
    let app = TestApp::with(Engine::Sqlite, by_hand()).await;
    app.enrolled_iphone().await;
    for (change, expected) in [
        ("UPDATE certificate SET renewal_tries = 0", "valid"),
        ("UPDATE certificate SET renewal_tries = 1", "renewing"),
        (
            "UPDATE certificate SET renewal_problem = 'refused'",
            "expiring",
        ),
        (
            "UPDATE certificate SET renewal_problem = NULL, renewal_tries = 0, \
          not_after = CAST(strftime('%s', 'now') AS INTEGER) * 1000 + 864000000",
            "expiring",
        ),
        ("UPDATE certificate SET not_after = 1", "expired"),
        ("UPDATE certificate SET revoked_at = 1", "revoked"),
    ] {
        sql(&app, change).await;
        for status in CertificateStatus::ALL {
            let filter = CertificateFilter {
                status: vec![status.as_str().to_owned()],
                ..CertificateFilter::default()
            };
            let found =
                certificates::list_certificates(&app.core, &app.owner, &filter, None, None).await;
            let found = found.unwrap().items;
            assert_eq!(
                found.len(),
                usize::from(status.as_str() == expected),
                "{change}"
            );
            assert!(found.iter().all(|c| c.status == status));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking_needs_a_person_who_typed_the_password() {
    let app = TestApp::new(Engine::Sqlite).await;
    app.enrolled_iphone().await;
    let device = only_device(&app).await;
    let list = certificates::of_device(&app.core, &app.owner, &device)
        .await
        .unwrap();
    let mut stale = app.owner.clone();
    stale.fresh_at = Some(1);
    let error = certificates::revoke(&app.core, &stale, &list[0].id, Revocation::default())
        .await
        .unwrap_err();
    assert_eq!(error.code, "fresh_sign_in_needed");
    assert_eq!(
        app.count("SELECT count(*) FROM certificate WHERE revoked_at IS NOT NULL")
            .await,
        0
    );
}
