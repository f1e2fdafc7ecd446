//! An ACME client that says what a test wants said. RFC 8555.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use tillsyn_core::certificates::{self, DeviceIdentity, IdentityMethod};
use tillsyn_pki::attestation::maker::{self, AttestationAuthority, Properties};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::jws::signer::{SignatureForm, Signer};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::{csr, oid};
use tillsyn_testkit::{Api, TestApp};

use super::scep_client::fetch;

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) body: Json,
    pub(super) text: String,
    pub(super) content_type: String,
    pub(super) nonce: String,
}

impl Answer {
    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The type of a problem, without its prefix.
    #[track_caller]
    pub(super) fn problem(&self) -> &str {
        assert_eq!(
            self.content_type, "application/problem+json",
            "{}",
            self.text
        );
        let kind = self.body["type"].as_str().unwrap();
        kind.strip_prefix("urn:ietf:params:acme:error:").unwrap()
    }
}

pub(super) struct AcmeClient {
    base: String,
    signer: Signer,
    pub(super) account: Option<String>,
    http: reqwest::Client,
}

impl AcmeClient {
    /// A client with an account.
    pub(super) async fn with_account(app: &TestApp, form: SignatureForm) -> Self {
        let mut client = Self::new(app, form);
        client.register().await;
        client
    }

