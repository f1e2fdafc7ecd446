//! The server that the browser tests meet: a fresh SQLite database, strict stand-ins, and simulated devices
//! that act only when they are told to. It says where it is with one line of JSON, then obeys one JSON
//! object per line of its input, answers each with a line, and ends with its input.
#![expect(clippy::unwrap_used, reason = "a test tool fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use tillsyn_core::{Clock, invitations};
use tillsyn_pki::issue::{self, KeyAlgorithm};
use tillsyn_sim::{Device, DeviceConfig, DeviceKind, EnrollBy, SimError};
use tillsyn_standins::smtp::{SmtpMode, SmtpStandin};
use tillsyn_testkit::letters::Letter;
use tillsyn_testkit::{AppOptions, Engine, OWNER_EMAIL, OWNER_PASSWORD, TestApp};

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // `localhost` gives the console a host name: browsers make no passkeys for an address. `provider` gives an
    // identity provider a certificate that the server trusts.
    let wanted = |what: &str| std::env::args().nth(1).is_some_and(|arg| arg == what);
    let provider = wanted("provider").then(provider_tls);
    let options = AppOptions {
        localhost: wanted("localhost"),
        identity_provider_root_pem: provider.as_ref().map(|(root, _)| root.clone()),
        ..AppOptions::default()
    };
    let app = runtime.block_on(TestApp::with(Engine::Sqlite, options));
    let mut stage = Stage {
        app,
        devices: BTreeMap::new(),
        mail: None,
    };
    say(&json!({
        "url": stage.app.core.config().console_url,
        "owner_email": OWNER_EMAIL,
        "owner_password": OWNER_PASSWORD,
        "provider": provider.map(|(_, tls)| tls),
    }));
    for line in std::io::stdin().lines() {
        let order: Json = serde_json::from_str(&line.unwrap()).unwrap();
        match runtime.block_on(stage.obey(&order)) {
            Ok(answer) => say(&answer),
            Err(error) => say(&json!({ "error": error.to_string() })),
        }
    }
    // The stage ends while the runtime that serves it still runs.
    runtime.block_on(async { drop(stage) });
}

/// A root, and certificate and key of a server on the loopback.
fn provider_tls() -> (String, Json) {
    let now_ms = Clock::system().now_ms();
    let kind = KeyAlgorithm::P256;
    let ca = issue::create_root_ca("Norrvik ID CA", "Tests", now_ms, 30, kind).unwrap();
    let loopback = [Ipv4Addr::LOCALHOST.into()];
    let server = issue::create_tls_server(&ca, &["localhost"], &loopback, now_ms, 30).unwrap();
    let tls = json!({
        "certificate": server.certificate.to_pem(),
        "key": server.key.to_pkcs8_pem().as_str(),
    });
    (ca.certificate.to_pem(), tls)
}

fn say(line: &Json) {
    let mut output = std::io::stdout();
    writeln!(output, "{line}").unwrap();
    output.flush().unwrap();
}

/// The server and whoever stands around it.
struct Stage {
    app: TestApp,
    /// By serial number, with the profile that was downloaded and not installed yet.
    devices: BTreeMap<String, (Device, Vec<u8>)>,
    /// Where the server's mails go, from the first on that a test asks for.
    mail: Option<SmtpStandin>,
}

