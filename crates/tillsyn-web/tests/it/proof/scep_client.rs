//! A SCEP client that says what a test wants said. RFC 8894.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr::{self, Csr};
use tillsyn_pki::envelope::ContentCipher;
use tillsyn_pki::key::{Digest, KeyPair};
use tillsyn_pki::scep::client::{self, Answer, CaCertificates, SentRequest};
use tillsyn_pki::scep::{FailInfo, MessageType};
use tillsyn_pki::{hash, oid};
use tillsyn_testkit::TestApp;

/// One downloaded profile, as far as SCEP needs it.
#[derive(Clone)]
pub(super) struct Download {
    pub(super) challenge: String,
    url: String,
    ca: CaCertificates,
    http: reqwest::Client,
}

impl Download {
    /// Reads the SCEP payload of a signed profile.
    pub(super) async fn of(profile: &[u8]) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let text = String::from_utf8_lossy(profile);
        let challenge = value(&text, "Challenge");
        let url = text
            .split("<string>")
            .filter_map(|rest| rest.split("</string>").next())
            .find(|value| value.contains("/apple/scep/"))
            .unwrap()
            .to_owned();
        let body = http
            .get(format!("{url}?operation=GetCACert"))
            .send()
            .await
            .unwrap();
        let ca = client::parse_ca_cert(&body.bytes().await.unwrap()).unwrap();
        Self {
            challenge,
            url,
            ca,
            http,
        }
    }

    /// A fresh invitation, its attempt and one download.
    pub(super) async fn fresh(app: &TestApp) -> Self {
        let invitation = app.invite().await;
        let url = profile_url(app, &invitation.code).await;
        Self::of(&fetch(&url).await).await
    }

    pub(super) fn csr(&self, key: &KeyPair) -> Vec<u8> {
        let subject = [(oid::COMMON_NAME, "what the client wants".to_owned())];
        csr::build(key, &subject, Some(&self.challenge)).unwrap()
    }

    /// What would be sent for this key, and the throw-away certificate that signs it.
    pub(super) fn request(&self, csr: &[u8], signer_key: &KeyPair) -> (SentRequest, Certificate) {
        self.request_of(MessageType::PkcsReq, csr, signer_key)
    }

    pub(super) fn request_of(
        &self,
        kind: MessageType,
        csr: &[u8],
        signer_key: &KeyPair,
    ) -> (SentRequest, Certificate) {
        let named = Csr::from_der(&self.csr(signer_key)).unwrap();
        let now = tillsyn_core::Clock::system().now_ms();
        let signer = client::self_signed_for(&named, signer_key, now).unwrap();
        let (digest, cipher) = (Digest::Sha256, ContentCipher::Aes256Cbc);
        let to = &self.ca.recipient;
        let sent =
            client::build_request(kind, csr, signer_key, &signer, to, digest, cipher).unwrap();
        (sent, signer)
    }

    /// Asks for a certificate for the key, with this download's challenge.
    pub(super) async fn ask(&self, key: &KeyPair) -> Answer {
        let (sent, signer) = self.request(&self.csr(key), key);
        self.exchange(&sent, &signer, key).await
    }

    pub(super) async fn exchange(
        &self,
        sent: &SentRequest,
        signer: &Certificate,
        key: &KeyPair,
    ) -> Answer {
        let (status, body) = self.post(sent.der.clone()).await;
        assert_eq!(status, 200, "every SCEP answer is HTTP 200");
        client::parse_cert_rep(&body, sent, key, signer, &self.ca).unwrap()
    }

    pub(super) async fn post(&self, message: Vec<u8>) -> (u16, Vec<u8>) {
        let request = self
            .http
            .post(format!("{}?operation=PKIOperation", self.url))
            .header("content-type", "application/x-pki-message")
            .body(message);
        let answer = request.send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.bytes().await.unwrap().to_vec(),
        )
    }

    /// By GET as macOS does: `=` escaped, `+` and `/` as they are.
    pub(super) async fn ask_by_get(&self, key: &KeyPair) -> (Answer, String) {
        let (sent, signer) = self.request(&self.csr(key), key);
        let message = STANDARD.encode(&sent.der).replace('=', "%3D");
        let url = format!("{}?operation=PKIOperation&message={message}", self.url);
        let answer = self.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.bytes().await.unwrap();
        (
            client::parse_cert_rep(&body, &sent, key, &signer, &self.ca).unwrap(),
            message,
        )
    }

    /// Whom a client encrypts to.
    pub(super) fn recipient(&self) -> &Certificate {
        &self.ca.recipient
    }

    pub(super) fn device_ca(&self) -> &Certificate {
        self.ca.all.iter().find(|c| c.is_ca()).unwrap()
    }
}

/// The address of one attempt's profile.
pub(super) async fn profile_url(app: &TestApp, code: &str) -> String {
    let api = tillsyn_testkit::Api::new(app.url(), None);
    let path = format!("/e/{code}/attempts");
    let body = api
        .post(&path, &serde_json::json!({ "platform": "ios" }))
        .await
        .expect(201);
    body["profile_url"].as_str().unwrap().to_owned()
}

pub(super) async fn fetch(url: &str) -> Vec<u8> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

pub(super) fn key(number: usize) -> KeyPair {
    tillsyn_sim::pool_key(number).unwrap()
}

/// The SHA-256 of the issued certificate.
#[track_caller]
pub(super) fn issued(answer: &Answer, key: &KeyPair) -> String {
    hash::hex(&answer.certificate_for(key).unwrap().sha256())
}

#[track_caller]
pub(super) fn refused(answer: &Answer) -> FailInfo {
    match answer {
        Answer::Refused { info, .. } => info.unwrap(),
        other => panic!("a refusal expected, got {other:?}"),
    }
}

/// The text of a key in an XML property list.
fn value(text: &str, name: &str) -> String {
    let rest = text.split(&format!("<key>{name}</key>")).nth(1).unwrap();
    let rest = rest.split("<string>").nth(1).unwrap();
    rest.split("</string>").next().unwrap().to_owned()
}
