//! Every kind of secret goes through a story of the real program; then its log at the finest level, its
//! database, every answer of the API and every page of the console are searched for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};
use tillsyn_core::Permission;
use tillsyn_core::push::PushUpload;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{
    Api, AppOptions, Engine, OWNER_EMAIL, OWNER_PASSWORD, ServerProcess, TestApp, free_port,
};

const WIFI_PASSWORD: &str = "canary-of-the-wireless-network";
/// In a profile that is kept, published and assigned; the second takes the place of the first in a draft.
const KEPT: [(&str, &str); 4] = [
    ("kept Wi-Fi password", "canary-of-a-kept-network"),
    ("newer Wi-Fi password", "canary-of-a-newer-network"),
    ("shared secret", "canary-of-a-shared-secret"),
    ("PKCS #12 password", "canary-of-a-private-store"),
];
/// Kept as they are: without them no push can be sent, and what they open is a wake-up.
const IN_CHANNEL: [&str; 2] = ["PushMagic", "push token"];

/// What the document of the API names with more than an id.
const OF_PROFILE: [&str; 5] = [
    "/versions/1",
    "/versions/1/export",
    "/versions/1/for-device/DEVICE",
    "/diff?from=1",
    "/devices",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    no_secret_is_where_it_must_not_be(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    no_secret_is_where_it_must_not_be(Engine::Postgres).await;
}

async fn no_secret_is_where_it_must_not_be(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let options = AppOptions {
        jobs: false,
        ..AppOptions::default()
    };
    let mut app = TestApp::behind(Some(url.clone()), engine, options).await;
    let push_key = app.apns.issue_push_certificate(&app.topic).unwrap();
    let upload = PushUpload {
        certificate_pem: push_key.certificate_pem.clone(),
        key_pem: Some(zeroize::Zeroizing::new(
            push_key.private_key_pem.to_string(),
        )),
        vendor_account: None,
        note: None,
        ..PushUpload::default()
    };
    app.put_push(upload).await.unwrap();
    let invitation = app.invite_with(|new| new.with_pin = true).await;
    let all = Permission::ALL.iter().map(|(permission, _)| *permission);
    let token = app.token(all.filter(|p| app.owner.holds(*p))).await;
    app.kill();
    let program = Path::new(env!("CARGO_BIN_EXE_tillsyn"));
    let mut server = ServerProcess::new(program, folder.path(), port, &app, "tillsyn=trace,info");
    server.start().await.unwrap();

    let mut canaries = vec![
        Canary::new("password", OWNER_PASSWORD),
        Canary::new("API token", &token),
        Canary::new("invitation code", invitation.code.as_str()),
        Canary::new("invitation PIN", invitation.pin.as_ref().unwrap().as_str()),
        Canary::new("Wi-Fi password", WIFI_PASSWORD),
        Canary::new(
            "master key",
            app.master_key().rsplit(':').next().unwrap().trim(),
        ),
        Canary::new("push key", pem_line(&push_key.private_key_pem)),
        Canary::new("private key", "PRIVATE KEY-----"),
    ];
    canaries.extend(KEPT.map(|(name, value)| Canary::new(name, value)));
    let session = sign_in(&url).await;
    canaries.push(Canary::new("session token", &session));
    let api = Api::new(url.clone(), Some(token));
    let (profile, device) = story(&app, &url, &invitation, &api, &mut canaries).await;
    for push in app.apns.received() {
        canaries.push(Canary::new(IN_CHANNEL[0], &push.push_magic));
        canaries.push(Canary::new(IN_CHANNEL[1], &push.token));
    }
    assert!(
        canaries.iter().any(|canary| canary.name == IN_CHANNEL[0]),
        "no push was sent"
    );

    let mut leaks = BTreeSet::new();
    let mut answers = api_answers(&api).await;
    assert!(answers.len() > 20, "{:?}", answers.keys());
    for rest in OF_PROFILE {
        let path = format!(
            "/api/v1/profiles/{profile}{}",
            rest.replace("DEVICE", &device)
        );
        let answer = api.get(&path).await.expect(200);
        answers.insert(path, answer.to_string());
    }
    let pages = pages(&url, &session, &format!("/console/profiles/{profile}")).await;
    assert!(pages.len() > 15, "{:?}", pages.keys());
    for (place, text) in answers.iter().chain(&pages) {
        leaks.extend(
            found_in(&canaries, text)
                .into_iter()
                .map(|name| format!("{name} in {place}")),
        );
    }
    let log = server.log();
    assert!(
        log.contains("TRACE") || log.contains("DEBUG") || log.contains("INFO"),
        "no log"
    );
    for name in found_in(&canaries, &log) {
        leaks.insert(format!("{name} in the log"));
    }
    let cells = cells(&app.db()).await;
    let mut expected = BTreeSet::new();
    for (table, column, value) in &cells {
        for name in found_in(&canaries, value) {
            if IN_CHANNEL.contains(&name) && table == "channel" {
                expected.insert(name);
            } else {
                leaks.insert(format!("{name} in {table}.{column}"));
            }
        }
    }
    assert_eq!(expected.len(), 2, "the search finds what is there");
    let sealed = cells.iter().filter(|(table, ..)| table == "escrow").count();
    assert!(sealed > 0, "nothing was escrowed");
    server.kill();
    if engine == Engine::Sqlite {
        // What was deleted or overwritten may still be in the file.
        let file = app.database_url().trim_start_matches("sqlite:").to_owned();
        for end in ["", "-wal"] {
            let bytes = std::fs::read(format!("{file}{end}")).unwrap_or_default();
            let found = found_in(&canaries, &bytes);
            let found = found.into_iter().filter(|name| !IN_CHANNEL.contains(name));
            leaks.extend(found.map(|name| format!("{name} in the database file{end}")));
        }
    }
    // The export is how a fleet moves to another server: whoever holds the owner's permission for it gets
    // what wakes the devices, and nothing that opens them.
    for name in ["PushMagic", "push token"] {
        leaks.remove(&format!("{name} in /api/v1/enrollments/export"));
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

/// Enrollment with a PIN, a profile with a password, a lock with a PIN.
async fn story(
    app: &TestApp,
    url: &str,
    invitation: &tillsyn_core::invitations::CreatedInvitation,
    api: &Api,
    canaries: &mut Vec<Canary>,
) -> (String, String) {
    let mut mac = app.device(DeviceConfig::mac(app.next()));
    let pin = invitation.pin.as_ref().unwrap();
    let attempt = mac
        .take_invitation(url, &invitation.code, Some(pin.as_str()))
        .await
        .unwrap();
    let secret = attempt.profile_url.rsplit('/').next().unwrap();
    canaries.push(Canary::new("profile address", secret));
    let profile = mac.download_profile(&attempt.profile_url).await.unwrap();
    let text = String::from_utf8_lossy(&profile);
    let challenge = text.split("<key>Challenge</key>").nth(1).unwrap();
    let challenge = challenge.split(['<', '>']).nth(2).unwrap();
    canaries.push(Canary::new("SCEP challenge", challenge));
    mac.accept_profile(&profile).await.unwrap();
    mac.authenticate().await.unwrap();
    mac.token_update().await.unwrap();
    mac.more_channels().await.unwrap();
    mac.sessions().await.unwrap();

    let devices = api.get("/api/v1/devices").await.expect(200);
    let device = devices["items"][0]["id"].as_str().unwrap().to_owned();
    let commands = format!("/api/v1/devices/{device}/commands");
    let send = async |command: Json| {
        api.post(&commands, &json!({ "command": command }))
            .await
            .expect(202)
    };
    send(json!({ "type": "InstallProfile", "profile": wifi() })).await;
    mac.session().await.unwrap();
    send(json!({ "type": "ProfileList" })).await;
    mac.session().await.unwrap();
    let profile = kept_profile(app, api, &device, &mut mac).await;
    let challenge = mac.last_challenge().unwrap();
    canaries.push(Canary::new("challenge of the network", challenge));

    // This one stays in the queue, with its password.
    send(json!({ "type": "InstallProfile", "profile": wifi() })).await;
    let locked = send(json!({ "type": "DeviceLock" })).await;
    let pin = locked["commands"][0]["unlock_pin"].as_str().unwrap();
    // Six digits may stand anywhere by chance: they are searched for where they would be written.
    canaries.push(Canary::new("lock PIN", format!("\"{pin}\"")));
    canaries.push(Canary::new("lock PIN", format!(">{pin}<")));
    canaries.push(Canary::new("lock PIN", format!(" {pin} ")));

    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    let more = api
        .post("/api/v1/invitations", &json!({ "label": "More" }))
        .await
        .expect(201);
    let code = more["url"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let by = tillsyn_sim::EnrollBy::Invitation {
        server: url.to_owned(),
        code,
        pin: None,
    };
    iphone.enroll(&by).await.unwrap();
    iphone.session().await.unwrap();
    app.eventually("SELECT count(*) FROM push_request", 0).await;
    assert_eq!(
        app.count("SELECT count(*) FROM escrow WHERE kind = 'unlock_token'")
            .await,
        1
    );
    assert_eq!(
        app.count("SELECT count(*) FROM escrow WHERE kind = 'lock_pin'")
            .await,
        1
    );
    (profile, device)
}

/// A profile with secrets: published, installed by its device, and changed in a draft.
async fn kept_profile(app: &TestApp, api: &Api, device: &str, mac: &mut Device) -> String {
    const STATE: &str = "SELECT count(*) FROM item_state WHERE state = 'to_install'";
    const DONE: &str = "SELECT count(*) FROM item_state WHERE state = 'as_desired'";
    let content = base64(kept(KEPT[0].1));
    let made = api
        .post("/api/v1/profiles", &json!({ "content": content }))
        .await
        .expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let at = |rest: &str| format!("/api/v1/profiles/{id}{rest}");
    let draft = api.get(&at("/draft")).await.expect(200);
    let body = json!({ "draft_revision": draft["revision"] });
    api.post(&at("/publish"), &body).await.expect(200);
    let change = json!({ "change": { "kind": "assign", "profile_id": id,
        "include": [{ "kind": "device", "id": device }] } });
    let plan = api.post("/api/v1/plans", &change).await.expect(201);
    let apply = format!("/api/v1/plans/{}/apply", plan["id"].as_str().unwrap());
    api.post(&apply, &json!({})).await.expect(200);
    app.eventually(STATE, 1).await;
    mac.sessions().await.unwrap();
    app.eventually(DONE, 1).await;
    let draft = api.get(&at("/draft")).await.expect(200);
    let body = json!({ "revision": draft["revision"], "content": base64(kept(KEPT[1].1)) });
    api.put(&at("/draft"), &body).await.expect(200);
    // A refusal that quotes what was sent would quote this.
    let wrong = json!({ "revision": 1, "content": base64(kept(KEPT[1].1)) });
    api.put(&at("/draft"), &wrong).await.expect(409);
    id
}

/// The value of a session's cookie.
async fn sign_in(url: &str) -> String {
    let fields = format!(
        "login={}&password={}",
        OWNER_EMAIL.replace('@', "%40"),
        OWNER_PASSWORD.replace(' ', "+")
    );
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = client
        .post(format!("{url}/console/sign-in"))
        .header("origin", url)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    let value = cookie.strip_prefix("tillsyn=").unwrap();
    value.split(';').next().unwrap().to_owned()
}

/// Every GET of the API's own document; ids come from the lists.
async fn api_answers(api: &Api) -> BTreeMap<String, String> {
    let document = api.get("/api/openapi.json").await.expect(200);
    let mut answers = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        if operations.get("get").is_none() {
            continue;
        }
        let paths = match path.split_once("{id}") {
            None if path.ends_with("/imports/template") => vec![format!("{path}?kind=people")],
            None if path.ends_with("/help-desk") => vec![format!("{path}?q=canary")],
            None => vec![path.clone()],
            Some((list, rest)) => {
                let listed = api.get(list.trim_end_matches('/')).await;
                let items = listed.body["items"].as_array().cloned().unwrap_or_default();
                let ids = items.iter().filter_map(|item| item["id"].as_str());
                ids.take(5).map(|id| format!("{list}{id}{rest}")).collect()
            }
        };
        for path in paths {
            let answer = api.get(&path).await;
            // What was never set has no page of its own.
            let may_be_unset = ["/api/v1/push-vendor", "/api/v1/mail"];
            let set = |path: &str| {
                !may_be_unset.contains(&path) && !path.ends_with("/declarative-forwarding")
            };
            let unset = answer.status == 404 && !set(&path);
            // What a plan would do is shown until it is done.
            let done = answer.status == 409 && path.ends_with("/effects");
            // It is asked for with the numbers of versions.
            let diff = answer.status == 422 && path.ends_with("/diff");
            assert!(
                answer.status == 200 || path.contains('{') || unset || done || diff,
                "{path}: {}",
                answer.body
            );
            answers.insert(path, answer.body.to_string());
        }
    }
    answers
}

/// Every page that the console links to.
async fn pages(url: &str, session: &str, profile: &str) -> BTreeMap<String, String> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut waiting = vec!["/console".to_owned()];
    // First, because the number of pages is limited.
    waiting.extend(["", "/raw", "/effect", "/mobileconfig"].map(|rest| format!("{profile}{rest}")));
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        // The stream of events never ends.
        if seen.contains_key(&path) || path == "/console/events" || seen.len() > 150 {
            continue;
        }
        let request = client
            .get(format!("{url}{path}"))
            .header("cookie", format!("tillsyn={session}"));
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let html = answer.text().await.unwrap();
        for link in html
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            let link = link
                .split('#')
                .next()
                .unwrap_or_default()
                .replace("&amp;", "&");
            if link.starts_with("/console") {
                waiting.push(link);
            }
        }
        seen.insert(path, html);
    }
    seen
}

