//! How an organisation invites: PIN, life, reminders, limits; what a unit wants otherwise holds for its subtree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;
use crate::settings::{INVITATIONS, read_in, write_in};
use crate::{org, units};

/// How a person gets the PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinMode {
    /// In the mail with the link.
    Mail,
    /// Shown to the administrator, who hands it over another way.
    Shown,
    /// There is none.
    #[default]
    None,
}

impl PinMode {
    pub const ALL: [Self; 3] = [Self::None, Self::Mail, Self::Shown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Shown => "shown",
            Self::None => "none",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// What the person's own account has to do with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRule {
    /// Nothing: link and PIN are enough.
    #[default]
    None,
    /// The person signs in before the device is enrolled.
    Required,
    /// Whoever has no password yet sets one on the way.
    Password,
}

impl AccountRule {
    pub const ALL: [Self; 3] = [Self::None, Self::Required, Self::Password];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Required => "required",
            Self::Password => "password",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }
}

/// What is in force for a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvitationPolicy {
    pub pin: PinMode,
    /// Life in days.
    pub days: i64,
    /// Days after the mail at which whoever is not done is reminded.
    pub remind_after_days: Vec<i64>,
    /// The same, in days before the end.
    pub remind_before_days: Vec<i64>,
    /// Devices that a person may have enrolled at a time; 0 is no limit.
    pub device_limit: i64,
    /// `corporate` or `personal`.
    pub ownership: String,
    pub account: AccountRule,
}

impl Default for InvitationPolicy {
    fn default() -> Self {
        Self {
            pin: PinMode::None,
            days: 14,
            remind_after_days: vec![2, 5],
            remind_before_days: vec![1],
            device_limit: 0,
            ownership: "corporate".to_owned(),
            account: AccountRule::None,
        }
    }
}

/// What one level sets; what is absent is as above it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remind_after_days: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remind_before_days: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRule>,
}

/// All that was set, of the organisation and of units by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    all: PolicyPart,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    units: BTreeMap<String, PolicyPart>,
}

impl Settings {
    /// What is in force at a path: of each figure what the nearest unit on the way sets.
    pub(crate) fn at(&self, path: &str) -> InvitationPolicy {
        let mut policy = InvitationPolicy::default();
        policy.take(&self.all);
        for part in path.split('/').filter_map(|unit| self.units.get(unit)) {
            policy.take(part);
        }
        policy
    }
}

impl InvitationPolicy {
    fn take(&mut self, part: &PolicyPart) {
        fn set<T: Clone>(to: &mut T, from: Option<&T>) {
            if let Some(value) = from {
                to.clone_from(value);
            }
        }
        set(&mut self.pin, part.pin.as_ref());
        set(&mut self.days, part.days.as_ref());
        set(&mut self.remind_after_days, part.remind_after_days.as_ref());
        set(
            &mut self.remind_before_days,
            part.remind_before_days.as_ref(),
        );
        set(&mut self.device_limit, part.device_limit.as_ref());
        set(&mut self.ownership, part.ownership.as_ref());
        set(&mut self.account, part.account.as_ref());
    }

    /// When whoever is not done is reminded, soonest first: within the invitation's life, hours apart.
    pub(crate) fn reminders(&self, sent_at: i64, expires_at: i64) -> Vec<i64> {
        let after = self.remind_after_days.iter();
        let after = after.map(|days| sent_at.saturating_add(days.saturating_mul(DAY_MS)));
        let before = self.remind_before_days.iter();
        let before = before.map(|days| expires_at.saturating_sub(days.saturating_mul(DAY_MS)));
        let mut times: Vec<i64> = after
            .chain(before)
            .filter(|at| *at > sent_at && *at < expires_at)
            .collect();
        times.sort_unstable();
        // Two figures that meet make one mail.
        times.dedup_by(|later, earlier| *later - *earlier < DAY_MS / 2);
        times
    }
}

/// What is in force for the unit at this path.
pub(crate) async fn policy_in(tx: &Tx, path: &str) -> Result<InvitationPolicy, Error> {
    Ok(read_in::<Settings>(tx, INVITATIONS).await?.at(path))
}

