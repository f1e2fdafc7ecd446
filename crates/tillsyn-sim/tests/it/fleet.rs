//! Many devices, woken by pushes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tillsyn_sim::{DeviceLog, Fleet, FleetConfig, Life, Network, Pace, PushHub, Source, cli};

use crate::server::{CODE, Server, queries, request};

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let limit = Duration::from_secs(50);
    assert!(tokio::time::timeout(limit, waiting).await.is_ok(), "{what}");
}

fn config(server: &Server, count: usize) -> FleetConfig {
    let mut config = FleetConfig::new(count, Source::Same(server.invitation()));
    config.pace = Pace {
        enroll_every: Duration::ZERO,
        ..Pace::default()
    };
    config
}

#[tokio::test]
async fn a_fleet_lives_on_pushes_and_logs_what_it_saw() {
    let hub = PushHub::new();
    let server = Server::start_with(true, hub.clone()).await;
    let registered = Arc::new(Mutex::new(HashSet::new()));
    let seen = Arc::clone(&registered);
    hub.on_register(move |token| {
        seen.lock().unwrap().insert(token.to_vec());
    });
    let memory = Memory::default();
    let network = Network::plain_http().unwrap();
    let log = DeviceLog::new(memory.clone());
    let fleet = Fleet::start(config(&server, 12), network, hub, log);
    until("all enroll", || fleet.stats().enrolled == 12).await;
    let uuids: Vec<String> = server
        .udids()
        .iter()
        .map(|udid| server.queue(udid, queries(&["OSVersion"])))
        .collect();
    until("all answer", || fleet.stats().acknowledged >= 12).await;
    assert_eq!(fleet.violations(), []);
    assert!(registered.lock().unwrap().len() >= 12);
    let stats = fleet.stop().await;
    assert_eq!(stats.violations, 0);

    let bytes = memory.0.lock().unwrap().clone();
    let lines: Vec<serde_json::Value> = String::from_utf8(bytes)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for uuid in uuids {
        let events: Vec<&str> = lines
            .iter()
            .filter(|line| line["uuid"] == uuid.as_str())
            .map(|line| line["event"].as_str().unwrap())
            .collect();
        assert_eq!(events, ["command", "sending", "acknowledged"]);
    }
}

#[tokio::test]
async fn a_moody_fleet_finishes_its_work_and_comes_back_after_an_erasure() {
    let hub = PushHub::new();
    let server = Server::start_with(false, hub.clone()).await;
    let mut config = config(&server, 8);
    config.behaviours = None;
    config.pace.poll_every = Some(Duration::from_millis(300));
    config.life = Life {
        event_every: Some(Duration::from_millis(400)),
        pause: Duration::from_millis(150),
        removes_profile: 20,
        comes_back_after: Some(Duration::from_millis(50)),
        ..Life::default()
    };
    let network = Network::plain_http().unwrap();
    let fleet = Fleet::start(config, network, hub, DeviceLog::default());
    until("all enroll", || fleet.stats().enrollments >= 8).await;
    for udid in server.udids() {
        server.queue(&udid, queries(&["OSVersion", "BatteryLevel"]));
        server.queue(&udid, request("SecurityInfo", &[]));
        server.queue(&udid, request("EraseDevice", &[("PIN", "123456".into())]));
    }
    until("all are erased or removed and come back", || {
        let stats = fleet.stats();
        stats.enrollments >= 16 && stats.erased > 0
    })
    .await;
    assert_eq!(fleet.violations(), []);
    fleet.stop().await;
}

#[tokio::test]
async fn the_command_line_enrolls_once_and_reports() {
    let server = Server::start().await;
    let mut args = cli::SimArgs::new(server.base.clone(), CODE);
    args.count = 2;
    args.once = true;
    args.poll_secs = Some(1);
    args.allow_plain_http = true;
    let never = std::future::pending();
    let report = cli::run(args, never, |_| {}).await.unwrap();
    assert_eq!(report.stats.enrollments, 2);
    assert_eq!(report.violations, []);
}

#[test]
fn a_mixed_fleet_has_a_bit_of_everything_and_keeps_its_names() {
    use tillsyn_sim::{DeviceConfig, DeviceKind, PlistForm, Variety};
    let variety = Variety::field();
    let all: Vec<DeviceConfig> = (0..300)
        .map(|index| DeviceConfig::generate(DeviceKind::ALL[index % 3], 4, index))
        .collect();
    let mixed: Vec<DeviceConfig> = all.iter().cloned().map(|c| variety.apply(c)).collect();
    let count = |test: &dyn Fn(&DeviceConfig) -> bool| mixed.iter().filter(|c| test(c)).count();
    assert!(count(&|c| c.shared_ipad) > 10);
    assert!(count(&|c| c.supervised && c.kind == DeviceKind::Iphone) > 10);
    assert!(count(&|c| c.os_version == "27.0") > 5);
    assert!(count(&|c| c.os_version == "15.8.3") > 5);
    assert!(count(&|c| c.plist_form == PlistForm::Binary) > 5);
    for (before, after) in all.iter().zip(&mixed) {
        assert_eq!((&before.serial, &before.name), (&after.serial, &after.name));
        assert!(!after.shared_ipad || after.kind == DeviceKind::Ipad);
    }
    let plain = Variety::default();
    assert!(
        all.iter()
            .all(|c| plain.apply(c.clone()).os_version == c.os_version)
    );
}
