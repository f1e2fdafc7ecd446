//! Forgetting a person: what names them is taken away, and the trail stays whole, for it holds hashes only.

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};

use super::hold::standing_in;
use crate::accounts::{Proof, confirm_account, portal, reach_in};
use crate::actor::{Actor, ActorKind, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::directory;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, PersonId};
use crate::imports;
use crate::search::{people, words};

/// Who is meant, as loaded.
pub(crate) struct Subject {
    pub(crate) id: String,
    pub(crate) unit: String,
    name: String,
    pub(crate) email: Option<String>,
    /// An account with the same mail address, if whoever asks reaches it, and whether it is active.
    pub(crate) account: Option<(String, bool)>,
    /// There is one that they do not reach: a mail address is typed, and gives no right to an account.
    beyond: bool,
}

/// Loads a person for whoever manages the trail, in the person's unit.
pub(crate) async fn subject_in(tx: &Tx, actor: &Actor, id: &PersonId) -> Result<Subject, Error> {
    const FIND: &str = "SELECT p.org_unit_id, u.path, p.email, p.name FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1 AND p.status <> 'erased'";
    const ACCOUNT: &str = "SELECT a.id, a.status, u.path FROM account a \
        JOIN org_unit u ON u.id = a.org_unit_id WHERE a.email = $1";
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("person"))?;
    authorize(actor, Permission::AuditManage, &row.text(1)?)?;
    let email = row.opt_text(2)?;
    let (mut account, mut beyond) = (None, false);
    if let Some(email) = &email
        && let Some(row) = tx.fetch_optional(ACCOUNT, args![email]).await?
    {
        if actor.reaches(&row.text(2)?) {
            account = Some((row.text(0)?, row.text(1)? == "active"));
        } else {
            beyond = true;
        }
    }
    Ok(Subject {
        id: id.to_string(),
        unit: row.text(0)?,
        name: row.text(3)?,
        email,
        account,
        beyond,
    })
}

/// What whoever asks brings as proof: the person's name as typed, and who is behind a token.
#[derive(Clone, Default)]
pub struct Erase {
    pub typed: String,
    pub proof: Option<Proof>,
}

/// A session must be fresh; a token brings the password of its account.
pub(crate) async fn prove(core: &Core, actor: &Actor, proof: Option<Proof>) -> Result<(), Error> {
    match (actor.kind, proof) {
        (ActorKind::Token, Some(proof)) => confirm_account(core, actor, proof).await,
        (ActorKind::Token, None) => Err(Error::new(
            Kind::FreshSignInNeeded,
            "password_needed",
            "A token alone does not do this: send the password of your account with the request.",
        )),
        _ => require_fresh(actor, core.now_ms()),
    }
}

