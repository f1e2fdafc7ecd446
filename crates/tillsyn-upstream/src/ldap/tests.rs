#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::ber::{ENUMERATED, INTEGER, OCTETS, Reader, SEQUENCE, SET, Writer};
use super::control;
use super::values::{
    file_time, generalized_time, guid, guid_bytes, same_dn, sid_last, to_generalized_time,
};
use super::*;

fn encoded(filter: &Filter) -> Vec<u8> {
    let mut out = Writer::default();
    filter.write(&mut out);
    out.finish()
}

fn message(id: i64, tag: u8, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Writer::default();
    out.nested(SEQUENCE, |out| {
        out.integer(INTEGER, id);
        out.nested(tag, write);
    });
    out.finish()
}

fn result(out: &mut Writer, code: i64, text: &str) {
    out.integer(ENUMERATED, code);
    out.bytes(OCTETS, b"");
    out.bytes(OCTETS, text.as_bytes());
}

fn entry(id: i64, dn: &str, attributes: &[(&str, &[&str])]) -> Vec<u8> {
    message(id, 0x64, |out| {
        out.bytes(OCTETS, dn.as_bytes());
        out.nested(SEQUENCE, |out| {
            for (name, values) in attributes {
                out.nested(SEQUENCE, |out| {
                    out.bytes(OCTETS, name.as_bytes());
                    out.nested(SET, |out| {
                        for value in *values {
                            out.bytes(OCTETS, value.as_bytes());
                        }
                    });
                });
            }
        });
    })
}

/// RFC 4511, and `ldapsearch` on the wire: `30 0c 02 01 01 61 07 0a 01 00 04 00 04 00` is a bind that succeeded.
#[test]
fn successful_bind_is_read() {
    let bytes = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";
    let message = decode(bytes).unwrap();
    assert_eq!(message.id, 1);
    let Op::Bound(answer) = message.op else {
        panic!("a bind");
    };
    assert_eq!(answer.code(), ResultCode::SUCCESS);
}

/// Servers of Microsoft write every length in four bytes.
#[test]
fn long_form_of_short_length_is_read() {
    let bytes =
        b"\x30\x84\x00\x00\x00\x10\x02\x01\x01\x61\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00";
    assert_eq!(decode(bytes).unwrap().id, 1);
}

#[test]
fn what_is_too_long_or_too_deep_is_refused_before_it_is_read() {
    // 5,000,001 bytes.
    let long = b"\x30\x83\x4c\x4b\x41";
    assert!(matches!(decode(long), Err(LdapError::TooLarge(_))));
    let endless = b"\x30\x80\x02\x01\x01\x61\x80\x00\x00\x00\x00";
    assert!(matches!(decode(endless), Err(LdapError::Protocol(_))));
    let mut deep = Vec::new();
    for _ in 0..40 {
        let mut out = Writer::default();
        out.bytes(SEQUENCE, &deep);
        deep = out.finish();
    }
    let mut reader = Reader::new(&deep);
    let mut levels = 0;
    let error = loop {
        match reader.next().and_then(|element| element.inside()) {
            Ok(inside) => reader = inside,
            Err(error) => break error,
        }
        levels += 1;
    };
    assert!(matches!(error, LdapError::TooLarge(_)));
    assert_eq!(levels, 32);
}

#[test]
fn numbers_are_written_as_short_as_they_can_be() {
    let written = |value| {
        let mut out = Writer::default();
        out.integer(INTEGER, value);
        out.finish()
    };
    assert_eq!(written(0), [2, 1, 0]);
    assert_eq!(written(127), [2, 1, 127]);
    assert_eq!(written(128), [2, 2, 0, 128]);
    assert_eq!(written(-1), [2, 1, 0xff]);
    assert_eq!(written(-129), [2, 2, 0xff, 0x7f]);
    for value in [0, 1, -1, 127, 128, -128, -129, 65_536, i64::MAX, i64::MIN] {
        let bytes = written(value);
        let read = Reader::new(&bytes).next().unwrap().integer().unwrap();
        assert_eq!(read, value);
    }
}

