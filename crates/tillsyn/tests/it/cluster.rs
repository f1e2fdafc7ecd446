//! Three servers on one PostgreSQL behind a balancer: one dies, one sleeps and wakes, one joins.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tillsyn_core::Permission;
use tillsyn_db::{Engine, args};
use tillsyn_sim::{Device, DeviceConfig, DeviceLog, EnrollBy};
use tillsyn_testkit::{AppOptions, ServerProcess, Setup, TestApp, free_port};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

const DEVICES: usize = 4;
/// How long each state of the cluster is worked under.
const WHILE: Duration = Duration::from_millis(1_500);
/// A node that does not answer for so long gets no connections.
const PATIENCE: Duration = Duration::from_millis(400);
const LIMIT: Duration = Duration::from_secs(20);

/// Forwards connections in turn to the nodes that answer, and cuts those of a node that does not.
struct Balancer {
    url: String,
    nodes: watch::Sender<Vec<u16>>,
}

impl Balancer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (nodes, known) = watch::channel(Vec::new());
        let (healthy, there) = watch::channel(Vec::new());
        tokio::spawn(async move {
            loop {
                let mut found = Vec::new();
                let asked: Vec<u16> = known.borrow().clone();
                for port in asked {
                    if timeout(PATIENCE, answers(port)).await.unwrap_or(false) {
                        found.push(port);
                    }
                }
                healthy.send_replace(found);
                tokio::time::sleep(PATIENCE / 4).await;
            }
        });
        tokio::spawn(async move {
            let turn = AtomicUsize::new(0);
            while let Ok((client, _)) = listener.accept().await {
                let there = there.clone();
                let nodes: Vec<u16> = there.borrow().clone();
                if !nodes.is_empty() {
                    let node = nodes[turn.fetch_add(1, Ordering::Relaxed) % nodes.len()];
                    tokio::spawn(forward(client, node, there));
                }
            }
        });
        Self { url, nodes }
    }

    fn join(&self, port: u16) {
        self.nodes.send_modify(|nodes| nodes.push(port));
    }
}

async fn answers(port: u16) -> bool {
    let Ok(mut node) = TcpStream::connect(("127.0.0.1", port)).await else {
        return false;
    };
    let ask =
        format!("GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    let mut answer = [0; 12];
    node.write_all(ask.as_bytes()).await.is_ok()
        && node.read_exact(&mut answer).await.is_ok()
        && answer.ends_with(b"200")
}

async fn forward(mut client: TcpStream, port: u16, mut there: watch::Receiver<Vec<u16>>) {
    let Ok(mut node) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut node) => {}
        _ = there.wait_for(|nodes| !nodes.contains(&port)) => {}
    }
}

/// One in the check; more with `cargo xtask cluster`.
fn rounds() -> usize {
    let told = std::env::var("TILLSYN_CLUSTER_ROUNDS").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(1)
}

struct Cluster {
    app: TestApp,
    balancer: Balancer,
    folders: Vec<tempfile::TempDir>,
    nodes: Vec<ServerProcess>,
}

impl Cluster {
    async fn new() -> (Self, Vec<String>, String) {
        let balancer = Balancer::start().await;
        let options = AppOptions {
            jobs: false,
            ..AppOptions::default()
        };
        let url = Some(balancer.url.clone());
        let mut app = TestApp::behind(url, Engine::Postgres, options).await;
        let mut codes = Vec::new();
        for _ in 0..DEVICES {
            codes.push(app.invite().await.code.to_string());
        }
        let all = Permission::ALL.iter().map(|(permission, _)| *permission);
        let token = app.token(all.filter(|p| app.owner.holds(*p))).await;
        app.kill();
        let cluster = Self {
            app,
            balancer,
            folders: Vec::new(),
            nodes: Vec::new(),
        };
        (cluster, codes, token)
    }