/// What a unit sets, and what is in force there.
#[derive(Clone, Debug)]
pub struct PolicyView {
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    /// The organisation as a whole.
    pub root: bool,
    pub own: PolicyPart,
    pub effective: InvitationPolicy,
}

/// The policy of a unit; of the top of what the actor reaches when no unit is named.
///
/// # Errors
/// Not found for an unknown unit; forbidden outside of the actor's subtree.
pub async fn invitation_policy(
    core: &Core,
    actor: &Actor,
    unit: Option<&OrgUnitId>,
) -> Result<PolicyView, Error> {
    let unit = match unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::InvitationsRead, &unit.path)?;
    let settings: Settings = crate::settings::read(core, INVITATIONS).await?;
    Ok(view(&settings, unit))
}

fn view(settings: &Settings, unit: org::OrgUnit) -> PolicyView {
    let root = unit.path == format!("{}/", unit.id);
    let own = if root {
        Some(&settings.all)
    } else {
        settings.units.get(unit.id.as_str())
    };
    PolicyView {
        root,
        own: own.cloned().unwrap_or_default(),
        effective: settings.at(&unit.path),
        unit_id: unit.id,
        unit_name: unit.name,
    }
}

/// The units within the actor's reach that set something of their own.
///
/// # Errors
/// When the store cannot be read.
pub async fn unit_policies(core: &Core, actor: &Actor) -> Result<Vec<PolicyView>, Error> {
    let settings: Settings = crate::settings::read(core, INVITATIONS).await?;
    let mut found = Vec::new();
    for id in settings.units.keys() {
        let Some(id) = OrgUnitId::parse(id) else {
            continue;
        };
        // A unit that was removed takes its wishes along.
        let Ok(unit) = org::unit(core, &id).await else {
            continue;
        };
        if authorize(actor, Permission::InvitationsRead, &unit.path).is_ok() {
            found.push(view(&settings, unit));
        }
    }
    found.sort_by(|a, b| a.unit_name.cmp(&b.unit_name));
    Ok(found)
}

/// Sets what a unit wants; of the top of what the actor reaches when no unit is named. Invitations that are out already keep what
/// they were made with.
///
/// # Errors
/// Invalid, naming the field; forbidden without the right to change settings there.
pub async fn set_invitation_policy(
    core: &Core,
    actor: &Actor,
    unit: Option<&OrgUnitId>,
    part: PolicyPart,
) -> Result<PolicyView, Error> {
    let found = match unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::SettingsWrite, &found.path)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    let part = checked(part)?;
    let input = (actor.clone(), found.id.clone(), part, now);
    core.db()
        .write(input, |tx, (actor, unit, part, now)| {
            Box::pin(async move {
                let unit = units::find_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::SettingsWrite, &unit.path)?;
                let mut settings: Settings = read_in(tx, INVITATIONS).await?;
                let before = settings.clone();
                if unit.path == format!("{}/", unit.id) {
                    settings.all = part.clone();
                } else if *part == PolicyPart::default() {
                    settings.units.remove(unit.id.as_str());
                } else {
                    settings.units.insert(unit.id.to_string(), part.clone());
                }
                if settings != before {
                    write_in(tx, INVITATIONS, &settings, *now).await?;
                    let was = view(&before, unit.clone()).own;
                    let event =
                        NewEvent::done("settings.change", "setting", INVITATIONS, unit.id.as_str())
                            .with(json!({ "before": was, "after": part }));
                    events::record(tx, actor, *now, event).await?;
                }
                Ok::<_, Error>(view(&settings, unit))
            })
        })
        .await
}

/// Reminders of one kind; more are pestering.
const REMINDERS: usize = 5;

