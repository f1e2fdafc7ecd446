//! Simulated devices that get their identity by ACME from this server, and renew it.

use tillsyn_core::certificates::{self, DeviceIdentity, IdentityMethod};
use tillsyn_pki::key::KeyKind;
use tillsyn_sim::{DeviceConfig, DeviceKind, SimError, Unattested};
use tillsyn_testkit::{TestApp, both_engines};

/// Profiles bring ACME payloads from here on, to devices whose make is known and able.
pub(crate) async fn identities_by_acme(app: &TestApp, allow_unattested: bool) {
    let setting = DeviceIdentity {
        method: IdentityMethod::Acme,
        allow_unattested,
        ..DeviceIdentity::default()
    };
    certificates::set_device_identity(&app.core, &app.owner, setting)
        .await
        .unwrap();
}

fn iphone(app: &TestApp) -> DeviceConfig {
    DeviceConfig::iphone(app.next()).with_os("18.2", "22C152")
}

both_engines!(
    an_attested_device_enrolls_by_acme_and_works,
    |app| async move {
        identities_by_acme(&app, false).await;
        let mut iphone = app.enrolled(iphone(&app)).await;
        let directory = iphone.acme_directory().unwrap();
        let key = iphone.certificate().unwrap().public_key().kind();
        assert!(matches!(key, KeyKind::P256 | KeyKind::P384), "{key:?}");
        iphone.sessions().await.unwrap();
        iphone.probe_acme(&directory).await.unwrap();
        iphone.probe_foreign_certificate().await.unwrap();
        assert_eq!(iphone.violations(), []);
        assert_eq!(
            app.count("SELECT count(*) FROM certificate WHERE method = 'acme_attested'")
                .await,
            1
        );
    }
);

both_engines!(
    a_device_of_unknown_or_old_make_gets_scep,
    |app| async move {
        identities_by_acme(&app, false).await;
        let mut unknown = iphone(&app);
        unknown.tells_model = false;
        let old = DeviceConfig::generate(DeviceKind::Iphone, 1, app.next());
        for config in [unknown, old.with_os("15.8.3", "19H386")] {
            let mut device = app.enrolled(config).await;
            assert_eq!(device.acme_directory(), None);
            device.sessions().await.unwrap();
            assert_eq!(device.violations(), []);
        }
    }
);

both_engines!(
    without_an_attestation_there_is_no_identity,
    |app| async move {
        identities_by_acme(&app, false).await;
        let network = tillsyn_sim::Network::plain_http().unwrap();
        for form in [
            Unattested::FormatNone,
            Unattested::Empty,
            Unattested::Absent,
            Unattested::Failed,
        ] {
            let mut config = iphone(&app);
            config.behaviours.unattested = form;
            let mut device = tillsyn_sim::Device::new(config, network.clone());
            let invitation = app.invite().await;
            match device.enroll(&app.by(&invitation)).await {
                Err(SimError::AcmeRefused { .. }) => {}
                other => panic!("{form:?}: {other:?}"),
            }
            assert_eq!(device.violations(), [], "{form:?}");
        }
        assert_eq!(app.count("SELECT count(*) FROM certificate").await, 0);
    }
);

both_engines!(a_mac_renews_its_scep_identity_by_itself, |app| async move {
    let mut mac = app.enrolled_mac().await;
    mac.sessions().await.unwrap();
    let before = mac.certificate().unwrap().sha256();
    mac.renew_identity_by_scep().await.unwrap();
    assert_ne!(mac.certificate().unwrap().sha256(), before);
    // No Authenticate: the new certificate simply appears on the next poll.
    mac.sessions().await.unwrap();
    assert_eq!(mac.violations(), []);
});
