//! A person's own devices, with what there is to do and what they may.

use tillsyn_db::{Row, Tx, args};

use super::about::{Agreed, accounts_in, agreed_in, ledger_in, update_in, waits_for_account_in};
use super::act::{Level, Owner, SelfAct};
use super::admit::{LostBy, lost_by_in, reach_in};
use super::looked::{Looked, looked_in};
use super::policy::Policy;
use super::remedy::{Gone, Health, Remedy, remedies};
use super::set::effective_in;
use crate::actor::Actor;
use crate::commands::Channel;
use crate::commands::store::{self, Target, shown_name};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{CommandId, DeviceId, OrgUnitId};
use crate::keys::KeyStore;
use crate::managed::Ledger;
use crate::platform::apple;

/// One device of a person.
#[derive(Clone, Debug)]
pub struct MyDevice {
    pub id: DeviceId,
    /// What its person calls it, else its own name.
    pub name: String,
    /// What it calls itself.
    pub own_name: String,
    /// Whether its person gave it the name.
    pub labelled: bool,
    pub platform: String,
    pub model_name: Option<String>,
    /// As we got to know it; personal devices may keep it for themselves.
    pub serial_number: Option<String>,
    pub os_version: Option<String>,
    pub ownership: Option<String>,
    pub enrolled: bool,
    pub lost: bool,
    pub enrolled_at: Option<i64>,
    pub last_seen: Option<i64>,
    pub unit_id: OrgUnitId,
    /// Of a Mac: names of the accounts that are managed along.
    pub accounts: Vec<String>,
    pub remedies: Vec<Remedy>,
}

impl MyDevice {
    /// Whether it belongs to its person.
    pub fn is_personal(&self) -> bool {
        self.ownership.as_deref() == Some(Owner::Personal.as_str())
    }
}

/// A device that is being set up and has no row of its own yet.
#[derive(Clone, Debug)]
pub struct Pending {
    pub platform: String,
    pub since: i64,
}

/// How an act stands on this device now.
#[derive(Clone, Debug)]
pub struct ActState {
    pub act: SelfAct,
    pub level: Level,
    /// Why the device cannot, as a stable code; `None` when it can.
    pub refused: Option<&'static str>,
}

/// Something that they asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: CommandId,
    pub request_type: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub held_until: Option<i64>,
    pub finished: bool,
    /// Whether it can be taken back.
    pub can_cancel: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

/// One device with everything that its page shows.
#[derive(Clone, Debug)]
pub struct MyDeviceDetail {
    pub device: MyDevice,
    /// What the policy lets, whether the device can or not.
    pub acts: Vec<ActState>,
    /// Lost mode was turned on by this person, so that they may turn it off.
    pub lost_by_me: bool,
    /// The last things that they asked for, newest first.
    pub asked: Vec<Asked>,
    /// Who read what of it since it is theirs.
    pub looked: Vec<Looked>,
    /// What is managed and seen as it is enrolled now; nothing where it is not, or not any more.
    pub ledger: Option<Ledger>,
    /// What this person agreed to when they brought it in.
    pub agreed: Option<Agreed>,
}

impl MyDeviceDetail {
    /// Whether the act is let and the device can do it.
    pub fn offers(&self, act: SelfAct) -> Option<Level> {
        let state = self.acts.iter().find(|state| state.act == act)?;
        (state.level != Level::Off && state.refused.is_none()).then_some(state.level)
    }
}

const COLUMNS: &str = "SELECT d.device_id, d.name, d.serial_number, l.label, d.platform, d.model_name, \
    d.os_version, d.ownership, d.enrollment_status, d.contact, d.enrolled_at, d.last_seen, \
    d.org_unit_id, v.stolen, d.status, u.path, (SELECT count(*) FROM lost_mode m \
    WHERE m.device_id = d.device_id AND m.ended_at IS NULL), (SELECT count(*) FROM command c \
    JOIN command_batch b ON b.id = c.batch_id WHERE c.device_id = d.device_id AND c.finished = 0 \
    AND c.act IN ('erase', 'retire') AND b.own_person_id = d.person_id), d.passcode_present, \
    d.available_bytes, (SELECT e.end_reason FROM enrollment e WHERE e.id = d.enrollment_id) \
    FROM device_summary d JOIN device v ON v.id = d.device_id JOIN org_unit u ON u.id = d.org_unit_id \
    JOIN person p ON p.id = d.person_id AND p.status = 'active' \
    JOIN account a ON a.person_id = p.id AND a.id = $2 AND a.status = 'active' \
    LEFT JOIN device_label l ON l.device_id = d.device_id AND l.person_id = d.person_id \
    WHERE d.person_id = $1";

