//! SCEP from the outside: what is issued, to whom, and how each refusal looks (RFC 8894 §3.2.1).

use std::path::Path;
use std::process::Stdio;

use tillsyn_core::invitations;
use tillsyn_pki::csr::Csr;
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::oid;
use tillsyn_pki::scep::{FailInfo, MessageType};
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::scep_client::{Download, fetch, issued, key, profile_url, refused};

const ISSUED: &str = "SELECT count(*) FROM certificate";
const REFUSALS: &str =
    "SELECT count(*) FROM event WHERE action = 'certificate.issue' AND result = 'refused'";

both_engines!(
    a_challenge_belongs_to_the_first_key_that_uses_it,
    |app| async move {
        let download = Download::fresh(&app).await;
        let first = issued(&download.ask(&key(1)).await, &key(1));
        // The client did not hear the answer: the same certificate, however often.
        assert_eq!(issued(&download.ask(&key(1)).await, &key(1)), first);
        assert_eq!(app.count(REFUSALS).await, 0);
        assert_eq!(refused(&download.ask(&key(2)).await), FailInfo::BadRequest);
        assert_eq!(app.count(ISSUED).await, 1);
        assert_eq!(app.count(REFUSALS).await, 1);
        let cause = "SELECT cause FROM attempt_step WHERE cause IS NOT NULL";
        assert_eq!(app.text(cause).await.as_deref(), Some("used_elsewhere"));
        // The thief's attempt takes nothing from the owner.
        assert_eq!(issued(&download.ask(&key(1)).await, &key(1)), first);
    }
);

both_engines!(an_expired_challenge_is_refused, |app| async move {
    let download = Download::fresh(&app).await;
    app.db()
        .execute("UPDATE scep_challenge SET expires_at = 1", Vec::new())
        .await
        .unwrap();
    assert_eq!(refused(&download.ask(&key(1)).await), FailInfo::BadRequest);
    assert_eq!((app.count(ISSUED).await, app.count(REFUSALS).await), (0, 1));
    assert_eq!(
        app.text("SELECT cause FROM attempt").await.as_deref(),
        Some("too_late")
    );
    assert_eq!(
        app.text("SELECT status FROM attempt").await.as_deref(),
        Some("failed")
    );
});

both_engines!(
    a_revoked_invitation_gives_no_certificate,
    |app| async move {
        let invitation = app.invite().await;
        let url = profile_url(&app, &invitation.code).await;
        let download = Download::of(&fetch(&url).await).await;
        invitations::revoke_invitation(&app.core, &app.owner, &invitation.id)
            .await
            .unwrap();
        assert_eq!(refused(&download.ask(&key(1)).await), FailInfo::BadRequest);
        assert_eq!((app.count(ISSUED).await, app.count(REFUSALS).await), (0, 1));
    }
);

both_engines!(
    the_first_consumed_download_voids_its_sibling,
    |app| async move {
        let invitation = app.invite().await;
        let url = profile_url(&app, &invitation.code).await;
        let one = Download::of(&fetch(&url).await).await;
        let two = Download::of(&fetch(&url).await).await;
        assert_ne!(one.challenge, two.challenge, "one challenge per download");
        issued(&two.ask(&key(1)).await, &key(1));
        assert_eq!(refused(&one.ask(&key(2)).await), FailInfo::BadRequest);
        // Not even the key that has a certificate already.
        assert_eq!(refused(&one.ask(&key(1)).await), FailInfo::BadRequest);
        // One that was being made while its sibling was used, too late to be voided.
        let late = "UPDATE scep_challenge SET voided_at = NULL WHERE consumed_at IS NULL";
        app.db().execute(late, Vec::new()).await.unwrap();
        assert_eq!(refused(&one.ask(&key(2)).await), FailInfo::BadRequest);
        assert_eq!((app.count(ISSUED).await, app.count(REFUSALS).await), (1, 3));
        // The address gives no profile any more; the invitation makes a new attempt.
        assert_eq!(reqwest::get(&url).await.unwrap().status(), 410);
        let again = profile_url(&app, &invitation.code).await;
        issued(
            &Download::of(&fetch(&again).await).await.ask(&key(2)).await,
            &key(2),
        );
    }
);

both_engines!(a_wrong_challenge_is_refused, |app| async move {
    let mut download = Download::fresh(&app).await;
    download.challenge = "0".repeat(download.challenge.len());
    assert_eq!(refused(&download.ask(&key(1)).await), FailInfo::BadRequest);
    download.challenge = String::new();
    assert_eq!(refused(&download.ask(&key(1)).await), FailInfo::BadRequest);
    assert_eq!(app.count(ISSUED).await, 0);
});

