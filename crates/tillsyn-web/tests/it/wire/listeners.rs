//! The ways in which a device proves who it is, one for each listener (core sheet §5).

use std::net::IpAddr;

use tillsyn_pki::client_cert;
use tillsyn_pki::issue::{self, KeyAlgorithm};
use tillsyn_testkit::{TestApp, both_engines};
use tillsyn_web::server::{DeviceProof, ListenConfig, Listener, Surface, TlsFiles, serve};
use tillsyn_web::{AppState, WebConfig};

use super::foreign::{Foreigner, authority, trust};
use super::shapes::token_update;

/// Another listener of the same server.
async fn listen(
    app: &TestApp,
    proof: DeviceProof,
    tls: Option<TlsFiles>,
    proxies: &[IpAddr],
) -> String {
    let state = AppState::new(
        app.core.clone(),
        WebConfig {
            secure: false,
            trusted_proxies: proxies.to_vec(),
            ..WebConfig::default()
        },
    );
    let scheme = if tls.is_some() { "https" } else { "http" };
    let listener = Listener::bind(ListenConfig {
        address: "127.0.0.1:0".parse().unwrap(),
        tls,
        surface: Surface::Public,
        device_proof: proof,
    })
    .await
    .unwrap();
    let port = listener.local_addr().port();
    tokio::spawn(async move { serve(state, vec![listener], std::future::pending()).await });
    format!("{scheme}://localhost:{port}")
}

/// Enrolled by its own authority, for a short way to a valid device.
async fn enrolled(app: &TestApp, udid: &str) -> (Foreigner, issue::CaIdentity) {
    let ca = authority(app);
    trust(app, &ca, true).await;
    let device = Foreigner::new(app, &ca, udid, 1, 30);
    device.check_in(device.authenticate(&app.topic)).await;
    let update = token_update(device.ids(), &app.topic, b"token", "MAGIC").to_plist();
    assert_eq!(device.check_in(update).await, (200, Vec::new()));
    (device, ca)
}

both_engines!(
    a_proxy_header_counts_from_a_trusted_proxy_only,
    |app| async move {
        let (device, ca) = enrolled(&app, "PROXY-1").await;
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        let proof = || DeviceProof::ProxyHeader("x-client-certificate".parse().unwrap());
        let trusted = listen(&app, proof(), None, &[here]).await;
        let open = listen(&app, proof(), None, &[]).await;
        let http = || reqwest::Client::builder().no_proxy().build().unwrap();
        let name = "x-client-certificate";
        let forms = [
            client_cert::to_rfc9440(&device.certificate),
            client_cert::escape_pem(&device.certificate),
        ];
        let device = device.at(trusted.clone(), http());
        for form in &forms {
            let header = [(name, form.clone())];
            let answer = device.put("/apple/mdm", device.idle(), &header).await;
            assert_eq!(answer.0, 200);
            assert!(!answer.1.is_empty(), "a command");
        }
        // None, two, garbage, a signature instead, a stranger's: never 401.
        let twice = [(name, forms[0].clone()), (name, forms[0].clone())];
        let signed = [("mdm-signature", device.signature(&device.idle()))];
        let garbage = [(name, ":AAAA:".to_owned())];
        let stranger_ca =
            issue::create_root_ca("S", "S", app.core.now_ms(), 30, KeyAlgorithm::P256).unwrap();
        let stranger = Foreigner::new(&app, &stranger_ca, "PROXY-1", 2, 30);
        let foreign = [(name, client_cert::to_rfc9440(&stranger.certificate))];
        for headers in [&[][..], &twice, &signed, &garbage, &foreign] {
            let answer = device.put("/apple/mdm", device.idle(), headers).await;
            assert_eq!(answer, (403, Vec::new()));
        }
        // Known authority, other device: the pin decides.
        let sibling = Foreigner::new(&app, &ca, "PROXY-1", 3, 30);
        let header = [(name, client_cert::to_rfc9440(&sibling.certificate))];
        assert_eq!(
            device.put("/apple/mdm", device.idle(), &header).await,
            (403, Vec::new())
        );
        // From anybody but the proxy the header is only a claim.
        let device = device.at(open, http());
        let header = [(name, forms[0].clone())];
        assert_eq!(
            device.put("/apple/mdm", device.idle(), &header).await,
            (403, Vec::new())
        );
    }
);

