//! The job that hands queued mail over.

use serde_json::Value as Json;
use tillsyn_db::{Engine, args};
use tillsyn_pki::hash;
use tillsyn_upstream::smtp::{Inline, Mail, MailOutcome, SmtpClient};
use zeroize::Zeroizing;

use super::server::{is_quiet, note, smtp};
use super::{Image, MailTexts};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;

const TRIES: i64 = 5;
/// More than a conversation of many slow steps lasts.
const LEASE_MS: i64 = 5 * MINUTE_MS;

struct Claimed {
    id: String,
    recipient: String,
    template: String,
    language: Option<String>,
    attempt: i64,
    arguments: Zeroizing<Vec<u8>>,
}

/// Sends what is due, one message after the other: mail servers like it slow. Without a mail server
/// everything waits.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    // Looking first keeps an idle node from opening write transactions.
    let now = core.now_ms();
    if core.db().query_optional(DUE, args![now]).await?.is_none() {
        return Ok(());
    }
    if is_quiet(core, now).await? {
        return Ok(());
    }
    let (Some(texts), Some(config)) = (core.mail_texts(), smtp(core).await?) else {
        return Ok(());
    };
    let client = SmtpClient::new(&config).map_err(|error| {
        Error::internal("The connection to the mail server cannot be set up.").caused_by(error)
    })?;
    loop {
        let mail = match claim(core).await? {
            Next::Mail(mail) => mail,
            Next::Unreadable => continue,
            Next::Nothing => return Ok(()),
        };
        let outcome = send(texts.as_ref(), &client, &mail).await;
        let works = serves(outcome);
        record(core, mail, outcome).await?;
        if let Some(works) = works {
            note(core, works, core.now_ms()).await?;
        }
        if works == Some(false) {
            return Ok(());
        }
    }
}

/// Whether the mail server serves us at all; `None` where the outcome says nothing about it.
pub(super) fn serves(outcome: MailOutcome) -> Option<bool> {
    match outcome {
        MailOutcome::Taken => Some(true),
        // It leaves, whatever the message (RFC 5321 §3.8).
        MailOutcome::RetryLater {
            code: Some(421), ..
        } => Some(false),
        MailOutcome::RetryLater { reason, .. } => match reason {
            "login" | "connect" | "timeout" | "tls" | "not_offered" => Some(false),
            _ => None,
        },
        MailOutcome::Refused { .. } => None,
    }
}

/// 5 minutes, 20 minutes, 80 minutes, 4 hours; up to a quarter more by chance.
pub(super) fn back_off(attempt: i64, chance: u8) -> i64 {
    let shift = u32::try_from(attempt.clamp(1, 5) - 1).unwrap_or(0) * 2;
    let wait = ((5 * MINUTE_MS) << shift).min(4 * HOUR_MS);
    wait + wait / 4 * i64::from(chance) / 255
}

async fn send(texts: &dyn MailTexts, client: &SmtpClient, mail: &Claimed) -> MailOutcome {
    let arguments: Json = serde_json::from_slice(&mail.arguments).unwrap_or_default();
    let Some(text) = texts.text(&mail.template, &arguments, mail.language.as_deref()) else {
        // A newer node queued it, and has the words.
        return MailOutcome::RetryLater {
            reason: "template",
            code: None,
        };
    };
    let rich = texts.rich(&mail.template, &arguments, mail.language.as_deref());
    let images: Vec<Inline<'_>> = rich
        .iter()
        .flat_map(|rich| &rich.images)
        .map(inline)
        .collect();
    let outcome = client
        .send(&Mail {
            id: &mail.id,
            to: &mail.recipient,
            subject: &text.subject,
            body: &text.body,
            html: rich.as_ref().map(|rich| rich.html.as_str()),
            images: &images,
        })
        .await;
    let told = match outcome {
        MailOutcome::Taken => "taken",
        MailOutcome::Refused { .. } => "refused",
        MailOutcome::RetryLater { reason, .. } => reason,
    };
    metrics::counter!("tillsyn_mails_total", "outcome" => told).increment(1);
    outcome
}

fn inline(image: &Image) -> Inline<'_> {
    Inline {
        name: image.name,
        png: &image.png,
    }
}

