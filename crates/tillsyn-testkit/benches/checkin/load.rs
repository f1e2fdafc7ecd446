//! The parent: signs, sends over 16 keep-alive connections, reads the server's CPU from the operating
//! system.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use serde_json::Value as Json;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms::sign_detached_like_device;
use tillsyn_pki::key::{Digest, KeyPair};

const CONNECTIONS: usize = 16;

/// A signed request, ready for the wire.
struct Prepared(Vec<u8>);

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn line(&mut self) -> Json {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn ask(&mut self, what: &str) -> Json {
        writeln!(self.input, "{what}").unwrap();
        self.line()
    }

    fn statements(&mut self) -> u64 {
        self.ask("stats")["statements"].as_u64().unwrap()
    }

    /// Microseconds of CPU of the server, and of PostgreSQL when that is the engine.
    fn cpu(&self, engine: &str) -> (f64, f64) {
        let database = if engine == "postgres" {
            cpu_of_postgres()
        } else {
            0.0
        };
        (cpu_of(self.child.id()), database)
    }
}

fn cpu_of(pid: u32) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return 0.0;
    };
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks = |i: usize| {
        fields
            .get(i)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    // Linux counts a hundred ticks a second for user space, whatever the kernel's own rate.
    (ticks(11) + ticks(12)) * 10_000.0
}

fn cpu_of_postgres() -> f64 {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 0.0;
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            std::fs::read_to_string(format!("/proc/{pid}/comm"))
                .is_ok_and(|c| c.trim() == "postgres")
        })
        .map(cpu_of)
        .sum()
}

