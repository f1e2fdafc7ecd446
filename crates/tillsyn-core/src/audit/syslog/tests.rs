#![expect(clippy::unwrap_used, reason = "tests")]

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, UdpSocket};

use super::message::{of_checkpoint, of_entry};
use super::{SyslogTarget, Transport};
use crate::audit::chain::{Checkpoint, Record};
use crate::audit::verify::{Body, Entry};

fn entry() -> Entry {
    Entry {
        position: 7,
        hash: "ab".to_owned(),
        body: Body::Event(Box::new(Record {
            id: "e".to_owned(),
            at: 1_760_000_000_123,
            actor_kind: "account".to_owned(),
            actor_id: "maja".to_owned(),
            address: None,
            address_hash: None,
            action: "access.refused".to_owned(),
            object_kind: "operation".to_owned(),
            object_id: "POST /x".to_owned(),
            org_unit_id: "u".to_owned(),
            result: "refused".to_owned(),
            details: r#"{"code":"a=b"}"#.to_owned(),
            request_id: None,
        })),
        identity: Some(("salt".to_owned(), "192.0.2.7".to_owned())),
    }
}

#[test]
fn messages_are_of_rfc_5424() {
    let json = of_entry(&entry(), false, "node 1:443").unwrap();
    let head = "<108>1 2025-10-09T08:53:20.123Z node1:443 tillsyn - access.refused - ";
    let line = json.strip_prefix(head).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["position"], 7);
    assert_eq!(line["address"], "192.0.2.7");
    let cef = of_entry(&entry(), true, "node").unwrap();
    assert!(cef.contains(" - CEF:0|Tillsyn|Tillsyn|"), "{cef}");
    assert!(cef.contains(r#"cs5={"code":"a\=b"}"#), "{cef}");
    assert!(cef.contains("src=192.0.2.7"), "{cef}");
    let checkpoint = Checkpoint {
        position: 7,
        hash: "ab".to_owned(),
        previous: 0,
        created_at: 0,
        authority_id: "audit".to_owned(),
        signature: vec![1],
    };
    let head = of_checkpoint(&checkpoint, "");
    assert!(
        head.starts_with("<109>1 1970-01-01T00:00:00.000Z - tillsyn - audit.checkpoint - {"),
        "{head}"
    );
}

#[test]
fn addresses_of_collectors_are_read() {
    let read = |text| {
        let found = SyslogTarget::parse(text)?;
        Some((found.transport, found.host, found.port))
    };
    let at = |transport, host: &str, port| Some((transport, host.to_owned(), port));
    assert_eq!(
        read("udp://log.example"),
        at(Transport::Udp, "log.example", 514)
    );
    assert_eq!(
        read("tcp://10.0.0.7:1514"),
        at(Transport::Tcp, "10.0.0.7", 1514)
    );
    assert_eq!(
        read("tls://[2001:db8::7]"),
        at(Transport::Tls, "2001:db8::7", 6514)
    );
    assert_eq!(
        read("tls://[2001:db8::7]:99/"),
        at(Transport::Tls, "2001:db8::7", 99)
    );
    for odd in [
        "log.example",
        "http://x",
        "tcp://",
        "tcp://a:port",
        "tcp://a/b",
    ] {
        assert_eq!(read(odd), None, "{odd}");
    }
}

#[tokio::test]
async fn streams_count_octets_and_datagrams_stand_alone() {
    let messages = vec!["<109>1 å".to_owned(), "<109>1 b".to_owned()];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut target = SyslogTarget::parse(&format!("tcp://127.0.0.1:{port}")).unwrap();
    let sent = async {
        let connection = target.connect().await.unwrap();
        drop(connection.send(&messages).await.unwrap());
    };
    let got = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    };
    let ((), got) = tokio::join!(sent, got);
    assert_eq!(got, "9 <109>1 å8 <109>1 b");

    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    target.transport = Transport::Udp;
    target.port = socket.local_addr().unwrap().port();
    let connection = target.connect().await.unwrap();
    connection.send(&messages).await.unwrap();
    for message in &messages {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).await.unwrap();
        assert_eq!(&bytes[..length], message.as_bytes());
    }
}
