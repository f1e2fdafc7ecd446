//! Identities by ACME, attested and not, and what follows from them.

#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_pki::attestation;
use tillsyn_pki::key::KeyKind;
use tillsyn_sim::{
    AttestationRoot, Device, DeviceConfig, Network, NetworkConfig, Rule, SimError, Unattested,
};

use crate::acme_server::Acme;
use crate::server::{Server, now_ms, queries, request};

fn network(root: &AttestationRoot) -> Network {
    Network::new(NetworkConfig {
        allow_plain_http: true,
        attestation: Some(root.clone()),
        ..NetworkConfig::default()
    })
    .unwrap()
}

fn new_iphone(number: usize) -> DeviceConfig {
    DeviceConfig::iphone(number).with_os("18.2", "22C152")
}

#[tokio::test]
async fn an_attested_key_becomes_the_identity() {
    let root = AttestationRoot::new().unwrap();
    let server = Server::start().await;
    server.lock().acme = Some(Acme::attested(root.root().clone()));
    let mut iphone = Device::new(new_iphone(50), network(&root));
    iphone.enroll(&server.invitation()).await.unwrap();
    let key = iphone.certificate().unwrap().public_key().kind();
    assert_eq!(key, KeyKind::P384);
    let serials = server.lock().acme.as_ref().unwrap().serials.clone();
    assert_eq!(serials, [Some(iphone.serial().to_owned())]);
    server.queue(iphone.udid(), queries(&["OSVersion"]));
    assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
    let directory = iphone.acme_directory().unwrap();
    iphone.probe_acme(&directory).await.unwrap();
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn a_renewed_profile_makes_a_new_key_by_acme() {
    let root = AttestationRoot::new().unwrap();
    let server = Server::start().await;
    let mut iphone = Device::new(new_iphone(51), network(&root));
    iphone.enroll(&server.invitation()).await.unwrap();
    server.lock().acme = Some(Acme::attested(root.root().clone()));
    let payload = ("Payload", plist::Value::Data(server.renewal()));
    server.queue(iphone.udid(), request("InstallProfile", &[payload]));
    iphone.session().await.unwrap();
    let kind = iphone.certificate().unwrap().public_key().kind();
    assert_eq!(kind, KeyKind::P384, "from SCEP to ACME");
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn a_device_that_cannot_attest_is_refused_where_it_must() {
    let root = AttestationRoot::new().unwrap();
    let server = Server::start().await;
    server.lock().acme = Some(Acme::attested(root.root().clone()));
    let mut iphone = Device::new(new_iphone(52), Network::plain_http().unwrap());
    match iphone.enroll(&server.invitation()).await {
        Err(SimError::AcmeRefused { step, kind, .. }) => {
            assert_eq!(step, "challenge");
            assert_eq!(kind.as_deref(), Some("badAttestationStatement"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn every_form_of_no_attestation_is_sent() {
    let server = Server::start().await;
    server.lock().acme = Some(Acme::unattested());
    for (number, form) in [
        Unattested::FormatNone,
        Unattested::Empty,
        Unattested::Absent,
        Unattested::Failed,
    ]
    .into_iter()
    .enumerate()
    {
        let mut iphone = Device::new(new_iphone(53 + number), Network::plain_http().unwrap());
        iphone.config_mut().behaviours.unattested = form;
        let outcome = iphone.enroll(&server.invitation()).await;
        assert_eq!(outcome.is_ok(), form != Unattested::Failed, "{form:?}");
        assert_eq!(iphone.violations(), []);
    }
}

#[tokio::test]
async fn a_nonce_that_went_stale_is_asked_again() {
    let server = Server::start().await;
    let mut acme = Acme::unattested();
    acme.forget_nonces_after = Some(4);
    server.lock().acme = Some(acme);
    let mut iphone = Device::new(new_iphone(57), Network::plain_http().unwrap());
    iphone.enroll(&server.invitation()).await.unwrap();
    assert_eq!(iphone.violations(), []);
}

#[tokio::test]
async fn an_old_system_does_not_know_the_payload() {
    let server = Server::start().await;
    server.lock().acme = Some(Acme::unattested());
    let config = DeviceConfig::iphone(58).with_os("15.8.3", "19H386");
    let mut iphone = Device::new(config, Network::plain_http().unwrap());
    assert!(iphone.enroll(&server.invitation()).await.is_err());
    assert!(iphone.has_violation(Rule::AcmeUnsupported));
}

#[tokio::test]
async fn a_query_brings_an_attestation_that_lasts_a_week() {
    let root = AttestationRoot::new().unwrap();
    let server = Server::start().await;
    let mut iphone = Device::new(new_iphone(59), network(&root));
    iphone.enroll(&server.invitation()).await.unwrap();
    let mut freshness = Vec::new();
    for nonce in [b"first".as_slice(), b"second", b"third"] {
        if nonce == b"third" {
            iphone.attestation_grows_old();
        }
        let mut query = queries(&["DevicePropertiesAttestation", "OSVersion"]);
        let nonce = plist::Value::Data(nonce.to_vec());
        query.insert("DeviceAttestationNonce".into(), nonce);
        server.queue(iphone.udid(), query);
        iphone.session().await.unwrap();
        let result = server.results(iphone.udid(), "device").pop().unwrap();
        let answers = result.body["QueryResponses"]
            .as_dictionary()
            .unwrap()
            .clone();
        let chain: Vec<Vec<u8>> = answers["DevicePropertiesAttestation"]
            .as_array()
            .unwrap()
            .iter()
            .map(|der| der.as_data().unwrap().to_vec())
            .collect();
        let anchors = [root.root().clone()];
        let attested = attestation::verify_chain(&chain, &anchors, now_ms()).unwrap();
        freshness.push(attested.freshness.unwrap());
    }
    assert_eq!(
        freshness,
        [b"first".to_vec(), b"first".to_vec(), b"third".to_vec()]
    );
}

#[tokio::test]
async fn a_root_is_kept_in_its_file() {
    let path = std::env::temp_dir().join(format!("attestation-{}.pem", uuid::Uuid::new_v4()));
    let made = AttestationRoot::at(&path).unwrap();
    let read = AttestationRoot::at(&path).unwrap();
    assert_eq!(made.root_pem(), read.root_pem());
    std::fs::remove_file(path).unwrap();
}
