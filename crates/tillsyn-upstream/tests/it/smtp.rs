//! The client of mail servers against a strict one with faults.
#![expect(clippy::expect_used, reason = "tests")]

use tillsyn_standins::smtp::{SmtpFault, SmtpMode, SmtpStandin, SmtpStep};
use tillsyn_upstream::smtp::{Mail, MailOutcome, SmtpClient, SmtpConfig, SmtpError, SmtpTls};
use zeroize::Zeroizing;

use crate::webhook::now_ms;

const LOGIN: (&str, &str) = ("tillsyn", "correct horse");

async fn server(mode: SmtpMode) -> SmtpStandin {
    let login = (mode != SmtpMode::Plain).then_some(LOGIN);
    SmtpStandin::start(mode, login, now_ms())
        .await
        .expect("starts")
}

fn config(server: &SmtpStandin, tls: SmtpTls) -> SmtpConfig {
    let host = match tls {
        SmtpTls::NoneOnLoopback => "127.0.0.1",
        SmtpTls::Implicit | SmtpTls::StartTls => "localhost",
    };
    let (user, password) = LOGIN;
    let login = (user.to_owned(), Zeroizing::new(password.to_owned()));
    SmtpConfig {
        host: host.to_owned(),
        port: server.port(),
        tls,
        login: (tls != SmtpTls::NoneOnLoopback).then_some(login),
        from: "Geräte <mdm@example.org>".to_owned(),
        hello: "mdm.example.org".to_owned(),
        extra_root_pem: Some(server.root_pem().to_owned()),
    }
}

async fn send(config: &SmtpConfig) -> MailOutcome {
    let mail = Mail {
        id: "m-1",
        to: "ingrid@example.org",
        subject: "Åtta enheter väntar på ett andra par ögon, och det här är en lång rad",
        body: "Första raden\n.dold\n\nSlut",
        html: None,
        images: &[],
    };
    let client = SmtpClient::new(config).expect("a client");
    client.send(&mail).await
}

#[tokio::test]
async fn a_message_arrives_in_each_mode_by_the_rules() {
    for (mode, tls) in [
        (SmtpMode::Implicit, SmtpTls::Implicit),
        (SmtpMode::StartTls, SmtpTls::StartTls),
        (SmtpMode::Plain, SmtpTls::NoneOnLoopback),
    ] {
        let server = server(mode).await;
        assert_eq!(send(&config(&server, tls)).await, MailOutcome::Taken);
        assert_eq!(server.broken(), [""; 0], "{mode:?}");
        let mail = server.received().remove(0);
        assert_eq!(mail.tls, mode != SmtpMode::Plain);
        assert_eq!(mail.user.is_some(), mode != SmtpMode::Plain);
        assert_eq!(mail.hello, "mdm.example.org");
        assert_eq!(
            (mail.from.as_str(), mail.to.clone()),
            ("mdm@example.org", vec!["ingrid@example.org".to_owned()])
        );
        assert_eq!(mail.header("Message-ID"), "<m-1@example.org>");
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    }
}

#[tokio::test]
async fn every_refusal_says_whether_trying_again_helps() {
    use SmtpFault::{Code, Drop, NoStartTls};
    let server = server(SmtpMode::StartTls).await;
    let config = config(&server, SmtpTls::StartTls);
    let refused = |code| MailOutcome::Refused { code: Some(code) };
    let later = |reason, code| MailOutcome::RetryLater { reason, code };
    for (fault, outcome) in [
        (Code(SmtpStep::Greeting, 421), later("busy", Some(421))),
        (Code(SmtpStep::StartTls, 454), later("busy", Some(454))),
        (NoStartTls, later("not_offered", None)),
        (Code(SmtpStep::Auth, 535), later("login", Some(535))),
        (Code(SmtpStep::Mail, 451), later("busy", Some(451))),
        (Code(SmtpStep::Recipient, 450), later("busy", Some(450))),
        (Code(SmtpStep::Recipient, 550), refused(550)),
        (Code(SmtpStep::Data, 452), later("busy", Some(452))),
        (Code(SmtpStep::Body, 554), refused(554)),
        (Drop(SmtpStep::Greeting), later("connect", None)),
        (Drop(SmtpStep::Body), later("connect", None)),
    ] {
        server.script_once(fault);
        assert_eq!(send(&config).await, outcome, "{fault:?}");
    }
    assert!(server.received().is_empty());
    assert_eq!(server.broken(), [""; 0]);
}

#[tokio::test]
async fn a_password_goes_only_to_a_server_that_is_who_it_says() {
    let server = server(SmtpMode::StartTls).await;
    let other = SmtpStandin::start(SmtpMode::Implicit, Some(LOGIN), now_ms())
        .await
        .expect("starts");
    // Another root, on both ways to TLS.
    let mut wrong = config(&server, SmtpTls::StartTls);
    wrong.extra_root_pem = Some(other.root_pem().to_owned());
    let tls = MailOutcome::RetryLater {
        reason: "tls",
        code: None,
    };
    assert_eq!(send(&wrong).await, tls);
    let mut wrong = config(&other, SmtpTls::Implicit);
    wrong.extra_root_pem = Some(server.root_pem().to_owned());
    assert_eq!(send(&wrong).await, tls);
    assert!(server.received().is_empty() && other.received().is_empty());
    // Clear text goes nowhere but to this machine, by address.
    for host in ["localhost", "192.0.2.1", "mail.example.org"] {
        let mut clear = config(&server, SmtpTls::NoneOnLoopback);
        clear.host = host.to_owned();
        let refused = SmtpClient::new(&clear).expect_err(host);
        assert!(matches!(refused, SmtpError::ClearText), "{host}");
    }
    let shown = format!("{:?}", config(&server, SmtpTls::StartTls));
    assert!(!shown.contains(LOGIN.1), "{shown}");
}
