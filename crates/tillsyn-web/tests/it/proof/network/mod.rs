//! What profiles carry to one device: values, certificates of the network authority, secrets; and that none
//! of it proves an enrollment or leaks.

mod life;
mod unheard;

use tillsyn_core::actor::Permission as P;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{self, NewProfile, Origin};
use tillsyn_db::args;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::scep::FailInfo;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::scep_client::{Download, issued, key, refused};

const SECRET: &str = "wifi-canary-7d1c";
const IDENTIFIER: &str = "org.example.staff";
pub(super) const STATE: &str = "SELECT state FROM item_state";
pub(super) const CERTIFICATES: &str = "SELECT count(*) FROM credential_certificate";
pub(super) const INSTALLS: &str =
    "SELECT count(*) FROM command WHERE request_type = 'InstallProfile'";

pub(super) fn by_hand() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

/// A profile with our root, a certificate of ours for the person, and a password.
fn profile(note: &str) -> String {
    let common = |kind: &str, name: &str, number: usize| {
        format!(
            "<key>PayloadType</key><string>{kind}</string>\
             <key>PayloadVersion</key><integer>1</integer>\
             <key>PayloadIdentifier</key><string>{IDENTIFIER}.{name}</string>\
             <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A100{number}</string>"
        )
    };
    let root = common("com.apple.security.root", "root", 1);
    let scep = common("com.apple.security.scep", "scep", 2);
    let wifi = common("com.apple.wifi.managed", "wifi", 3);
    format!(
        "<plist version=\"1.0\"><dict>\
         <key>PayloadType</key><string>Configuration</string>\
         <key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>{IDENTIFIER}</string>\
         <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A1000</string>\
         <key>PayloadDisplayName</key><string>Staff {note}</string>\
         <key>PayloadContent</key><array>\
         <dict>{root}<key>PayloadContent</key><string>{{{{credential.root}}}}</string></dict>\
         <dict>{scep}<key>PayloadContent</key><dict>\
         <key>URL</key><string>{{{{credential.scep_url}}}}</string>\
         <key>Challenge</key><string>{{{{credential.challenge}}}}</string>\
         <key>Keysize</key><integer>2048</integer><key>Key Type</key><string>RSA</string>\
         <key>Key Usage</key><integer>5</integer><key>KeyIsExtractable</key><false/>\
         <key>Subject</key><array><array><array><string>CN</string>\
         <string>{{{{person.email}}}}</string></array></array></array>\
         <key>SubjectAltName</key><dict><key>rfc822Name</key><string>{{{{person.email}}}}</string>\
         <key>ntPrincipalName</key><string>{{{{person.user_name}}}}@example.org</string></dict>\
         </dict></dict>\
         <dict>{wifi}<key>SSID_STR</key><string>Staff</string>\
         <key>EncryptionType</key><string>WPA2</string>\
         <key>Password</key><string>{SECRET}</string></dict>\
         </array></dict></plist>"
    )
}

async fn make(app: &TestApp) -> ProfileId {
    let new = NewProfile {
        name: None,
        description: None,
        unit: None,
        origin: Origin::Upload(profile("1").into_bytes()),
    };
    let id = profiles::create_profile(&app.core, &app.owner, new)
        .await
        .unwrap();
    publish(app, &id).await;
    id
}

pub(super) async fn publish(app: &TestApp, id: &ProfileId) {
    const REVISION: &str = "SELECT revision FROM profile_draft";
    let revision = app.count(REVISION).await;
    profiles::publish(&app.core, &app.owner, id, revision, None)
        .await
        .unwrap();
}

/// Every device is to have it.
pub(super) async fn assign(app: &TestApp, id: &ProfileId) {
    for sql in [
        "INSERT INTO assignment (id, org_unit_id, kind, item_id, channel, created_by, created_at, \
         updated_at) SELECT 'a', id, 'profile', $1, 'device', 'test', 1, 1 FROM org_unit",
        "INSERT INTO assignment_target (assignment_id, mode, target_kind, target_id) \
         SELECT 'a', 'include', 'org_unit', id FROM org_unit WHERE $1 <> ''",
    ] {
        app.db().execute(sql, args![id.as_str()]).await.unwrap();
    }
    look(app).await;
}

pub(super) async fn sql(app: &TestApp, text: &'static str) {
    app.db().execute(text, Vec::new()).await.unwrap();
}

/// A change of the desired, and a look at every device.
pub(super) async fn look(app: &TestApp) {
    sql(
        app,
        "UPDATE config_revision SET value = value + 1 WHERE name = 'desired'",
    )
    .await;
    sql(
        app,
        "INSERT INTO reconcile_request (device_id, due_at, version) SELECT id, 1, 1 FROM device \
         WHERE true ON CONFLICT (device_id) DO NOTHING",
    )
    .await;
    app.run_job("reconcile").await;
}

