//! The job: tries the newest code of the device first, then older ones, then those that we made.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::KeyPair;
use tillsyn_upstream::activation_lock::{
    ActivationLockClient, ActivationLockConfig, Unlock, UnlockOutcome,
};
use zeroize::Zeroizing;

use crate::actor::Actor;
use crate::clock::{HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::settings;

/// Tries before it is given up: with the back-off below about a day.
const TRIES: i64 = 30;
/// A node that carries one out and dies leaves it to the others after this.
const LEASE_MS: i64 = 15 * MINUTE_MS;
/// Codes tried in one go; Apple is asked once for each.
const CODES: i64 = 10;

/// Carries out what is due; one at a time, so that two nodes share the work.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    while let Some(claimed) = claim(core).await? {
        let outcome = attempt(core, &claimed).await?;
        record(core, claimed, outcome).await?;
    }
    Ok(())
}

struct Claimed {
    id: String,
    device_id: String,
    org_unit_id: String,
    requester: String,
    tries: i64,
}

/// How one round ended.
enum Ended {
    Done {
        kind: String,
    },
    Failed(&'static str),
    Again {
        reason: &'static str,
        after_ms: Option<i64>,
    },
}

async fn claim(core: &Core) -> Result<Option<Claimed>, Error> {
    const DUE: &str = "SELECT id, device_id, org_unit_id, actor_id, tries FROM activation_unlock \
        WHERE status IN ('waiting', 'running') AND due_at <= $1 ORDER BY due_at, id LIMIT 1";
    const TAKE: &str = "UPDATE activation_unlock SET status = 'running', due_at = $2, \
        tries = tries + 1, updated_at = $3 WHERE id = $1";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                let Some(row) = tx.fetch_optional(DUE, args![*now]).await? else {
                    return Ok::<_, Error>(None);
                };
                let claimed = Claimed {
                    id: row.text(0)?,
                    device_id: row.text(1)?,
                    org_unit_id: row.text(2)?,
                    requester: row.text(3)?,
                    tries: row.i64(4)? + 1,
                };
                let values = args![claimed.id.as_str(), *now + LEASE_MS, *now];
                tx.execute(TAKE, values).await?;
                Ok(Some(claimed))
            })
        })
        .await
}

async fn attempt(core: &Core, claimed: &Claimed) -> Result<Ended, Error> {
    let Some(hardware) = hardware(core, &claimed.device_id).await? else {
        return Ok(Ended::Failed("hardware_unknown"));
    };
    let Some(client) = client(core, &claimed.device_id).await? else {
        return Ok(Ended::Again {
            reason: "no_certificate",
            after_ms: None,
        });
    };
    let codes = codes(core, &claimed.device_id).await?;
    if codes.is_empty() {
        return Ok(Ended::Failed("no_bypass_code"));
    }
    let organisation = settings::organisation(core).await?.name;
    for (kind, code) in codes {
        let unlock = Unlock {
            serial_number: &hardware.serial_number,
            product_type: &hardware.product_type,
            imei: hardware.imei.as_deref(),
            imei2: None,
            meid: hardware.meid.as_deref(),
            organisation: &organisation,
            requester: &claimed.requester,
            bypass_code: &code,
        };
        match client.unlock(&unlock).await {
            UnlockOutcome::Unlocked => return Ok(Ended::Done { kind }),
            // An older code, or ours, may be the one (core sheet §10).
            UnlockOutcome::WrongCode => {}
            UnlockOutcome::Refused { status } => {
                tracing::warn!(http.status = status, device.id = %claimed.device_id,
                    "the request to remove an activation lock was refused");
                return Ok(Ended::Failed("request_refused"));
            }
            UnlockOutcome::CertificateRefused => return Ok(Ended::Failed("certificate_refused")),
            UnlockOutcome::RetryLater {
                reason,
                retry_after_s,
            } => {
                let after_ms = retry_after_s
                    .and_then(|s| i64::try_from(s).ok())
                    .map(|s| s.saturating_mul(SECOND_MS));
                return Ok(Ended::Again { reason, after_ms });
            }
        }
    }
    Ok(Ended::Failed("wrong_code"))
}

struct Hardware {
    serial_number: String,
    product_type: String,
    imei: Option<String>,
    meid: Option<String>,
}

async fn hardware(core: &Core, device_id: &str) -> Result<Option<Hardware>, Error> {
    const FIND: &str = "SELECT d.serial_number, m.model, m.imei, \
        (SELECT f.value FROM fact f WHERE f.device_id = d.id AND f.name = 'meid') \
        FROM device d JOIN device_summary m ON m.device_id = d.id WHERE d.id = $1";
    let Some(row) = core.db().query_optional(FIND, args![device_id]).await? else {
        return Ok(None);
    };
    let (Some(serial_number), Some(product_type)) = (row.opt_text(0)?, row.opt_text(1)?) else {
        return Ok(None);
    };
    let digits = |text: String| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let meid = row.opt_text(3)?;
    Ok(Some(Hardware {
        serial_number,
        product_type,
        // Devices write it in groups.
        imei: row.opt_text(2)?.map(digits).filter(|imei| imei.len() == 15),
        meid: meid.and_then(|json| serde_json::from_str::<String>(&json).ok()),
    }))
}

