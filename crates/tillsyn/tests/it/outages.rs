//! What happens while something that the server needs is away: its database (security S84), room on the disk (S84),
//! the vendor (S85). Nothing that was answered for is lost, and the process goes on by itself.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tillsyn_db::{Db, DbConfig, args};
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{Engine, Setup};

use crate::relay::{DatabaseRelay, VendorRelay, Wire};
use crate::served::{Ground, Served};

const PATIENCE: Duration = Duration::from_secs(20);

async fn enqueue(served: &Served, device: &str, command: &Json) -> (u16, Json) {
    let path = format!("/api/v1/devices/{device}/commands");
    let answer = served.api.post(&path, &json!({ "command": command })).await;
    (answer.status, answer.body)
}

fn id_of(answer: &Json) -> String {
    answer["commands"][0]["id"].as_str().unwrap().to_owned()
}

async fn status_of(served: &Served, command: &str) -> String {
    let path = format!("/api/v1/commands/{command}");
    let shown = served.api.get(&path).await.expect(200);
    shown["status"].as_str().unwrap().to_owned()
}

/// A poll and a check-in as this device signs them, sent once.
async fn polls(device: &mut Device) -> Vec<(u16, Option<Duration>)> {
    let (udid, token) = (device.udid().to_owned(), "AAAA");
    let poll = plist(&format!(
        "<key>Status</key><string>Idle</string><key>UDID</key><string>{udid}</string>"
    ));
    let check_in = plist(&format!(
        "<key>MessageType</key><string>SetBootstrapToken</string><key>UDID</key><string>{udid}</string>\
         <key>BootstrapToken</key><data>{token}</data>"
    ));
    let mut answers = Vec::new();
    for (is_check_in, body) in [(false, poll), (true, check_in)] {
        let answer = device.put_raw(is_check_in, body).await.unwrap();
        answers.push((answer.status.as_u16(), answer.retry_after));
    }
    answers
}

fn plist(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict>{inner}</dict></plist>"
    )
}

async fn health(served: &Served) -> (u16, u16) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |path: &str| {
        let answer = http
            .get(format!("{}{path}", served.ground.url))
            .send()
            .await;
        answer.unwrap().status().as_u16()
    };
    (status("/healthz").await, status("/readyz").await)
}