/// A line from the middle of a key, without the frame that every key has.
fn pem_line(pem: &str) -> String {
    let lines: Vec<&str> = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    lines[lines.len() / 2].to_owned()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Wireless with a password, a certificate of ours, a private key under a password, a shared secret.
fn kept(password: &str) -> String {
    let payload = |kind: &str, number: usize, rest: String| {
        format!(
            "<dict><key>PayloadType</key><string>{kind}</string>\
             <key>PayloadVersion</key><integer>1</integer>\
             <key>PayloadIdentifier</key><string>org.example.kept.{number}</string>\
             <key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A003{number}</string>\
             {rest}</dict>"
        )
    };
    let network = payload(
        "com.apple.wifi.managed",
        1,
        format!(
            "<key>SSID_STR</key><string>Kept</string><key>EncryptionType</key>\
             <string>WPA2</string><key>Password</key><string>{password}</string>"
        ),
    );
    let ours = payload(
        "com.apple.security.scep",
        2,
        "<key>PayloadContent</key><dict>\
         <key>URL</key><string>{{credential.scep_url}}</string>\
         <key>Challenge</key><string>{{credential.challenge}}</string>\
         <key>Keysize</key><integer>2048</integer><key>Key Type</key><string>RSA</string>\
         <key>Key Usage</key><integer>5</integer></dict>"
            .to_owned(),
    );
    let store = payload(
        "com.apple.security.pkcs12",
        3,
        format!(
            "<key>PayloadContent</key><data>MAA=</data><key>Password</key><string>{}</string>",
            KEPT[3].1
        ),
    );
    let proxy = payload(
        "com.apple.vpn.managed",
        4,
        format!(
            "<key>UserDefinedName</key><string>Kept</string><key>VPNType</key><string>IPSec</string>\
             <key>IPSec</key><dict><key>RemoteAddress</key><string>vpn.example.org</string>\
             <key>AuthenticationMethod</key><string>SharedSecret</string>\
             <key>SharedSecret</key><data>{}</data></dict>",
            base64(KEPT[2].1)
        ),
    );
    format!(
        r#"<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.kept</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0030</string>
<key>PayloadDisplayName</key><string>Kept</string>
<key>PayloadContent</key><array>{network}{ours}{store}{proxy}</array></dict></plist>"#
    )
}

fn wifi() -> String {
    use base64::Engine as _;
    let profile = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.wifi</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0011</string>
<key>PayloadDisplayName</key><string>Wireless</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.wifi.managed</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.wifi.1</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0012</string>
<key>SSID_STR</key><string>Norrvik</string><key>EncryptionType</key><string>WPA2</string>
<key>Password</key><string>{WIFI_PASSWORD}</string>
</dict></array></dict></plist>"#
    );
    base64::engine::general_purpose::STANDARD.encode(profile)
}