both_engines!(
    a_client_certificate_is_asked_for_and_judged_in_http,
    |app| async move {
        let (device, ca) = enrolled(&app, "MTLS-1").await;
        let folder = tempfile::tempdir().unwrap();
        let now = app.core.now_ms();
        let root = issue::create_root_ca("TLS", "TLS", now, 30, KeyAlgorithm::P256).unwrap();
        let server = issue::create_tls_server(&root, &["localhost"], &[], now, 30).unwrap();
        let files = TlsFiles {
            certificate: folder.path().join("tls.pem"),
            key: folder.path().join("tls.key"),
        };
        std::fs::write(&files.certificate, server.certificate.to_pem()).unwrap();
        std::fs::write(&files.key, server.key.to_pkcs8_pem().as_str()).unwrap();
        let url = listen(&app, DeviceProof::ClientCertificate, Some(files), &[]).await;
        let root_pem = root.certificate.to_pem();
        let http = |identity: Option<&Foreigner>| {
            let root = reqwest::Certificate::from_pem(root_pem.as_bytes()).unwrap();
            let mut http = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
            if let Some(device) = identity {
                let pem = format!(
                    "{}{}",
                    device.certificate.to_pem(),
                    device.key.to_pkcs8_pem().as_str()
                );
                http = http.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
            }
            http.build().unwrap()
        };
        let client = http(Some(&device));
        let device = device.at(url.clone(), client);
        let answer = device.put("/apple/mdm", device.idle(), &[]).await;
        assert_eq!(answer.0, 200);
        assert!(!answer.1.is_empty(), "a command");
        // Another device's name with this certificate.
        let body = tillsyn_apple::result::CommandResult::idle(tillsyn_apple::checkin::Ids::device(
            tillsyn_apple::ids::Udid::new("OTHER").unwrap(),
        ));
        assert_eq!(
            device.put("/apple/mdm", body.to_plist(), &[]).await,
            (403, Vec::new())
        );
        // No certificate: people come here too, so TLS works and the message is refused; a signature
        // does not help, since a listener has one way only.
        let idle = device.idle();
        let signed = [("mdm-signature", device.signature(&idle))];
        let bare = device.at(url.clone(), http(None));
        assert_eq!(
            bare.put("/apple/mdm", idle, &signed).await,
            (403, Vec::new())
        );
        // An expired one is taken at TLS and refused in HTTP.
        let mut expired = Foreigner::new(&app, &ca, "MTLS-1", 4, 30);
        let request = issue::LeafRequest::new(
            vec![(tillsyn_pki::oid::COMMON_NAME, "device".to_owned())],
            now - 40 * 86_400_000,
            30,
        );
        expired.certificate = issue::issue_leaf(&ca, expired.key.public_key(), request).unwrap();
        let client = http(Some(&expired));
        let expired = expired.at(url, client);
        assert_eq!(
            expired.put("/apple/mdm", expired.idle(), &[]).await,
            (403, Vec::new())
        );
    }
);

both_engines!(
    an_expired_certificate_is_refused_and_never_with_401,
    |app| async move {
        let ca = authority(&app);
        trust(&app, &ca, true).await;
        let mut device = Foreigner::new(&app, &ca, "EXPIRED", 1, 30);
        let request = issue::LeafRequest::new(
            vec![(tillsyn_pki::oid::COMMON_NAME, "device".to_owned())],
            app.core.now_ms() - 40 * 86_400_000,
            30,
        );
        device.certificate = issue::issue_leaf(&ca, device.key.public_key(), request).unwrap();
        assert_eq!(
            device.check_in(device.authenticate(&app.topic)).await,
            (403, Vec::new())
        );
    }
);