/// The devices of the actor's own, those that need something first.
pub async fn my_devices(core: &Core, actor: &Actor) -> Result<Vec<MyDevice>, Error> {
    let (Some(person), Some(account)) = (actor.own_person(), &actor.account_id) else {
        return Ok(Vec::new());
    };
    let sql = format!("{COLUMNS} ORDER BY d.enrolled_at DESC, d.device_id LIMIT 100");
    let now_ms = core.now_ms();
    let mut all = core
        .db()
        .read(
            (sql, args![person, account], now_ms),
            |tx, (sql, values, now)| {
                Box::pin(async move {
                    let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                    let mut all = Vec::with_capacity(rows.len());
                    for row in &rows {
                        all.push(device_in(tx, row, *now).await?);
                    }
                    Ok::<_, Error>(all)
                })
            },
        )
        .await?;
    all.sort_by_key(|device: &MyDevice| device.remedies.is_empty());
    Ok(all)
}

/// What they are in the middle of setting up.
pub async fn pending(core: &Core, actor: &Actor) -> Result<Vec<Pending>, Error> {
    const LIST: &str = "SELECT e.platform, e.created_at FROM enrollment e WHERE e.person_id = $1 \
        AND e.status = 'pending' AND (e.expires_at IS NULL OR e.expires_at > $2) \
        ORDER BY e.created_at DESC LIMIT 10";
    let Some(person) = actor.own_person() else {
        return Ok(Vec::new());
    };
    let rows = core
        .db()
        .query_all(LIST, args![person, core.now_ms()])
        .await?;
    let pending = rows.iter().map(|row| {
        Ok(Pending {
            platform: row.text(0)?,
            since: row.i64(1)?,
        })
    });
    pending.collect()
}

/// One device of the actor's own.
///
/// # Errors
/// Not found when there is none, or it is somebody else's.
pub async fn my_device(core: &Core, actor: &Actor, id: &DeviceId) -> Result<MyDeviceDetail, Error> {
    let sql = format!("{COLUMNS} AND d.device_id = $3");
    let input = (
        sql,
        id.clone(),
        actor.clone(),
        core.keys().clone(),
        core.now_ms(),
    );
    core.db()
        .read(input, |tx, (sql, id, actor, keys, now)| {
            Box::pin(async move {
                reach_in(tx, actor, id.as_str()).await?;
                let values = args![actor.own_person(), actor.account_id.as_ref(), &*id];
                let rows = tx.fetch_all_dyn(sql, values).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("device"))?;
                let device = device_in(tx, row, *now).await?;
                let policy = effective_in(tx, row.str(15)?).await?;
                Ok::<_, Error>(MyDeviceDetail {
                    acts: acts_in(tx, keys, &device, &policy).await?,
                    lost_by_me: lost_by_in(tx, actor, id.as_str()).await? == LostBy::Me,
                    asked: asked_in(tx, actor, id).await?,
                    looked: looked_in(tx, actor, id, 20).await?,
                    ledger: ledger_in(tx, id).await?,
                    agreed: agreed_in(tx, actor, id).await?,
                    device,
                })
            })
        })
        .await
}