#[test]
fn texts_of_administrators_become_trees() {
    let parsed = Filter::parse(
        "(&(objectCategory=person)(|(uid={login})(mail={login}))(!(cn=a*b*c))(x>=1)(y=*))",
        Some("maja"),
    );
    let Ok(Filter::And(terms)) = parsed else {
        panic!("{parsed:?}");
    };
    assert_eq!(terms.len(), 5);
    assert_eq!(
        terms[1],
        Filter::Or(vec![
            Filter::Equal("uid".to_owned(), b"maja".to_vec()),
            Filter::Equal("mail".to_owned(), b"maja".to_vec()),
        ])
    );
    let bit = Filter::parse("userAccountControl:1.2.840.113556.1.4.803:=2", None).unwrap();
    assert!(matches!(bit, Filter::Extensible { rule: Some(rule), .. } if rule.ends_with("803")));
    // RFC 4515 §4.
    let escaped = Filter::parse(r"(cn=\28a\29\2a\5c\00)", None).unwrap();
    assert_eq!(
        escaped,
        Filter::Equal("cn".to_owned(), b"(a)*\\\0".to_vec())
    );
    let raw = Filter::parse(
        r"(objectGUID=\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff)",
        None,
    );
    let key = guid_bytes("{00112233-4455-6677-8899-aabbccddeeff}").unwrap();
    assert_eq!(
        raw.unwrap(),
        Filter::Equal("objectGUID".to_owned(), key.to_vec())
    );
}

#[test]
fn texts_that_are_no_filters_are_refused() {
    for text in [
        "",
        "(",
        "()",
        "(&)",
        "(uid)",
        "(uid=a",
        "(uid=a))",
        "uid=a)",
        "(u id=a)",
        "(uid=\\2)",
        "(uid=\\zz)",
        "(&(uid=a)(",
        "(uid=**)",
        "(:=a)",
        "(uid={login})",
        "(uid=a)(uid=b)",
        "(uid=(a)",
    ] {
        assert!(Filter::parse(text, None).is_err(), "{text}");
    }
    let deep = format!("{}(a=b){}", "(!".repeat(40), ")".repeat(40));
    assert_eq!(Filter::parse(&deep, None), Err(FilterError::TooLarge));
    let long = format!("(a={})", "b".repeat(5000));
    assert_eq!(Filter::parse(&long, None), Err(FilterError::TooLarge));
}

/// Whatever was typed is one value of one comparison.
#[test]
fn hostile_names_stay_values() {
    for name in [
        "*",
        ")(uid=*",
        "*)(objectClass=*",
        "\0",
        "\\",
        "\\2a",
        "å",
        "{login}",
        "a)(|(uid=*))",
        "",
    ] {
        let filter = Filter::parse("(&(a=b)(uid={login}))", Some(name)).unwrap();
        let wanted = Filter::And(vec![
            Filter::Equal("a".to_owned(), b"b".to_vec()),
            Filter::Equal("uid".to_owned(), name.as_bytes().to_vec()),
        ]);
        assert_eq!(filter, wanted);
        let bytes = encoded(&filter);
        let value = [
            &[OCTETS, u8::try_from(name.len()).unwrap()],
            name.as_bytes(),
        ]
        .concat();
        assert!(bytes.ends_with(&value));
        // Inside of a pattern it is a part and brings no star of its own.
        let pattern = Filter::parse("(cn=a{login}b*)", Some(name)).unwrap();
        let Filter::Substrings {
            first, any, last, ..
        } = pattern
        else {
            panic!("a pattern");
        };
        assert_eq!(first.unwrap(), format!("a{name}b").into_bytes());
        assert!(any.is_empty() && last.is_none());
    }
}

#[test]
fn passwords_that_prove_nothing_never_get_near_a_bind() {
    for text in ["", "a\0b", &"x".repeat(1025)] {
        assert!(Password::new(text).is_none());
    }
    assert!(Password::new(&"x".repeat(1024)).is_some());
    assert_eq!(
        format!("{:?}", Password::new("geheim").unwrap()),
        "Password(…)"
    );
}

#[test]
fn keys_of_active_directory_are_read_both_ways() {
    let stored = [
        0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
        0xff,
    ];
    let text = "00112233-4455-6677-8899-aabbccddeeff";
    assert_eq!(guid(&stored).unwrap(), text);
    assert_eq!(guid_bytes(&format!("{{{text}}}")).unwrap(), stored);
    assert_eq!(guid(&stored[..15]), None);
    assert_eq!(guid_bytes("00112233"), None);
    // S-1-5-21-1-2-3-513.
    let mut sid = vec![1, 5, 0, 0, 0, 0, 0, 5];
    for number in [21_u32, 1, 2, 3, 513] {
        sid.extend_from_slice(&number.to_le_bytes());
    }
    assert_eq!(sid_last(&sid), Some(513));
    assert_eq!(sid_last(&sid[..20]), None);
}