fn poll(udid: &str, status: &str, uuid: Option<&str>) -> String {
    let command = uuid.map_or_else(String::new, |uuid| {
        format!(
            "<key>CommandUUID</key><string>{uuid}</string><key>SecurityInfo</key><dict>\
             <key>PasscodePresent</key><true/><key>HardwareEncryptionCaps</key><integer>3</integer></dict>"
        )
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict>\
         <key>Status</key><string>{status}</string><key>UDID</key><string>{udid}</string>{command}</dict></plist>"
    )
}

fn prepare(body: &str, certificate: &Certificate, key: &KeyPair) -> Prepared {
    let signature =
        sign_detached_like_device(body.as_bytes(), certificate, key, Digest::Sha256).unwrap();
    let signature = base64::engine::general_purpose::STANDARD.encode(signature);
    Prepared(
        format!(
            "PUT /apple/mdm HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-apple-aspen-mdm; \
             charset=UTF-8\r\nMdm-Signature: {signature}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}

/// Sends one request and reads its whole answer.
fn exchange(stream: &mut TcpStream, request: &Prepared, buffer: &mut Vec<u8>) -> (u16, String) {
    stream.write_all(&request.0).unwrap();
    buffer.clear();
    let mut chunk = [0; 8_192];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the server closed the connection");
        buffer.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(buffer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|l| {
                l.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(str::to_owned)
            })
            .and_then(|v| v.trim().parse().ok())
            .unwrap_or(0);
        if body.len() >= length {
            let status = head
                .split(' ')
                .nth(1)
                .and_then(|s| s.parse().ok())
                .unwrap_or(0);
            return (status, body.to_owned());
        }
    }
}

/// All requests over the connections, round robin; every answer must be an empty 200.
fn flood(address: &str, prepared: &Arc<Vec<Prepared>>, requests: usize) {
    let next = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, prepared, address) = (next.clone(), prepared.clone(), address.to_owned());
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= requests {
                        return;
                    }
                    let request = &prepared[index % prepared.len()];
                    let (status, body) = exchange(&mut stream, request, &mut buffer);
                    assert!(status == 200 && body.is_empty(), "{status} {body}");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Each device fetches its command and reports the result; the reports are signed before the clock starts.
fn drain(
    server: &mut Server,
    engine: &str,
    address: &str,
    idle: &Arc<Vec<Prepared>>,
    certificates: &[Certificate],
    keys: &[KeyPair],
) -> (f64, f64, f64) {
    server.ask("enqueue");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    let mut results = Vec::new();
    for (index, request) in idle.iter().enumerate() {
        let (_, body) = exchange(&mut stream, request, &mut buffer);
        let uuid = body
            .split_once("<key>CommandUUID</key>")
            .and_then(|(_, rest)| rest.split_once("<string>"))
            .and_then(|(_, rest)| rest.split_once("</string>"))
            .map(|(uuid, _)| uuid.to_owned())
            .unwrap();
        let body = poll(&format!("UDID-{index:08}"), "Acknowledged", Some(&uuid));
        results.push(prepare(
            &body,
            &certificates[index],
            &keys[index % keys.len()],
        ));
    }
    let results = Arc::new(results);
    let (cpu, statements) = (server.cpu(engine), server.statements());
    flood(address, &results, results.len());
    let (after, said) = (server.cpu(engine), server.statements());
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let per = |total: f64| total / results.len() as f64;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let statements = per((said - statements) as f64);
    (per(after.0 - cpu.0), per(after.1 - cpu.1), statements)
}

/// Alternates floor and product, prints medians and their ratio.
pub(crate) fn measure(
    mut child: Child,
    engine: &str,
    devices: usize,
    requests: usize,
    rounds: usize,
) {
    let input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut server = Server {
        child,
        input,
        output,
    };
    let hello = server.line();
    let address = hello["address"].as_str().unwrap().to_owned();
    let floor = hello["floor"].as_str().unwrap().to_owned();
    let certificates: Vec<Certificate> = hello["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pem| Certificate::from_pem(pem.as_str().unwrap()).unwrap())
        .collect();
    let keys: Vec<KeyPair> = (0..64).map(|i| tillsyn_sim::pool_key(i).unwrap()).collect();
    let idle: Arc<Vec<Prepared>> = Arc::new(
        certificates
            .iter()
            .enumerate()
            .map(|(i, c)| {
                prepare(
                    &poll(&format!("UDID-{i:08}"), "Idle", None),
                    c,
                    &keys[i % keys.len()],
                )
            })
            .collect(),
    );
    flood(&floor, &idle, devices);
    flood(&address, &idle, devices);
    let mut floors = Vec::new();
    let mut products = Vec::new();
    let mut databases = Vec::new();
    let mut statements = 0.0;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let per = |total: f64| total / requests as f64;
    for _ in 0..rounds {
        let before = server.cpu(engine);
        flood(&floor, &idle, requests);
        let between = server.cpu(engine);
        let counted = server.statements();
        flood(&address, &idle, requests);
        let after = server.cpu(engine);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let made = (server.statements() - counted) as f64;
        statements = per(made);
        floors.push(per(between.0 - before.0));
        products.push(per(after.0 - between.0));
        databases.push(per(after.1 - between.1));
    }
    let (floor_us, product_us, database_us) = (
        median(&mut floors),
        median(&mut products),
        median(&mut databases),
    );
    println!("engine {engine}, {devices} devices, {rounds} rounds of {requests} requests, medians");
    println!("| work | server CPU µs | database CPU µs | statements | against the floor |");
    println!("|---|---|---|---|---|");
    println!("| floor: HTTP + signature | {floor_us:.1} | | | 1.00 |");
    println!(
        "| signed idle check-in | {product_us:.1} | {database_us:.1} | {statements:.2} | {:.2} |",
        (product_us + database_us) / floor_us
    );
    let (server_us, database_us, statements) =
        drain(&mut server, engine, &address, &idle, &certificates, &keys);
    println!(
        "| result of a command, durable | {server_us:.1} | {database_us:.1} | {statements:.2} | {:.2} |",
        (server_us + database_us) / floor_us
    );
    let _ = server.child.kill();
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
