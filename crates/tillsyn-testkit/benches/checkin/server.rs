//! The child: a server with a loaded fleet, and beside it the floor.

use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::routing::put;
use tillsyn_core::accounts::{self, InitInput};
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::keys::KeyStore;
use tillsyn_core::settings::Organisation;
use tillsyn_core::{Actor, Clock, Core, CoreConfig};
use tillsyn_db::testing::TempDb;
use tillsyn_db::{Engine, Value, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms::{self, MdmSignature, Policy};
use tillsyn_pki::issue::{self, DeviceSubject};
use tillsyn_pki::key::PublicKey;
use tillsyn_pki::seal::{KeyRing, MasterKey};
use tillsyn_web::server::{DeviceProof, ListenConfig, Listener, Surface, serve};
use tillsyn_web::{AppState, WebConfig};

/// Serves until its standard input ends; each line asks for the counters, `enqueue` queues one query for
/// every device first.
pub(crate) fn run(engine: &str, devices: usize) {
    let engine = if engine == "postgres" {
        Engine::Postgres
    } else {
        Engine::Sqlite
    };
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(serve_fleet(engine, devices));
}

async fn serve_fleet(engine: Engine, devices: usize) {
    let db = TempDb::new(engine, tillsyn_db::MIGRATIONS).await;
    let keys = KeyStore::new(KeyRing::new(MasterKey::generate(1)));
    let organisation = Organisation::default();
    accounts::initialise(
        &db.db(),
        &Clock::system(),
        &keys,
        InitInput { organisation },
    )
    .await
    .unwrap();
    let core = Core::open(db.db(), Clock::system(), CoreConfig::default(), keys)
        .await
        .unwrap();
    let certificates = load(&core, devices).await;
    let state = AppState::new(
        core.clone(),
        WebConfig {
            secure: false,
            ..WebConfig::default()
        },
    );
    let listener = Listener::bind(ListenConfig {
        address: "127.0.0.1:0".parse().unwrap(),
        tls: None,
        surface: Surface::All,
        device_proof: DeviceProof::Signature,
    })
    .await
    .unwrap();
    let address = listener.local_addr();
    tokio::spawn(async move { serve(state, vec![listener], std::future::pending()).await });
    let floor = floor(&certificates).await;
    let line = serde_json::json!({
        "address": address, "floor": floor,
        "certificates": certificates.iter().map(Certificate::to_pem).collect::<Vec<_>>(),
    });
    say(&line);
    let (sender, mut asked) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = asked.recv().await {
        if line == "enqueue" {
            enqueue(&core).await;
        }
        let stats = db.stats();
        say(&serde_json::json!({ "statements": stats.statements }));
    }
}

fn say(line: &serde_json::Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

async fn enqueue(core: &Core) {
    let rows = core
        .db()
        .query_all("SELECT device_id FROM device_summary", args![])
        .await
        .unwrap();
    let ids: Vec<DeviceId> = rows
        .iter()
        .filter_map(|row| DeviceId::parse(&row.text(0).unwrap()))
        .collect();
    for chunk in ids.chunks(1_000) {
        let new = NewCommand {
            devices: chunk.to_vec(),
            request: Request::SecurityInfo {},
            profile: None,
            reason: None,
            confirmation: Confirmation::default(),
        };
        commands::enqueue(core, &Actor::system(), new)
            .await
            .unwrap();
    }
}

/// HTTP, base64, CMS, RSA verification, an empty answer: nobody can be cheaper.
async fn floor(certificates: &[Certificate]) -> SocketAddr {
    let known: Arc<std::collections::HashMap<[u8; 32], PublicKey>> = Arc::new(
        certificates
            .iter()
            .map(|c| (c.sha256(), c.public_key().clone()))
            .collect(),
    );
    let verify = move |headers: axum::http::HeaderMap, body: Bytes| {
        let known = known.clone();
        async move {
            let value = headers.get("mdm-signature").unwrap().to_str().unwrap();
            let bytes = cms::decode_header(value).unwrap();
            let signature = MdmSignature::parse(&bytes).unwrap();
            let hash = tillsyn_pki::hash::sha256(signature.signer_cert_der());
            let policy = Policy {
                allow_sha1: true,
                signing_time: None,
            };
            signature.verify_with(&known[&hash], &body, policy).unwrap();
        }
    };
    let router = Router::new().route("/apple/mdm", put(verify));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Lays a fleet: rows as enrollment leaves them, distinct certificates, keys from the public pool.
async fn load(core: &Core, devices: usize) -> Vec<Certificate> {
    const DEVICE: &str = "INSERT INTO device (id, org_unit_id, platform, serial_number, life_cycle, \
        created_at, updated_at)";
    const SUMMARY: &str = "INSERT INTO device_summary (device_id, org_unit_id, platform, \
        serial_number, status, ownership, enrollment_id, enrollment_type, enrollment_status, contact, \
        last_seen, created_at, updated_at)";
    const ENROLLMENT: &str = "INSERT INTO enrollment (id, device_id, org_unit_id, platform, claims, \
        enrollment_type, ownership, status, pin_sha256, udid, topic, access_rights, \
        profile_identifier, created_at)";
    const CERTIFICATE: &str = "INSERT INTO certificate (sha256, id, serial_number, authority_id, der, \
        purpose, enrollment_id, key_sha256, not_before, not_after, created_at)";
    const CHANNEL: &str = "INSERT INTO channel (id, enrollment_id, device_id, name, topic, contact, \
        created_at)";
    let unit = tillsyn_core::org::root(core).await.unwrap().id;
    let authorities = core.authorities();
    let now = core.now_ms();
    let mut certificates = Vec::with_capacity(devices);
    for chunk in (0..devices).collect::<Vec<_>>().chunks(500) {
        let mut rows: [Vec<Vec<Value>>; 5] = Default::default();
        for index in chunk {
            let key = tillsyn_sim::pool_key(*index).unwrap();
            let id = |kind: &str| format!("{kind}-{index:08}");
            let device = DeviceId::new(now);
            let subject = DeviceSubject {
                cn: id("issuance"),
                org: "Bench".to_owned(),
            };
            let certificate = issue::issue_device_certificate(
                &authorities.device_ca,
                key.public_key(),
                &subject,
                &[],
                now,
                398,
            )
            .unwrap();
            let sha = certificate.sha256_hex();
            rows[0].push(args![
                &device,
                &unit,
                "ios",
                id("SER"),
                "enrolled",
                now,
                now
            ]);
            rows[1].push(args![
                &device,
                &unit,
                "ios",
                id("SER"),
                "active",
                "corporate",
                id("enr"),
                "profile",
                "active",
                "reachable",
                now,
                now,
                now
            ]);
            rows[2].push(args![
                id("enr"),
                &device,
                &unit,
                "ios",
                "{}",
                "profile",
                "corporate",
                "active",
                sha.as_str(),
                id("UDID"),
                "com.apple.mgmt.bench",
                8_191_i64,
                "bench",
                now
            ]);
            rows[3].push(args![
                sha.as_str(),
                id("iss"),
                certificate.serial_hex(),
                authorities.device_ca_id.as_str(),
                certificate.der(),
                "enrollment",
                id("enr"),
                sha.as_str(),
                now,
                now + 1_000_000_000_i64,
                now
            ]);
            rows[4].push(args![
                id("chan"),
                id("enr"),
                &device,
                "device",
                "com.apple.mgmt.bench",
                "reachable",
                now
            ]);
            certificates.push(certificate);
        }
        core.db()
            .write(rows, |tx, rows| {
                Box::pin(async move {
                    tx.insert_many(DEVICE, 7, rows[0].clone(), "").await?;
                    tx.insert_many(SUMMARY, 13, rows[1].clone(), "").await?;
                    tx.insert_many(ENROLLMENT, 14, rows[2].clone(), "").await?;
                    tx.insert_many(CERTIFICATE, 11, rows[3].clone(), "").await?;
                    tx.insert_many(CHANNEL, 7, rows[4].clone(), "").await?;
                    Ok::<_, tillsyn_db::DbError>(())
                })
            })
            .await
            .unwrap();
    }
    certificates
}