    async fn add(&mut self) {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let name = format!("[node]\nname = \"node-{}\"\n", self.nodes.len());
        let program = Path::new(env!("CARGO_BIN_EXE_tillsyn"));
        let setup = Setup {
            public_url: Some(self.balancer.url.as_str()),
            more: name.as_str(),
            ..Setup::default()
        };
        let mut node = ServerProcess::with(program, folder.path(), port, &self.app, setup);
        node.start().await.unwrap();
        self.balancer.join(port);
        self.nodes.push(node);
        self.folders.push(folder);
    }

    /// Who works under the leases that one node has at a time.
    async fn holders(&self) -> BTreeSet<String> {
        let sql =
            "SELECT name, holder FROM worker_lease WHERE name LIKE 'audit.%' AND holder <> ''";
        let rows = self.app.db().query_all(sql, args![]).await.unwrap();
        let of = |row: &tillsyn_db::Row| row.text(1).unwrap();
        rows.iter()
            .map(|row| of(row).split('/').next().unwrap_or_default().to_owned())
            .collect()
    }

    /// As if nobody had heard of the holders for longer than their leases.
    async fn let_leases_run_out(&self) {
        for sql in [
            "UPDATE worker_lease SET lease_until = 0",
            "UPDATE push_request SET lease_until = 0",
        ] {
            self.app.db().execute(sql, args![]).await.unwrap();
        }
    }

