//! Two nodes on one PostgreSQL: what one leaves behind, the other finishes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};
use tillsyn_core::platform::apple::read_profile;
use tillsyn_core::{Clock, jobs};
use tillsyn_sim::{DeviceConfig, DeviceLog, SessionEnd};
use tillsyn_standins::apns::Answer;
use tillsyn_testkit::{AppOptions, Engine, TestApp};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::device::story::{PROFILE, only_device, plain};

/// What stands in front of the nodes: it hands connections to the one that lives.
struct Switch {
    url: String,
    state: Arc<Mutex<State>>,
    task: AbortHandle,
}

#[derive(Default)]
struct State {
    target: Option<SocketAddr>,
    connections: Vec<AbortHandle>,
}

impl Switch {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let mut state = shared.lock().unwrap();
                let Some(target) = state.target else { continue };
                let pipe = tokio::spawn(pass(client, target)).abort_handle();
                state.connections.push(pipe);
            }
        });
        Self {
            url,
            state,
            task: task.abort_handle(),
        }
    }

    /// From now on to this node; what is open to the other is cut.
    fn to(&self, url: &str) {
        let mut state = self.state.lock().unwrap();
        state.target = Some(url.trim_start_matches("http://").parse().unwrap());
        for connection in state.connections.drain(..) {
            connection.abort();
        }
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut client: TcpStream, target: SocketAddr) {
    if let Ok(mut node) = TcpStream::connect(target).await {
        // A connection that breaks is what this is about.
        let _ = tokio::io::copy_bidirectional(&mut client, &mut node).await;
    }
}