#[test]
fn times_are_read() {
    assert_eq!(file_time("0"), None);
    assert_eq!(file_time("9223372036854775807"), None);
    assert_eq!(file_time("116444736000000000"), Some(0));
    // 2026-01-01T00:00:00Z.
    assert_eq!(file_time("134116992000000000"), Some(1_767_225_600_000));
    assert_eq!(file_time("-9223372036854775808"), None);
    assert_eq!(generalized_time("20260101000000Z"), Some(1_767_225_600_000));
    assert_eq!(
        generalized_time("20260101000000.0Z"),
        Some(1_767_225_600_000)
    );
    assert_eq!(generalized_time("20261301000000Z"), None);
    assert_eq!(generalized_time("2026"), None);
    assert_eq!(
        to_generalized_time(1_767_225_600_999).unwrap(),
        "20260101000000Z"
    );
}

#[test]
fn equal_names_are_equal_texts() {
    let same = |a: &str, b: &str| assert_eq!(same_dn(a).unwrap(), same_dn(b).unwrap());
    same(
        "UID=Maja, OU=People ,DC=example",
        "uid=maja,ou=people,dc=example",
    );
    same(r"cn=Lund\, Maja,dc=a", r"cn=Lund\2c Maja,dc=a");
    same(r"cn=\c3\85sa,dc=a", "cn=åsa,dc=a");
    assert_ne!(same_dn(r"cn=a\,b=c,dc=a"), same_dn("cn=a,b=c,dc=a"));
    assert_ne!(same_dn(r"cn=a\ ,dc=a"), same_dn("cn=a,dc=a"));
    assert_eq!(same_dn("nobody"), None);
    assert_eq!(same_dn("cn=a\\"), None);
}

#[test]
fn refusals_of_active_directory_are_told_apart() {
    let text = |data: &str| {
        format!(
            "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data {data}, v2580"
        )
    };
    let all = [
        ("525", AdReason::NoSuchUser),
        ("52e", AdReason::WrongPassword),
        ("530", AdReason::NotNow),
        ("531", AdReason::NotHere),
        ("532", AdReason::PasswordExpired),
        ("533", AdReason::Disabled),
        ("701", AdReason::AccountExpired),
        ("773", AdReason::MustChange),
        ("775", AdReason::Locked),
    ];
    for (data, reason) in all {
        assert_eq!(AdReason::read(&text(data)), Some(reason));
    }
    assert_eq!(AdReason::read("data 532"), None);
    assert_eq!(AdReason::read(&text("fff")), None);
}

/// Values as the draft shows them: error 2, and a warning of 100 seconds.
#[test]
fn password_policy_is_read() {
    let reset = control::policy(b"\x30\x03\x81\x01\x02").unwrap();
    assert_eq!(reset.error, Some(PolicyError::ChangeAfterReset));
    let soon = control::policy(b"\x30\x05\xa0\x03\x80\x01\x64").unwrap();
    assert_eq!((soon.error, soon.seconds_left), (None, Some(100)));
    assert_eq!(
        control::policy(b"\x30\x00").unwrap(),
        PasswordPolicy::default()
    );
    assert!(control::policy(b"\x30\x05\xa0\x03").is_err());
}

#[test]
fn parts_of_an_attribute_say_where_the_next_begins() {
    let bytes = entry(
        1,
        "cn=g",
        &[("member", &[]), ("member;range=0-1499", &["a", "b"])],
    );
    let Op::Entry(found) = decode(&bytes).unwrap().op else {
        panic!("an entry");
    };
    let (values, next) = found.range("member").unwrap();
    assert_eq!((values.len(), next), (2, Some(1500)));
    let bytes = entry(1, "cn=g", &[("member;range=1500-*", &["c"])]);
    let Op::Entry(found) = decode(&bytes).unwrap().op else {
        panic!("an entry");
    };
    assert_eq!(found.range("Member").unwrap().1, None);
    assert_eq!(found.range("memberUid"), None);
}

#[test]
fn product_is_what_the_server_says() {
    let read = |attributes: &[(&str, &[&str])]| {
        let Op::Entry(entry) = decode(&entry(1, "", attributes)).unwrap().op else {
            panic!("an entry");
        };
        RootDse::read(&entry).product
    };
    let ad: &[&str] = &["1.2.840.113556.1.4.800"];
    assert_eq!(
        read(&[("supportedCapabilities", ad)]),
        Product::ActiveDirectory
    );
    let open: &[&str] = &["OpenLDAProotDSE"];
    assert_eq!(read(&[("structuralObjectClass", open)]), Product::OpenLdap);
    assert_eq!(read(&[]), Product::Other);
}

