#![expect(clippy::expect_used, reason = "tests")]

use tillsyn_upstream::smtp::MailOutcome;
use zeroize::Zeroizing;

use super::deliver::{back_off, serves};
use super::server::{MailServerChange, MailTls, checked, quiet};
use crate::clock::{HOUR_MS, MINUTE_MS};

#[test]
fn five_tries_take_hours() {
    let waits: Vec<i64> = (1..=5).map(|attempt| back_off(attempt, 0)).collect();
    let minutes = [5, 20, 80, 240, 240].map(|minutes| minutes * MINUTE_MS);
    assert_eq!(waits, minutes);
    assert_eq!(back_off(4, 255), 5 * HOUR_MS);
}

#[test]
fn what_is_the_servers_fault_stops_the_queue_and_what_is_the_messages_does_not() {
    let later = |reason, code| MailOutcome::RetryLater { reason, code };
    for reason in ["login", "connect", "timeout", "tls", "not_offered"] {
        assert_eq!(serves(later(reason, None)), Some(false), "{reason}");
    }
    assert_eq!(serves(later("busy", Some(421))), Some(false));
    assert_eq!(serves(later("busy", Some(451))), None);
    assert_eq!(serves(later("template", None)), None);
    assert_eq!(serves(MailOutcome::Refused { code: Some(550) }), None);
    assert_eq!(serves(MailOutcome::Taken), Some(true));
    let waits: Vec<i64> = (1..=5).map(|step| quiet(step) / MINUTE_MS).collect();
    assert_eq!(waits, [1, 4, 16, 60, 60]);
}

fn change() -> MailServerChange {
    MailServerChange {
        host: " Mail.Example.ORG ".to_owned(),
        port: 587,
        tls: MailTls::Starttls,
        user: Some("  ".to_owned()),
        password: Some(Zeroizing::new(String::new())),
        from: " Devices <mdm@example.org> ".to_owned(),
    }
}

#[test]
fn what_names_no_mail_server_is_refused() {
    let fine = checked(change()).expect("a mail server");
    assert_eq!(fine.host, "mail.example.org");
    assert!(fine.user.is_none() && fine.password.is_none());
    assert_eq!(fine.from, "Devices <mdm@example.org>");
    let with = |edit: fn(&mut MailServerChange)| {
        let mut changed = change();
        edit(&mut changed);
        checked(changed).err().map(|error| error.code)
    };
    assert_eq!(with(|c| c.host = "a b".to_owned()), Some("mail_host"));
    assert_eq!(with(|c| c.host = "a\r\nb".to_owned()), Some("mail_host"));
    assert_eq!(with(|c| c.port = 0), Some("mail_port"));
    assert_eq!(with(|c| c.tls = MailTls::None), Some("mail_clear_text"));
    assert_eq!(
        with(|c| c.user = Some("a\nb".to_owned())),
        Some("mail_user")
    );
    assert_eq!(with(|c| c.from = "nobody".to_owned()), Some("mail_from"));
    assert_eq!(
        with(|c| c.from = "a@b.example\r\nBcc: c@d.example".to_owned()),
        Some("mail_from")
    );
    for (host, refused) in [
        ("127.0.0.1", None),
        ("::1", None),
        ("localhost", Some("mail_clear_text")),
        ("10.0.0.1", Some("mail_clear_text")),
    ] {
        let mut clear = change();
        (clear.tls, clear.host) = (MailTls::None, host.to_owned());
        assert_eq!(checked(clear).err().map(|e| e.code), refused, "{host}");
    }
}