const DUE: &str = "SELECT id, recipient, template, language, attempt, body_sealed \
    FROM mail_outbox WHERE status = 'waiting' AND due_at <= $1 AND lease_until <= $1 \
    ORDER BY urgent DESC, due_at, id LIMIT 1";
const DUE_POSTGRES: &str = "SELECT id, recipient, template, language, attempt, body_sealed \
    FROM mail_outbox WHERE status = 'waiting' AND due_at <= $1 AND lease_until <= $1 \
    ORDER BY urgent DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED";

enum Next {
    Mail(Claimed),
    /// One that could not be opened, and was given up.
    Unreadable,
    Nothing,
}

/// Takes the next message under a lease.
async fn claim(core: &Core) -> Result<Next, Error> {
    const LOST: &str = "UPDATE mail_outbox SET status = 'failed', last_error = 'unreadable', \
        finished_at = $2, body_sealed = $3 WHERE id = $1";
    const LEASE: &str = "UPDATE mail_outbox SET lease_until = $2, worker = $3, attempt = attempt + 1 \
        WHERE id = $1";
    let input = (
        core.config().node.clone(),
        core.keys().clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (node, keys, now)| {
            Box::pin(async move {
                let due = match tx.engine() {
                    Engine::Sqlite => DUE,
                    Engine::Postgres => DUE_POSTGRES,
                };
                let Some(row) = tx.fetch_optional(due, args![*now]).await? else {
                    return Ok(Next::Nothing);
                };
                let id = row.text(0)?;
                let opened = keys.open(&row.blob(5)?, "mail_outbox", "body_sealed", &id);
                let arguments = match opened {
                    Ok(arguments) => arguments,
                    // One that cannot be read must not stop the others.
                    Err(error) => {
                        tracing::error!(
                            mail.id = id, error = %error,
                            "a message cannot be opened; it is given up"
                        );
                        let nothing = Vec::<u8>::new();
                        tx.execute(LOST, args![id.as_str(), *now, nothing]).await?;
                        return Ok(Next::Unreadable);
                    }
                };
                let lease = args![id.as_str(), *now + LEASE_MS, node.as_str()];
                tx.execute(LEASE, lease).await?;
                Ok::<_, Error>(Next::Mail(Claimed {
                    id,
                    recipient: row.text(1)?,
                    template: row.text(2)?,
                    language: row.opt_text(3)?,
                    attempt: row.i64(4)? + 1,
                    arguments,
                }))
            })
        })
        .await
}

async fn record(core: &Core, mail: Claimed, outcome: MailOutcome) -> Result<(), Error> {
    // What is over is kept without its text.
    const SENT: &str = "UPDATE mail_outbox SET status = 'sent', lease_until = 0, last_error = NULL, \
        finished_at = $2, body_sealed = $3 WHERE id = $1";
    // Whoever took it over after our lease has the say.
    const OVER: &str = "UPDATE mail_outbox SET status = 'failed', lease_until = 0, last_error = $4, \
        finished_at = $3, body_sealed = $5 WHERE id = $1 AND attempt = $2 AND status = 'waiting'";
    const AGAIN: &str = "UPDATE mail_outbox SET lease_until = 0, last_error = $4, due_at = $3 \
        WHERE id = $1 AND attempt = $2 AND status = 'waiting'";
    let now = core.now_ms();
    let told = |reason: &str, code: Option<u16>| match code {
        Some(code) => format!("{reason}_{code}"),
        None => reason.to_owned(),
    };
    let nothing = Vec::<u8>::new();
    let (id, attempt) = (mail.id.as_str(), mail.attempt);
    let (sql, values) = match outcome {
        MailOutcome::Taken => (SENT, args![id, now, nothing]),
        MailOutcome::Refused { code } => (
            OVER,
            args![id, attempt, now, told("refused", code), nothing],
        ),
        MailOutcome::RetryLater { reason, code } if attempt >= TRIES => {
            (OVER, args![id, attempt, now, told(reason, code), nothing])
        }
        MailOutcome::RetryLater { reason, code } => {
            let due = now + back_off(attempt, hash::random_bytes::<1>()[0]);
            (AGAIN, args![id, attempt, due, told(reason, code)])
        }
    };
    core.db().execute(sql, values).await?;
    Ok(())
}
