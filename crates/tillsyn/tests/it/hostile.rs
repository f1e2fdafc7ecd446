//! Input that no well-behaved device, browser or program sends (security S20 to S24): nothing of it panics, is a fault
//! of the server, smuggles a second request, or holds a connection for long.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use tillsyn_core::Clock;
use tillsyn_sim::{Behaviours, DeviceConfig, EnrollBy};
use tillsyn_testkit::{Engine, Setup, free_port};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::served::{Ground, Served};

/// Conversations that are sent to each engine.
const CONVERSATIONS: u64 = 80;
const AT_ONCE: usize = 8;
/// From connecting to the last byte: a body may be silent for ten seconds.
const LIMIT: Duration = Duration::from_secs(25);

/// Hands everything on, and keeps what went to the server.
struct Recorder {
    address: String,
    kept: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    async fn before(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let kept: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let all = kept.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = {
                    let mut all = all.lock().unwrap();
                    all.push(Vec::new());
                    all.len() - 1
                };
                let server = TcpStream::connect(&upstream).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let all = all.clone();
                tokio::spawn(async move {
                    let mut piece = vec![0; 65_536];
                    while let Ok(read @ 1..) = from_client.read(&mut piece).await {
                        all.lock().unwrap()[number].extend_from_slice(&piece[..read]);
                        if to_server.write_all(&piece[..read]).await.is_err() {
                            break;
                        }
                    }
                });
                tokio::spawn(async move {
                    let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
                });
            }
        });
        Self { address, kept }
    }

    /// The requests of every connection, in their order.
    fn conversations(&self) -> Vec<Vec<Vec<u8>>> {
        let kept = self.kept.lock().unwrap();
        kept.iter().map(|bytes| requests(bytes)).collect()
    }
}

fn requests(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        let whole = (end + 4 + length).min(bytes.len());
        found.push(bytes[..whole].to_vec());
        bytes = &bytes[whole..];
    }
    found
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    fn place(&mut self, bytes: &[u8]) -> usize {
        self.below(bytes.len())
    }
}

/// One conversation with a few things wrong.
fn mutated(mut requests: Vec<Vec<u8>>, chance: &mut Chance) -> Vec<u8> {
    for _ in 0..=chance.below(3) {
        let (one, other) = (chance.below(requests.len()), chance.below(requests.len()));
        match chance.below(4) {
            0 => requests.swap(one, other),
            1 => requests.insert(other, requests[one].clone()),
            2 if requests.len() > 1 => drop(requests.remove(one)),
            _ => break,
        }
    }
    for _ in 0..=chance.below(4) {
        let which = chance.below(requests.len());
        let bytes = &mut requests[which];
        let (from, to) = (chance.place(bytes), chance.place(bytes));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 200));
        match chance.below(6) {
            0 => bytes[from] ^= 1 << chance.below(8),
            1 => bytes.truncate(from + 1),
            2 => {
                let twice = bytes[from..to].to_vec();
                bytes.splice(to..to, twice);
            }
            3 => drop(bytes.drain(from..to)),
            4 => bytes[from..to].reverse(),
            _ => {
                let odd = [0, b'\r', b'\n', 0xff, b'<', b'&', b':', b'9'];
                bytes.insert(from, odd[chance.below(odd.len())]);
            }
        }
        if bytes.is_empty() {
            bytes.push(b'\n');
        }
    }
    requests.concat()
}

/// Sends bytes and reads to the end of the connection; what came, and `None` when it did not end in time.
async fn say(address: &str, bytes: &[u8], limit: Duration) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let mut answer = Vec::new();
    let talk = async {
        let write = async {
            // The server may have had enough before the end.
            let _ = writer.write_all(bytes).await;
            let _ = writer.shutdown().await;
        };
        let _ = tokio::join!(write, reader.read_to_end(&mut answer));
    };
    tokio::time::timeout(limit, talk).await.ok()?;
    Some(answer)
}

