//! The simulator against this server, through a proxy that breaks one rule at a time: each fault is
//! caught as its own rule, and a server without a fault is not accused.

use tillsyn_sim::fault_proxy::{Fault, FaultProxy, ProxyConfig, provoke};
use tillsyn_sim::{Device, DeviceConfig, DeviceKind, EnrollBy};
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::acme_device::identities_by_acme;

async fn proxy(app: &TestApp) -> FaultProxy {
    let config = ProxyConfig {
        upstream: app.url(),
        public_base: None,
        roots_pem: None,
    };
    FaultProxy::start(config).await.unwrap()
}

/// An invitation that leads through the proxy, for as many devices as there are faults.
async fn invitation(app: &TestApp, proxy: &FaultProxy) -> EnrollBy {
    let invitation = app.invite_with(|new| new.uses_allowed = 500).await;
    EnrollBy::Invitation {
        server: proxy.base_url().to_owned(),
        code: invitation.code.to_string(),
        pin: None,
    }
}

fn device(app: &TestApp, kind: DeviceKind) -> Device {
    app.device(DeviceConfig::generate(kind, 17, app.next()))
}

async fn each_is_caught(engine: Engine, faults: impl Iterator<Item = Fault>) {
    let app = TestApp::new(engine).await;
    let proxy = proxy(&app).await;
    let by = invitation(&app, &proxy).await;
    let mut missed = Vec::new();
    for (index, fault) in faults.enumerate() {
        let kind = fault.kind().unwrap_or(DeviceKind::ALL[index % 3]);
        let mut device = device(&app, kind);
        let outcome = provoke(&proxy, fault, &mut device, &by).await;
        if !device.has_violation(fault.rule()) {
            missed.push((fault, kind, outcome, device.violations().to_vec()));
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:#?}");
}

/// Every fourth fault from this one on; those of ACME have a server of their own.
fn quarter(first: usize) -> impl Iterator<Item = Fault> {
    let faults = Fault::ALL.iter().copied();
    let faults = faults.filter(|fault| !fault.is_about_acme());
    faults.skip(first).step_by(4)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_caught_first_quarter() {
    each_is_caught(Engine::Sqlite, quarter(0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_caught_second_quarter() {
    each_is_caught(Engine::Sqlite, quarter(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_caught_third_quarter() {
    each_is_caught(Engine::Sqlite, quarter(2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_caught_last_quarter() {
    each_is_caught(Engine::Sqlite, quarter(3)).await;
}

/// What an ACME client signs names the address that it called, so the server publishes the proxy's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_acme_is_caught() {
    let config = ProxyConfig {
        upstream: String::new(),
        public_base: None,
        roots_pem: None,
    };
    let proxy = FaultProxy::start(config).await.unwrap();
    let public_url = Some(proxy.base_url().to_owned());
    let app = TestApp::behind(public_url, Engine::Sqlite, AppOptions::default()).await;
    proxy.lead_to(&app.url());
    identities_by_acme(&app, true).await;
    let by = invitation(&app, &proxy).await;
    let mut missed = Vec::new();
    let faults = Fault::ALL.iter().copied();
    for fault in faults.filter(|fault| fault.is_about_acme()) {
        let config = DeviceConfig::iphone(app.next()).with_os("18.2", "22C152");
        let mut iphone = app.device(config);
        let outcome = provoke(&proxy, fault, &mut iphone, &by).await;
        if !iphone.has_violation(fault.rule()) {
            missed.push((fault, outcome, iphone.violations().to_vec()));
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:#?}");
}

/// The faults of the command channel and of credentials, where the store decides what is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handful_of_faults_is_caught_on_postgres() {
    let faults = [
        Fault::EndWithEmptyPlist,
        Fault::PollWith401,
        Fault::CommandWithoutUuid,
        Fault::UpdateChangesServerUrl,
        Fault::ProfileUnsigned,
        Fault::SecondCommandInFlight,
        Fault::RedeliveryWithNewUuid,
        Fault::FinishedCommandAgain,
        Fault::DeferredCommandAgain,
        Fault::PinNotCompared,
        Fault::IdsNotCompared,
    ];
    each_is_caught(Engine::Postgres, faults.into_iter()).await;
}

both_engines!(
    this_server_without_a_fault_is_not_accused,
    |app| async move {
        let proxy = proxy(&app).await;
        let by = invitation(&app, &proxy).await;
        for kind in DeviceKind::ALL {
            let mut device = device(&app, kind);
            device.enroll(&by).await.unwrap();
            assert!(
                !device.sessions().await.unwrap()[0].handled.is_empty(),
                "{kind:?}"
            );
            device.probe_foreign_certificate().await.unwrap();
            device.probe_other_device().await.unwrap();
            device.probe_unsigned().await.unwrap();
            device.probe_tampered().await.unwrap();
            device.renew_token().await.unwrap();
            device.sessions().await.unwrap();
            device.person_removes_profile().await.unwrap();
            assert_eq!(device.violations(), [], "{kind:?}");
        }
    }
);