    async fn wait_until_taken_over_from(&self, gone: &[String]) {
        let end = tokio::time::Instant::now() + LIMIT;
        loop {
            let holders = self.holders().await;
            if !holders.is_empty() && gone.iter().all(|name| !holders.contains(name)) {
                return;
            }
            assert!(tokio::time::Instant::now() < end, "held by {holders:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A device polls until it is told to stop, whatever becomes of its connections; then until nothing waits.
async fn polls(mut device: Device, stop: Arc<AtomicBool>) -> Device {
    let mut end = None;
    loop {
        let stopped = stop.load(Ordering::Relaxed);
        // A connection that broke is one of the days of a device: it comes again.
        let session = device.session().await;
        if stopped && session.is_ok_and(|session| session.handled.is_empty()) {
            return device;
        }
        if stopped {
            let now = tokio::time::Instant::now();
            assert!(
                now < *end.get_or_insert(now + LIMIT),
                "the queue never ends"
            );
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// What the devices themselves say that they were sent and answered.
fn answered(log: &Path) -> BTreeMap<String, String> {
    let mut contents = BTreeMap::new();
    let mut answers = BTreeMap::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let uuid = word("uuid").to_ascii_lowercase();
        let (known, now) = match line["event"].as_str() {
            Some("command") => (&mut contents, word("request_sha256")),
            Some("acknowledged") if word("status") != "NotNow" => (&mut answers, word("status")),
            _ => continue,
        };
        let before = known.insert(uuid.clone(), now.clone());
        let same = before.as_ref().is_none_or(|before| *before == now);
        assert!(same, "{uuid}: {before:?} and then {now}");
    }
    answers
}

/// Asks for commands until it is told to stop; the ids of those that were accepted.
async fn asks(
    base: String,
    token: String,
    devices: Vec<String>,
    stop: Arc<AtomicBool>,
) -> Vec<String> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(3))
        .build()
        .unwrap();
    let mut accepted = Vec::new();
    for (number, device) in devices.iter().cycle().enumerate() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let kind = ["ProfileList", "SecurityInfo"][number / devices.len() % 2];
        let answer = http
            .post(format!("{base}/api/v1/devices/{device}/commands"))
            .bearer_auth(&token)
            .header("idempotency-key", format!("cluster-{number}"))
            .json(&json!({ "command": { "type": kind }, "reason": "Cluster" }))
            .send()
            .await;
        if let Ok(answer) = answer
            && answer.status() == 202
            && let Ok(body) = answer.json::<Json>().await
        {
            for command in body["commands"].as_array().unwrap() {
                accepted.push(command["id"].as_str().unwrap().to_owned());
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    accepted
}

async fn enrolled(cluster: &Cluster, codes: Vec<String>, log: &Path) -> Vec<Device> {
    let log = DeviceLog::to_file(log).unwrap();
    let mut devices = Vec::new();
    for code in codes {
        let mut device = cluster.app.device(DeviceConfig::iphone(cluster.app.next()));
        let by = EnrollBy::Invitation {
            server: cluster.balancer.url.clone(),
            code,
            pin: None,
        };
        device.enroll(&by).await.unwrap();
        devices.push(device.with_log(log.clone()));
    }
    devices
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_cluster_accepted_is_done_once_though_nodes_die_sleep_and_join() {
    let (mut cluster, codes, token) = Cluster::new().await;
    for _ in 0..3 {
        cluster.add().await;
    }
    tokio::time::sleep(PATIENCE * 2).await;
    let log = cluster.folders[0].path().join("devices.log");
    let devices = enrolled(&cluster, codes, &log).await;
    let db = cluster.app.db();
    let ids = db.query_all("SELECT id FROM device ORDER BY id", args![]);
    let ids: Vec<String> = ids
        .await
        .unwrap()
        .iter()
        .map(|r| r.text(0).unwrap())
        .collect();
    assert_eq!(ids.len(), DEVICES);

    let (done_asking, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let base = cluster.balancer.url.clone();
    let asking = tokio::spawn(asks(base, token, ids, Arc::clone(&done_asking)));
    let fleet = devices
        .into_iter()
        .map(|d| tokio::spawn(polls(d, Arc::clone(&done))));
    let fleet: Vec<_> = fleet.collect();

    tokio::time::sleep(WHILE).await;
    for round in 0..rounds() {
        // The last three are there: one of them dies, one sleeps.
        let (dies, sleeps) = (round + 1, round + 2);
        cluster.nodes[dies].kill();
        tokio::time::sleep(WHILE).await;
        cluster.nodes[sleeps].pause();
        cluster.let_leases_run_out().await;
        let gone = [format!("node-{dies}"), format!("node-{sleeps}")];
        cluster.wait_until_taken_over_from(&gone).await;
        tokio::time::sleep(WHILE).await;
        cluster.nodes[sleeps].wake();
        cluster.add().await;
        tokio::time::sleep(WHILE).await;
    }
    done_asking.store(true, Ordering::Relaxed);
    let accepted = asking.await.unwrap();
    done.store(true, Ordering::Relaxed);
    for device in fleet {
        let device = device.await.unwrap();
        assert!(device.is_enrolled());
        let broken = device.violations();
        assert!(broken.is_empty(), "{broken:?}");
    }

    assert!(accepted.len() > 20, "only {} were accepted", accepted.len());
    let rows = "SELECT id, status, (SELECT count(*) FROM command_transition t \
        WHERE t.command_id = command.id AND t.status = 'acknowledged') FROM command";
    let mut ends = BTreeMap::new();
    for row in db.query_all(rows, args![]).await.unwrap() {
        let end = (row.text(1).unwrap(), row.i64(2).unwrap());
        ends.insert(row.text(0).unwrap().to_ascii_lowercase(), end);
    }
    let answers = answered(&log);
    for id in &accepted {
        let id = id.to_ascii_lowercase();
        let (status, times) = ends.get(&id).unwrap_or_else(|| panic!("{id} is lost"));
        match status.as_str() {
            "acknowledged" => assert!(*times == 1 && answers.contains_key(&id), "{id}: {times}"),
            // A newer question of the same kind takes the place of one that waits.
            "superseded" => {}
            status => panic!("{id} is {status}"),
        }
    }
    for (id, answer) in &answers {
        let status = ends.get(id).map(|(status, _)| status.as_str());
        let kept = match answer.as_str() {
            "Acknowledged" => status == Some("acknowledged"),
            _ => status == Some("error"),
        };
        assert!(
            kept,
            "{id}: the device was told that {answer} is kept, and it is {status:?}"
        );
    }
    for verb in ["seal", "verify"] {
        cluster.nodes[0].run(&["audit", verb]).unwrap();
    }
}