#[test]
fn addresses_of_servers_are_read() {
    let server = |text: &str| Server::parse(text).map(|s| (s.host, s.port, s.security));
    let expected = |host: &str, port, security| Some((host.to_owned(), port, security));
    assert_eq!(
        server("ldaps://dc1.example.org"),
        expected("dc1.example.org", 636, Security::Tls)
    );
    assert_eq!(
        server("ldap://10.0.0.1:1389/"),
        expected("10.0.0.1", 1389, Security::StartTls)
    );
    assert_eq!(
        server("ldaps://[::1]:3269"),
        expected("::1", 3269, Security::Tls)
    );
    for text in [
        "dc1",
        "http://dc1",
        "ldap://",
        "ldap://a b",
        "ldap://a:0",
        "ldap://a:99999",
        "ldap://u@h",
        "ldap://[a]",
    ] {
        assert_eq!(server(text), None, "{text}");
    }
}

/// A server that answers each connection with these bytes, whatever it is asked.
async fn answering(bytes: Vec<u8>) -> (u16, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut got = vec![0; 4096];
        let count = stream.read(&mut got).await.unwrap();
        got.truncate(count);
        stream.write_all(&bytes).await.unwrap();
        let _ = stream.read_to_end(&mut got).await;
        got
    });
    (port, task)
}

fn at(port: u16, security: Security) -> Server {
    Server {
        host: "127.0.0.1".to_owned(),
        port,
        security,
    }
}

fn short() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(5),
        bind: Duration::from_secs(5),
        page: Duration::from_secs(5),
    }
}

/// Somebody in between answers that TLS begins and adds an answer of its own in the clear.
#[tokio::test]
async fn answers_in_the_clear_behind_start_tls_are_never_read() {
    let mut bytes = message(1, 0x78, |out| result(out, 0, ""));
    bytes.extend(message(2, 0x61, |out| result(out, 0, "")));
    let (port, server) = answering(bytes).await;
    let trust = Trust::new(None).unwrap();
    let opened = Connection::open(&at(port, Security::StartTls), &trust, short()).await;
    assert!(matches!(opened, Err(LdapError::Tls(_))), "{opened:?}");
    server.abort();
}

#[tokio::test]
async fn without_start_tls_nothing_goes_on() {
    let (port, server) = answering(message(1, 0x78, |out| result(out, 2, "unsupported"))).await;
    let trust = Trust::new(None).unwrap();
    let opened = Connection::open(&at(port, Security::StartTls), &trust, short()).await;
    assert!(matches!(opened, Err(LdapError::Tls(_))), "{opened:?}");
    let got = server.await.unwrap();
    // One extended request, and then the end.
    let requests: Vec<&u8> = got.iter().filter(|b| **b == 0x77).collect();
    assert_eq!(requests.len(), 1);
    assert!(got.len() < 64);
}

#[tokio::test]
async fn password_does_not_leave_in_the_clear() {
    let (port, server) = answering(message(1, 0x61, |out| result(out, 0, ""))).await;
    let trust = Trust::new(None).unwrap();
    let mut open = Connection::open(&at(port, Security::Nothing), &trust, short())
        .await
        .unwrap();
    let (bound, _) = open.bind("cn=a", &Password::new("geheim").unwrap()).await;
    assert!(matches!(bound, Err(LdapError::ClearText)));
    drop(open);
    assert!(server.await.unwrap().is_empty());
}

#[tokio::test]
async fn notice_of_disconnection_ends_a_search() {
    let (port, _server) = answering(message(0, 0x78, |out| {
        result(out, 52, "going down");
        out.bytes(0x8a, b"1.3.6.1.4.1.1466.20036");
    }))
    .await;
    let trust = Trust::new(None).unwrap();
    let mut open = Connection::open(&at(port, Security::Nothing), &trust, short())
        .await
        .unwrap();
    assert!(matches!(
        open.read("", &["a"]).await,
        Err(LdapError::Disconnected)
    ));
}

