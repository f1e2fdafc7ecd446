//! `tillsyn doctor` on the way out: what is wrong, in words that help.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use crate::program::Place;

/// Answers every connection with these bytes.
fn listener(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // It may be gone already, as a first look at the port is.
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        }
    });
    port
}

fn closed() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// What it says of the network, with these two addresses.
fn said(place: Place, push: &str, services: &str) -> Vec<String> {
    let place = place
        .with("TILLSYN_APNS_URL", push)
        .with("TILLSYN_DEVICE_SERVICES_URL", services);
    let ended = place.run(&["doctor"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let lines = ended
        .out
        .lines()
        .filter(|line| line.contains("  network: "));
    lines.map(str::to_owned).collect()
}

fn says(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn a_closed_port_and_a_stranger_that_speaks_no_tls_are_told_apart() {
    let (push, services) = (closed(), listener(b"220 mail.example.org\r\n"));
    let lines = said(
        Place::initialised(),
        &format!("https://127.0.0.1:{push}"),
        &format!("https://127.0.0.1:{services}"),
    );
    says(
        &lines[0],
        &[
            "warning",
            "APNs (apns.url)",
            &push.to_string(),
            "nothing answers",
            "not woken",
        ],
    );
    says(
        &lines[1],
        &[
            "warning",
            "device services",
            "does not speak TLS",
            "activation locks",
        ],
    );
}

#[test]
fn only_a_trusted_certificate_is_reached() {
    let server = Place::initialised();
    let mut running = server.start(&["serve"]);
    let output = running.wait_for("tillsyn serves", Duration::from_secs(20));
    let (_, rest) = output.split_once("address=").unwrap();
    let address = rest.split_whitespace().next().unwrap();
    let url = format!("https://{address}");
    let root = server.path("tls/ca.pem").display().to_string();
    let trusting = Place::initialised().with("TILLSYN_APNS_ROOT_FILE", &root);
    let lines = said(trusting, &url, &url);
    says(&lines[0], &["ok", "APNs", "directly, over TLS"]);
    says(
        &lines[1],
        &["warning", "not trusted", "device_services.root_file"],
    );
}

#[test]
fn a_proxy_is_the_only_way_where_there_is_one() {
    let refusing = listener(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let url = format!("https://127.0.0.1:{}", closed());
    let proxy = format!("http://tillsyn:never-printed@127.0.0.1:{refusing}");
    let lines = said(
        Place::initialised().with("TILLSYN_PROXY_URL", &proxy),
        &url,
        &url,
    );
    says(
        &lines[0],
        &["warning", "APNs", "through the proxy", "CONNECT"],
    );
    says(&lines[1], &["warning", "through the proxy", "CONNECT"]);
    let gone = format!("http://tillsyn:never-printed@127.0.0.1:{}", closed());
    let without = said(
        Place::initialised().with("TILLSYN_PROXY_URL", &gone),
        &url,
        &url,
    );
    assert_eq!(without.len(), 1);
    says(&without[0], &["the proxy (proxy.url)", "nothing answers"]);
    for line in lines.iter().chain(&without) {
        assert!(!line.contains("never-printed"), "{line}");
    }
}