/// The answer to a whole request that asks to close behind it. Its sender stays until the answer is there: whoever ends
/// their half at once may be taken for gone before they were answered.
async fn ask(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(8), read).await;
    read.unwrap().unwrap();
    answer
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes
        .windows(what.len())
        .filter(|part| *part == what)
        .count()
}

/// A server whose devices speak through a recorder, and the server's own address.
async fn recorded(engine: Engine) -> (Served, Recorder, String) {
    let ground = Ground::new(engine).await;
    let address = ground.url.replace("http://", "");
    let recorder = Recorder::before(address.clone()).await;
    let public = format!("http://{}", recorder.address);
    let setup = Setup {
        public_url: Some(&public),
        ..Setup::default()
    };
    (ground.serve(setup).await, recorder, address)
}

async fn conversations_with_faults_harm_nothing(engine: Engine) {
    let (mut served, recorder, server_address) = recorded(engine).await;
    for config in [
        DeviceConfig::mac(1),
        DeviceConfig::iphone(2).with_binary_plists(),
    ] {
        let config = config.with_behaviours(Behaviours {
            title_case_headers: false,
            ..Behaviours::default()
        });
        let mut device = served.enrolled(config).await;
        let id = served.id_of(&device).await;
        let path = format!("/api/v1/devices/{id}/commands");
        for kind in ["SecurityInfo", "ProfileList", "CertificateList"] {
            let body = json!({ "command": { "type": kind } });
            served.api.post(&path, &body).await.expect(202);
        }
        device.session().await.unwrap();
    }
    let mut recorded = recorder.conversations();
    recorded.retain(|requests| !requests.is_empty());
    let spoken: usize = recorded.iter().map(Vec::len).sum();
    assert!(spoken > 20, "only {spoken} requests were recorded");
    recorded.push(recorded.concat());

    let seed = Clock::system().now_ms().unsigned_abs();
    let mut chance = Chance(seed | 1);
    let (mut talks, mut answered) = (JoinSet::new(), 0);
    for number in 0..CONVERSATIONS {
        let which = chance.below(recorded.len());
        let bytes = mutated(recorded[which].clone(), &mut chance);
        let address = server_address.clone();
        talks.spawn(async move { (number, say(&address, &bytes, LIMIT).await) });
        if talks.len() >= AT_ONCE || number + 1 == CONVERSATIONS {
            while let Some(done) = talks.join_next().await {
                let (number, answer) = done.unwrap();
                let answer = answer.unwrap_or_else(|| panic!("seed {seed}, {number}: no end"));
                let shown = String::from_utf8_lossy(&answer);
                assert_eq!(
                    count(&answer, b"HTTP/1.1 5"),
                    0,
                    "seed {seed}, {number}: {shown}"
                );
                answered += count(&answer, b"HTTP/1.1 ");
            }
        }
    }
    assert!(answered > 0 && served.server.is_running());
    let log = served.server.log();
    assert!(!log.contains("panicked"), "seed {seed}: {log}");
    // Who behaves is served as before.
    let mut well = served.enrolled(DeviceConfig::mac(3)).await;
    well.session().await.unwrap();
    assert!(well.violations().is_empty(), "{:?}", well.violations());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_with_faults_harm_nothing_on_sqlite() {
    conversations_with_faults_harm_nothing(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_with_faults_harm_nothing_on_postgres() {
    conversations_with_faults_harm_nothing(Engine::Postgres).await;
}

/// A server with a listener for devices and another one for administrators: both addresses.
async fn two_listeners() -> (Served, [String; 2]) {
    let ground = Ground::new(Engine::Sqlite).await;
    let admin = format!("127.0.0.1:{}", free_port());
    let more = format!("[admin]\nlisten = \"{admin}\"\nurl = \"http://{admin}\"\n");
    let public = ground.url.replace("http://", "");
    let setup = Setup {
        more: &more,
        ..Setup::default()
    };
    (ground.serve(setup).await, [public, admin])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tricks_with_headers_get_one_refusal_on_both_listeners() {
    const BEHIND: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (mut served, addresses) = two_listeners().await;
    let large = format!(
        "GET /nothing HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n",
        "a".repeat(100_000)
    );
    let many = format!(
        "GET /nothing HTTP/1.1\r\nHost: x\r\n{}\r\n",
        "X-Many: a\r\n".repeat(200)
    );
    let tricks: [(&str, &str); 17] = [
        (
            "two lengths",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        ),
        (
            "a list of lengths",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n",
        ),
        (
            "a length with a sign",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n",
        ),
        (
            "a length in hexadecimal",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n",
        ),
        (
            "chunks beside a length",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "chunks twice",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        ),
        (
            "an unknown encoding",
            "POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a bad chunk size",
            "POST /e/x/attempts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        ),
        (
            "a bare CR",
            "GET /nothing HTTP/1.1\r\nHost: x\r\nX-A: a\rX-B: b\r\n\r\n",
        ),
        (
            "a NUL",
            "GET /nothing HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n",
        ),
        ("no Host", "GET /nothing HTTP/1.1\r\nX-A: a\r\n\r\n"),
        (
            "two Hosts",
            "GET /nothing HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        ),
        (
            "a space before the colon",
            "GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n",
        ),
        (
            "a folded line",
            "GET /nothing HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n",
        ),
        (
            "a request line with too much",
            "GET /nothing HTTP/1.1 more\r\nHost: x\r\n\r\n",
        ),
        ("100 kB of headers", &large),
        ("200 lines of headers", &many),
    ];
    for address in &addresses {
        for (name, trick) in tricks {
            let bytes = format!("{trick}{BEHIND}");
            let begun = Instant::now();
            let answer = say(address, bytes.as_bytes(), Duration::from_secs(8)).await;
            let answer = answer.unwrap_or_else(|| panic!("{name}: the connection stays open"));
            let text = String::from_utf8_lossy(&answer);
            assert!(begun.elapsed() < Duration::from_secs(5), "{name}");
            assert!(count(&answer, b"HTTP/1.1 ") <= 1, "{name}: {text}");
            assert!(
                text.is_empty() || text.starts_with("HTTP/1.1 4"),
                "{name}: {text}"
            );
        }
        let plain = ask(address, BEHIND.as_bytes()).await;
        let text = String::from_utf8_lossy(&plain);
        assert!(text.starts_with("HTTP/1.1 200"), "{address}: {text}");
    }
    assert!(served.server.is_running());
    assert!(!served.server.log().contains("panicked"));
}

/// Head and proof of a device's own request, with another length said.
fn own_head(recorder: &Recorder, path: &str, length: u64) -> String {
    let requests = recorder.conversations().concat();
    let begin = format!("PUT {path} ");
    let found = requests
        .iter()
        .find(|one| one.starts_with(begin.as_bytes()));
    let text = String::from_utf8_lossy(found.unwrap()).into_owned();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let lines = head
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("content-length:"));
    let lines: Vec<&str> = lines.collect();
    format!("{}\r\nContent-Length: {length}\r\n\r\n", lines.join("\r\n"))
}

/// How a head is answered whose body never comes; silence after five seconds, half of what a body is waited for.
async fn answer_to_head(address: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    let read = stream.read_exact(&mut first);
    match tokio::time::timeout(Duration::from_secs(5), read).await {
        Ok(read) => {
            read.unwrap();
            String::from_utf8_lossy(&first).into_owned()
        }
        Err(_) => "silence".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_body_that_says_it_is_too_large_is_refused_before_any_of_it_comes() {
    let (mut served, recorder, address) = recorded(Engine::Sqlite).await;
    served.enrolled(DeviceConfig::mac(1)).await;
    let huge = 10_000_000_000;
    for path in ["/apple/checkin", "/apple/mdm"] {
        let answer = answer_to_head(&address, &own_head(&recorder, path, huge)).await;
        assert_eq!(answer, "HTTP/1.1 413", "{path}");
        // The same that may come is waited for.
        let answer = answer_to_head(&address, &own_head(&recorder, path, 20_000)).await;
        assert_eq!(answer, "silence", "{path}");
    }
    assert!(served.server.is_running());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_huge_bodies_end_and_compressed_ones_are_refused() {
    let (mut served, recorder, address) = recorded(Engine::Sqlite).await;
    served.enrolled(DeviceConfig::mac(1)).await;
    let slow = own_head(&recorder, "/apple/mdm", 20_000);
    let form = "POST /console/sign-in HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\n";
    let steps = "POST /e/nothing/attempts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                 Content-Length: 20000\r\n\r\n";
    let head = "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    // What says that it is huge has as long as others, however little of it comes.
    let huge = own_head(&recorder, "/apple/checkin", 10_000_000_000);
    let huge_json = steps.replace("20000", "10000000000");
    let mut drops = JoinSet::new();
    for (name, begin) in [
        ("device", slow.as_str()),
        ("form", form),
        ("json", steps),
        ("head", head),
        ("huge check-in", huge.as_str()),
        ("huge json", huge_json.as_str()),
    ] {
        let (begin, address) = (begin.to_owned(), address.clone());
        drops.spawn(async move { (name, drip(&address, &begin).await) });
    }

    // A bomb is not unpacked.
    for path in [
        "/apple/mdm",
        "/apple/checkin",
        "/e/nothing/attempts",
        "/api/v1/invitations",
    ] {
        let method = if path.starts_with("/apple") {
            "PUT"
        } else {
            "POST"
        };
        for encoding in ["gzip", "deflate", "br", "identity, gzip"] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
                 Content-Encoding: {encoding}\r\nContent-Length: 2\r\n\r\n\u{1f}\u{7f}"
            );
            let answer = say(&address, request.as_bytes(), Duration::from_secs(8))
                .await
                .unwrap();
            let text = String::from_utf8_lossy(&answer);
            // Where the connection is closed on unread bytes, the refusal may be lost on the way.
            let refused = text.is_empty() || text.starts_with("HTTP/1.1 415");
            assert!(refused, "{path}, {encoding}: {text}");
        }
    }
    while let Some(done) = drops.join_next().await {
        let (name, lasted) = done.unwrap();
        assert!(
            lasted < Duration::from_secs(40),
            "{name} held a connection for {lasted:?}"
        );
    }
    assert!(served.server.is_running());
    assert!(!served.server.log().contains("panicked"));
}

/// A byte a second until the server has had enough; how long that took.
async fn drip(address: &str, begin: &str) -> Duration {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(begin.as_bytes()).await.unwrap();
    let begun = Instant::now();
    let dripping = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut first = [0; 16];
    let _ = tokio::time::timeout(Duration::from_secs(45), reader.read(&mut first)).await;
    dripping.abort();
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guesser_is_slowed_and_the_school_behind_the_same_address_is_not() {
    const PHONE: &str =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15";
    let ground = Ground::new(Engine::Sqlite).await;
    let code = ground.code.clone();
    let served = ground.serve(Setup::default()).await;
    let url = served.ground.url.clone();
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut refused = 0;
    for number in 0..40 {
        let guess = http
            .post(format!("{url}/go/code"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("user-agent", PHONE)
            .body(format!("code=7K0M1{number:03}"))
            .send();
        refused += u32::from(guess.await.unwrap().status().as_u16() == 429);
    }
    assert!(refused >= 10, "forty guesses, {refused} of them refused");
    // Five hundred others at the same address open their link meanwhile, and some enroll.
    let mut school = JoinSet::new();
    for _ in 0..500 {
        let (http, link) = (http.clone(), format!("{url}/e/{code}"));
        school.spawn(async move { http.get(link).send().await.unwrap().status().as_u16() });
    }
    while let Some(status) = school.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    for number in 0..5 {
        let mut device = served.ground.app.device(DeviceConfig::iphone(20 + number));
        let by = EnrollBy::Invitation {
            server: url.clone(),
            code: code.clone(),
            pin: None,
        };
        device.enroll(&by).await.unwrap();
        device.session().await.unwrap();
    }
}
