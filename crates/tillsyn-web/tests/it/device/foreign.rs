//! Other people's clients: the independent Python client and the certmonger daemon, written from the
//! published protocols and sharing no code with the server.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::devices;
use tillsyn_core::invitations::CreatedInvitation;
use tillsyn_core::platform::apple::read_profile;
use tillsyn_testkit::{TestApp, both_engines};
use tokio::process::Command;

use super::story::{PROFILE, only_device, plain};

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/independent")
}

/// Runs one verb of the independent client; it leaves with an error when the server breaks a rule.
async fn client(state: &Path, verb: &str, more: &[&str]) -> String {
    let output = Command::new("/usr/bin/python3")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(clients().join("mdm_client.py"))
        .arg(verb)
        .arg("--state")
        .arg(state)
        .args(more)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{verb}: {complaint}\n{said}");
    said
}

async fn enroll(app: &TestApp, state: &Path, invitation: &CreatedInvitation, more: &[&str]) {
    let url = app.url();
    let mut all = vec!["--server", &url, "--code", &invitation.code];
    if let Some(pin) = &invitation.pin {
        all.extend(["--pin", pin.as_str()]);
    }
    all.extend(more);
    client(state, "enroll", &all).await;
}

both_engines!(
    the_independent_client_lives_a_whole_life,
    |app| async move {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("iphone");
        let invitation = app.invite_with(|new| new.with_pin = true).await;
        enroll(&app, &state, &invitation, &["--platform", "ios"]).await;
        client(&state, "same-key-retry", &[]).await;
        client(&state, "second-key", &[]).await;
        client(&state, "unknown-device", &[]).await;
        client(&state, "wrong-key", &[]).await;
        let id = only_device(&app).await;
        let profile = read_profile(PROFILE.as_bytes().to_vec()).unwrap();
        let install = NewCommand {
            profile: Some(profile.bytes.clone()),
            ..plain(&id, profile.request())
        };
        commands::enqueue(&app.core, &app.owner, install)
            .await
            .unwrap();
        client(&state, "poll", &["--not-now", "1"]).await;
        client(&state, "poll", &[]).await;
        client(&state, "replay", &[]).await;
        for request in [
            Request::ProfileList {},
            Request::RemoveProfile {
                identifier: "org.example.webclip".to_owned(),
            },
            Request::DeviceLock {
                message: Some("Found?".to_owned()),
                phone_number: None,
            },
        ] {
            commands::enqueue(&app.core, &app.owner, plain(&id, request))
                .await
                .unwrap();
        }
        client(&state, "redeliver", &[]).await;
        client(&state, "poll", &[]).await;
        client(&state, "token-update", &[]).await;
        client(&state, "renew", &[]).await;
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE finished = 0")
                .await,
            0
        );
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE status = 'error'")
                .await,
            0
        );

        let detail = devices::device(&app.core, &app.owner, &id).await.unwrap();
        let retire = NewCommand {
            reason: Some("Returned".to_owned()),
            confirmation: Confirmation {
                typed: Some(detail.row.name),
                targets_digest: None,
            },
            ..plain(
                &id,
                Request::RemoveProfile {
                    identifier: detail.enrollment_profile_identifier.unwrap(),
                },
            )
        };
        commands::enqueue(&app.core, &app.owner, retire)
            .await
            .unwrap();
        let over = "UPDATE command SET held_until = 0 WHERE status = 'held'";
        app.db().execute(over, Vec::new()).await.unwrap();
        app.run_job("holds").await;
        client(&state, "poll", &[]).await;
        // The only case in which the removal answer may be given.
        client(&state, "retired", &[]).await;
    }
);

both_engines!(
    the_independent_client_speaks_every_dialect,
    |app| async move {
        let folder = tempfile::tempdir().unwrap();
        for (index, dialect) in [
            [
                "--platform",
                "macos",
                "--get",
                "--cipher",
                "3des",
                "--digest",
                "sha1",
            ]
            .as_slice(),
            [
                "--platform",
                "ipados",
                "--cipher",
                "aes256",
                "--digest",
                "sha256",
            ]
            .as_slice(),
            [
                "--platform",
                "ios",
                "--get",
                "--cipher",
                "aes128",
                "--signature",
                "openssl",
            ]
            .as_slice(),
        ]
        .into_iter()
        .enumerate()
        {
            let state = folder.path().join(index.to_string());
            enroll(&app, &state, &app.invite().await, dialect).await;
            client(&state, "poll", &[]).await;
            client(&state, "checkout", &[]).await;
            client(&state, "ended", &[]).await;
        }
        assert_eq!(
            app.count("SELECT count(*) FROM enrollment WHERE status = 'removed'")
                .await,
            3
        );
    }
);

both_engines!(
    the_independent_client_speaks_every_message,
    |app| async move {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("mac");
        enroll(&app, &state, &app.invite().await, &["--platform", "macos"]).await;
        for verb in [
            "bootstrap-token",
            "get-token",
            "return-to-service",
            "user-channel",
            "network-user",
            "declarations",
            "binary",
        ] {
            client(&state, verb, &[]).await;
        }
    }
);

/// Messages in the shape of other clients, built from the sheet by the independent client: the first
/// certificate, and a renewal as each of them asks for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scep_in_the_shape_of_other_clients_enrolls_and_renews() {
    let app = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    for shape in ["sscep", "go", "certmonger", "windows"] {
        let state = folder.path().join(shape);
        enroll(&app, &state, &app.invite().await, &["--shape", shape]).await;
        client(&state, "renew", &[]).await;
    }
}

/// An attestation made by hand, under the root that the server trusts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_independent_client_attests_its_key_by_acme() {
    let app = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
    crate::proof::identities_by_acme(&app, false).await;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("iphone");
    let file = folder.path().join("root.pem");
    let root = tillsyn_sim::AttestationRoot::at(&file).unwrap();
    std::fs::write(app.attestation_root_file(), root.root_pem()).unwrap();
    let attestation = ["--attestation", file.to_str().unwrap()];
    enroll(&app, &state, &app.invite().await, &attestation).await;
    client(&state, "poll", &["--signature", "device"]).await;
    assert_eq!(
        app.count("SELECT count(*) FROM certificate WHERE method = 'acme_attested'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certmonger_gets_its_certificate() {
    let app = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
    let invitation = app.invite().await;
    let output = Command::new(clients().join("certmonger.sh"))
        .args(["--server", &app.url(), "--code", &invitation.code])
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{complaint}\n{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(app.count("SELECT count(*) FROM certificate").await, 1);
}