impl Stage {
    async fn obey(&mut self, order: &Json) -> Result<Json, SimError> {
        let text = |name: &str| order[name].as_str().map(str::to_owned);
        match order["do"].as_str().unwrap_or_default() {
            "invite" => Ok(self.invite(order).await),
            // A person with an address of their own is invited by mail; the answer is what lies in their inbox.
            "invite_by_mail" => Ok(self.invite_by_mail(order).await),
            "revoke" => {
                let id = tillsyn_core::ids::InvitationId::parse(&text("id").unwrap()).unwrap();
                invitations::revoke_invitation(&self.app.core, &self.app.owner, &id)
                    .await
                    .unwrap();
                Ok(json!({}))
            }
            // One device by every step at once.
            "enroll" => {
                let invitation = self.invite(order).await;
                let mut device = self.factory_new(order);
                let by = EnrollBy::Invitation {
                    server: self.app.url(),
                    code: invitation["code"].as_str().unwrap().to_owned(),
                    pin: None,
                };
                device.enroll(&by).await?;
                device.sessions().await?;
                Ok(self.keep(device, Vec::new()))
            }
            // The same step by step, from the address of a profile.
            "download" => {
                let mut device = self.factory_new(order);
                let profile = device
                    .download_profile(&text("profile_url").unwrap())
                    .await?;
                Ok(self.keep(device, profile.to_vec()))
            }
            "install" => {
                let (device, profile) = self.device(order);
                device.accept_profile(profile).await?;
                Ok(json!({}))
            }
            // The same file on a second device, which the server must refuse.
            "install_copy" => {
                let mut copy = self.factory_new(order);
                let (_, profile) = self.device(order);
                assert!(copy.accept_profile(profile).await.is_err());
                Ok(json!({}))
            }
            "check_in" => {
                let (device, _) = self.device(order);
                device.authenticate().await?;
                device.token_update().await?;
                device.more_channels().await?;
                Ok(json!({}))
            }
            "answer" => {
                let (device, _) = self.device(order);
                let sessions = device.sessions().await?;
                let handled = sessions.iter().flat_map(|session| &session.handled);
                let types: Vec<&str> = handled.map(|h| h.request_type.as_str()).collect();
                Ok(json!({ "handled": types, "violations": device.violations().len() }))
            }
            // One act on several devices.
            "ask_several" => {
                let api = self.app.owner_api().await;
                let mut devices = Vec::new();
                for serial in order["serials"].as_array().unwrap() {
                    let at = format!("/api/v1/devices?search={}", serial.as_str().unwrap());
                    let found = api.get(&at).await.expect(200);
                    devices.push(found["items"][0]["id"].clone());
                }
                let ask = json!({
                    "devices": devices,
                    "command": { "type": "ProvisioningProfileList" },
                });
                let made = api.post("/api/v1/commands", &ask).await.expect(202);
                Ok(json!({ "batch": made["batch_id"] }))
            }
            // Everybody signed in longer ago than a password counts as fresh.
            "stale_sign_ins" => {
                const AGE: &str = "UPDATE session SET fresh_at = 0";
                self.app.db().execute(AGE, Vec::new()).await.unwrap();
                Ok(json!({}))
            }
            // Somebody beside the owner, with the owner's password.
            "second_owner" => {
                let second = self.app.second_owner(1).await;
                Ok(json!({ "email": "second-1@example.org", "name": second.name }))
            }
            // An account of their own for the person of a device, with the owner's password.
            "portal_account" => {
                const ACCOUNT: &str = "INSERT INTO account (id, org_unit_id, email, name, \
                    password_hash, role, status, created_at, role_changed_at, password_changed_at, \
                    person_id) SELECT d.person_id, p.org_unit_id, $2, p.name, o.password_hash, \
                    'portal', 'active', 0, 0, 0, p.id FROM device_summary d \
                    JOIN person p ON p.id = d.person_id JOIN account o ON o.role = 'owner' \
                    WHERE d.serial_number = $1 ORDER BY o.id LIMIT 1";
                const DEVICE: &str =
                    "SELECT device_id FROM device_summary WHERE serial_number = $1";
                const PERSON: &str = "UPDATE person SET email = $2 WHERE id = (SELECT person_id \
                    FROM device_summary WHERE serial_number = $1)";
                let (serial, email) = (text("serial").unwrap(), text("email").unwrap());
                let db = self.app.db();
                for sql in [PERSON, ACCOUNT] {
                    let values = tillsyn_db::args![serial.as_str(), email.as_str()];
                    db.execute(sql, values).await.unwrap();
                }
                let found = db.query_optional(DEVICE, tillsyn_db::args![serial]).await;
                let id = found.unwrap().unwrap().text(0).unwrap();
                Ok(json!({ "device": id }))
            }
            // The last code of the authenticator app may be typed again: nobody waits for the next one here.
            "unused_codes" => {
                const UNUSED: &str = "UPDATE account_totp SET last_step = 0";
                self.app.db().execute(UNUSED, Vec::new()).await.unwrap();
                Ok(json!({}))
            }
            // The time that a hold takes is over.
            "end_holds" => {
                const END: &str = "UPDATE command SET held_until = 0 WHERE status = 'held' \
                    AND held_until IS NOT NULL";
                self.app.db().execute(END, Vec::new()).await.unwrap();
                self.app.run_job("holds").await;
                Ok(json!({}))
            }
            other => panic!("there is no order `{other}`"),
        }
    }

