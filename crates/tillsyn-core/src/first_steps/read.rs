//! How far an installation is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tillsyn_db::args;

use crate::accounts::NO_PASSWORD;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::{org, settings};

/// One of the first steps, in the order in which they are best taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Devices reach the server at an address that they trust.
    Address,
    /// There is a push certificate.
    Push,
    /// Mail leads somewhere.
    Mail,
    /// Two administrators can come in, each with a second step.
    Administrators,
    /// There are units below the organisation, or people.
    People,
    /// Somebody was invited.
    Invitation,
    /// A device is managed.
    Device,
    /// Somebody is to have a profile.
    Profile,
    /// A person says that database and master key can be restored.
    Backup,
}

/// Who confirmed the backup, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    pub at: i64,
    pub by: String,
}

/// For whom the list is put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// For whoever asks for it.
    Me,
    /// For everybody.
    All,
}

/// How far an installation is, for somebody who reaches the whole organisation.
#[derive(Clone, Debug)]
pub struct FirstSteps {
    /// Each step, and whether it is done.
    pub steps: Vec<(Step, bool)>,
    pub backup: Option<Backup>,
    /// Whether somebody put the list away.
    pub hidden: Option<Audience>,
}

impl FirstSteps {
    /// How many are done.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|(_, done)| *done).count()
    }

    /// Whether nothing is left.
    pub fn finished(&self) -> bool {
        self.done() == self.steps.len()
    }
}

/// What people decided about the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    pub(super) backup: Option<Backup>,
    pub(super) hidden: bool,
    pub(super) hidden_for: BTreeSet<String>,
}

pub(super) const SETTING: &str = "first_steps";

/// Of each table the first row is enough. `$1` is what stands in place of a password that was never chosen.
const READ: &str = "SELECT \
    CAST((SELECT count(*) FROM push_topic) AS BIGINT), \
    CAST((SELECT count(*) FROM (SELECT id FROM attempt LIMIT 1) x) AS BIGINT), \
    CAST((SELECT count(*) FROM account a WHERE a.kind = 'person' AND a.status = 'active' \
        AND a.role IN ('owner', 'administrator') AND (\
        EXISTS (SELECT 1 FROM passkey k WHERE k.account_id = a.id) \
        OR EXISTS (SELECT 1 FROM account_identity i JOIN oidc_provider p ON p.id = i.provider_id \
            WHERE i.account_id = a.id AND p.disabled_at IS NULL) \
        OR (a.password_hash <> $1 AND EXISTS (SELECT 1 FROM account_totp t \
            WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL)))) AS BIGINT), \
    CAST((SELECT count(*) FROM (SELECT id FROM org_unit \
        WHERE parent_id IS NOT NULL AND removed_at IS NULL LIMIT 1) x) AS BIGINT) \
        + CAST((SELECT count(*) FROM (SELECT id FROM person LIMIT 1) x) AS BIGINT), \
    CAST((SELECT count(*) FROM (SELECT id FROM invitation LIMIT 1) x) AS BIGINT), \
    CAST((SELECT count(*) FROM (SELECT id FROM device LIMIT 1) x) AS BIGINT), \
    CAST((SELECT count(*) FROM (SELECT id FROM assignment LIMIT 1) x) AS BIGINT)";

/// Administrators who can come in and help each other.
const TWO: i64 = 2;

/// How far the installation is; `None` for whoever does not reach the whole organisation. `address_good` says whether
/// the listeners show a certificate that fits the public address.
pub async fn first_steps(
    core: &Core,
    actor: &Actor,
    address_good: bool,
) -> Result<Option<FirstSteps>, Error> {
    let root = org::root(core).await?;
    if !actor.reaches(&root.path) {
        return Ok(None);
    }
    let kept: Kept = settings::read(core, SETTING).await?;
    let row = core.db().query_optional(READ, args![NO_PASSWORD]).await?;
    let row = row.ok_or_else(|| Error::internal("A count had no row."))?;
    let some = |column: usize| row.i64(column).map(|count| count > 0);
    // Whoever opened an invitation, and each device, came over that address.
    let reached = some(1)? || some(5)?;
    let steps = vec![
        (Step::Address, address_good || reached),
        (Step::Push, some(0)?),
        (Step::Mail, crate::mail::has_server(core).await?),
        (Step::Administrators, row.i64(2)? >= TWO),
        (Step::People, some(3)?),
        (Step::Invitation, some(4)?),
        (Step::Device, some(5)?),
        (Step::Profile, some(6)?),
        (Step::Backup, kept.backup.is_some()),
    ];
    let own = actor.account_id.as_ref();
    let hidden = match (kept.hidden, own) {
        (true, _) => Some(Audience::All),
        (false, Some(account)) if kept.hidden_for.contains(account.as_str()) => Some(Audience::Me),
        _ => None,
    };
    Ok(Some(FirstSteps {
        steps,
        backup: kept.backup,
        hidden,
    }))
}
