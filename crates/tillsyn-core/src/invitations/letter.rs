//! What a mail about an invitation names. It is sealed in the outbox and deleted there once it is sent: nothing else
//! keeps a PIN, and only the invitation itself its link, sealed as well.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::mint::{Pin, Secrets};
use crate::branding::{self, Colour};
use crate::core::Core;
use crate::directory;
use crate::error::Error;
use crate::keys::KeyStore;
use crate::mail::{NewMail, has_server, queue_in, withdraw_in};
use crate::settings::{self, Organisation};

/// Which mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Invitation,
    Reminder,
    /// The profile was fetched and not installed.
    Unfinished,
    /// A new PIN, which the person asked for.
    Pin,
}

impl Kind {
    fn template(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "invitation_reminder",
            Self::Unfinished => "invitation_unfinished",
            Self::Pin => "invitation_pin",
        }
    }
}

/// What all letters have in common.
#[derive(Clone)]
pub(super) struct Paper {
    organisation: Organisation,
    public_url: String,
    keys: KeyStore,
}

impl Paper {
    pub(super) async fn of(core: &Core) -> Result<Self, Error> {
        Ok(Self {
            organisation: settings::organisation(core).await?,
            public_url: core.config().public_url.clone(),
            keys: core.keys().clone(),
        })
    }

    pub(super) fn keys(&self) -> &KeyStore {
        &self.keys
    }
}

/// Refuses while nothing can be sent.
pub(super) async fn refuse_without_server(core: &Core) -> Result<(), Error> {
    if has_server(core).await? {
        return Ok(());
    }
    Err(Error::conflict(
        "mail_not_set",
        "There is no mail server yet, so no invitation can be sent. Name one in the settings, or make an \
         invitation and hand its link over yourself.",
    ))
}

/// One letter.
pub(super) struct Letter<'a> {
    pub(super) kind: Kind,
    pub(super) invitation: &'a str,
    pub(super) secrets: &'a Secrets,
    /// Only what the policy sends by mail.
    pub(super) pin: Option<&'a Pin>,
}

/// Puts a letter to the person of an invitation into the outbox, in the place of one that still waits. False when
/// the person has no mail address.
pub(super) async fn queue_letter_in(
    tx: &Tx,
    paper: &Paper,
    letter: &Letter<'_>,
    now_ms: i64,
) -> Result<bool, Error> {
    const FIND: &str = "SELECT p.name, p.email, i.language, p.language, a.name, i.ownership, \
        i.expires_at, i.pin_hash, u.name, i.mail_id, u.path, p.id FROM invitation i \
        JOIN person p ON p.id = i.person_id JOIN org_unit u ON u.id = i.org_unit_id \
        LEFT JOIN api_token k ON k.id = i.created_by LEFT JOIN account a \
        ON a.id = COALESCE(k.account_id, i.created_by) AND a.kind = 'person' \
        WHERE i.id = $1 AND p.status = 'active'";
    const MAIL: &str = "UPDATE invitation SET mail_id = $2 WHERE id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![letter.invitation]).await? else {
        return Ok(false);
    };
    let Some(recipient) = row.opt_text(1)? else {
        return Ok(false);
    };
    let organisation = &paper.organisation;
    let branding = branding::of_unit_in(tx, row.str(10)?).await?;
    let language = row.opt_text(2)?.or(row.opt_text(3)?);
    let language = language.unwrap_or_else(|| organisation.language.clone());
    // Who signs in with the password of their network is told so, or would look for one of ours.
    let network = directory::checks_password_in(tx, row.str(11)?).await?;
    let arguments = json!({
        "organisation": branding.name, "support": branding.contacts.line(),
        "accent": branding.accent_light.map(Colour::digits),
        "time_zone": organisation.time_zone, "unit": row.text(8)?,
        "public_url": paper.public_url, "person": row.text(0)?, "inviter": row.opt_text(4)?,
        "ownership": row.text(5)?, "expires_at": row.i64(6)?,
        "network_password": network, "needs_pin": row.opt_text(7)?.is_some(),
        "code": letter.secrets.code.as_str(), "typed": letter.secrets.typed.as_str(),
        "pin": letter.pin.map(|pin| pin.pin.as_str()),
        "pin_expires_at": letter.pin.map(|pin| pin.until),
    });
    if let Some(before) = row.opt_text(9)? {
        withdraw_in(tx, &before, now_ms).await?;
    }
    let mail = NewMail {
        dedup_key: None,
        account_id: None,
        recipient: &recipient,
        template: letter.kind.template(),
        language: Some(&language),
        arguments: &arguments,
        urgent: letter.kind == Kind::Pin,
    };
    let id = queue_in(tx, &paper.keys, &mail, now_ms).await?;
    tx.execute(MAIL, args![letter.invitation, id]).await?;
    Ok(true)
}
