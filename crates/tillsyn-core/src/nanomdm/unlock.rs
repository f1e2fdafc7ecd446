//! `POST /v1/escrowkeyunlock`: removes an activation lock with a code that the tool kept.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_upstream::activation_lock::{Passed, Unlock};
use zeroize::Zeroizing;

use crate::activation_lock::client_of_topic;
use crate::actor::{Actor, Permission, authorize, authorize_device, may};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};

pub use tillsyn_upstream::activation_lock::Passed as AppleAnswer;

/// The tool's form.
pub struct UnlockForm {
    pub topic: String,
    pub serial: String,
    pub product_type: String,
    pub escrow_key: Zeroizing<String>,
    pub org_name: String,
    pub guid: String,
    pub imei: Option<String>,
    pub imei2: Option<String>,
    pub meid: Option<String>,
}

/// What the attempt is about, for its two events.
#[derive(Clone)]
struct About {
    kind: &'static str,
    id: String,
    unit: String,
    serial: String,
}

/// Asks Apple; its answer is the tool's.
///
/// # Errors
/// Not found for what the actor does not reach; not capable for a personal device; unavailable when Apple
/// does not answer.
pub async fn unlock(core: &Core, actor: &Actor, form: UnlockForm) -> Result<AppleAnswer, Error> {
    may(actor, Permission::DevicesActivationLock)?;
    // Apple wants capitals; a device is known as it said itself. Another spelling must not pass for one that is not ours.
    let typed = form.serial.trim().to_owned();
    let serial = typed.to_uppercase();
    let missing = || Error::not_found("push certificate of this topic that is valid");
    let client = client_of_topic(core, &form.topic)
        .await?
        .ok_or_else(missing)?;
    let input = (
        actor.clone(),
        form.topic.clone(),
        [typed, serial.clone()],
        core.now_ms(),
    );
    let about = core
        .db()
        .write(input, |tx, (actor, topic, serial, now)| {
            Box::pin(async move { begin(tx, actor, topic, serial, *now).await })
        })
        .await?;
    let unlock = Unlock {
        serial_number: &serial,
        product_type: &form.product_type,
        imei: form.imei.as_deref(),
        imei2: form.imei2.as_deref(),
        meid: form.meid.as_deref(),
        organisation: &form.org_name,
        requester: &form.guid,
        bypass_code: &form.escrow_key,
    };
    let answer = client.pass(&unlock).await;
    end(core, actor, about, answer.as_ref().ok()).await?;
    answer.map_err(|reason| {
        Error::new(
            Kind::Unavailable,
            "vendor_away",
            format!("Apple did not answer ({reason})."),
        )
    })
}

/// Over the device where it is one of ours; one that is not is asked for with the topic's unit.
async fn begin(
    tx: &Tx,
    actor: &Actor,
    topic: &str,
    serials: &[String; 2],
    now_ms: i64,
) -> Result<About, Error> {
    const DEVICE: &str = "SELECT d.id, d.org_unit_id, u.path, d.platform, m.ownership FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id LEFT JOIN device_summary m ON m.device_id = d.id \
        WHERE d.serial_number IN ($1, $2) ORDER BY d.id LIMIT 1";
    const TOPIC: &str = "SELECT p.id, p.org_unit_id, u.path FROM push_topic p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.topic = $1";
    let permission = Permission::DevicesActivationLock;
    let about = if let Some(row) = tx
        .fetch_optional(DEVICE, args![serials[0].as_str(), serials[1].as_str()])
        .await?
    {
        authorize_device(actor, permission, row.str(2)?, row.str(3)?)?;
        if row.opt_text(4)?.as_deref() == Some("personal") {
            return Err(Error::new(
                Kind::NotCapable,
                "personal_device",
                "This is a personal device: its activation lock is its owner's.",
            ));
        }
        About {
            kind: "device",
            id: row.text(0)?,
            unit: row.text(1)?,
            serial: serials[1].clone(),
        }
    } else {
        let missing = || Error::not_found("push certificate of this topic");
        let row = tx.fetch_optional(TOPIC, args![topic]).await?;
        let row = row.ok_or_else(missing)?;
        authorize(actor, permission, row.str(2)?)?;
        About {
            kind: "push_topic",
            id: row.text(0)?,
            unit: row.text(1)?,
            serial: serials[1].clone(),
        }
    };
    record(tx, actor, &about, "activation_lock.clear", None, now_ms).await?;
    Ok(about)
}

async fn end(
    core: &Core,
    actor: &Actor,
    about: About,
    answer: Option<&Passed>,
) -> Result<(), Error> {
    let status = answer.map(|answer| answer.status);
    let action = if status.is_some_and(|status| (200..300).contains(&status)) {
        "activation_lock.cleared"
    } else {
        "activation_lock.not_cleared"
    };
    let input = (actor.clone(), about, core.now_ms());
    core.db()
        .write(input, move |tx, (actor, about, now)| {
            Box::pin(async move { record(tx, actor, about, action, status, *now).await })
        })
        .await
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    about: &About,
    action: &'static str,
    status: Option<u16>,
    now_ms: i64,
) -> Result<(), Error> {
    let event = NewEvent::done(action, about.kind, &about.id, &about.unit).with(json!({
        "serial_number": about.serial, "by_tool": true, "answer": status,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
