//! The guard in front of a plan that takes profiles away (security §6): decided on values.

use crate::actor::ActorKind;

/// From how many devices a plan may remove before a second person has to agree.
const FEW: usize = 5;

/// What a plan needs before it is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// A fresh sign-in, a reason and the exact number of devices.
    Confirmation,
    /// Somebody else who agrees.
    SecondPerson,
}

/// Decides by the number of devices from which something is removed, and by who asks: programs cannot
/// confirm, and accounts newer than a day act on one device only (S55).
pub(super) fn need(removes_from: usize, kind: ActorKind, new_account: bool) -> Need {
    match (removes_from, kind) {
        (0..=1, _) | (_, ActorKind::Server | ActorKind::System) => Need::Nothing,
        (2..=FEW, ActorKind::Account) if !new_account => Need::Confirmation,
        _ => Need::SecondPerson,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_removals_are_confirmed_and_many_need_somebody_else() {
        let person = |devices| need(devices, ActorKind::Account, false);
        assert_eq!([0, 1].map(person), [Need::Nothing; 2]);
        assert_eq!([2, 5].map(person), [Need::Confirmation; 2]);
        assert_eq!([6, 100_000].map(person), [Need::SecondPerson; 2]);
    }

    #[test]
    fn programs_and_new_accounts_confirm_nothing() {
        assert_eq!(need(1, ActorKind::Token, false), Need::Nothing);
        assert_eq!(need(2, ActorKind::Token, false), Need::SecondPerson);
        assert_eq!(need(2, ActorKind::Account, true), Need::SecondPerson);
        assert_eq!(need(9, ActorKind::Server, false), Need::Nothing);
    }
}