/// Forgets a person for good: name, mail address, what their former devices said of them, where they came
/// from; and the account of the same mail address, once it is disabled.
///
/// # Errors
/// Conflict while a device is enrolled for them, a legal hold stands, their account is active, or a file that
/// names them is being imported.
pub async fn erase_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
    erase: Erase,
) -> Result<(), Error> {
    may(actor, Permission::AuditManage)?;
    prove(core, actor, erase.proof).await?;
    // Sealed files are opened before the transaction begins.
    let known = core
        .db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move { subject_in(tx, actor, id).await })
        })
        .await?;
    let files = imports::naming(core, &known.name, known.email.as_deref()).await?;
    let input = (
        (actor.clone(), id.clone()),
        erase.typed,
        files,
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, ((actor, id), typed, files, now)| {
            Box::pin(async move {
                let subject = subject_in(tx, actor, id).await?;
                if typed.trim() != subject.name {
                    return Err(Error::invalid(
                        "confirm",
                        "confirmation",
                        format!("Type the person's name to confirm: {}", subject.name),
                    ));
                }
                let devices = former_devices_in(tx, &subject.id).await?;
                refuse_in(tx, actor, &subject, &devices, *now).await?;
                let mut sources = forget_enrollments_in(tx, &subject.id, *now).await?;
                forget_devices_in(tx, &devices, *now).await?;
                sources.extend(devices.iter().cloned());
                sources.push(subject.id.clone());
                if let Some((account, _)) = &subject.account {
                    forget_account_in(tx, account).await?;
                    sources.push(account.clone());
                }
                directory::forget_in(tx, id, *now).await?;
                portal::forget_in(tx, id, *now).await?;
                forget_person_in(tx, &subject, *now).await?;
                imports::forget_in(tx, files, *now).await?;
                let addresses = forget_addresses_in(tx, sources).await?;
                let event = NewEvent::done("person.erase", "person", &subject.id, &subject.unit)
                    .with(json!({
                        "devices": devices.len(), "addresses": addresses,
                        "account": subject.account.as_ref().map(|(id, _)| id),
                    }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

async fn refuse_in(
    tx: &Tx,
    actor: &Actor,
    subject: &Subject,
    former: &[String],
    now_ms: i64,
) -> Result<(), Error> {
    const DEVICES: &str = "SELECT count(*) FROM enrollment e LEFT JOIN device_summary s \
        ON s.device_id = e.device_id WHERE e.status IN ('active', 'pending') \
        AND (e.person_id = $1 OR s.person_id = $1)";
    const WAITS: &str = "SELECT count(*) FROM approval WHERE kind = 'account' AND subject_id = $1 \
        AND status = 'waiting'";
    let standing = standing_in(tx).await?;
    let account = subject.account.as_ref().map(|(id, _)| id);
    let held = standing
        .subjects
        .iter()
        .any(|s| *s == subject.id || Some(s) == account || former.contains(s));
    if standing.everything || held {
        return Err(Error::conflict(
            "legal_hold",
            "A legal hold stands: nothing that it covers is taken away.",
        ));
    }
    let devices = tx
        .fetch_one(DEVICES, args![subject.id.as_str()])
        .await?
        .i64(0)?;
    if devices > 0 {
        return Err(Error::conflict(
            "person_has_devices",
            "Devices are enrolled for this person: retire them or give them to somebody else first.",
        )
        .with_data(json!({ "devices": devices })));
    }
    let Some((id, active)) = &subject.account else {
        return if subject.beyond {
            Err(beyond())
        } else {
            Ok(())
        };
    };
    match reach_in(tx, actor, &AccountId::from_store(id.clone()), now_ms).await {
        Ok(_) => {}
        Err(error) if matches!(error.kind, Kind::Forbidden | Kind::NotFound) => {
            return Err(beyond());
        }
        Err(error) => return Err(error),
    }
    let waits = tx.fetch_one(WAITS, args![id.as_str()]).await?.i64(0)?;
    if *active || waits > 0 {
        return Err(Error::conflict(
            "person_has_account",
            "This person has an active account, or a change of it waits: disable it first.",
        )
        .with_data(json!({ "account_id": id })));
    }
    Ok(())
}

/// Says nothing of the account but that somebody else has to do it.
fn beyond() -> Error {
    Error::conflict(
        "person_account_beyond",
        "There is an account with this mail address that you may not change: ask somebody who may.",
    )
}

/// Devices that were theirs and are nobody else's now.
pub(crate) async fn former_devices_in(tx: &Tx, person: &str) -> Result<Vec<String>, Error> {
    const FORMER: &str = "SELECT DISTINCT s.device_id FROM device_summary s LEFT JOIN enrollment e \
        ON e.device_id = s.device_id AND e.person_id = $1 \
        WHERE (s.person_id = $1 OR (e.id IS NOT NULL AND s.person_id IS NULL)) AND NOT EXISTS \
        (SELECT 1 FROM enrollment a WHERE a.device_id = s.device_id AND a.status = 'active')";
    let rows = tx.fetch_all(FORMER, args![person]).await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// What invitations, attempts and enrollments say of them; returns the ids under which addresses are kept.
async fn forget_enrollments_in(tx: &Tx, person: &str, now_ms: i64) -> Result<Vec<String>, Error> {
    const SOURCES: &str = "SELECT id FROM invitation WHERE person_id = $1 UNION \
        SELECT t.id FROM attempt t JOIN invitation i ON i.id = t.invitation_id WHERE i.person_id = $1 \
        UNION SELECT id FROM enrollment WHERE person_id = $1";
    const FORGET: [&str; 8] = [
        "UPDATE consent SET address = NULL WHERE attempt_id IN (SELECT t.id FROM attempt t \
          JOIN invitation i ON i.id = t.invitation_id WHERE i.person_id = $1)",
        "UPDATE attempt_step SET address = NULL WHERE attempt_id IN (SELECT t.id FROM attempt t \
          JOIN invitation i ON i.id = t.invitation_id WHERE i.person_id = $1)",
        "UPDATE certificate SET address = NULL WHERE attempt_id IN (SELECT t.id FROM attempt t \
          JOIN invitation i ON i.id = t.invitation_id WHERE i.person_id = $1)",
        "UPDATE channel SET user_short_name = NULL, user_long_name = NULL, user_id = NULL \
          WHERE enrollment_id IN \
          (SELECT id FROM enrollment WHERE person_id = $1)",
        "UPDATE enrollment SET claims = '{}' WHERE person_id = $1",
        "UPDATE invitation SET label = '-', language = NULL WHERE person_id = $1",
        "DELETE FROM group_member WHERE member_kind = 'person' AND member_id = $1",
        "DELETE FROM device_label WHERE person_id = $1",
    ];
    const REVOKE: &str = "UPDATE invitation SET status = 'revoked', revoked_at = $2 \
        WHERE person_id = $1 AND status = 'open'";
    let rows = tx.fetch_all(SOURCES, args![person]).await?;
    for sql in FORGET {
        tx.execute(sql, args![person]).await?;
    }
    tx.execute(REVOKE, args![person, now_ms]).await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// What their former devices said: names, users, places, reports.
async fn forget_devices_in(tx: &Tx, devices: &[String], now_ms: i64) -> Result<(), Error> {
    const SUMMARY: &str = "UPDATE device_summary SET name = NULL, person_id = NULL, person_name = NULL, \
        updated_at = $1 WHERE device_id {ids}";
    const FORGET: [&str; 9] = [
        "DELETE FROM unknown_sender WHERE udid IN \
         (SELECT e.udid FROM enrollment e WHERE e.device_id {ids})",
        "DELETE FROM fact WHERE device_id {ids}",
        "DELETE FROM fact_change WHERE device_id {ids}",
        "DELETE FROM device_user WHERE device_id {ids}",
        "DELETE FROM location WHERE device_id {ids}",
        "DELETE FROM status_report WHERE device_id {ids}",
        "DELETE FROM command_result WHERE device_id {ids}",
        "DELETE FROM installed_app WHERE device_id {ids}",
        "DELETE FROM installed_certificate WHERE device_id {ids}",
    ];
    if devices.is_empty() {
        return Ok(());
    }
    tx.execute_in(SUMMARY, devices.to_vec(), args![now_ms])
        .await?;
    words::index_in(tx, devices).await?;
    for sql in FORGET {
        tx.execute_in(sql, devices.to_vec(), args![]).await?;
    }
    for device in devices {
        forget_previews_in(tx, device).await?;
    }
    Ok(())
}

/// What was shown to whoever decided on the device. One that still waits is over within a day.
async fn forget_previews_in(tx: &Tx, device: &str) -> Result<(), Error> {
    const SHOWN: &str =
        "SELECT id, preview FROM approval WHERE status <> 'waiting' AND preview LIKE $1";
    const FORGET: &str = "UPDATE approval SET preview = $2 WHERE id = $1";
    for row in tx.fetch_all(SHOWN, args![format!("%{device}%")]).await? {
        let mut preview: Json = serde_json::from_str(&row.text(1)?).unwrap_or_default();
        let targets = preview["targets"].as_array_mut();
        for target in targets.into_iter().flatten() {
            if target["device_id"] == device {
                target["name"] = Json::Null;
            }
        }
        let values = args![row.text(0)?, preview.to_string()];
        tx.execute(FORGET, values).await?;
    }
    Ok(())
}

/// A disabled account without its name, address and ways in; its id stays in the trail.
async fn forget_account_in(tx: &Tx, account: &str) -> Result<(), Error> {
    const FORGET: [&str; 11] = [
        "DELETE FROM session WHERE account_id = $1",
        "DELETE FROM account_totp WHERE account_id = $1",
        "DELETE FROM recovery_code WHERE account_id = $1",
        "DELETE FROM passkey WHERE account_id = $1",
        "DELETE FROM account_identity WHERE account_id = $1",
        "DELETE FROM notification WHERE account_id = $1",
        "DELETE FROM notification_seen WHERE account_id = $1",
        "DELETE FROM notification_told WHERE account_id = $1",
        "DELETE FROM mail_outbox WHERE account_id = $1",
        "UPDATE escrow_reveal SET actor_name = '' WHERE actor_id = $1",
        "UPDATE account SET name = '', email = 'erased:' || id, password_hash = '!' WHERE id = $1",
    ];
    for sql in FORGET {
        tx.execute(sql, args![account]).await?;
    }
    forget_asked_in(tx, account).await
}

/// What was asked and shown when the account was made and changed.
async fn forget_asked_in(tx: &Tx, account: &str) -> Result<(), Error> {
    const ASKED: &str =
        "SELECT id, change, preview FROM approval WHERE kind = 'account' AND subject_id = $1";
    const FORGET: &str = "UPDATE approval SET change = $2, preview = $3 WHERE id = $1";
    for row in tx.fetch_all(ASKED, args![account]).await? {
        let mut texts = [row.text(1)?, row.text(2)?];
        for text in &mut texts {
            let mut json: Json = serde_json::from_str(text).unwrap_or_default();
            unname(&mut json);
            *text = json.to_string();
        }
        let [change, preview] = texts;
        tx.execute(FORGET, args![row.text(0)?, change, preview])
            .await?;
    }
    Ok(())
}

/// Empties names and mail addresses, at any depth: what is left still reads as what it was.
fn unname(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                if value.is_string() && matches!(name.as_str(), "name" | "email") {
                    *value = Json::String(String::new());
                } else {
                    unname(value);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(unname),
        _ => {}
    }
}

async fn forget_person_in(tx: &Tx, subject: &Subject, now_ms: i64) -> Result<(), Error> {
    const PERSON: &str = "UPDATE person SET name = '', email = NULL, language = NULL, \
        status = 'erased', updated_at = $2 WHERE id = $1";
    const MAIL: &str = "DELETE FROM mail_outbox WHERE recipient = $1";
    tx.execute(PERSON, args![subject.id.as_str(), now_ms])
        .await?;
    tx.execute(people::FORGET, args![subject.id.as_str()])
        .await?;
    if let Some(email) = &subject.email {
        tx.execute(MAIL, args![email]).await?;
    }
    Ok(())
}

/// The addresses beside events; how many there were.
async fn forget_addresses_in(tx: &Tx, subjects: Vec<String>) -> Result<u64, Error> {
    const FORGET: &str = "DELETE FROM event_identity WHERE subject_id {ids}";
    Ok(tx.execute_in(FORGET, subjects, args![]).await?)
}
