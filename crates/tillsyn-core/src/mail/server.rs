//! Which mail server takes our mail, and who we are there.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_upstream::smtp::{SmtpConfig, SmtpTls, is_sender};
use zeroize::Zeroizing;

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::keys::KeyStore;
use crate::org;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// From the first byte, usually port 465.
    Implicit,
    /// After `STARTTLS`, usually port 587.
    Starttls,
    /// Not at all: to a loopback address only.
    None,
}

impl MailTls {
    pub const ALL: [Self; 3] = [Self::Starttls, Self::Implicit, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// The mail server as shown: never with its password.
#[derive(Clone, Debug, Serialize)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub user: Option<String>,
    pub has_password: bool,
    /// Sender of every message.
    pub from: String,
    pub updated_at: i64,
}

/// What to set.
#[derive(Clone)]
pub struct MailServerChange {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub user: Option<String>,
    /// Without it the one on record stays, as long as server and user stay too.
    pub password: Option<Zeroizing<String>>,
    pub from: String,
}

const FIND: &str =
    "SELECT host, port, tls, username, sender, updated_at, password_sealed FROM mail_server";
const ID: &str = "smtp";

fn decode(row: &Row) -> Result<MailServer, Error> {
    Ok(MailServer {
        host: row.text(0)?,
        port: u16::try_from(row.i64(1)?).unwrap_or_default(),
        tls: MailTls::parse(row.str(2)?)
            .ok_or_else(|| Error::internal("The mail server has a mode that is not known."))?,
        user: row.opt_text(3)?,
        has_password: row.opt_blob(6)?.is_some(),
        from: row.text(4)?,
        updated_at: row.i64(5)?,
    })
}

/// The mail server, if there is one.
pub async fn mail_server(core: &Core, actor: &Actor) -> Result<Option<MailServer>, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let row = core.db().query_optional(FIND, args![]).await?;
    row.as_ref().map(decode).transpose()
}

/// Whether mail leads anywhere.
pub async fn has_server(core: &Core) -> Result<bool, Error> {
    Ok(core.db().query_optional(FIND, args![]).await?.is_some())
}

/// How to reach it.
pub(super) async fn smtp(core: &Core) -> Result<Option<SmtpConfig>, Error> {
    let Some(row) = core.db().query_optional(FIND, args![]).await? else {
        return Ok(None);
    };
    let server = decode(&row)?;
    let password = match row.opt_blob(6)? {
        Some(sealed) => Some(open(core.keys(), &sealed)?),
        None => None,
    };
    Ok(Some(SmtpConfig {
        host: server.host,
        port: server.port,
        tls: match server.tls {
            MailTls::Implicit => SmtpTls::Implicit,
            MailTls::Starttls => SmtpTls::StartTls,
            MailTls::None => SmtpTls::NoneOnLoopback,
        },
        login: server.user.zip(password),
        from: server.from,
        hello: own_name(&core.config().public_url).to_owned(),
        extra_root_pem: core.config().mail_roots_pem.clone(),
    }))
}

/// Whether it is left alone now, after it was not reached or refused the login.
pub(super) async fn is_quiet(core: &Core, now: i64) -> Result<bool, Error> {
    const QUIET: &str = "SELECT 1 FROM mail_server WHERE quiet_until > $1";
    Ok(core.db().query_optional(QUIET, args![now]).await?.is_some())
}

/// Lets it be tried at once.
pub(super) async fn forget_failures_in(tx: &Tx) -> Result<(), Error> {
    const FORGET: &str = "UPDATE mail_server SET quiet_until = 0, quiet_step = 0";
    tx.execute(FORGET, args![]).await?;
    Ok(())
}

/// 1 minute, 4 minutes, 16 minutes, an hour.
pub(super) fn quiet(step: i64) -> i64 {
    let shift = u32::try_from(step.clamp(1, 4) - 1).unwrap_or(0) * 2;
    (MINUTE_MS << shift).min(HOUR_MS)
}