async fn device_in(tx: &Tx, row: &Row, now_ms: i64) -> Result<MyDevice, Error> {
    // Of things that people have names for; the newest reason is the one that counts.
    const REFUSED: &str = "SELECT DISTINCT p.name FROM item_state i JOIN profile p ON p.id = i.item_id \
        WHERE i.device_id = $1 AND i.state = 'refused' ORDER BY p.name LIMIT 5";
    let (id, serial) = (row.text(0)?, row.opt_text(2)?);
    let own_name = shown_name(row.opt_text(1)?.as_deref(), serial.as_deref(), &id);
    let label = row.opt_text(3)?;
    let refused = tx.fetch_all(REFUSED, args![id.as_str()]).await?;
    let refused = refused.iter().map(|row| Ok::<_, Error>(row.text(0)?));
    let status = row.opt_text(8)?.unwrap_or_default();
    let enrolled = status == "active";
    let os_version = row.opt_text(6)?;
    let lost = row.i64(16)? > 0 || row.str(14)? == "lost";
    let accounts = accounts_in(tx, &id).await?;
    let health = Health {
        enrolled,
        stolen: row.i64(13)? != 0 || row.str(14)? == "stolen",
        lost,
        leaving: row.i64(17)? > 0,
        last_seen: row.opt_i64(11)?,
        push_dead: row.str(9)? == "unreachable",
        refused: refused.collect::<Result<_, _>>()?,
        gone: Gone::of(&status, row.opt_text(20)?.as_deref()),
        no_passcode: row.opt_i64(18)? == Some(0),
        free_bytes: row.opt_i64(19)?,
        update: update_in(tx, &id, os_version.as_deref(), now_ms).await?,
        no_account_since: if accounts.is_empty() {
            waits_for_account_in(tx, &id).await?
        } else {
            None
        },
    };
    Ok(MyDevice {
        id: DeviceId::from_store(id),
        name: label.clone().unwrap_or_else(|| own_name.clone()),
        own_name,
        labelled: label.is_some(),
        platform: row.text(4)?,
        model_name: row.opt_text(5)?,
        serial_number: serial,
        os_version,
        accounts,
        ownership: row.opt_text(7)?,
        enrolled,
        lost,
        enrolled_at: row.opt_i64(10)?,
        last_seen: row.opt_i64(11)?,
        unit_id: OrgUnitId::from_store(row.text(12)?),
        remedies: remedies(&health, now_ms),
    })
}

/// What the policy says of each act, and what the device says to it.
async fn acts_in(
    tx: &Tx,
    keys: &KeyStore,
    device: &MyDevice,
    policy: &Policy,
) -> Result<Vec<ActState>, Error> {
    let targets = store::targets_in(tx, vec![device.id.to_string()], &Channel::Device).await?;
    let target = targets.first().ok_or_else(|| Error::not_found("device"))?;
    let owner = device.ownership.as_deref().and_then(Owner::parse);
    let mut all = Vec::with_capacity(SelfAct::ALL.len());
    for act in SelfAct::ALL {
        let level = owner.map_or(Level::Off, |owner| policy.level(owner, act));
        let refused = match command_of(act) {
            _ if level == Level::Off => None,
            None if act == SelfAct::Reenroll && device.remedies.iter().any(Remedy::blocks) => {
                Some("device_stolen")
            }
            None => None,
            Some(kind) => refused_in(tx, keys, kind, target).await?,
        };
        all.push(ActState {
            act,
            level,
            refused,
        });
    }
    Ok(all)
}

/// The command that an act is, where it is one.
fn command_of(act: SelfAct) -> Option<&'static str> {
    match act {
        SelfAct::CheckIn => Some("DeviceInformation"),
        SelfAct::Lock => Some("DeviceLock"),
        SelfAct::LostMode => Some("EnableLostMode"),
        SelfAct::Remove => Some("RemoveProfile"),
        SelfAct::Erase => Some("EraseDevice"),
        SelfAct::ClearPasscode => Some("ClearPasscode"),
        SelfAct::Rename | SelfAct::Reenroll => None,
    }
}

async fn refused_in(
    tx: &Tx,
    keys: &KeyStore,
    kind: &'static str,
    target: &Target,
) -> Result<Option<&'static str>, Error> {
    let Some(enrollment) = &target.enrollment else {
        return Ok(Some(target.unreachable().0));
    };
    if let Err((code, _)) = apple::check_type(kind, target, enrollment) {
        return Ok(Some(code));
    }
    let escrowed = apple::check_escrow_in(tx, keys, kind, &target.device_id).await?;
    Ok(escrowed.err().map(|(code, _)| code))
}

async fn asked_in(tx: &Tx, actor: &Actor, device: &DeviceId) -> Result<Vec<Asked>, Error> {
    const LIST: &str = "SELECT c.id, c.request_type, c.status, c.status_reason, c.held_until, \
        c.finished, c.created_at, c.updated_at FROM command c \
        JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.device_id = $1 AND b.own_person_id = $2 ORDER BY c.created_at DESC, c.id DESC LIMIT 10";
    let rows = tx
        .fetch_all(LIST, args![device, actor.own_person()])
        .await?;
    let asked = rows.iter().map(|row| {
        let (status, finished) = (row.text(2)?, row.i64(5)? != 0);
        Ok(Asked {
            id: CommandId::from_store(row.text(0)?),
            request_type: row.text(1)?,
            status_reason: row.opt_text(3)?,
            held_until: row.opt_i64(4)?,
            can_cancel: !finished && status != "sent",
            status,
            finished,
            created_at: row.i64(6)?,
            updated_at: row.i64(7)?,
        })
    });
    asked.collect()
}
