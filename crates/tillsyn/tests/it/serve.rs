use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use tillsyn_db::{Db, DbConfig, args};

use crate::program::{Place, Running};

const START: Duration = Duration::from_secs(20);
/// Running requests get 20 seconds; here are none.
const STOP: Duration = Duration::from_secs(10);

fn refused(place: &Place, words: &str) {
    let ended = place.run(&["serve"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains(words), "{words}: {}", ended.err);
}

fn served(place: &Place) -> Running {
    let mut running = place.start(&["serve"]);
    running.wait_for("tillsyn serves", START);
    running
}

#[test]
fn an_unknown_key_stops_the_start() {
    let place = Place::new();
    place.write("tillsyn.toml", "[public]\nlistne = \"127.0.0.1:0\"\n");
    refused(
        &place,
        "unknown key `public.listne`; did you mean `public.listen`?",
    );
}

#[test]
fn without_a_configuration_it_says_what_to_do() {
    let place = Place::new();
    refused(&place, "`tillsyn init` makes one");
    let ended = place.run(&["serve", "--config", "nowhere.toml"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("tillsyn init --config nowhere.toml"),
        "{}",
        ended.err
    );
}

#[test]
fn a_missing_key_stops_the_start() {
    let place = Place::initialised();
    std::fs::remove_file(place.path("keys/master.key")).unwrap();
    refused(&place, "Put back the key");
}

#[test]
fn a_foreign_key_stops_the_start() {
    let place = Place::initialised();
    let other = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    refused(
        &place.with("TILLSYN_MASTER_KEY", other),
        "does not belong to this database",
    );
    let place = Place::initialised().with("TILLSYN_MASTER_KEY", "not a key");
    refused(&place, "TILLSYN_MASTER_KEY holds no master key");
}

#[test]
fn the_key_may_come_from_a_command() {
    let place = Place::initialised();
    std::fs::rename(place.path("keys/master.key"), place.path("elsewhere.key")).unwrap();
    let command = format!("cat {}", place.path("elsewhere.key").display());
    let place = place.with("TILLSYN_KEYS_MASTER_KEY_COMMAND", &command);
    let mut running = served(&place);
    running.signal("TERM");
    assert_eq!(running.wait(STOP), Some(0));
    let failing = place.with("TILLSYN_KEYS_MASTER_KEY_COMMAND", "exit 3");
    refused(&failing, "keys.master_key_command failed");
}

#[test]
fn an_empty_database_is_sent_to_init() {
    let place = Place::initialised();
    let place = place.with("TILLSYN_DATABASE_URL", "sqlite:other.sqlite");
    refused(&place, "there is no database at");
    std::fs::write(place.path("other.sqlite"), "").unwrap();
    refused(&place, "the database is empty; run `tillsyn init`");
}

#[test]
fn it_stops_at_either_signal_with_success() {
    for signal in ["TERM", "INT"] {
        let place = Place::initialised();
        let mut running = served(&place);
        running.signal(signal);
        assert_eq!(running.wait(STOP), Some(0), "{signal}");
        assert!(running.output().contains("stopped"));
    }
}

#[test]
fn the_service_manager_is_told_when_it_serves_and_when_it_stops() {
    let place = Place::initialised();
    let socket = place.path("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(START)).unwrap();
    let heard = || {
        let mut bytes = [0; 64];
        let length = manager.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    };
    let place = place.with("NOTIFY_SOCKET", socket.to_str().unwrap());
    let mut running = place.start(&["serve"]);
    assert_eq!(heard(), "READY=1");
    assert!(running.output().contains("tillsyn serves"));
    running.signal("TERM");
    assert_eq!(heard(), "STOPPING=1");
    assert_eq!(running.wait(STOP), Some(0));
}

#[test]
fn log_lines_can_be_json() {
    let place = Place::initialised().with("TILLSYN_LOG_FORMAT", "json");
    let mut running = served(&place);
    running.signal("TERM");
    assert_eq!(running.wait(STOP), Some(0));
    for line in running.output().lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["message"].is_string(), "{line}");
    }
}

#[test]
fn files_that_others_can_read_are_named() {
    let place = Place::initialised();
    let key = place.path("keys/master.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut running = served(&place);
    assert!(
        running.output().contains("master.key has mode 0644"),
        "{}",
        running.output()
    );
    running.signal("TERM");
    assert_eq!(running.wait(STOP), Some(0));
}

#[test]
fn two_listeners_can_be_kept_apart() {
    let place = Place::initialised().with("TILLSYN_ADMIN_LISTEN", "127.0.0.1:0");
    let mut running = served(&place);
    let output = running.output();
    assert!(output.contains("surface=Public"), "{output}");
    assert!(output.contains("surface=Administrative"), "{output}");
    running.signal("TERM");
    assert_eq!(running.wait(STOP), Some(0));
}

#[test]
fn migrate_says_that_nothing_is_to_do() {
    let place = Place::initialised();
    let ended = place.run(&["migrate"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("nothing was changed"), "{}", ended.out);
}

#[tokio::test]
async fn migrate_leaves_a_database_alone_that_is_half_restored() {
    const HALF: &str = "INSERT INTO setting (name, value, updated_at) VALUES ('database_state', \
        '{\"state\":\"restoring\",\"sha256\":\"00\"}', 0)";
    const OLDER: &str =
        "DELETE FROM schema_migration WHERE version = (SELECT MAX(version) FROM schema_migration)";
    let place = Place::initialised();
    let url = format!("sqlite:{}", place.path("data/tillsyn.sqlite").display());
    let db = Db::open(&DbConfig { url, pool: 1 }).await.unwrap();
    db.execute(HALF, args![]).await.unwrap();
    db.execute(OLDER, args![]).await.unwrap();
    let files = || std::fs::read_dir(place.path("data")).unwrap().count();
    let before = files();
    let refused = place.run(&["migrate"]);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("broke off"), "{}", refused.err);
    assert_eq!(files(), before);
}

#[test]
fn doctor_finds_what_is_missing() {
    let place = Place::initialised();
    let ended = place.run(&["doctor", "--offline"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(
        ended.out.contains("push certificate: none yet"),
        "{}",
        ended.out
    );
    std::fs::remove_file(place.path("tls/server.key")).unwrap();
    std::fs::remove_file(place.path("keys/master.key")).unwrap();
    let ended = place.run(&["doctor", "--offline"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("FAULT    master key"), "{}", ended.out);
    assert!(ended.out.contains("FAULT    TLS"), "{}", ended.out);
    assert!(ended.err.contains("2 faults"), "{}", ended.err);
}

#[tokio::test]
async fn doctor_knows_a_clock_that_is_behind_and_takes_it_for_right() {
    const AHEAD: &str =
        "INSERT INTO setting (name, value, updated_at) VALUES ('clock', 'null', $1)";
    const TRAIL: &str = "SELECT count(*) FROM event WHERE action = 'clock.accept'";
    let place = Place::initialised();
    let url = format!("sqlite:{}", place.path("data/tillsyn.sqlite").display());
    let db = Db::open(&DbConfig { url, pool: 1 }).await.unwrap();
    let ahead = tillsyn_core::Clock::system().now_ms() + 90 * 24 * 60 * 60 * 1_000;
    db.execute(AHEAD, args![ahead]).await.unwrap();

    let behind = place.run(&["doctor", "--offline"]);
    assert!(
        behind.out.contains("FAULT    clock: 1295"),
        "{}",
        behind.out
    );
    let taken = place.run(&["doctor", "--offline", "--accept-clock"]);
    assert!(taken.out.contains("taken for right"), "{}", taken.out);
    let row = db.query_optional(TRAIL, args![]).await.unwrap();
    assert_eq!(row.unwrap().i64(0).unwrap(), 1);
    let right = place.run(&["doctor", "--offline"]);
    assert!(
        right.out.contains("ok       clock: not behind"),
        "{}",
        right.out
    );
}