/// What is refused before the store is asked, each with its own failInfo.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_message_gets_its_fail_info() {
    let app = TestApp::new(Engine::Sqlite).await;
    let download = Download::fresh(&app).await;
    let key = key(1);
    let csr = download.csr(&key);

    let (mut sent, signer) = download.request(&csr, &key);
    sent.der = with_md5(&sent.der);
    let answer = download.exchange(&sent, &signer, &key).await;
    assert_eq!(refused(&answer), FailInfo::BadAlg, "MD5");

    // The last byte is the signature's.
    let (mut sent, signer) = download.request(&csr, &key);
    *sent.der.last_mut().unwrap() ^= 1;
    let answer = download.exchange(&sent, &signer, &key).await;
    assert_eq!(refused(&answer), FailInfo::BadMessageCheck, "tampered");

    // A CSR whose own signature does not fit: nobody proved that they have its key.
    let mut foreign = csr.clone();
    *foreign.last_mut().unwrap() ^= 1;
    let (sent, signer) = download.request(&foreign, &key);
    let answer = download.exchange(&sent, &signer, &key).await;
    assert_eq!(refused(&answer), FailInfo::BadMessageCheck, "CSR");

    let (sent, signer) = download.request(&openssl_csr("rsa:1024", None, "").await, &key);
    let answer = download.exchange(&sent, &signer, &key).await;
    assert_eq!(refused(&answer), FailInfo::BadAlg, "1024 bits");

    let (sent, signer) = download.request_of(MessageType::GetCert, &csr, &key);
    let answer = download.exchange(&sent, &signer, &key).await;
    assert_eq!(refused(&answer), FailInfo::BadRequest, "GetCert");

    let (sent, signer) = download.request_of(MessageType::RenewalReq, &csr, &key);
    let answer = download.exchange(&sent, &signer, &key).await;
    assert_eq!(
        refused(&answer),
        FailInfo::BadRequest,
        "a renewal by a certificate not of ours"
    );

    assert_eq!(download.post(b"no message".to_vec()).await.0, 400);
    assert_eq!(app.count(ISSUED).await, 0);
    assert_eq!(
        app.count("SELECT count(*) FROM scep_challenge WHERE consumed_at IS NULL")
            .await,
        1,
        "nothing of this used the challenge up"
    );
    issued(&download.ask(&key).await, &key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_get_with_bare_plus_signs_is_understood() {
    let app = TestApp::new(Engine::Sqlite).await;
    // Each message is random: one with a `+` in it comes soon.
    for number in 0..20 {
        let download = Download::fresh(&app).await;
        let (answer, message) = download.ask_by_get(&key(number)).await;
        issued(&answer, &key(number));
        if message.contains('+') {
            return;
        }
    }
    panic!("no message held a `+`");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subject_and_extensions_are_ours() {
    let app = TestApp::new(Engine::Sqlite).await;
    let download = Download::fresh(&app).await;
    let key = key(1);
    // A request for a CA certificate with somebody else's name.
    let csr = openssl_csr("", Some(&key), &download.challenge).await;
    let asked = Csr::from_der(&csr).unwrap();
    assert!(asked.subject_text().contains("evil.example.org"));
    let (sent, signer) = download.request(&csr, &key);
    let answer = download.exchange(&sent, &signer, &key).await;
    let certificate = answer.certificate_for(&key).unwrap();
    certificate.verify_issued_by(download.device_ca()).unwrap();
    let record = app.text("SELECT id FROM certificate").await.unwrap();
    let name = format!("urn:tillsyn:issuance:{record}");
    assert_eq!(certificate.subject_cn().as_deref(), Some(name.as_str()));
    assert_eq!(
        certificate.subject_attribute(&oid::ORGANIZATION).as_deref(),
        Some("Norrvik University")
    );
    assert_eq!(certificate.uris(), [name]);
    assert_eq!(certificate.dns_names(), Vec::<String>::new());
    assert!(!certificate.is_ca());
    assert!(certificate.has_eku_client_auth() && !certificate.has_eku_server_auth());
    let days = (certificate.not_after_ms() - certificate.not_before_ms()) / 86_400_000;
    assert!(days <= 398, "{days} days");
}

/// The message with MD5 (RFC 1321) wherever it named SHA-256.
fn with_md5(der: &[u8]) -> Vec<u8> {
    const SHA256: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    const MD5: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05];
    let mut out = Vec::new();
    let mut rest = der;
    while let [tag, length, ..] = *rest {
        let long = usize::from(length & 0x7f);
        let (begin, length) = match length {
            0x80.. => (
                2 + long,
                rest[2..2 + long]
                    .iter()
                    .fold(0, |n, b| n << 8 | usize::from(*b)),
            ),
            short => (2, usize::from(short)),
        };
        let value = &rest[begin..begin + length];
        let value = match tag {
            0x06 if value == SHA256 => MD5.to_vec(),
            _ if tag & 0x20 != 0 => with_md5(value),
            _ => value.to_vec(),
        };
        out.push(tag);
        if let Ok(short @ ..0x80) = u8::try_from(value.len()) {
            out.push(short);
        } else {
            let bytes = value.len().to_be_bytes();
            let first = bytes.iter().position(|b| *b != 0).unwrap();
            out.push(0x80 | u8::try_from(bytes.len() - first).unwrap());
            out.extend_from_slice(&bytes[first..]);
        }
        out.extend(value);
        rest = &rest[begin + length..];
    }
    out
}

/// A request made by openssl: of a new key, or of this one with extensions that nobody may ask for.
async fn openssl_csr(new_key: &str, key: Option<&KeyPair>, challenge: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let config = format!(
        "[req]\nprompt=no\ndistinguished_name=dn\nreq_extensions=ext\n{}\n\
         [dn]\nCN=evil.example.org\nO=Somebody else\n\
         [attributes]\nchallengePassword={challenge}\n\
         [ext]\nsubjectAltName=DNS:evil.example.org\nbasicConstraints=critical,CA:TRUE\n\
         extendedKeyUsage=serverAuth\n",
        if challenge.is_empty() {
            ""
        } else {
            "attributes=attributes"
        },
    );
    std::fs::write(path("config"), config).unwrap();
    let mut command = tokio::process::Command::new("openssl");
    command.args([
        "req", "-new", "-batch", "-sha256", "-outform", "DER", "-config",
    ]);
    command.arg(path("config")).arg("-out").arg(path("csr"));
    match key {
        Some(key) => {
            std::fs::write(path("key"), key.to_pkcs8_pem().as_bytes()).unwrap();
            command.arg("-key").arg(path("key"));
        }
        None => {
            command
                .args(["-newkey", new_key, "-nodes", "-keyout"])
                .arg(path("key"));
        }
    }
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read(Path::new(&path("csr"))).unwrap()
}
