//! Every fault is noticed, and a server without faults is not accused.

#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_sim::fault_proxy::{Fault, FaultProxy, ProxyConfig, provoke};
use tillsyn_sim::{Device, DeviceConfig, DeviceKind, Network};

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
    let mut missed = Vec::new();
    let faults = Fault::ALL.iter().copied().enumerate();
    for (index, fault) in faults.filter(|(index, _)| index % 3 == third) {
        let kind = DeviceKind::ALL[index / 3 % 3];
        let config = DeviceConfig::generate(kind, 11, index);
        let mut device = Device::new(config, Network::plain_http().unwrap());
        let outcome = provoke(&proxy, fault, &mut device, &invitation(proxy.base_url())).await;
        if !device.has_violation(fault.rule()) {
            missed.push((fault, kind, outcome, device.violations().to_vec()));
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:#?}");
}