fn checked(part: PolicyPart) -> Result<PolicyPart, Error> {
    if part.days.is_some_and(|days| !(1..=90).contains(&days)) {
        let text = "An invitation lives 1 to 90 days.";
        return Err(Error::invalid("days", "invitation_days", text));
    }
    let most = part.device_limit;
    if most.is_some_and(|most| !(0..=100).contains(&most)) {
        let text = "A person has 1 to 100 devices; 0 is no limit.";
        return Err(Error::invalid("device_limit", "device_limit", text));
    }
    let owned = part.ownership.as_deref();
    if owned.is_some_and(|owned| !["corporate", "personal"].contains(&owned)) {
        let text =
            "The device belongs to the organisation (corporate) or to the person (personal).";
        return Err(Error::invalid("ownership", "ownership", text));
    }
    let days = |field: &'static str, days: Option<Vec<i64>>| {
        let Some(mut days) = days else {
            return Ok(None);
        };
        days.sort_unstable();
        days.dedup();
        if days.len() > REMINDERS || days.iter().any(|day| !(1..=89).contains(day)) {
            let text = "At most five reminders, each a number of days from 1 to 89.";
            return Err(Error::invalid(field, "reminder_days", text));
        }
        Ok(Some(days))
    };
    Ok(PolicyPart {
        remind_after_days: days("remind_after_days", part.remind_after_days)?,
        remind_before_days: days("remind_before_days", part.remind_before_days)?,
        ..part
    })
}

/// Whether a person has as many devices enrolled as the policy of their unit allows.
pub(crate) async fn at_device_limit_in(
    tx: &Tx,
    person: &str,
    policy: &InvitationPolicy,
) -> Result<bool, Error> {
    const COUNT: &str =
        "SELECT count(*) FROM enrollment WHERE person_id = $1 AND status = 'active'";
    if policy.device_limit == 0 {
        return Ok(false);
    }
    let count = tx.fetch_one(COUNT, args![person]).await?.i64(0)?;
    Ok(count >= policy.device_limit)
}

/// Whether the person behind an attempt may have this device beside those that they have; one that they have
/// already is no other.
pub(crate) async fn has_room_in(
    tx: &Tx,
    attempt: &str,
    serial: Option<&str>,
    udid: Option<&str>,
) -> Result<bool, Error> {
    const WHOSE: &str = "SELECT i.person_id, u.path FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id JOIN org_unit u ON u.id = i.org_unit_id \
        WHERE t.id = $1";
    const OTHERS: &str = "SELECT count(*) FROM enrollment e LEFT JOIN device d ON d.id = e.device_id \
        WHERE e.person_id = $1 AND e.status = 'active' AND COALESCE(d.serial_number, '') <> $2 \
        AND COALESCE(e.udid, '') <> $3";
    let Some(row) = tx.fetch_optional(WHOSE, args![attempt]).await? else {
        return Ok(true);
    };
    let Some(person) = row.opt_text(0)? else {
        return Ok(true);
    };
    let limit = policy_in(tx, row.str(1)?).await?.device_limit;
    if limit == 0 {
        return Ok(true);
    }
    // An absent number is nobody's.
    let values = args![person, serial.unwrap_or("-"), udid.unwrap_or("-")];
    Ok(tx.fetch_one(OTHERS, values).await?.i64(0)? < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_unit_wins_figure_by_figure() {
        let part = |days, pin| PolicyPart {
            pin,
            days,
            ..PolicyPart::default()
        };
        let settings = Settings {
            all: part(Some(30), Some(PinMode::Shown)),
            units: BTreeMap::from([
                ("a".to_owned(), part(Some(7), None)),
                ("b".to_owned(), part(None, Some(PinMode::Mail))),
            ]),
        };
        let at = |path: &str| {
            let policy = settings.at(path);
            (policy.days, policy.pin)
        };
        assert_eq!(at("root/"), (30, PinMode::Shown));
        assert_eq!(at("root/a/"), (7, PinMode::Shown));
        assert_eq!(at("root/a/b/"), (7, PinMode::Mail));
        assert_eq!(at("root/b/a/"), (7, PinMode::Mail));
    }

    #[test]
    fn reminders_lie_within_the_life_and_apart() {
        let policy = InvitationPolicy {
            remind_after_days: vec![2, 5, 20],
            remind_before_days: vec![1, 9, 30],
            ..InvitationPolicy::default()
        };
        let days = |life: i64| -> Vec<i64> {
            let times = policy.reminders(0, life * DAY_MS);
            times.into_iter().map(|at| at / DAY_MS).collect()
        };
        assert_eq!(days(14), [2, 5, 13]);
        assert_eq!(days(1), [0; 0]);
    }
}
