//! `tillsyn backup`, `restore` and `move-database`: the files, and a fleet that goes on behind them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tillsyn_core::keys::KeyStore;
use tillsyn_core::{Clock, Permission, backup};
use tillsyn_db::testing::TempDb;
use tillsyn_db::{Db, args};
use tillsyn_pki::seal::KeyRing;
use tillsyn_sim::{Device, DeviceConfig, EnrollBy};
use tillsyn_testkit::{
    Api, AppOptions, Engine, OWNER_EMAIL, OWNER_PASSWORD, ServerProcess, TestApp, free_port,
};

use crate::program::Place;

const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn a_backup_is_written_whole_for_its_owner_and_never_over_another() {
    let place = Place::initialised();
    let first = place.run(&["backup", "one.backup"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert!(first.out.contains("sha256 "), "{}", first.out);
    let mode = std::fs::metadata(place.path("one.backup")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    let written = place.read("one.backup");
    let again = place.run(&["backup", "one.backup"]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("--replace"), "{}", again.err);
    assert_eq!(place.read("one.backup"), written);
    let replaced = place.run(&["backup", "one.backup", "--replace"]);
    assert_eq!(replaced.code, Some(0), "{}", replaced.err);
    assert_ne!(place.read("one.backup"), written);
    let missing = place.run(&["backup", "away/one.backup"]);
    assert_eq!(missing.code, Some(1), "a disk that is not mounted");
    let output = place.command(&["backup", "-"]).output().unwrap();
    assert!(output.status.success());
    std::fs::write(place.path("two.backup"), &output.stdout).unwrap();
    for file in ["one.backup", "two.backup"] {
        let checked = place.run(&["backup", file, "--check", "--json"]);
        assert_eq!(checked.code, Some(0), "{}", checked.err);
        let checked: Json = serde_json::from_str(&checked.out).unwrap();
        assert_eq!(checked["tables"]["org_unit"], 1);
    }
    // No half file is left, whatever happened.
    let left = std::fs::read_dir(place.path(".")).unwrap();
    let mut left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.all(|name| Path::new(&name).extension().is_none_or(|end| end != "part")));
    let mut torn = output.stdout;
    torn.truncate(torn.len() / 2);
    std::fs::write(place.path("torn.backup"), torn).unwrap();
    let refused = place.run(&["backup", "torn.backup", "--check"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("torn or was changed"),
        "{}",
        refused.err
    );
}

#[test]
fn doctor_says_how_old_the_last_backup_is() {
    let place = Place::initialised();
    let none = place.run(&["doctor", "--offline"]);
    assert!(
        none.out.contains("warning  backup: none was made yet"),
        "{}",
        none.out
    );
    place.run(&["backup", "one.backup"]);
    let fresh = place.run(&["doctor", "--offline"]);
    assert!(
        fresh
            .out
            .contains("ok       backup: the last one is 0 days old"),
        "{}",
        fresh.out
    );
}

#[test]
fn a_restore_needs_the_key_and_an_empty_database() {
    let place = Place::initialised();
    place.run(&["backup", "one.backup"]);
    let refused = place.run(&["restore", "one.backup"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("not empty"), "{}", refused.err);
    let stranger = Place::initialised().with("TILLSYN_DATABASE_URL", "sqlite:new.sqlite");
    let file = place.path("one.backup");
    let refused = stranger.run(&["restore", file.to_str().unwrap()]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("another master key"),
        "{}",
        refused.err
    );

    let place = place.with("TILLSYN_DATABASE_URL", "sqlite:new/new.sqlite");
    let done = place.run(&["restore", "one.backup", "--end-grants", "--json"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let done: Json = serde_json::from_str(&done.out).unwrap();
    assert_eq!(done["settled"]["grants_ended"], true);
    let doctor = place.run(&["doctor", "--offline"]);
    assert_eq!(doctor.code, Some(0), "{}", doctor.out);
    let trail = place.run(&["audit", "verify"]);
    assert_eq!(trail.code, Some(0), "{}{}", trail.out, trail.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_is_not_moved_and_a_moved_one_does_not_start() {
    let target = TempDb::new(Engine::Postgres, &[]).await;
    let place = Place::initialised().with("TILLSYN_MOVE_TO", target.url());
    let mut running = place.start(&["serve"]);
    running.wait_for("tillsyn serves", LIMIT);
    let refused = place.run(&["move-database"]);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("Stop it"), "{}", refused.err);
    running.signal("TERM");
    assert_eq!(running.wait(LIMIT), Some(0));
    // It said that it stopped: nobody has to wait for its lease.
    let moved = place.run(&["move-database"]);
    assert_eq!(moved.code, Some(0), "{}", moved.err);
    let mut old = place.start(&["serve"]);
    old.wait_for("was moved to another one", LIMIT);
    assert_eq!(old.wait(LIMIT), Some(1));
    drop(old);
    let place = place.with("TILLSYN_DATABASE_URL", target.url());
    let mut new = place.start(&["serve"]);
    new.wait_for("tillsyn serves", LIMIT);
    new.signal("TERM");
    assert_eq!(new.wait(LIMIT), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_paused_during_a_move_accepts_nothing_when_it_wakes() {
    let mut fleet = Fleet::new(Engine::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let url = fleet.app.database_url().to_owned();
    let mut server = fleet.serve(folder.path(), &url).await;
    server.pause();
    // Nobody heard of it for half a minute.
    let silent = "UPDATE worker_lease SET lease_until = 0 WHERE name LIKE 'serving/%'";
    fleet.app.db().execute(silent, args![]).await.unwrap();
    let target = TempDb::new(Engine::Sqlite, &[]).await;
    backup::transfer(
        &fleet.app.db(),
        &target,
        &fleet.keys,
        &Clock::system(),
        false,
    )
    .await
    .unwrap();
    server.wake();
    let path = format!("/api/v1/devices/{}/commands", fleet.id);
    let body = json!({ "command": { "type": "ProfileList" }, "reason": "Left in a train" });
    fleet.api.post(&path, &body).await.expect(503);
    // A device hears neither of success nor that it is not managed any more.
    assert!(fleet.device.session().await.is_err());
    assert!(fleet.device.is_enrolled());
    server.kill();
}

/// A server in a process of its own with a device, a session, a lock and an erase that wait.
struct Fleet {
    app: TestApp,
    /// An invitation that nobody has used yet.
    open: String,
    url: String,
    port: u16,
    device: Device,
    api: Api,
    id: String,
    session: String,
    keys: KeyStore,
}

impl Fleet {
    async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}");
        let options = AppOptions {
            jobs: false,
            ..AppOptions::default()
        };
        let mut app = TestApp::behind(Some(url.clone()), engine, options).await;
        let invitation = app.invite().await;
        let open = app.invite().await.code.to_string();
        let all = Permission::ALL.iter().map(|(permission, _)| *permission);
        let token = app.token(all.filter(|p| app.owner.holds(*p))).await;
        app.kill();
        let mut server = ServerProcess::new(program(), folder.path(), port, &app, "info");
        server.start().await.unwrap();
        let session = sign_in(&url).await;
        let mut device = app.device(DeviceConfig::iphone(app.next()));
        let by = EnrollBy::Invitation {
            server: url.clone(),
            code: invitation.code.to_string(),
            pin: None,
        };
        device.enroll(&by).await.unwrap();
        device.session().await.unwrap();
        let api = Api::new(url.clone(), Some(token));
        let devices = api.get("/api/v1/devices").await.expect(200);
        let found = &devices["items"][0];
        let id = found["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/devices/{id}/commands");
        for command in [
            json!({ "type": "DeviceLock" }),
            json!({ "type": "ProfileList" }),
        ] {
            let body = json!({ "command": command, "reason": "Left in a train" });
            api.post(&path, &body).await.expect(202);
        }
        let erase = json!({ "command": { "type": "EraseDevice" }, "reason": "Left in a train",
            "confirm": found["name"] });
        api.post(&path, &erase).await.expect(202);
        server.kill();
        // Its hold is over, and no server has said so to a device yet.
        let over = "UPDATE command SET status = 'queued', held_until = NULL WHERE status = 'held'";
        assert_eq!(app.db().execute(over, args![]).await.unwrap(), 1);
        let keys = KeyStore::new(KeyRing::from_text(app.master_key()).unwrap());
        Self {
            app,
            open,
            url,
            port,
            device,
            api,
            id,
            session,
            keys,
        }
    }

    /// Serves another database under the same address.
    async fn serve(&self, folder: &Path, url: &str) -> ServerProcess {
        let mut server = ServerProcess::on(program(), folder, self.port, &self.app, url, "info");
        server.start().await.unwrap();
        server
    }

    async fn signed_in(&self) -> bool {
        let answer = client()
            .get(format!("{}/console", self.url))
            .header("cookie", format!("tillsyn={}", self.session))
            .send()
            .await
            .unwrap();
        answer.status() == 200
    }

    async fn handled(&mut self) -> Vec<String> {
        let session = self.device.session().await.unwrap();
        let mut types: Vec<String> = session
            .handled
            .into_iter()
            .map(|command| command.request_type)
            .collect();
        types.sort();
        types
    }

    async fn commands(&self) -> Vec<Json> {
        let path = format!("/api/v1/devices/{}/commands", self.id);
        let list = self.api.get(&path).await.expect(200);
        list["items"].as_array().unwrap().clone()
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tillsyn"))
}

fn client() -> reqwest::Client {
    let none = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(none);
    client.build().unwrap()
}

async fn sign_in(url: &str) -> String {
    let (login, password) = (
        OWNER_EMAIL.replace('@', "%40"),
        OWNER_PASSWORD.replace(' ', "+"),
    );
    let answer = client()
        .post(format!("{url}/console/sign-in"))
        .header("origin", url)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("login={login}&password={password}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    let value = cookie.strip_prefix("tillsyn=").unwrap();
    value.split(';').next().unwrap().to_owned()
}

fn trail_is_whole(folder: &Path) {
    let config = folder.join("tillsyn.toml");
    for verb in ["seal", "verify"] {
        let mut command = Command::new(program());
        let ended = command.args(["audit", verb, "--config"]).arg(&config);
        let ended = ended.output().unwrap();
        let told = String::from_utf8_lossy(&ended.stdout).into_owned();
        let failed = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success(), "{verb}: {told}{failed}");
    }
}

async fn goes_on_after_a_restore(from: Engine, to: Engine) {
    let mut fleet = Fleet::new(from).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.backup");
    let now = Clock::system();
    let out = std::fs::File::create(&file).unwrap();
    backup::write(&fleet.app.db(), &fleet.keys, now.now_ms(), out)
        .await
        .unwrap();
    let target = TempDb::new(to, &[]).await;
    let restored = backup::restore(&target, &fleet.keys, &now, &file, false)
        .await
        .unwrap();
    let settled = &restored.settled;
    assert_eq!(settled.commands.get("erase"), Some(&1), "{settled:?}");
    assert_eq!(settled.commands.get("lock"), Some(&1), "{settled:?}");
    // The application itself has one, too.
    assert_eq!(settled.sessions, 2);
    let grants = settled.grants;
    assert_eq!((grants.api_tokens, grants.accounts), (1, 1), "{grants:?}");
    assert!(grants.invitations >= 1, "{grants:?}");
    alike_but_settled(&fleet.app.db(), &target).await;

    let mut server = fleet.serve(folder.path(), target.url()).await;
    let handled = fleet.handled().await;
    assert!(fleet.device.is_enrolled());
    assert!(handled.contains(&"ProfileList".to_owned()), "{handled:?}");
    for gone in ["EraseDevice", "DeviceLock"] {
        assert!(
            !handled.iter().any(|sent| sent == gone),
            "{gone} was sent: {handled:?}"
        );
    }
    let broken = fleet.device.violations();
    assert!(broken.is_empty(), "{broken:?}");
    assert!(!fleet.signed_in().await, "a session of before opens");
    for command in fleet.commands().await {
        if ["EraseDevice", "DeviceLock"].contains(&command["request_type"].as_str().unwrap()) {
            assert_eq!(command["status"], "cancelled", "{command}");
        }
    }
    server.kill();
    trail_is_whole(folder.path());
}

/// What a restore does not touch is there cell by cell.
async fn alike_but_settled(source: &Db, target: &Db) {
    for table in [
        "device",
        "enrollment",
        "certificate",
        "channel",
        "fact",
        "escrow",
        "audit_entry",
        "authority",
    ] {
        let of = async |db: &Db| {
            let sql = format!("SELECT * FROM {table}");
            let rows = db
                .read(sql, |tx, sql| {
                    Box::pin(async move { tx.fetch_all_dyn(sql, args![]).await })
                })
                .await
                .unwrap();
            let cell = |row: &tillsyn_db::Row, n| match row.value(n).unwrap() {
                tillsyn_db::Value::I64(value) => value.to_string(),
                tillsyn_db::Value::Text(text) => text,
                tillsyn_db::Value::Blob(bytes) => tillsyn_pki::hash::hex(&bytes),
                tillsyn_db::Value::F64(value) => value.to_bits().to_string(),
                tillsyn_db::Value::Bool(value) => value.to_string(),
                tillsyn_db::Value::Null => "NULL".to_owned(),
            };
            let mut cells: Vec<Vec<String>> = rows
                .iter()
                .map(|row| (0..row.len()).map(|n| cell(row, n)).collect())
                .collect();
            cells.sort();
            cells
        };
        let (before, after) = (of(source).await, of(target).await);
        assert!(!before.is_empty() || table == "escrow", "{table} is empty");
        assert_eq!(before, after, "{table}");
    }
}

/// A device enrolls after the backup; the restored server takes it in again.
async fn is_taken_in_again(from: Engine, to: Engine) {
    let mut fleet = Fleet::new(from).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.backup");
    let now = Clock::system();
    let out = std::fs::File::create(&file).unwrap();
    backup::write(&fleet.app.db(), &fleet.keys, now.now_ms(), out)
        .await
        .unwrap();
    let url = fleet.app.database_url().to_owned();
    let first = tempfile::tempdir().unwrap();
    let mut server = fleet.serve(first.path(), &url).await;
    let mut late = fleet.app.device(DeviceConfig::iphone(fleet.app.next()));
    let by = EnrollBy::Invitation {
        server: fleet.url.clone(),
        code: fleet.open.clone(),
        pin: None,
    };
    late.enroll(&by).await.unwrap();
    late.session().await.unwrap();
    server.kill();
    let target = TempDb::new(to, &[]).await;
    backup::restore(&target, &fleet.keys, &now, &file, false)
        .await
        .unwrap();
    let mut server = fleet.serve(folder.path(), target.url()).await;

    // It knocks, hears a plain refusal and stays as it is; so does a clone of it with another's certificate.
    assert!(late.session().await.is_err());
    assert!(late.is_enrolled());
    late.probe_foreign_certificate().await.unwrap();
    fleet.device.session().await.unwrap();
    let unknown = fleet
        .api
        .get("/api/v1/enrollments/unknown")
        .await
        .expect(200);
    let unknown = unknown["items"].as_array().unwrap().clone();
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert_eq!(unknown[0]["udid"], late.config().udid.as_str());
    let overview = fleet.api.get("/api/v1/overview").await.expect(200);
    assert_eq!(overview["unknown_senders"], 1);
    let told = "SELECT count(*) FROM event WHERE action = 'enrollment.unknown'";
    let told = target.query_all(told, args![]).await.unwrap();
    assert_eq!(told[0].i64(0).unwrap(), 1);

    let body = json!({ "all": true, "ownership": "corporate" });
    let report = fleet.api.post("/api/v1/enrollments/readopt", &body).await;
    let report = report.expect(200);
    assert_eq!(report["readopted"], 1, "{report}");
    // It goes on with its certificate: what is waiting for it goes out, without a push token.
    let handled = late.session().await.unwrap().handled;
    assert!(
        handled
            .iter()
            .any(|c| c.request_type == "DeviceInformation"),
        "{handled:?}"
    );
    late.renew_token().await.unwrap();
    let devices = fleet.api.get("/api/v1/devices").await.expect(200);
    assert_eq!(devices["items"].as_array().unwrap().len(), 2);
    let again = fleet.api.post("/api/v1/enrollments/readopt", &body).await;
    assert_eq!(again.expect(200)["readopted"], 0);
    let overview = fleet.api.get("/api/v1/overview").await.expect(200);
    assert_eq!(overview["unknown_senders"], 0);
    server.kill();
    trail_is_whole(folder.path());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_enrolled_after_the_backup_of_sqlite_is_taken_in_again() {
    is_taken_in_again(Engine::Sqlite, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_enrolled_after_the_backup_of_postgres_is_taken_in_again() {
    is_taken_in_again(Engine::Postgres, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_of_sqlite_goes_on_on_postgres() {
    goes_on_after_a_restore(Engine::Sqlite, Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_of_postgres_goes_on_on_sqlite() {
    goes_on_after_a_restore(Engine::Postgres, Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_move_everything_is_as_it_was() {
    let mut fleet = Fleet::new(Engine::Sqlite).await;
    let target = TempDb::new(Engine::Postgres, &[]).await;
    let clock = Clock::system();
    // The server was killed, so its last word is still fresh.
    let refused = backup::transfer(&fleet.app.db(), &target, &fleet.keys, &clock, false).await;
    assert_eq!(refused.unwrap_err().code, "server_running");
    backup::transfer(&fleet.app.db(), &target, &fleet.keys, &clock, true)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut server = fleet.serve(folder.path(), target.url()).await;
    assert!(fleet.signed_in().await, "sessions go on");
    let open = fleet.commands().await;
    let waits = |kind: &str| {
        open.iter()
            .any(|c| c["request_type"] == kind && c["status"] != "cancelled")
    };
    assert!(waits("EraseDevice") && waits("DeviceLock"));
    let handled = fleet.handled().await;
    assert!(
        handled
            .iter()
            .any(|kind| kind == "DeviceLock" || kind == "EraseDevice"),
        "{handled:?}"
    );
    server.kill();
    trail_is_whole(folder.path());
}