    pub(super) fn new(app: &TestApp, form: SignatureForm) -> Self {
        let key = KeyPair::generate_p256().unwrap();
        Self {
            base: app.url(),
            signer: Signer::new(key, form).unwrap(),
            account: None,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(super) async fn register(&mut self) {
        let url = self.url("new-account");
        let answer = self
            .post(&url, &json!({ "termsOfServiceAgreed": true }))
            .await;
        self.account = answer.expect(201).location;
    }

    pub(super) fn url(&self, name: &str) -> String {
        format!("{}/apple/acme/{name}", self.base)
    }

    pub(super) async fn nonce(&self) -> String {
        let answer = self.http.head(self.url("new-nonce")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.headers()["replay-nonce"]
            .to_str()
            .unwrap()
            .to_owned()
    }

    pub(super) async fn post(&self, url: &str, payload: &Json) -> Answer {
        let nonce = self.nonce().await;
        self.post_with(url, url, &nonce, payload.to_string().as_bytes())
            .await
    }

    /// POST-as-GET.
    pub(super) async fn look(&self, url: &str) -> Answer {
        let nonce = self.nonce().await;
        self.post_with(url, url, &nonce, b"").await
    }

    /// Signed for `signed`, sent to `url`.
    pub(super) async fn post_with(
        &self,
        url: &str,
        signed: &str,
        nonce: &str,
        payload: &[u8],
    ) -> Answer {
        let body = self
            .signer
            .sign(signed, nonce, self.account.as_deref(), payload)
            .unwrap();
        self.send(url, body).await
    }

    pub(super) async fn send(&self, url: &str, body: Vec<u8>) -> Answer {
        let request = self
            .http
            .post(url)
            .header("content-type", "application/jose+json")
            // A proxy that rewrites the host does not change what was signed.
            .header("host", "inside.example.org:8080")
            .body(body);
        let answer = request.send().await.unwrap();
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map(|v| v.to_str().unwrap().to_owned())
        };
        let (location, nonce) = (header("location"), header("replay-nonce"));
        let content_type = header("content-type").unwrap_or_default();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        Answer {
            status,
            location,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
            content_type,
            nonce: nonce.unwrap(),
        }
    }

    pub(super) async fn ask_order(&self, identifier: &str) -> Answer {
        let wanted = json!({
            "identifiers": [{ "type": "permanent-identifier", "value": identifier }]
        });
        self.post(&self.url("new-order"), &wanted).await
    }

    pub(super) async fn order(&self, identifier: &str) -> Order {
        let answer = self.ask_order(identifier).await.expect(201);
        let authorization = answer.body["authorizations"][0]
            .as_str()
            .unwrap()
            .to_owned();
        let shown = self.look(&authorization).await.expect(200).body;
        let challenge = &shown["challenges"][0];
        assert_eq!(challenge["type"], "device-attest-01");
        Order {
            url: answer.location.unwrap(),
            finalize: answer.body["finalize"].as_str().unwrap().to_owned(),
            challenge: challenge["url"].as_str().unwrap().to_owned(),
            token: challenge["token"].as_str().unwrap().to_owned(),
        }
    }

    pub(super) async fn status(&self, order: &Order) -> String {
        let shown = self.look(&order.url).await.expect(200).body;
        shown["status"].as_str().unwrap().to_owned()
    }

    /// Answers the challenge; its status afterwards.
    pub(super) async fn answer(&self, order: &Order, payload: &Json) -> String {
        let answer = self.post(&order.challenge, payload).await.expect(200);
        answer.body["status"].as_str().unwrap().to_owned()
    }

    pub(super) async fn finalize(&self, order: &Order, key: &KeyPair) -> Answer {
        let subject = [(oid::COMMON_NAME, "what the client wants".to_owned())];
        let der = csr::build(key, &subject, None).unwrap();
        let csr = json!({ "csr": URL_SAFE_NO_PAD.encode(der) });
        self.post(&order.finalize, &csr).await
    }

    pub(super) async fn certificate(&self, finalized: &Answer) -> Certificate {
        let url = finalized.body["certificate"].as_str().unwrap();
        let answer = self.look(url).await.expect(200);
        assert_eq!(answer.content_type, "application/pem-certificate-chain");
        let chain = Certificate::all_from_pem(&answer.text).unwrap();
        chain[0].verify_issued_by(&chain[1]).unwrap();
        chain[0].clone()
    }
}

pub(super) struct Order {
    pub(super) url: String,
    pub(super) finalize: String,
    pub(super) challenge: String,
    pub(super) token: String,
}

/// Apple's word for a key, in the form of a challenge response.
pub(super) fn statement(
    authority: &AttestationAuthority,
    key: &KeyPair,
    properties: &Properties,
) -> Json {
    let now = tillsyn_core::Clock::system().now_ms();
    let x5c = authority.attest(key.public_key(), properties, now).unwrap();
    json!({ "attObj": URL_SAFE_NO_PAD.encode(maker::object(&x5c)) })
}

pub(super) fn of_iphone(serial: &str) -> Properties {
    Properties {
        serial_number: Some(serial.to_owned()),
        os_version: Some("17.4.1".to_owned()),
        ..Properties::default()
    }
}

/// An attestation root of this test, trusted by the server from now on.
pub(super) fn trusted(app: &TestApp) -> AttestationAuthority {
    let now = tillsyn_core::Clock::system().now_ms();
    let authority = AttestationAuthority::new(now).unwrap();
    std::fs::write(
        app.attestation_root_file(),
        authority.root.certificate.to_pem(),
    )
    .unwrap();
    authority
}

pub(super) async fn prefer(app: &TestApp, method: IdentityMethod, allow_unattested: bool) {
    let setting = DeviceIdentity {
        method,
        allow_unattested,
        ..DeviceIdentity::default()
    };
    certificates::set_device_identity(&app.core, &app.owner, setting)
        .await
        .unwrap();
}

/// The `ClientIdentifier` of a fresh profile for an iPhone that attests.
pub(super) async fn identifier(app: &TestApp) -> String {
    let invitation = app.invite().await;
    let path = format!("/e/{}/attempts", invitation.code.as_str());
    let body = json!({ "platform": "ios", "product": "iPhone14,5", "os_version": "17.4.1" });
    let started = Api::new(app.url(), None)
        .post(&path, &body)
        .await
        .expect(201);
    let profile = fetch(started["profile_url"].as_str().unwrap()).await;
    let text = String::from_utf8_lossy(&profile);
    assert!(
        text.contains("com.apple.security.acme"),
        "the profile carries ACME"
    );
    let rest = text.split("<key>ClientIdentifier</key>").nth(1).unwrap();
    let rest = rest.split("<string>").nth(1).unwrap();
    rest.split("</string>").next().unwrap().to_owned()
}