/// A log in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The command UUIDs of one kind of event, in order.
    fn uuids(&self, event: &str) -> Vec<String> {
        let bytes = self.0.lock().unwrap();
        let lines = std::str::from_utf8(&bytes).unwrap().lines();
        lines
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|line| line["event"] == event)
            .map(|line| line["uuid"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn behind(switch: &Switch, options: AppOptions) -> TestApp {
    let app = TestApp::behind(Some(switch.url.clone()), Engine::Postgres, options).await;
    switch.to(&app.url());
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_finishes_at_the_other_node() {
    let switch = Switch::start().await;
    let mut app = behind(&switch, AppOptions::default()).await;
    let lines = Lines::default();
    let mut config = DeviceConfig::iphone(app.next());
    config.behaviours.slow = Duration::from_millis(40);
    let invitation = app.invite().await;
    let mut iphone = app.device(config).with_log(DeviceLog::new(lines.clone()));
    iphone.enroll(&app.by(&invitation)).await.unwrap();
    iphone.session().await.unwrap();
    let before = lines.uuids("acknowledged").len();
    let id = only_device(&app).await;
    let mut queued = Vec::new();
    for number in 0..20 {
        let text = PROFILE.replace("org.example.webclip", &format!("org.example.clip{number}"));
        let profile = read_profile(text.into_bytes()).unwrap();
        let new = NewCommand {
            profile: Some(profile.bytes.clone()),
            ..plain(&id, profile.request())
        };
        let made = commands::enqueue(&app.core, &app.owner, new).await.unwrap();
        queued.push(made.commands[0].id.to_string());
    }
    assert!(
        iphone
            .enrollment_profile()
            .unwrap()
            .server_url
            .starts_with(&switch.url)
    );

    let (core_b, url_b, _stop_b) = app.second_node().await;
    let jobs_b = jobs::start(&core_b);
    let draining = tokio::spawn(async move {
        let mut handled = 0;
        // A session that could not be finished is taken up again, as at the next push.
        for _ in 0..10 {
            if let Ok(session) = iphone.session().await {
                handled += session.handled.len();
                if session.end == SessionEnd::Empty {
                    return (iphone, handled);
                }
            }
        }
        panic!("the device never finished");
    });
    let done =
        "SELECT count(*) FROM command WHERE request_type = 'InstallProfile' AND finished = 1";
    while app.count(done).await < 7 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    app.kill();
    let at_kill = app.count(done).await;
    assert!(
        (7..20).contains(&at_kill),
        "killed while it drains, after {at_kill}"
    );
    switch.to(&url_b);
    let (iphone, handled) = draining.await.unwrap();

    assert!(handled <= 20, "{handled}");
    assert_eq!(iphone.violations(), []);
    assert_eq!(
        lines.uuids("acknowledged")[before..],
        queued,
        "each once, in order"
    );
    let installed = iphone.installed_profiles();
    assert_eq!(
        installed
            .filter(|p| p.identifier.starts_with("org.example.clip"))
            .count(),
        20
    );
    assert_eq!(app.count(done).await, 20);
    assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0")
            .await,
        0
    );
    let answered = "SELECT count(*) FROM command_transition t JOIN command c ON c.id = t.command_id \
        WHERE c.request_type = 'InstallProfile' AND t.status = 'acknowledged'";
    assert_eq!(app.count(answered).await, 20, "nothing doubled");
    assert_eq!(
        app.count("SELECT count(*) FROM orphan_result").await,
        0,
        "nothing unknown"
    );
    assert_eq!(app.count("SELECT count(*) FROM stranger").await, 0);
    for job in jobs_b {
        job.abort();
    }
}

/// Both nodes live by this clock.
fn standing_clock() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_a_dead_node_had_claimed_is_sent_by_the_other() {
    let switch = Switch::start().await;
    let mut app = behind(&switch, standing_clock()).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    app.eventually("SELECT count(*) FROM push_request", 0).await;
    let sent = app.apns.received().len();
    let token = iphone.tokens().remove(0).token;
    app.apns.script(&token, Answer::Hang);
    let id = only_device(&app).await;
    commands::enqueue(&app.core, &app.owner, plain(&id, Request::SecurityInfo {}))
        .await
        .unwrap();
    // The channel was pushed at its enrollment; more work within a second is one more push after it.
    app.clock.advance_ms(1_000);
    let claimed = "SELECT count(*) FROM push_request WHERE worker = 'node-a' AND lease_until > 0";
    app.eventually(claimed, 1).await;
    app.kill();
    app.apns.unscript(&token);

    let (core_b, url_b, _stop_b) = app.second_node().await;
    switch.to(&url_b);
    jobs::run(&core_b, "push").await.unwrap();
    assert_eq!(app.apns.received().len(), sent, "the lease still holds");
    let jobs_b = jobs::start(&core_b);
    app.clock.advance_ms(31_000);
    app.eventually("SELECT count(*) FROM push_request", 0).await;
    assert_eq!(app.apns.received().len(), sent + 1);
    assert!(app.apns.refusals().is_empty());
    assert_eq!(iphone.session().await.unwrap().handled.len(), 1);
    for job in jobs_b {
        job.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_ends_at_the_other_node() {
    let switch = Switch::start().await;
    let mut app = behind(&switch, standing_clock()).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let id = only_device(&app).await;
    let request = Request::EraseDevice {
        preserve_data_plan: false,
        disallow_proximity_setup: false,
    };
    let seen = commands::preview(&app.core, &app.owner, vec![id.clone()], request.clone());
    let typed = seen.await.unwrap().confirm_with;
    let erase = NewCommand {
        reason: Some("Sold".to_owned()),
        confirmation: Confirmation {
            typed,
            targets_digest: None,
        },
        ..plain(&id, request)
    };
    commands::enqueue(&app.core, &app.owner, erase)
        .await
        .unwrap();
    app.kill();
    let (core_b, url_b, _stop_b) = app.second_node().await;
    switch.to(&url_b);
    let jobs_b = jobs::start(&core_b);
    assert_eq!(
        iphone.session().await.unwrap().handled.len(),
        0,
        "held at the other node as well"
    );
    app.clock.advance_ms(11 * 60_000);
    app.eventually("SELECT count(*) FROM command WHERE status = 'held'", 0)
        .await;
    assert_eq!(iphone.session().await.unwrap().end, SessionEnd::Erased);
    assert_eq!(
        app.story("EraseDevice").await,
        ["held", "queued", "sent", "acknowledged"]
    );
    for job in jobs_b {
        job.abort();
    }
}
