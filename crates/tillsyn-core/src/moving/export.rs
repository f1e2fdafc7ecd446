//! The enrollments of this server, in the form in which another one can take them in.

use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::hash;

use super::line::{MovedEnrollment, MovedUser, SecretBytes};
use crate::actor::{Actor, ActorKind, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::escrow::{self, Kind};
use crate::events::{self, NewEvent, prefix_end};
use crate::keys::KeyStore;
use crate::org;
use crate::paging::{Cursor, Page, page_size};

const LIST: &str = "SELECT e.id, e.udid, e.apple_enrollment_id, e.platform, e.topic, e.pin_sha256, \
    ch.push_token, ch.push_magic, e.enrollment_type, e.ownership, e.access_rights, \
    e.profile_identifier, e.server_capabilities, d.serial_number, d.imei, d.name, d.model, \
    d.model_name, d.os_version, d.build_version, e.device_id FROM enrollment e \
    JOIN org_unit u ON u.id = e.org_unit_id JOIN device_summary d ON d.device_id = e.device_id \
    JOIN channel ch ON ch.enrollment_id = e.id AND ch.name = 'device' AND ch.ended_at IS NULL \
    WHERE e.status = 'active' AND e.trust = 'proven' AND ch.push_token IS NOT NULL \
    AND u.path >= $1 AND u.path < $2 AND e.id > $3";

/// One page of the actor's scope; each is an event. Unlock and bootstrap tokens come along only for
/// somebody with a shell on the server, who has the master key anyway.
pub async fn export(
    core: &Core,
    actor: &Actor,
    secrets: bool,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<MovedEnrollment>, Error> {
    may(actor, Permission::EnrollmentsMove)?;
    if secrets && actor.kind != ActorKind::Server {
        return Err(Error::forbidden(
            "server_only",
            "Tokens that open devices are exported on the server itself: tillsyn export-enrollments --secrets.",
        ));
    }
    let limit = page_size(limit)?;
    let after = match after {
        Some(text) => Cursor::decode(text)?
            .values()
            .first()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default(),
        None => String::new(),
    };
    let unit = org::of_path(core, &actor.unit_path).await?;
    let asked = Asked {
        keys: secrets.then(|| core.keys().clone()),
        actor: actor.clone(),
        unit: unit.id.to_string(),
        after,
        limit,
        now_ms: core.now_ms(),
    };
    core.db()
        .write(asked, |tx, asked| {
            Box::pin(async move { asked.run(tx).await })
        })
        .await
}

struct Asked {
    /// Present when the secrets are asked for.
    keys: Option<KeyStore>,
    actor: Actor,
    unit: String,
    after: String,
    limit: i64,
    now_ms: i64,
}

impl Asked {
    async fn run(&self, tx: &Tx) -> Result<Page<MovedEnrollment>, Error> {
        let path = self.actor.unit_path.as_str();
        let values = args![path, prefix_end(path), self.after.as_str(), self.limit + 1];
        let own = self.actor.platform_filter();
        let sql = format!("{LIST}{own} ORDER BY e.id LIMIT $4");
        let rows = tx.fetch_all_dyn(&sql, values).await?;
        let mut items = Vec::new();
        let mut ids = Vec::new();
        for row in rows.iter().take(usize::try_from(self.limit).unwrap_or(0)) {
            items.push(self.line(tx, row).await?);
            ids.push(row.text(0)?);
        }
        if !ids.is_empty() {
            let digest = hash::sha256_hex(ids.join(" ").as_bytes());
            let event =
                NewEvent::done("enrollments.export", "chunk", &digest, &self.unit).with(json!({
                    "enrollments": ids.len(), "secrets": self.keys.is_some(), "digest": digest,
                }));
            events::record(tx, &self.actor, self.now_ms, event).await?;
        }
        let next = (rows.len() > items.len())
            .then(|| ids.pop())
            .flatten()
            .map(|last| Cursor::new(vec![last.into()]).encode());
        Ok(Page { items, next })
    }

    async fn line(&self, tx: &Tx, row: &Row) -> Result<MovedEnrollment, Error> {
        let (id, device) = (row.text(0)?, row.text(20)?);
        let capabilities = row
            .opt_text(12)?
            .and_then(|text| serde_json::from_str::<Json>(&text).ok())
            .and_then(|list| serde_json::from_value(list).ok());
        Ok(MovedEnrollment {
            udid: row.opt_text(1)?,
            enrollment_id: row.opt_text(2)?,
            platform: row.text(3)?,
            topic: row.text(4)?,
            certificate_sha256: row.text(5)?,
            token: SecretBytes::new(row.blob(6)?),
            push_magic: row.opt_text(7)?.unwrap_or_default(),
            unlock_token: self.secret(tx, &device, Kind::UnlockToken).await?,
            bootstrap_token: self.secret(tx, &device, Kind::BootstrapToken).await?,
            enrollment_type: row.text(8)?,
            ownership: row.text(9)?,
            access_rights: row.opt_i64(10)?,
            profile_identifier: Some(row.text(11)?).filter(|text| !text.is_empty()),
            server_capabilities: capabilities,
            serial_number: row.opt_text(13)?,
            imei: row.opt_text(14)?,
            name: row.opt_text(15)?,
            model: row.opt_text(16)?,
            model_name: row.opt_text(17)?,
            os_version: row.opt_text(18)?,
            build_version: row.opt_text(19)?,
            users: users_in(tx, &id).await?,
        })
    }

    async fn secret(
        &self,
        tx: &Tx,
        device: &str,
        kind: Kind,
    ) -> Result<Option<SecretBytes>, Error> {
        let Some(keys) = &self.keys else {
            return Ok(None);
        };
        let secret = escrow::newest_in(tx, keys, device, kind).await?;
        Ok(secret.map(|secret| SecretBytes::new(secret.expose().to_vec())))
    }
}

async fn users_in(tx: &Tx, enrollment_id: &str) -> Result<Vec<MovedUser>, Error> {
    const LIST: &str = "SELECT user_id, user_short_name, user_long_name, push_token, push_magic \
        FROM channel WHERE enrollment_id = $1 AND name <> 'device' AND ended_at IS NULL \
        AND push_token IS NOT NULL AND user_id IS NOT NULL ORDER BY name";
    tx.fetch_all(LIST, args![enrollment_id])
        .await?
        .iter()
        .map(|row| {
            Ok(MovedUser {
                user_id: row.text(0)?,
                user_short_name: row.opt_text(1)?,
                user_long_name: row.opt_text(2)?,
                token: SecretBytes::new(row.blob(3)?),
                push_magic: row.opt_text(4)?.unwrap_or_default(),
            })
        })
        .collect()
}