/// The codes in the order in which they are tried.
async fn codes(core: &Core, device_id: &str) -> Result<Vec<(String, Zeroizing<String>)>, Error> {
    const CODES_OF: &str = "SELECT id, kind, sealed FROM escrow WHERE device_id = $1 \
        AND state = 'kept' AND kind IN ('activation_lock_bypass_device', \
        'activation_lock_bypass_server') ORDER BY kind, updated_at DESC, id DESC LIMIT $2";
    let rows = core
        .db()
        .query_all(CODES_OF, args![device_id, CODES])
        .await?;
    let mut codes = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.text(0)?;
        let bytes = core.keys().open(&row.blob(2)?, "escrow", "sealed", &id)?;
        if let Ok(code) = std::str::from_utf8(&bytes) {
            codes.push((row.text(1)?, Zeroizing::new(code.to_owned())));
        }
    }
    Ok(codes)
}

/// With the push certificate that the device was enrolled with last.
async fn client(core: &Core, device_id: &str) -> Result<Option<ActivationLockClient>, Error> {
    const FIND: &str = "SELECT p.id, p.certificate, p.key_sealed FROM push_topic p \
        WHERE p.not_after > $2 ORDER BY CASE WHEN p.topic = (SELECT e.topic FROM enrollment e \
        WHERE e.device_id = $1 ORDER BY e.created_at DESC LIMIT 1) THEN 0 ELSE 1 END, \
        p.updated_at DESC LIMIT 1";
    let values = args![device_id, core.now_ms()];
    let Some(row) = core.db().query_optional(FIND, values).await? else {
        return Ok(None);
    };
    connect(core, &row).map(Some)
}

/// With the push certificate of a topic.
pub(crate) async fn client_of_topic(
    core: &Core,
    topic: &str,
) -> Result<Option<ActivationLockClient>, Error> {
    const FIND: &str = "SELECT p.id, p.certificate, p.key_sealed FROM push_topic p \
        WHERE p.topic = $1 AND p.not_after > $2";
    let values = args![topic, core.now_ms()];
    let Some(row) = core.db().query_optional(FIND, values).await? else {
        return Ok(None);
    };
    connect(core, &row).map(Some)
}

fn connect(core: &Core, row: &Row) -> Result<ActivationLockClient, Error> {
    let key = core
        .keys()
        .open(&row.blob(2)?, "push_topic", "key_sealed", &row.text(0)?)?;
    let key_pem = KeyPair::from_pkcs8_der(&key)?.to_pkcs8_pem();
    let config = ActivationLockConfig {
        base_url: core.config().device_services_url.clone(),
        extra_root_pem: core
            .config()
            .device_services_root_pem
            .clone()
            .map(String::into_bytes),
        proxy_url: core.config().proxy_url.clone(),
        client_cert_pem: Certificate::from_der(&row.blob(1)?)?.to_pem().into_bytes(),
        client_key_pem: key_pem.as_bytes().to_vec(),
    };
    ActivationLockClient::new(config).map_err(|error| {
        Error::internal("The connection to Apple's device services cannot be set up.")
            .caused_by(error)
    })
}

/// 1, 2, 4 … minutes, at most an hour.
fn back_off(tries: i64) -> i64 {
    let shift = u32::try_from(tries.clamp(1, 7) - 1).unwrap_or(0);
    (MINUTE_MS << shift).min(HOUR_MS)
}

async fn record(core: &Core, claimed: Claimed, ended: Ended) -> Result<(), Error> {
    const END: &str = "UPDATE activation_unlock SET status = $2, reason = $3, escrow_kind = $4, \
        due_at = $5, updated_at = $6 WHERE id = $1";
    core.db()
        .write(
            (claimed, ended, core.now_ms()),
            |tx: &Tx, (claimed, ended, now)| {
                Box::pin(async move {
                    let (status, reason, kind, due) = match ended {
                        Ended::Done { kind } => ("done", None, Some(kind.as_str()), *now),
                        Ended::Failed(reason) => ("failed", Some(*reason), None, *now),
                        Ended::Again { reason, .. } if claimed.tries >= TRIES => {
                            ("failed", Some(*reason), None, *now)
                        }
                        Ended::Again { reason, after_ms } => {
                            let wait = after_ms.unwrap_or(0).max(back_off(claimed.tries));
                            ("waiting", Some(*reason), None, *now + wait)
                        }
                    };
                    let values = args![claimed.id.as_str(), status, reason, kind, due, *now];
                    tx.execute(END, values).await?;
                    if status == "waiting" {
                        return Ok::<_, Error>(());
                    }
                    let action = if status == "done" {
                        "activation_lock.cleared"
                    } else {
                        "activation_lock.not_cleared"
                    };
                    let device = &claimed.device_id;
                    let event = NewEvent::done(action, "device", device, &claimed.org_unit_id)
                        .with(json!({
                            "unlock_id": claimed.id, "reason": reason, "escrow_kind": kind,
                        }));
                    events::record(tx, &Actor::system(), *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}

#[cfg(test)]
mod tests {
    use super::{HOUR_MS, MINUTE_MS, back_off};

    #[test]
    fn tries_come_ever_later_up_to_an_hour() {
        let waits: Vec<i64> = [1, 2, 3, 6, 7, 30].into_iter().map(back_off).collect();
        let minute = MINUTE_MS;
        assert_eq!(
            waits,
            [
                minute,
                2 * minute,
                4 * minute,
                32 * minute,
                HOUR_MS,
                HOUR_MS
            ]
        );
    }
}
