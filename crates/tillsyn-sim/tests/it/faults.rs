//! Every fault is noticed, and a server without faults is not accused.

#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_sim::fault_proxy::{Fault, FaultProxy, ProxyConfig, provoke};
use tillsyn_sim::{Device, DeviceConfig, DeviceKind, Network};

use crate::acme_server::Acme;
use crate::server::{Server, invitation, queries};

async fn proxy(server: &Server) -> FaultProxy {
    FaultProxy::start(ProxyConfig {
        upstream: server.base.clone(),
        public_base: None,
        roots_pem: None,
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_proxy_without_a_fault_is_not_accused() {
    let server = Server::start().await;
    let proxy = proxy(&server).await;
    for (index, kind) in DeviceKind::ALL.into_iter().enumerate() {
        let config = DeviceConfig::generate(kind, 5, index);
        let mut device = Device::new(config, Network::plain_http().unwrap());
        device.enroll(&invitation(proxy.base_url())).await.unwrap();
        server.queue(device.udid(), queries(&["OSVersion"]));
        device.session().await.unwrap();
        device.probe_foreign_certificate().await.unwrap();
        device.probe_other_device().await.unwrap();
        device.probe_unsigned().await.unwrap();
        device.probe_tampered().await.unwrap();
        device.person_removes_profile().await.unwrap();
        assert_eq!(device.violations(), []);
    }
}

#[tokio::test]
async fn every_fault_is_caught_first_third() {
    every_third_fault_is_caught(0).await;
}

#[tokio::test]
async fn every_fault_is_caught_second_third() {
    every_third_fault_is_caught(1).await;
}

#[tokio::test]
async fn every_fault_is_caught_last_third() {
    every_third_fault_is_caught(2).await;
}

/// As the violation that it is; the kinds of device take turns.
async fn every_third_fault_is_caught(third: usize) {
    let server = Server::start().await;
    let proxy = proxy(&server).await;
    let faults = Fault::ALL
        .iter()
        .copied()
        .filter(|fault| !fault.is_about_acme());
    let faults = faults.enumerate().filter(|(index, _)| index % 3 == third);
    each_is_caught(&proxy, faults).await;
}

/// The server publishes the proxy's address: what an ACME client signs names it.
#[tokio::test]
async fn every_fault_of_acme_is_caught() {
    let config = ProxyConfig {
        upstream: String::new(),
        public_base: None,
        roots_pem: None,
    };
    let proxy = FaultProxy::start(config).await.unwrap();
    let server = Server::start().await;
    server.lock().acme = Some(Acme::unattested());
    server.lock().base = proxy.base_url().to_owned();
    proxy.lead_to(&server.base);
    let faults = Fault::ALL
        .iter()
        .copied()
        .filter(|fault| fault.is_about_acme());
    each_is_caught(&proxy, faults.enumerate()).await;
}

async fn each_is_caught(proxy: &FaultProxy, faults: impl Iterator<Item = (usize, Fault)>) {
    let mut missed = Vec::new();
    for (index, fault) in faults {
        let kind = fault.kind().unwrap_or(DeviceKind::ALL[index / 3 % 3]);
        let mut config = DeviceConfig::generate(kind, 11, index);
        if fault.is_about_acme() {
            config = DeviceConfig::iphone(index).with_os("18.2", "22C152");
        }
        let mut device = Device::new(config, Network::plain_http().unwrap());
        let outcome = provoke(proxy, fault, &mut device, &invitation(proxy.base_url())).await;
        if !device.has_violation(fault.rule()) {
            missed.push((fault, kind, outcome, device.violations().to_vec()));
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:#?}");
}