/// Until it is done again without anybody's help.
async fn recovered(served: &Served) {
    let begun = Instant::now();
    while health(served).await != (200, 200) {
        assert!(begun.elapsed() < PATIENCE, "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_database_asks_devices_to_come_back_and_loses_nothing() {
    let ground = Ground::new(Engine::Postgres).await;
    let (mut database, url) =
        DatabaseRelay::before(ground.app.database_url(), ground.folder.path());
    let setup = Setup {
        database_url: Some(&url),
        ..Setup::default()
    };
    let mut served = ground.serve(setup).await;
    let mut mac = served.enrolled(DeviceConfig::mac(1)).await;
    let id = served.id_of(&mac).await;
    let kept = mac.bootstrap_token().unwrap().to_vec();
    let (status, answer) = enqueue(&served, &id, &json!({ "type": "SecurityInfo" })).await;
    assert_eq!(status, 202);
    let queued = id_of(&answer);

    database.stop();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..3 {
        for (status, retry_after) in polls(&mut mac).await {
            assert_eq!(status, 503, "never 401, 403 or 404: the device would leave");
            assert!(retry_after.is_some());
        }
        assert_eq!(health(&served).await, (503, 503));
        // Neither a token nor an invitation is called wrong because nobody can look it up.
        let (status, _) = enqueue(&served, &id, &json!({ "type": "ProfileList" })).await;
        assert_eq!(status, 503);
        for path in ["/e/ABCD-EFGH", "/console/devices", "/portal"] {
            let request = http.get(format!("{}{path}", served.ground.url));
            let answer = request.header("cookie", "tillsyn=x").send().await.unwrap();
            let status = answer.status().as_u16();
            assert!(![401, 403, 404, 500].contains(&status), "{path}: {status}");
        }
        assert!(served.server.is_running());
    }
    database.start();
    recovered(&served).await;
    let session = mac.session().await.unwrap();
    assert!(session.handled.iter().any(|one| one.uuid == queued));
    assert_eq!(status_of(&served, &queued).await, "acknowledged");
    assert_eq!(mac.get_bootstrap_token().await.unwrap(), Some(kept));
    assert!(mac.violations().is_empty(), "{:?}", mac.violations());
}

/// Larger than this no file of the program may become, as on a disk without room. The signal is ignored, so that the
/// program sees an error and does not die of it.
fn no_larger_than(bytes: u64) -> [String; 4] {
    let script = format!("trap '' XFSZ; exec prlimit --fsize={bytes}: \"$@\"");
    ["sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_goes_on_when_there_is_room_again() {
    let ground = Ground::new(Engine::Sqlite).await;
    let file = ground
        .app
        .database_url()
        .strip_prefix("sqlite:")
        .unwrap()
        .to_owned();
    let size = std::fs::metadata(&file).unwrap().len();
    let words = no_larger_than(size + 1_500_000);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let setup = Setup {
        before: &words,
        ..Setup::default()
    };
    let mut served = ground.serve(setup).await;
    let mut phone = served.enrolled(DeviceConfig::iphone(1)).await;
    let id = served.id_of(&phone).await;
    let mut accepted = Vec::new();
    let refused = loop {
        let (status, answer) = enqueue(&served, &id, &large_profile(accepted.len())).await;
        if status != 202 {
            break (status, answer);
        }
        accepted.push(id_of(&answer));
        assert!(accepted.len() < 100, "the disk is never full");
    };
    assert_eq!(refused.0, 503, "{}", refused.1);
    assert!(!accepted.is_empty() && served.server.is_running());
    assert!(
        served.server.log().contains("unavailable"),
        "nobody is told"
    );
    // Reading goes on; a device that has something to say is asked to come back and keeps it.
    let waiting = status_of(&served, &accepted[0]).await;
    assert!(
        ["queued", "push_sent"].contains(&waiting.as_str()),
        "{waiting}"
    );
    let big = format!("<key>X</key><string>{}</string>", "x".repeat(400_000));
    let full = phone.put_raw(false, plist(&big)).await.unwrap();
    assert!(
        ![401, 404, 500].contains(&full.status.as_u16()),
        "{}",
        full.status
    );

    let pid = served.server.pid().to_string();
    let raised = Command::new("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited:"])
        .status();
    assert!(raised.unwrap().success());
    let begun = Instant::now();
    while enqueue(&served, &id, &json!({ "type": "SecurityInfo" }))
        .await
        .0
        != 202
    {
        assert!(begun.elapsed() < PATIENCE, "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    phone.session().await.unwrap();
    for command in &accepted {
        assert_eq!(status_of(&served, command).await, "acknowledged");
    }
    assert!(phone.violations().is_empty(), "{:?}", phone.violations());
    served.server.kill();
    let config = DbConfig {
        url: served.ground.app.database_url().to_owned(),
        pool: 1,
    };
    let db = Db::open(&config).await.unwrap();
    let whole = db.query_optional("PRAGMA integrity_check", args![]).await;
    assert_eq!(whole.unwrap().unwrap().text(0).unwrap(), "ok");
}

fn large_profile(number: usize) -> Json {
    use base64::Engine as _;
    let noise = "0123456789abcdef".repeat(12_000);
    let profile = plist(&format!(
        "<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>org.example.large{number}</string>\
         <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0001</string>\
         <key>PayloadDisplayName</key><string>Large</string>\
         <key>PayloadContent</key><array><dict>\
         <key>PayloadType</key><string>com.apple.webClip.managed</string><key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>org.example.large{number}.1</string>\
         <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0002</string>\
         <key>URL</key><string>https://help.example.org</string><key>Label</key><string>Help</string>\
         <key>PayloadDescription</key><string>{noise}</string></dict></array>"
    ));
    let bytes = base64::engine::general_purpose::STANDARD.encode(profile);
    json!({ "type": "InstallProfile", "profile": bytes })
}

async fn with_a_vendor(engine: Engine) -> (Served, VendorRelay) {
    let ground = Ground::new(engine).await;
    let real = ground.app.apns.base_url();
    let port = real
        .rsplit_once(':')
        .unwrap()
        .1
        .trim_end_matches('/')
        .parse()
        .unwrap();
    let vendor = VendorRelay::before(port, Wire::Whole).await;
    let url = format!("https://127.0.0.1:{}", vendor.port);
    let setup = Setup {
        apns_url: Some(&url),
        ..Setup::default()
    };
    (ground.serve(setup).await, vendor)
}

/// Work for both devices comes in at once, and who asks by itself gets it.
async fn work_goes_on(served: &Served, ids: &[String; 2], mac: &mut Device) {
    let begun = Instant::now();
    let mut accepted = Vec::new();
    for kind in [
        "SecurityInfo",
        "ProfileList",
        "InstalledApplicationList",
        "CertificateList",
    ] {
        for id in ids {
            let (status, answer) = enqueue(served, id, &json!({ "type": kind })).await;
            assert_eq!(status, 202, "{answer}");
            accepted.push(id_of(&answer));
        }
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    mac.session().await.unwrap();
    assert_eq!(health(served).await, (200, 200));
    for (number, command) in accepted.iter().enumerate() {
        let status = status_of(served, command).await;
        let fits = if number % 2 == 1 {
            "acknowledged"
        } else {
            "queued"
        };
        assert_eq!(status, fits, "{number}");
    }
}

async fn a_dead_vendor_keeps_nobody_waiting(engine: Engine) {
    let (served, vendor) = with_a_vendor(engine).await;
    let mut phone = served.enrolled(DeviceConfig::iphone(1)).await;
    let mut mac = served.enrolled(DeviceConfig::mac(2)).await;
    let ids = [served.id_of(&phone).await, served.id_of(&mac).await];
    vendor.set(Wire::Broken);
    let (before, begun) = (vendor.tried(), Instant::now());
    work_goes_on(&served, &ids, &mut mac).await;
    while begun.elapsed() < Duration::from_secs(3) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let tries = vendor.tried() - before;
    assert!((1..=12).contains(&tries), "{tries} tries in three seconds");
    // It is back: what waited is pushed without anybody asking for it.
    let had = served.ground.app.apns.received().len();
    vendor.set(Wire::Whole);
    let begun = Instant::now();
    while served.ground.app.apns.received().len() == had {
        assert!(begun.elapsed() < Duration::from_secs(30), "no push came");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    phone.session().await.unwrap();
    // One that takes connections and never answers.
    vendor.set(Wire::Silent);
    work_goes_on(&served, &ids, &mut mac).await;
    phone.session().await.unwrap();
    for device in [&phone, &mac] {
        assert!(device.violations().is_empty(), "{:?}", device.violations());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_vendor_keeps_nobody_waiting_on_sqlite() {
    a_dead_vendor_keeps_nobody_waiting(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_vendor_keeps_nobody_waiting_on_postgres() {
    a_dead_vendor_keeps_nobody_waiting(Engine::Postgres).await;
}
