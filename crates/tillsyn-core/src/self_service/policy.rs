//! The policy of a unit, and what follows from those on the way to it. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::act::{Level, Owner, SelfAct};
use crate::error::Error;

/// What is said of some acts; what is missing is as above.
pub type Rules = BTreeMap<SelfAct, Level>;

/// What a unit says of people's acts, by whose the device is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub corporate: Rules,
    pub personal: Rules,
}

impl Policy {
    /// What holds where no unit says anything: finding, naming and locking for everybody; a personal device may
    /// leave; what destroys a device of the organisation needs an administrator.
    pub fn usual() -> Self {
        let mut usual = Self::default();
        for act in SelfAct::ALL {
            let corporate = match act {
                SelfAct::Remove => Level::Off,
                SelfAct::Erase | SelfAct::ClearPasscode => Level::Approval,
                _ => Level::On,
            };
            let personal = if act.on_personal() {
                Level::On
            } else {
                Level::Off
            };
            usual.corporate.insert(act, corporate);
            usual.personal.insert(act, personal);
        }
        usual
    }

    pub fn rules(&self, owner: Owner) -> &Rules {
        match owner {
            Owner::Corporate => &self.corporate,
            Owner::Personal => &self.personal,
        }
    }

    pub fn rules_mut(&mut self, owner: Owner) -> &mut Rules {
        match owner {
            Owner::Corporate => &mut self.corporate,
            Owner::Personal => &mut self.personal,
        }
    }

    /// What holds in a unit, given what the units from the top down to it say: the nearest wins, act by act.
    pub fn effective<'a>(from_the_top: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::usual();
        for nearer in from_the_top {
            for owner in Owner::ALL {
                let rules = nearer.rules(owner).iter();
                all.rules_mut(owner)
                    .extend(rules.map(|(act, level)| (*act, *level)));
            }
        }
        all
    }

    /// How far it lets an act. What does not exist on a device is off, whatever is written.
    pub fn level(&self, owner: Owner, act: SelfAct) -> Level {
        if owner == Owner::Personal && !act.on_personal() {
            return Level::Off;
        }
        match self.rules(owner).get(&act) {
            None => Level::Off,
            // Never looser than it can be: what nobody can be asked for is not let.
            Some(Level::Approval) if !act.can_be_asked() => Level::Off,
            Some(level) => *level,
        }
    }

    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// Invalid, naming the act.
    pub fn check(&self) -> Result<(), Error> {
        for owner in Owner::ALL {
            for (act, level) in self.rules(owner) {
                let word = act.as_str();
                if *level == Level::Approval && !act.can_be_asked() {
                    return Err(Error::invalid(
                        owner.as_str(),
                        "self_service_level",
                        format!("{word} is on or off; nobody is asked for it."),
                    ));
                }
                if owner == Owner::Personal && *level != Level::Off && !act.on_personal() {
                    return Err(Error::invalid(
                        "personal",
                        "self_service_personal",
                        format!("{word} does not exist on personal devices."),
                    ));
                }
            }
        }
        Ok(())
    }
}