/// Notes whether it works. One that does not is asked with one message, ever later: a wrong password that is
/// tried a thousand times locks the account there.
pub(super) async fn note(core: &Core, works: bool, now: i64) -> Result<(), Error> {
    const WELL: &str =
        "UPDATE mail_server SET quiet_until = 0, quiet_step = 0 WHERE quiet_step > 0";
    if works {
        core.db().execute(WELL, args![]).await?;
        return Ok(());
    }
    core.db()
        .write(now, |tx, now| {
            Box::pin(async move {
                const STEP: &str = "SELECT quiet_step FROM mail_server";
                const SET: &str = "UPDATE mail_server SET quiet_until = $1, quiet_step = $2";
                if let Some(row) = tx.fetch_optional(STEP, args![]).await? {
                    let step = row.i64(0)? + 1;
                    tx.execute(SET, args![*now + quiet(step), step]).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

fn open(keys: &KeyStore, sealed: &[u8]) -> Result<Zeroizing<String>, Error> {
    let bytes = keys.open(sealed, "mail_server", "password_sealed", ID)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::internal("The password of the mail server is no text."))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The host of our own address, by which we greet.
fn own_name(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

/// Names the mail server, in place of the one before.
pub async fn set_mail_server(
    core: &Core,
    actor: &Actor,
    change: MailServerChange,
) -> Result<MailServer, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    let change = checked(change)?;
    let sealed = change.password.as_ref().map(|password| {
        let keys = core.keys();
        keys.seal(password.as_bytes(), "mail_server", "password_sealed", ID)
    });
    let input = (actor.clone(), change, sealed, root.id.to_string(), now);
    core.db()
        .write(input, |tx, (actor, change, sealed, unit, now)| {
            Box::pin(async move { set_in(tx, actor, change, sealed.clone(), unit, *now).await })
        })
        .await
}

async fn set_in(
    tx: &Tx,
    actor: &Actor,
    change: &MailServerChange,
    sealed: Option<Vec<u8>>,
    unit: &str,
    now: i64,
) -> Result<MailServer, Error> {
    const PUT: &str = "INSERT INTO mail_server (id, host, port, tls, username, password_sealed, sender, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
        host = excluded.host, port = excluded.port, tls = excluded.tls, username = excluded.username, \
        password_sealed = excluded.password_sealed, sender = excluded.sender, \
        updated_at = excluded.updated_at, quiet_until = 0, quiet_step = 0";
    let old = tx.fetch_optional(FIND, args![]).await?;
    let new_password = sealed.is_some();
    let sealed = match (&change.user, sealed, &old) {
        (None, ..) | (Some(_), None, None) => None,
        (Some(_), Some(sealed), _) => Some(sealed),
        (Some(_), None, Some(row)) => kept_password(row, change)?,
    };
    if change.user.is_some() && sealed.is_none() {
        return Err(Error::invalid(
            "password",
            "mail_password_needed",
            "Give the password of this user again: it is not carried over to another server or user.",
        ));
    }
    let values = args![
        ID,
        change.host.as_str(),
        i64::from(change.port),
        change.tls.as_str(),
        change.user.as_deref(),
        sealed,
        change.from.as_str(),
        now
    ];
    tx.execute(PUT, values).await?;
    let details = json!({ "host": change.host, "port": change.port, "tls": change.tls,
        "login": change.user.is_some(), "new_password": new_password });
    let event = NewEvent::done("settings.change", "setting", "mail", unit).with(details);
    events::record(tx, actor, now, event).await?;
    let row = tx.fetch_one(FIND, args![]).await?;
    decode(&row)
}

/// The password on record goes to no other server than it was given for.
fn kept_password(row: &Row, change: &MailServerChange) -> Result<Option<Vec<u8>>, Error> {
    let old = decode(row)?;
    let same = (&old.host, old.port, old.tls, &old.user)
        == (&change.host, change.port, change.tls, &change.user);
    Ok(if same { row.opt_blob(6)? } else { None })
}

/// Forgets the mail server. Mail that waits goes on waiting.
pub async fn remove_mail_server(core: &Core, actor: &Actor) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    core.db()
        .write(
            (actor.clone(), root.id.to_string(), now),
            |tx, (actor, unit, now)| {
                Box::pin(async move {
                    const CLEAR: &str = "DELETE FROM mail_server";
                    if tx.execute(CLEAR, args![]).await? == 0 {
                        return Err(Error::not_found("mail server"));
                    }
                    let event = NewEvent::done("settings.change", "setting", "mail", unit)
                        .with(json!({ "removed": true }));
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}

pub(super) fn checked(change: MailServerChange) -> Result<MailServerChange, Error> {
    let host = change.host.trim().to_ascii_lowercase();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.is_empty() || host.len() > 253 || !host.chars().all(is_host) {
        let text = "Give the name or address of the mail server.";
        return Err(Error::invalid("host", "mail_host", text));
    }
    if change.port == 0 {
        let text = "The port is 1 to 65535.";
        return Err(Error::invalid("port", "mail_port", text));
    }
    // By address, not by name: a name leads where its answer says.
    let loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    if change.tls == MailTls::None && !host.parse().is_ok_and(loopback) {
        return Err(Error::invalid(
            "tls",
            "mail_clear_text",
            "Mail without TLS goes to a loopback address such as 127.0.0.1 only.",
        ));
    }
    let user = change.user.map(|user| user.trim().to_owned());
    let user = user.filter(|user| !user.is_empty());
    let plain = |text: &str| text.len() <= 500 && !text.chars().any(char::is_control);
    if user.as_deref().is_some_and(|user| !plain(user)) {
        let text = "The user name has at most 500 characters.";
        return Err(Error::invalid("user", "mail_user", text));
    }
    let password = change.password.filter(|password| !password.is_empty());
    if password.as_deref().is_some_and(|password| !plain(password)) {
        let text = "The password has at most 500 characters, none of them a line break.";
        return Err(Error::invalid("password", "mail_password", text));
    }
    let from = change.from.trim().to_owned();
    if from.len() > 300 || !is_sender(&from) {
        let text = "Give an address such as `mdm@example.org` or `Devices <mdm@example.org>`.";
        return Err(Error::invalid("from", "mail_from", text));
    }
    Ok(MailServerChange {
        host,
        user,
        password,
        from,
        ..change
    })
}