async fn of_person(app: &TestApp) -> Device {
    let invitation = app
        .invite_with(|new| {
            new.person_name = Some("Elin Hedström".to_owned());
            new.person_email = Some("elin@example.org".to_owned());
        })
        .await;
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    iphone.enroll(&app.by(&invitation)).await.unwrap();
    iphone.sessions().await.unwrap();
    iphone
}

/// An iPhone that has the profile.
pub(super) async fn installed(app: &TestApp) -> (Device, ProfileId) {
    let mut iphone = of_person(app).await;
    let id = make(app).await;
    assign(app, &id).await;
    iphone.sessions().await.unwrap();
    (iphone, id)
}

pub(super) fn certificates(device: &Device) -> Vec<Certificate> {
    device
        .installed_profiles()
        .flat_map(|profile| profile.certificates.clone())
        .collect()
}

both_engines!(
    a_profile_brings_its_device_values_and_a_certificate,
    by_hand(),
    |app| async move {
        let (iphone, _) = installed(&app).await;
        assert_eq!(iphone.violations(), []);
        let found = certificates(&iphone);
        assert_eq!(found.len(), 1);
        // What the payload said, not what the request asked for (S33).
        assert_eq!(found[0].subject_text(), "CN=elin@example.org");
        // The common name, the mail address and the principal name.
        let mail = b"elin@example.org";
        let named = found[0]
            .der()
            .windows(mail.len())
            .filter(|part| part == mail);
        assert_eq!(named.count(), 3);
        let network = &app.core.authorities().network_ca.certificate;
        assert!(found[0].verify_issued_by(network).is_ok());
        assert_eq!(app.count(CERTIFICATES).await, 1);
        let stored = "SELECT certificate_sha256 FROM credential WHERE status = 'valid' \
            AND renew_at IS NOT NULL AND generation = 1";
        assert_eq!(app.text(stored).await, Some(found[0].sha256_hex()));
        assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
        let sent = "SELECT delivered_sha256 FROM item_state";
        assert_eq!(app.text(sent).await.map(|hash| hash.len()), Some(64));
        let actions = app.actions().await;
        let issued = actions.iter().filter(|a| *a == "credential.issue");
        assert_eq!(issued.count(), 1);
        // Looked at a hundred times: nothing is sent.
        for _ in 0..100 {
            look(&app).await;
        }
        assert_eq!(app.count(INSTALLS).await, 1);
    }
);

both_engines!(
    secrets_of_a_profile_are_nowhere_in_plain,
    by_hand(),
    |app| async move {
        let (mut iphone, id) = installed(&app).await;
        // The challenge that goes out, as the device sees it.
        let challenge = iphone.last_challenge().unwrap().to_owned();
        let canaries = [
            Canary::new("password", SECRET),
            Canary::new("challenge", &challenge),
        ];
        for (table, column, value) in cells(&app.db()).await {
            let found = found_in(&canaries, &value);
            assert!(found.is_empty(), "{found:?} in {table}.{column}");
        }
        let hashed = "SELECT challenge_hash FROM credential_challenge";
        assert_eq!(
            app.text(hashed).await,
            Some(hash::sha256_hex(challenge.as_bytes()))
        );
        let api = app.owner_api().await;
        for path in ["/api/v1/events", "/api/v1/commands"] {
            let body = api.get(path).await.expect(200).to_string();
            assert!(found_in(&canaries, body).is_empty(), "{path}");
        }
        drop(id);
        iphone.sessions().await.unwrap();
    }
);

both_engines!(
    a_network_certificate_proves_no_enrollment,
    by_hand(),
    |app| async move {
        let (mut iphone, _) = installed(&app).await;
        let download = download(&app, "c".repeat(32)).await;
        let answer = download.ask(&key(7)).await;
        let certificate = answer.certificate_for(&key(7)).unwrap().clone();
        iphone
            .probe_certificate(&certificate, &key(7))
            .await
            .unwrap();
        assert_eq!(iphone.violations(), [], "a plain 403");
        iphone.sessions().await.unwrap();
    }
);

/// A challenge for the one credential, as a delivery makes it.
pub(super) async fn download(app: &TestApp, challenge: String) -> Download {
    let insert = "INSERT INTO credential_challenge (challenge_hash, credential_id, generation, names, \
        created_at, expires_at) SELECT $1, h.credential_id, h.generation, h.names, h.created_at, \
        h.expires_at FROM credential_challenge h ORDER BY h.created_at LIMIT 1";
    let stored = hash::sha256_hex(challenge.as_bytes());
    app.db().execute(insert, args![stored]).await.unwrap();
    let text = format!(
        "<key>Challenge</key><string>{challenge}</string><string>{}/apple/scep/network</string>",
        app.url()
    );
    Download::of(text.as_bytes()).await
}

