//! One message at a time: the outbox decides when, and whether again.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsVersion};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport as _, Tokio1Executor};
use zeroize::Zeroizing;

use crate::cause::is_tls;

/// How the connection is protected. None at all is for a mail server on the same machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte, usually port 465.
    Implicit,
    /// After `STARTTLS`, usually port 587; without it nothing is sent.
    StartTls,
    /// To a loopback address only.
    NoneOnLoopback,
}

/// Where the mail server is, and who we are there.
#[derive(Clone)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    /// Name and password; never sent without TLS but to this machine.
    pub login: Option<(String, Zeroizing<String>)>,
    /// Sender of every message, `Name <address>` or an address.
    pub from: String,
    /// The name by which we greet (RFC 5321 §4.1.1.1).
    pub hello: String,
    /// Roots (PEM) that are trusted beside those of the operating system.
    pub extra_root_pem: Option<String>,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// Why there is no client. The settings are at fault.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error("the sender is not an address")]
    From,
    #[error("a mail server without TLS has to be at a loopback address")]
    ClearText,
    #[error("the root certificate is not PEM, or TLS cannot be set up")]
    Tls(#[source] Error),
}

/// A picture within a message.
#[derive(Clone, Copy)]
pub struct Inline<'a> {
    /// The HTML names it as `cid:` and this name.
    pub name: &'a str,
    pub png: &'a [u8],
}

/// A message in plain text, perhaps laid out beside it.
pub struct Mail<'a> {
    /// The same at every try, so that a message that came twice is known as one.
    pub id: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
    pub html: Option<&'a str>,
    /// What the HTML shows; nothing is fetched from anywhere.
    pub images: &'a [Inline<'a>],
}

impl fmt::Debug for Mail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// The server has taken responsibility for it (RFC 5321 §4.2.5).
    Taken,
    /// The server refuses it for good: trying again changes nothing. Its code, when it gave one.
    Refused { code: Option<u16> },
    /// One of `timeout`, `tls`, `connect`, `not_offered`, `login` and `busy` (the server said the last two,
    /// with a code).
    RetryLater {
        reason: &'static str,
        code: Option<u16>,
    },
}

/// A client of one mail server.
pub struct SmtpClient {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for SmtpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpClient").finish_non_exhaustive()
    }
}

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
/// For connecting.
const CONNECT: Duration = Duration::from_secs(10);
/// For the whole conversation.
const TIMEOUT: Duration = Duration::from_mins(1);

impl SmtpClient {
    /// Prepares the client; it connects for each message.
    pub fn new(config: &SmtpConfig) -> Result<Self, SmtpError> {
        let from = config.from.parse().map_err(|_| SmtpError::From)?;
        let tls = match config.tls {
            SmtpTls::Implicit => Tls::Wrapper(parameters(config)?),
            SmtpTls::StartTls => Tls::Required(parameters(config)?),
            // By address, not by name: a name leads where its answer says.
            SmtpTls::NoneOnLoopback => match config.host.parse::<IpAddr>() {
                Ok(address) if address.to_canonical().is_loopback() => Tls::None,
                _ => return Err(SmtpError::ClearText),
            },
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
                .port(config.port)
                .tls(tls)
                .hello_name(ClientId::Domain(config.hello.clone()))
                .timeout(Some(CONNECT));
        if let Some((user, password)) = &config.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.to_string()));
        }
        Ok(Self {
            transport: builder.build(),
            from,
        })
    }

    /// Hands over one message. Never fails otherwise than by its outcome.
    pub async fn send(&self, mail: &Mail<'_>) -> MailOutcome {
        let Ok(to) = mail.to.parse::<Mailbox>() else {
            return MailOutcome::Refused { code: None };
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            // No answer is sent to a message that says this (RFC 3834 §5).
            .raw_header(HeaderValue::new(
                AUTO_SUBMITTED,
                "auto-generated".to_owned(),
            ))
            .subject(mail.subject);
        let message = match mail.html {
            None => message
                .header(ContentType::TEXT_PLAIN)
                .body(mail.body.to_owned()),
            Some(html) => match laid_out(mail, html) {
                Some(parts) => message.multipart(parts),
                None => return MailOutcome::Refused { code: None },
            },
        };
        let Ok(message) = message else {
            return MailOutcome::Refused { code: None };
        };
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => MailOutcome::Taken,
            Ok(Err(error)) => outcome(&error),
            Err(_) => MailOutcome::RetryLater {
                reason: "timeout",
                code: None,
            },
        }
    }
}

/// Plain text, and the same laid out with its pictures (RFC 2046 §5.1.4, RFC 2387).
fn laid_out(mail: &Mail<'_>, html: &str) -> Option<MultiPart> {
    let png: ContentType = "image/png".parse().ok()?;
    let mut related = MultiPart::related().singlepart(SinglePart::html(html.to_owned()));
    for image in mail.images {
        let picture = Attachment::new_inline(image.name.to_owned());
        related = related.singlepart(picture.body(image.png.to_vec(), png.clone()));
    }
    let plain = SinglePart::plain(mail.body.to_owned());
    Some(
        MultiPart::alternative()
            .singlepart(plain)
            .multipart(related),
    )
}

/// Whether a text can be the sender of mail: an address, or `Name <address>`.
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

fn parameters(config: &SmtpConfig) -> Result<TlsParameters, SmtpError> {
    let mut builder =
        TlsParameters::builder(config.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(pem) = &config.extra_root_pem {
        let root = Certificate::from_pem(pem.as_bytes()).map_err(SmtpError::Tls)?;
        builder = builder.add_root_certificate(root);
    }
    builder.build_rustls().map_err(SmtpError::Tls)
}

/// 4xx is for now, 5xx for good (RFC 5321 §4.2.1). A login that is refused may be right again after the
/// settings were changed, so it waits too (RFC 4954 §6: 535).
fn outcome(error: &Error) -> MailOutcome {
    let code = error.status().map(u16::from);
    let later = |reason| MailOutcome::RetryLater { reason, code };
    if error.is_permanent() {
        return match code {
            Some(530 | 534 | 535 | 538) => later("login"),
            _ => MailOutcome::Refused { code },
        };
    }
    if error.is_transient() {
        later("busy")
    } else if error.is_client() {
        // No STARTTLS, or no way to log in that we know.
        later("not_offered")
    } else if error.is_timeout() {
        later("timeout")
    } else if is_tls(error) {
        later("tls")
    } else {
        later("connect")
    }
}
