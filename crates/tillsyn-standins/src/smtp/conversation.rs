//! One connection, by RFC 5321, RFC 3207 (`STARTTLS`) and RFC 4954 (`AUTH`).

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::server::{ReceivedMail, SmtpFault, SmtpMode, SmtpStep, State};
use crate::loopback::locked;

pub(super) struct Rules {
    pub(super) mode: SmtpMode,
    pub(super) login: Option<(String, String)>,
    pub(super) acceptor: TlsAcceptor,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) count: watch::Sender<usize>,
}

impl Rules {
    fn broken(&self, rule: &str) {
        locked(&self.state).broken.push(rule.to_owned());
    }

    /// What this recipient is answered instead of being taken.
    fn refused(&self, address: &str) -> Option<u16> {
        let mut state = locked(&self.state);
        let (code, left) = state.recipients.get_mut(address)?;
        let code = *code;
        *left = left.checked_sub(1)?;
        Some(code)
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// The end of a connection, whoever ended it.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

struct Talk {
    wire: Box<dyn Wire>,
    buffer: Vec<u8>,
    rules: Arc<Rules>,
    fault: Option<SmtpFault>,
    tls: bool,
    hello: Option<String>,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

// RFC 5321 §4.5.3.1: of a command, and of a line of text.
const COMMAND_BYTES: usize = 512;
const TEXT_LINE_BYTES: usize = 1_000;
const MESSAGE_BYTES: usize = 1024 * 1024;

pub(super) async fn hold(stream: TcpStream, rules: Arc<Rules>) {
    let fault = {
        let mut state = locked(&rules.state);
        state.connections += 1;
        rules.count.send_replace(state.connections);
        state.scripted.pop_front().or(state.always)
    };
    let implicit = rules.mode == SmtpMode::Implicit;
    let wire: Box<dyn Wire> = if implicit {
        match rules.acceptor.accept(stream).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        }
    } else {
        Box::new(stream)
    };
    let talk = Talk {
        wire,
        buffer: Vec::new(),
        rules,
        fault,
        tls: implicit,
        hello: None,
        user: None,
        from: None,
        to: Vec::new(),
    };
    // However it ends, the sender sees it itself.
    let _ = talk.run().await;
}

impl Talk {
    async fn run(mut self) -> Result<(), Over> {
        self.answer(SmtpStep::Greeting, 220, "mail.example.org ESMTP")
            .await?;
        loop {
            let line = self.line(COMMAND_BYTES).await?;
            let Ok(line) = String::from_utf8(line) else {
                self.rules.broken("a command that is not ASCII");
                return Err(Over);
            };
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let rest = rest.to_owned();
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.greet(&rest).await?,
                "STARTTLS" => self = self.start_tls().await?,
                "AUTH" => self.log_in(&rest).await?,
                "MAIL" => self.mail(&rest).await?,
                "RCPT" => self.recipient(&rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    (self.from, self.to) = (None, Vec::new());
                    self.say(250, "as new").await?;
                }
                "NOOP" => self.say(250, "well").await?,
                "QUIT" => return self.say(221, "bye").await,
                _ => {
                    self.rules.broken("a command that nobody knows");
                    self.say(500, "unknown").await?;
                }
            }
        }
    }

    async fn greet(&mut self, name: &str) -> Result<(), Over> {
        if name.is_empty() || name.contains(' ') {
            self.rules.broken("EHLO without a name");
        }
        self.hello = Some(name.to_owned());
        let offers_tls = self.rules.mode == SmtpMode::StartTls
            && !self.tls
            && self.fault != Some(SmtpFault::NoStartTls);
        let mut lines = vec!["mail.example.org", "8BITMIME"];
        if offers_tls {
            lines.push("STARTTLS");
        }
        if self.rules.login.is_some() && (self.tls || self.rules.mode == SmtpMode::Plain) {
            lines.push("AUTH PLAIN");
        }
        let last = lines.len() - 1;
        let mut text = String::new();
        for (at, line) in lines.into_iter().enumerate() {
            let mark = if at == last { " " } else { "-" };
            text.extend(["250", mark, line, "\r\n"]);
        }
        self.wire.write_all(text.as_bytes()).await?;
        Ok(self.wire.flush().await?)
    }

    async fn start_tls(mut self) -> Result<Self, Over> {
        self.answer(SmtpStep::StartTls, 220, "go ahead").await?;
        if let Some(SmtpFault::Code(SmtpStep::StartTls, _)) = self.fault {
            return Ok(self);
        }
        if !self.buffer.is_empty() {
            self.rules.broken("commands behind STARTTLS, before TLS");
        }
        let acceptor = self.rules.acceptor.clone();
        let stream = acceptor.accept(self.wire).await?;
        // RFC 3207 §4.2: what was said before is forgotten.
        Ok(Self {
            wire: Box::new(stream),
            buffer: Vec::new(),
            tls: true,
            hello: None,
            user: None,
            from: None,
            to: Vec::new(),
            ..self
        })
    }

    async fn log_in(&mut self, rest: &str) -> Result<(), Over> {
        if !self.tls && self.rules.mode != SmtpMode::Plain {
            self.rules.broken("AUTH without TLS");
        }
        let given = rest
            .strip_prefix("PLAIN ")
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let mut parts = given.as_deref().unwrap_or_default().split('\0').skip(1);
        let (user, password) = (parts.next(), parts.next());
        let expected = self.rules.login.clone();
        let right =
            expected.is_some_and(|(u, p)| user == Some(u.as_str()) && password == Some(p.as_str()));
        if right {
            self.user = user.map(str::to_owned);
            return self.answer(SmtpStep::Auth, 235, "welcome").await;
        }
        self.answer(SmtpStep::Auth, 535, "wrong").await
    }

    async fn mail(&mut self, rest: &str) -> Result<(), Over> {
        if self.hello.is_none() {
            self.rules.broken("MAIL before EHLO");
        }
        if self.rules.login.is_some() && self.user.is_none() {
            return self.say(530, "log in first").await;
        }
        let Some(from) = path(rest, "FROM:") else {
            self.rules.broken("MAIL without an address");
            return self.say(501, "no address").await;
        };
        self.from = Some(from);
        self.answer(SmtpStep::Mail, 250, "sender taken").await
    }

    async fn recipient(&mut self, rest: &str) -> Result<(), Over> {
        let (Some(_), Some(to)) = (&self.from, path(rest, "TO:")) else {
            self.rules.broken("RCPT without MAIL or address");
            return self.say(503, "not now").await;
        };
        if let Some(code) = self.rules.refused(&to) {
            return self.say(code, "as scripted").await;
        }
        self.to.push(to);
        self.answer(SmtpStep::Recipient, 250, "recipient taken")
            .await
    }

    async fn data(&mut self) -> Result<(), Over> {
        if self.to.is_empty() {
            self.rules.broken("DATA without recipients");
            return self.say(503, "not now").await;
        }
        self.answer(SmtpStep::Data, 354, "go on, end with a dot")
            .await?;
        if let Some(SmtpFault::Code(SmtpStep::Data, _)) = self.fault {
            return Ok(());
        }
        let mut data = Vec::new();
        loop {
            let line = self.line(TEXT_LINE_BYTES).await?;
            if self.fault == Some(SmtpFault::Drop(SmtpStep::Body)) {
                return Err(Over);
            }
            if line == b"." {
                break;
            }
            // RFC 5321 §4.5.2.
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            data.extend_from_slice(b"\r\n");
            if data.len() > MESSAGE_BYTES {
                self.rules.broken("a message without an end");
                return Err(Over);
            }
        }
        let mail = ReceivedMail {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            data: String::from_utf8_lossy(&data).into_owned(),
            tls: self.tls,
            user: self.user.clone(),
            hello: self.hello.clone().unwrap_or_default(),
        };
        self.check(&mail);
        if let Some(SmtpFault::Code(SmtpStep::Body, code)) = self.fault {
            return self.say(code, "as scripted").await;
        }
        locked(&self.rules.state).received.push(mail);
        self.answer(SmtpStep::Body, 250, "taken").await
    }

    /// RFC 5322 §3.6: what every message has, each once.
    fn check(&self, mail: &ReceivedMail) {
        let head = mail.data.split("\r\n\r\n").next().unwrap_or_default();
        for name in ["Date", "From", "To", "Subject", "Message-ID"] {
            let prefix = format!("{}:", name.to_ascii_lowercase());
            let lines = head.split("\r\n");
            let count = lines
                .filter(|line| line.to_ascii_lowercase().starts_with(&prefix))
                .count();
            if count != 1 {
                self.rules.broken(&format!("{count} headers {name}"));
            }
        }
        if !mail.data.is_ascii() {
            self.rules.broken("a message that is not ASCII");
        }
    }

    /// A line without its end. A bare line feed is no end (RFC 5321 §2.3.8).
    async fn line(&mut self, limit: usize) -> Result<Vec<u8>, Over> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                if line.pop() != Some(b'\r') {
                    self.rules.broken("a bare line feed");
                    return Err(Over);
                }
                if line.len() + 2 > limit {
                    self.rules.broken("a line that is too long");
                }
                return Ok(line);
            }
            let mut chunk = [0; 4096];
            let count = self.wire.read(&mut chunk).await?;
            let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else {
                return Err(Over);
            };
            self.buffer.extend_from_slice(read);
        }
    }

    /// The usual answer of a step, or what was scripted for it.
    async fn answer(&mut self, step: SmtpStep, code: u16, text: &str) -> Result<(), Over> {
        match self.fault {
            Some(SmtpFault::Code(at, code)) if at == step => {
                self.say(code, "as scripted").await?;
                // After a greeting that refuses there is nothing to say.
                if step == SmtpStep::Greeting {
                    Err(Over)
                } else {
                    Ok(())
                }
            }
            Some(SmtpFault::Drop(at)) if at == step => Err(Over),
            Some(SmtpFault::Hang(at)) if at == step => std::future::pending().await,
            _ => self.say(code, text).await,
        }
    }

    async fn say(&mut self, code: u16, text: &str) -> Result<(), Over> {
        let pause = locked(&self.rules.state).pause;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let line = format!("{code} {text}\r\n");
        self.wire.write_all(line.as_bytes()).await?;
        Ok(self.wire.flush().await?)
    }
}

/// The address of `FROM:<a@b> …`.
fn path(rest: &str, before: &str) -> Option<String> {
    let start = rest.get(..before.len())?;
    let rest = rest.get(before.len()..)?.trim_start();
    let address = rest.strip_prefix('<')?.split_once('>')?.0;
    (start.eq_ignore_ascii_case(before) && address.contains('@')).then(|| address.to_owned())
}
