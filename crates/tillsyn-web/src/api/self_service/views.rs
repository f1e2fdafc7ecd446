//! The policy as the API shows and takes it.

use serde::{Deserialize, Serialize};
use tillsyn_core::self_service::{Level, Owner, Policy, PolicyView, Rules, SelfAct};
use utoipa::ToSchema;

/// How far an act is let: not at all, when an administrator agrees, or yes.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum SelfServiceLevel {
    Off,
    Approval,
    On,
}

/// The acts; of what a unit says itself, an act that is missing is as above the unit.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::api) struct SelfServiceActs {
    /// Asking the device how it is.
    check_in: Option<SelfServiceLevel>,
    rename: Option<SelfServiceLevel>,
    lock: Option<SelfServiceLevel>,
    /// Never of personal devices, as erasing and clearing the passcode.
    lost_mode: Option<SelfServiceLevel>,
    clear_passcode: Option<SelfServiceLevel>,
    /// Ending the management.
    remove: Option<SelfServiceLevel>,
    erase: Option<SelfServiceLevel>,
    reenroll: Option<SelfServiceLevel>,
}

/// What people may do to devices of the organisation, and to their own.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::api) struct SelfServiceRules {
    corporate: SelfServiceActs,
    personal: SelfServiceActs,
}

/// The policy of a unit.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SelfServicePolicy {
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    /// What the unit says itself.
    own: SelfServiceRules,
    /// What holds in it: the nearest unit that says something wins, act by act.
    effective: SelfServiceRules,
}

impl SelfServiceActs {
    fn place(&mut self, act: SelfAct) -> &mut Option<SelfServiceLevel> {
        match act {
            SelfAct::CheckIn => &mut self.check_in,
            SelfAct::Rename => &mut self.rename,
            SelfAct::Lock => &mut self.lock,
            SelfAct::LostMode => &mut self.lost_mode,
            SelfAct::ClearPasscode => &mut self.clear_passcode,
            SelfAct::Remove => &mut self.remove,
            SelfAct::Erase => &mut self.erase,
            SelfAct::Reenroll => &mut self.reenroll,
        }
    }

    fn of(level: impl Fn(SelfAct) -> Option<Level>) -> Self {
        let mut all = Self::default();
        for act in SelfAct::ALL {
            *all.place(act) = level(act).map(|level| match level {
                Level::Off => SelfServiceLevel::Off,
                Level::Approval => SelfServiceLevel::Approval,
                Level::On => SelfServiceLevel::On,
            });
        }
        all
    }

    fn rules(mut self) -> Rules {
        let given = SelfAct::ALL.into_iter().filter_map(|act| {
            let level = match (*self.place(act))? {
                SelfServiceLevel::Off => Level::Off,
                SelfServiceLevel::Approval => Level::Approval,
                SelfServiceLevel::On => Level::On,
            };
            Some((act, level))
        });
        given.collect()
    }
}

impl From<SelfServiceRules> for Policy {
    fn from(rules: SelfServiceRules) -> Self {
        Self {
            corporate: rules.corporate.rules(),
            personal: rules.personal.rules(),
        }
    }
}

impl From<PolicyView> for SelfServicePolicy {
    fn from(view: PolicyView) -> Self {
        let own = |owner| SelfServiceActs::of(|act| view.own.rules(owner).get(&act).copied());
        let all = |owner| SelfServiceActs::of(|act| Some(view.effective.level(owner, act)));
        Self {
            own: SelfServiceRules {
                corporate: own(Owner::Corporate),
                personal: own(Owner::Personal),
            },
            effective: SelfServiceRules {
                corporate: all(Owner::Corporate),
                personal: all(Owner::Personal),
            },
            unit_id: view.unit_id.to_string(),
            unit: view.unit_name,
        }
    }
}