/// 1,500 at a time, as Active Directory has it; a plain attribute that is empty lies beside.
#[tokio::test]
async fn members_beyond_the_first_part_are_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let names: Vec<String> = (0..4000).map(|n| format!("cn={n}")).collect();
        let mut got = vec![0; 4096];
        loop {
            let count = stream.read(&mut got).await.unwrap();
            if count == 0 {
                return;
            }
            let id = i64::from(got[4]);
            let text = String::from_utf8_lossy(&got[..count]).into_owned();
            let from = text
                .split_once("range=")
                .and_then(|(_, rest)| rest.split_once('-'))
                .map_or(0, |(from, _)| from.parse::<usize>().unwrap());
            let to = (from + 1500).min(names.len());
            let end = if to == names.len() {
                "*".to_owned()
            } else {
                (to - 1).to_string()
            };
            let name = format!("member;range={from}-{end}");
            let part: Vec<&str> = names[from..to].iter().map(String::as_str).collect();
            let mut answer = entry(id, "cn=g", &[("member", &[]), (&name, &part)]);
            answer.extend(message(id, 0x65, |out| result(out, 0, "")));
            stream.write_all(&answer).await.unwrap();
        }
    });
    let trust = Trust::new(None).unwrap();
    let mut open = Connection::open(&at(port, Security::Nothing), &trust, short())
        .await
        .unwrap();
    let group = open.read("cn=g", &["member"]).await.unwrap().unwrap();
    let all = open.all_values(&group, "member").await.unwrap();
    assert_eq!(all.len(), 4000);
    assert_eq!(all[3999], b"cn=3999");
}

#[test]
fn corpus_of_ldap_is_read_or_refused_as_named() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/ldap");
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut deep = b"\x02\x01\x01".to_vec();
        for _ in 0..60 {
            let mut out = Writer::default();
            out.bytes(0xa0, &deep);
            deep = out.finish();
        }
        let seeds: Vec<(&str, Vec<u8>)> = vec![
            (
                "ok-bind.ber",
                message(1, 0x61, |out| {
                    result(
                        out,
                        49,
                        "80090308: LdapErr: AcceptSecurityContext error, data 52e",
                    );
                }),
            ),
            (
                "ok-entry.ber",
                entry(
                    7,
                    "uid=å,dc=example",
                    &[
                        ("cn", &["Åsa"]),
                        ("member;range=0-1", &["a", "b"]),
                        ("empty", &[]),
                    ],
                ),
            ),
            ("ok-done.ber", message(7, 0x65, |out| result(out, 4, ""))),
            (
                "ok-reference.ber",
                message(7, 0x73, |out| {
                    out.bytes(OCTETS, b"ldap://other/dc=a");
                }),
            ),
            (
                "ok-notice.ber",
                message(0, 0x78, |out| {
                    result(out, 52, "");
                    out.bytes(0x8a, b"1.3.6.1.4.1.1466.20036");
                }),
            ),
            ("ok-paged.ber", {
                let mut out = Writer::default();
                out.nested(SEQUENCE, |out| {
                    out.integer(INTEGER, 3);
                    out.nested(0x65, |out| result(out, 0, ""));
                    out.nested(0xa0, |out| {
                        control::write(
                            out,
                            control::PAGING,
                            false,
                            Some(&control::paging_value(0, b"cookie")),
                        );
                    });
                });
                out.finish()
            }),
            ("bad-empty.ber", Vec::new()),
            (
                "bad-cut.ber",
                b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01".to_vec(),
            ),
            ("bad-long.ber", b"\x30\x84\x7f\xff\xff\xff\x02".to_vec()),
            ("bad-endless.ber", b"\x30\x80\x02\x01\x01\x00\x00".to_vec()),
            ("bad-id.ber", message(-1, 0x61, |out| result(out, 0, ""))),
            (
                "bad-after.ber",
                [message(1, 0x61, |out| result(out, 0, "")), vec![0]].concat(),
            ),
            ("bad-deep.ber", deep),
        ];
        for (name, bytes) in seeds {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
    let mut seen = [0, 0];
    for file in std::fs::read_dir(folder).expect("the corpus") {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = decode(&std::fs::read(&path).unwrap()).is_ok();
        assert_eq!(read, name.starts_with("ok-"), "{name}");
        seen[usize::from(read)] += 1;
    }
    assert!(seen.iter().all(|n| *n > 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&bytes);
        let _ = control::policy(&bytes);
        let _ = control::cookie(&bytes);
    }

    #[test]
    fn any_name_is_one_value(name in ".*") {
        let filter = Filter::parse("(uid={login})", Some(&name)).unwrap();
        prop_assert_eq!(filter, Filter::Equal("uid".to_owned(), name.into_bytes()));
    }

    #[test]
    fn any_text_is_a_filter_or_none(text in "[()&|!=*a-c\\\\0-9:<>~{} ]{0,60}") {
        if let Ok(filter) = Filter::parse(&text, Some("x")) {
            let bytes = encoded(&filter);
            prop_assert!(Reader::new(&bytes).next().is_ok());
        }
    }

    #[test]
    fn any_text_has_a_form_or_none(text in ".{0,60}") {
        if let Some(form) = same_dn(&text) {
            prop_assert_eq!(same_dn(&form), Some(form));
        }
    }
}