    async fn invite(&self, order: &Json) -> Json {
        let text = |name: &str| order[name].as_str().map(str::to_owned);
        let created = self
            .app
            .invite_with(|new| {
                new.person_name = text("person");
                new.ownership = text("ownership").unwrap_or_else(|| "corporate".to_owned());
                new.with_pin = order["pin"].as_bool().unwrap_or(false);
                new.uses_allowed = order["uses"].as_i64().unwrap_or(1);
            })
            .await;
        json!({
            "id": created.id.to_string(),
            "url": created.url.as_str(),
            "code": created.code.as_str(),
            "pin": created.pin.as_ref().map(|pin| pin.as_str()),
        })
    }

    async fn invite_by_mail(&mut self, order: &Json) -> Json {
        const POLICY: &str = "/api/v1/settings/invitations";
        let api = self.app.owner_api().await;
        if self.mail.is_none() {
            let now_ms = self.app.clock.now_ms();
            let server = SmtpStandin::start(SmtpMode::Plain, None, now_ms)
                .await
                .unwrap();
            let settings = json!({ "host": "127.0.0.1", "port": server.port(), "tls": "none",
                "from": "Norrvik University <it@example.org>" });
            api.put("/api/v1/mail", &settings).await.expect(200);
            let policy = json!({ "pin": "mail", "days": 7 });
            api.put(POLICY, &policy).await.expect(200);
            self.mail = Some(server);
        }
        let body = json!({ "name": order["person"], "email": order["email"],
            "language": order["language"] });
        let person = api.post("/api/v1/people", &body).await.expect(201);
        let body = json!({ "person_id": person["id"] });
        api.post("/api/v1/invitations/send", &body)
            .await
            .expect(201);
        let to = order["email"].as_str().unwrap();
        let mail = self.mail.as_ref().unwrap();
        let letter = loop {
            let received = mail.received();
            if let Some(found) = received.iter().rev().find(|mail| mail.to[0] == to) {
                break Letter::read(found);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        json!({
            "subject": letter.subject,
            "html": letter.html,
            "picture": STANDARD.encode(&letter.picture),
            "pin": letter.pin(),
        })
    }

    /// A device out of its box, of somebody who has set a passcode: without one the portal has something to say.
    fn factory_new(&self, order: &Json) -> Device {
        let kind: DeviceKind = order["kind"].as_str().unwrap_or("iphone").parse().unwrap();
        loop {
            let mut config = DeviceConfig::generate(kind, 7, self.app.next());
            if let Some(name) = order["name"].as_str() {
                name.clone_into(&mut config.name);
            }
            let device = self.app.device(config);
            if device.has_passcode() {
                return device;
            }
        }
    }

    fn keep(&mut self, device: Device, profile: Vec<u8>) -> Json {
        let serial = device.serial().to_owned();
        let name = device.config().name.clone();
        self.devices.insert(serial.clone(), (device, profile));
        json!({ "serial": serial, "name": name })
    }

    fn device(&mut self, order: &Json) -> &mut (Device, Vec<u8>) {
        let serial = order["serial"].as_str().unwrap_or_default();
        self.devices.get_mut(serial).unwrap()
    }
}
