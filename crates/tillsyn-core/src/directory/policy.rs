//! What becomes of the devices of somebody who left, by unit.

use std::collections::HashMap;

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;
use crate::org;
use crate::units::find_in as unit_in;

/// The rule of a unit, or of the nearest one above that has one. Nothing in it ever erases a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaverPolicy {
    /// Days from leaving until the devices are dealt with; 0 to 30.
    pub grace_days: i64,
    /// Whether management is removed from their own devices, with everything that it brought.
    pub retire_personal: bool,
    /// Whether devices of the organisation are locked, until somebody has them back.
    pub lock_corporate: bool,
    /// After so many days somebody who is suspended counts as having left; never when absent.
    pub suspended_days: Option<i64>,
}

impl Default for LeaverPolicy {
    fn default() -> Self {
        Self {
            grace_days: 3,
            retire_personal: true,
            lock_corporate: false,
            suspended_days: None,
        }
    }
}

impl LeaverPolicy {
    pub(super) fn grace_ms(&self) -> i64 {
        self.grace_days * DAY_MS
    }

    fn check(&self) -> Result<(), Error> {
        if !(0..=30).contains(&self.grace_days) {
            let text = "The days of grace are 0 to 30.";
            return Err(Error::invalid("grace_days", "grace_days", text));
        }
        if self
            .suspended_days
            .is_some_and(|days| !(1..=365).contains(&days))
        {
            let text = "Somebody suspended counts as having left after 1 to 365 days, or never.";
            return Err(Error::invalid("suspended_days", "suspended_days", text));
        }
        Ok(())
    }
}

/// All rules by unit; there are few.
pub(super) struct Policies(HashMap<String, LeaverPolicy>);

impl Policies {
    pub(super) async fn load_in(tx: &Tx) -> Result<Self, Error> {
        const ALL: &str = "SELECT org_unit_id, grace_days, personal, corporate, suspended_days \
            FROM leaver_policy";
        let mut all = HashMap::new();
        for row in tx.fetch_all(ALL, args![]).await? {
            let policy = LeaverPolicy {
                grace_days: row.i64(1)?,
                retire_personal: row.str(2)? == "retire",
                lock_corporate: row.str(3)? == "lock",
                suspended_days: row.opt_i64(4)?,
            };
            all.insert(row.text(0)?, policy);
        }
        Ok(Self(all))
    }

    /// The rule for a place in the tree, and whether it is the unit's own.
    pub(super) fn of(&self, path: &str) -> (LeaverPolicy, bool) {
        let mut units = path.trim_end_matches('/').rsplit('/');
        let own = units.next().and_then(|unit| self.0.get(unit));
        if let Some(policy) = own {
            return (policy.clone(), true);
        }
        let above = units.find_map(|unit| self.0.get(unit));
        (above.cloned().unwrap_or_default(), false)
    }
}

/// The rule that counts for a unit, and whether it is its own.
pub async fn leaver_policy(
    core: &Core,
    actor: &Actor,
    unit: &OrgUnitId,
) -> Result<(LeaverPolicy, bool), Error> {
    let unit = org::unit(core, unit).await?;
    authorize(actor, Permission::PeopleRead, &unit.path)?;
    core.db()
        .read(unit.path, |tx, path| {
            Box::pin(async move { Ok::<_, Error>(Policies::load_in(tx).await?.of(path)) })
        })
        .await
}

/// Gives a unit a rule of its own, or takes it away.
pub async fn set_leaver_policy(
    core: &Core,
    actor: &Actor,
    unit: &OrgUnitId,
    policy: Option<LeaverPolicy>,
) -> Result<(), Error> {
    if let Some(policy) = &policy {
        policy.check()?;
    }
    require_fresh(actor, core.now_ms())?;
    let input = (unit.clone(), policy, actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (unit, policy, actor, now)| {
            Box::pin(async move {
                const PUT: &str = "INSERT INTO leaver_policy (org_unit_id, grace_days, personal, corporate, \
                    suspended_days, updated_at) VALUES ($1, $2, $3, $4, $5, $6) \
                    ON CONFLICT (org_unit_id) DO UPDATE SET grace_days = excluded.grace_days, \
                    personal = excluded.personal, corporate = excluded.corporate, \
                    suspended_days = excluded.suspended_days, updated_at = excluded.updated_at";
                const DROP: &str = "DELETE FROM leaver_policy WHERE org_unit_id = $1";
                let unit = unit_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::PeopleWrite, &unit.path)?;
                authorize(actor, Permission::DevicesRetire, &unit.path)?;
                authorize(actor, Permission::DevicesLock, &unit.path)?;
                let (before, own) = Policies::load_in(tx).await?.of(&unit.path);
                if policy.as_ref().map_or(!own, |new| own && *new == before) {
                    return Ok(());
                }
                match policy {
                    None => {
                        tx.execute(DROP, args![&unit.id]).await?;
                    }
                    Some(new) => {
                        let values = args![
                            &unit.id,
                            new.grace_days,
                            if new.retire_personal { "retire" } else { "keep" },
                            if new.lock_corporate { "lock" } else { "keep" },
                            new.suspended_days,
                            *now
                        ];
                        tx.execute(PUT, values).await?;
                    }
                }
                let id = unit.id.as_str();
                let event = NewEvent::done("directory.leaver_policy", "org_unit", id, id)
                    .with(json!({"before": told(&before), "after": policy.as_ref().map(told)}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

fn told(policy: &LeaverPolicy) -> serde_json::Value {
    json!({
        "grace_days": policy.grace_days, "retire_personal": policy.retire_personal,
        "lock_corporate": policy.lock_corporate, "suspended_days": policy.suspended_days,
    })
}
