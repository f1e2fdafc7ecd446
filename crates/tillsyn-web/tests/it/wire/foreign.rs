//! A device with a certificate of somebody else's authority, and a listener of its own.

use tillsyn_apple::checkin::{Authenticate, Ids};
use tillsyn_apple::ids::{Topic, Udid};
use tillsyn_apple::result::CommandResult;
use tillsyn_core::device_authorities::{self, NewAuthority};
use tillsyn_core::ids::DeviceAuthorityId;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::issue::{self, CaIdentity, KeyAlgorithm, LeafRequest};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::{cms, oid};
use tillsyn_sim::pool_key;
use tillsyn_testkit::TestApp;

/// Somebody else's authority.
pub(crate) fn authority(app: &TestApp) -> CaIdentity {
    let now = app.core.now_ms();
    issue::create_root_ca("Other Device CA", "Other", now, 3_650, KeyAlgorithm::P256).unwrap()
}

pub(crate) async fn trust(app: &TestApp, ca: &CaIdentity, may_enroll: bool) -> DeviceAuthorityId {
    let new = NewAuthority {
        name: "Other".to_owned(),
        certificate_pem: ca.certificate.to_pem(),
        may_enroll,
        ownership: "corporate".to_owned(),
    };
    device_authorities::add_authority(&app.core, &app.owner, new)
        .await
        .unwrap()
}

/// A device that signs with a certificate of that authority.
pub(crate) struct Foreigner {
    pub(crate) key: KeyPair,
    pub(crate) certificate: Certificate,
    pub(crate) udid: String,
    url: String,
    http: reqwest::Client,
}

impl Foreigner {
    pub(crate) fn new(app: &TestApp, ca: &CaIdentity, udid: &str, key: usize, days: u32) -> Self {
        let key = pool_key(key).unwrap();
        let subject = vec![(oid::COMMON_NAME, "device".to_owned())];
        let request = LeafRequest::new(subject, app.core.now_ms(), days);
        let certificate = issue::issue_leaf(ca, key.public_key(), request).unwrap();
        Self {
            key,
            certificate,
            udid: udid.to_owned(),
            url: app.url(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) fn at(mut self, url: String, http: reqwest::Client) -> Self {
        (self.url, self.http) = (url, http);
        self
    }

    pub(crate) fn ids(&self) -> Ids {
        Ids::device(Udid::new(&self.udid).unwrap())
    }

    pub(crate) fn authenticate(&self, topic: &str) -> Vec<u8> {
        let mut message = Authenticate::new(self.ids(), Topic::new(topic).unwrap());
        message.serial_number = Some(format!("SER{}", self.udid));
        message.product_name = Some("iPhone14,2".to_owned());
        message.to_plist()
    }

    pub(crate) fn idle(&self) -> Vec<u8> {
        CommandResult::idle(self.ids()).to_plist()
    }

    pub(crate) fn signature(&self, body: &[u8]) -> String {
        use base64::Engine as _;
        let digest = tillsyn_pki::key::Digest::Sha256;
        let signed =
            cms::sign_detached_like_device(body, &self.certificate, &self.key, digest).unwrap();
        base64::engine::general_purpose::STANDARD.encode(signed)
    }

    /// Signed, as in the usual mode.
    pub(crate) async fn check_in(&self, body: Vec<u8>) -> (u16, Vec<u8>) {
        let signature = self.signature(&body);
        self.put("/apple/checkin", body, &[("mdm-signature", signature)])
            .await
    }

    pub(crate) async fn poll(&self) -> (u16, Vec<u8>) {
        let body = self.idle();
        let signature = self.signature(&body);
        self.put("/apple/mdm", body, &[("mdm-signature", signature)])
            .await
    }

    pub(crate) async fn put(
        &self,
        path: &str,
        body: Vec<u8>,
        headers: &[(&str, String)],
    ) -> (u16, Vec<u8>) {
        let kind = if path == "/apple/mdm" {
            "application/x-apple-aspen-mdm"
        } else {
            "application/x-apple-aspen-mdm-checkin"
        };
        let mut request = self
            .http
            .put(format!("{}{path}", self.url))
            .header("content-type", kind)
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.bytes().await.unwrap().to_vec())
    }

    pub(crate) fn sha256(&self) -> String {
        self.certificate.sha256_hex()
    }
}