both_engines!(
    a_challenge_of_a_profile_belongs_to_its_first_key,
    by_hand(),
    |app| async move {
        installed(&app).await;
        let one = download(&app, "d".repeat(32)).await;
        let first = issued(&one.ask(&key(1)).await, &key(1));
        assert_eq!(issued(&one.ask(&key(1)).await, &key(1)), first);
        assert_eq!(refused(&one.ask(&key(2)).await), FailInfo::BadRequest);
        assert_eq!(issued(&one.ask(&key(1)).await, &key(1)), first);
        assert_eq!(app.count(CERTIFICATES).await, 2);
        // Two keys at the same moment: one certificate.
        let two = download(&app, "e".repeat(32)).await;
        let (first, second) = (key(3), key(4));
        let answers = tokio::join!(two.ask(&first), two.ask(&second));
        let won = [
            answers.0.certificate_for(&first).is_some(),
            answers.1.certificate_for(&second).is_some(),
        ];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        assert_eq!(app.count(CERTIFICATES).await, 3);
        // What is over is over.
        let late = download(&app, "f".repeat(32)).await;
        sql(&app, "UPDATE credential_challenge SET expires_at = 1").await;
        assert_eq!(refused(&late.ask(&key(5)).await), FailInfo::BadRequest);
        assert_eq!(app.count(CERTIFICATES).await, 3);
    }
);

both_engines!(
    what_is_overtaken_never_reaches_a_device,
    by_hand(),
    |app| async move {
        let mut iphone = of_person(&app).await;
        let id = make(&app).await;
        assign(&app, &id).await;
        assert_eq!(app.count(INSTALLS).await, 1);
        // Somebody wants something else, and no look has come since.
        sql(&app, "UPDATE item_state SET desired_version = 2").await;
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 0);
        let ended = "SELECT status_reason FROM command WHERE request_type = 'InstallProfile' \
            AND status = 'superseded'";
        assert_eq!(app.text(ended).await.as_deref(), Some("overtaken"));
        assert_eq!(app.count(CERTIFICATES).await, 0);
    }
);

both_engines!(
    what_a_device_may_have_fetched_comes_again_until_it_answers,
    by_hand(),
    |app| async move {
        let mut iphone = of_person(&app).await;
        let id = make(&app).await;
        assign(&app, &id).await;
        // It went out, no answer came, and meanwhile it is no longer wanted.
        let fetched = "UPDATE command SET status = 'sent', deliveries = 1 \
            WHERE request_type = 'InstallProfile'";
        sql(&app, fetched).await;
        sql(&app, "UPDATE item_state SET desired_version = 2").await;
        iphone.sessions().await.unwrap();
        let ended = "SELECT status FROM command WHERE request_type = 'InstallProfile'";
        assert_eq!(app.text(ended).await.as_deref(), Some("acknowledged"));
        assert_eq!(iphone.installed_profiles().count(), 1);
    }
);

both_engines!(
    a_missing_value_refuses_until_somebody_gives_it,
    by_hand(),
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let id = make(&app).await;
        assign(&app, &id).await;
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 0);
        assert_eq!(app.text(STATE).await.as_deref(), Some("refused"));
        let why = "SELECT reason FROM item_state";
        assert_eq!(app.text(why).await.as_deref(), Some("variable_missing"));
        let detail = app.text("SELECT reason_detail FROM item_state").await;
        assert!(detail.unwrap().contains("person.email"));
        look(&app).await;
        assert_eq!(
            app.count(INSTALLS).await,
            0,
            "it is known before anything is sent"
        );
        sql(
            &app,
            "INSERT INTO person (id, org_unit_id, name, email, status, created_at, updated_at) \
             SELECT 'p', id, 'Elin', 'elin@example.org', 'active', 1, 1 FROM org_unit",
        )
        .await;
        sql(&app, "UPDATE device_summary SET person_id = 'p'").await;
        look(&app).await;
        iphone.sessions().await.unwrap();
        assert_eq!(certificates(&iphone).len(), 1);
        assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
    }
);

both_engines!(a_renewal_is_one_more_install, by_hand(), |app| async move {
    let (mut iphone, _) = installed(&app).await;
    let old = certificates(&iphone);
    sql(&app, "UPDATE credential SET renew_at = 1").await;
    app.run_job("minute").await;
    app.run_job("minute").await;
    let renewing = "SELECT generation FROM credential WHERE status = 'renewing'";
    assert_eq!(app.count(renewing).await, 2);
    app.run_job("reconcile").await;
    iphone.sessions().await.unwrap();
    let new = certificates(&iphone);
    assert_eq!(new.len(), 1);
    assert_ne!(new[0].sha256(), old[0].sha256());
    assert_eq!(app.count(INSTALLS).await, 2);
    assert_eq!(app.text(STATE).await.as_deref(), Some("as_desired"));
    let valid = "SELECT generation FROM credential WHERE status = 'valid'";
    assert_eq!(app.count(valid).await, 2);
    for _ in 0..3 {
        app.run_job("minute").await;
        look(&app).await;
    }
    assert_eq!(app.count(INSTALLS).await, 2);
});

both_engines!(
    what_is_removed_has_its_certificates_revoked,
    by_hand(),
    |app| async move {
        let (mut iphone, _) = installed(&app).await;
        sql(&app, "DELETE FROM assignment_target").await;
        look(&app).await;
        iphone.sessions().await.unwrap();
        assert_eq!(iphone.installed_profiles().count(), 0);
        let revoked = "SELECT count(*) FROM credential_certificate WHERE revoke_reason = 'removed'";
        assert_eq!(app.count(revoked).await, 1);
        let status = "SELECT status FROM credential";
        assert_eq!(app.text(status).await.as_deref(), Some("revoked"));
        let serial = app
            .text("SELECT serial_number FROM credential_certificate")
            .await;
        let list = reqwest::get(format!("{}/apple/crl/network", app.url()))
            .await
            .unwrap();
        let list = list.bytes().await.unwrap();
        let serial = hash::from_hex(&serial.unwrap()).unwrap();
        let listed = list.windows(serial.len()).any(|part| part == serial);
        assert!(listed, "the revocation list names it");
    }
);

both_engines!(
    what_a_device_would_get_is_shown_without_secrets,
    by_hand(),
    |app| async move {
        let (_, id) = installed(&app).await;
        let device = app.text("SELECT id FROM device").await.unwrap();
        let path = format!("/api/v1/profiles/{id}/versions/1/for-device/{device}");
        let api = app.api(&[P::ProfilesRead, P::DevicesRead]).await;
        let shown = api.get(&path).await.expect(200);
        let plist = shown["plist"].as_str().unwrap();
        assert!(plist.contains("<string>elin@example.org</string>"));
        assert!(plist.contains("{{credential.challenge}}"));
        assert!(!plist.contains(SECRET));
        assert_eq!(shown["missing"], serde_json::json!([]));
        sql(&app, "UPDATE device_summary SET person_id = NULL").await;
        let shown = api.get(&path).await.expect(200);
        assert_eq!(
            shown["missing"],
            serde_json::json!(["person.email", "person.user_name"])
        );
        app.api(&[P::DevicesRead])
            .await
            .get(&path)
            .await
            .expect(403);
        app.api(&[P::ProfilesRead])
            .await
            .get(&path)
            .await
            .expect(403);
    }
);

both_engines!(
    the_network_authority_is_shown_to_who_must_trust_it,
    by_hand(),
    |app| async move {
        let api = app.api(&[P::DevicesRead]).await;
        let shown = api.get("/api/v1/network-authority").await.expect(200);
        let pem = shown["certificate"].as_str().unwrap();
        let authorities = app.core.authorities();
        let certificate = Certificate::from_pem(pem).unwrap();
        assert_eq!(certificate.der(), authorities.network_ca.certificate.der());
        assert_ne!(certificate.der(), authorities.device_ca.certificate.der());
        assert_eq!(shown["days"], 365);
        let body = serde_json::json!({ "days": 90 });
        api.put("/api/v1/network-authority", &body)
            .await
            .expect(403);
        let none = app.api(&[P::InvitationsRead]).await;
        none.get("/api/v1/network-authority").await.expect(403);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_make_one_network_authority_where_there_was_none() {
    let app = TestApp::with(Engine::Postgres, by_hand()).await;
    sql(&app, "DELETE FROM authority WHERE kind LIKE 'network%'").await;
    let (one, two) = tokio::join!(app.second_node(), app.second_node());
    let of = |core: &tillsyn_core::Core| core.authorities().network_ca.certificate.sha256();
    assert_eq!(of(&one.0), of(&two.0));
    let kinds = "SELECT count(*) FROM authority WHERE kind LIKE 'network%'";
    assert_eq!(app.count(kinds).await, 2);
    let authorities = one.0.authorities();
    let ra = &authorities.network_ra.certificate;
    assert!(
        ra.verify_issued_by(&authorities.network_ca.certificate)
            .is_ok()
    );
}
