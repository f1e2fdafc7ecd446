//! The guard in front of a plan that takes profiles away (security §6): decided on values.

use tillsyn_db::{Tx, args};

use crate::actor::ActorKind;
use crate::clock::MINUTE_MS;
use crate::error::Error;

/// From how many devices a plan may remove before a second person has to agree.
const FEW: usize = 5;
/// What somebody did within this time counts as one.
const LATELY_MS: i64 = 20 * MINUTE_MS;

/// What a plan needs before it is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// A fresh sign-in, a reason and the exact number of devices.
    Confirmation,
    /// Somebody else who agrees.
    SecondPerson,
}

/// Decides by the number of devices from which something is removed, by what the same person removed
/// shortly before without a second one, and by who asks: programs cannot confirm, and accounts newer than a
/// day act on one device only (S55).
pub(super) fn need(removes_from: usize, lately: usize, kind: ActorKind, new_account: bool) -> Need {
    match (removes_from, kind) {
        (0, _) | (_, ActorKind::Server | ActorKind::System) => Need::Nothing,
        // Many small steps are one large one.
        (now, _) if now + lately > FEW => Need::SecondPerson,
        (1, _) => Need::Nothing,
        (_, ActorKind::Account) if !new_account => Need::Confirmation,
        _ => Need::SecondPerson,
    }
}

/// From how many devices somebody removed lately without anybody else agreeing.
pub(super) async fn lately_in(tx: &Tx, who: &str, now_ms: i64) -> Result<usize, Error> {
    const SUM: &str = "SELECT CAST(COALESCE(SUM(removes_from), 0) AS BIGINT) FROM plan \
        WHERE applied_by = $1 AND applied_at > $2 AND status = 'applied' AND asked_by IS NULL";
    let row = tx.fetch_one(SUM, args![who, now_ms - LATELY_MS]).await?;
    Ok(usize::try_from(row.i64(0)?).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_removals_are_confirmed_and_many_need_somebody_else() {
        let person = |devices| need(devices, 0, ActorKind::Account, false);
        assert_eq!([0, 1].map(person), [Need::Nothing; 2]);
        assert_eq!([2, 5].map(person), [Need::Confirmation; 2]);
        assert_eq!([6, 100_000].map(person), [Need::SecondPerson; 2]);
    }

    #[test]
    fn small_steps_are_counted_together() {
        let after = |lately, now| need(now, lately, ActorKind::Account, false);
        assert_eq!(after(4, 1), Need::Nothing);
        assert_eq!(after(5, 1), Need::SecondPerson);
        assert_eq!(after(3, 2), Need::Confirmation);
        assert_eq!(after(4, 2), Need::SecondPerson);
        assert_eq!(after(100, 0), Need::Nothing, "what removes nothing is free");
    }

    #[test]
    fn programs_and_new_accounts_confirm_nothing() {
        assert_eq!(need(1, 0, ActorKind::Token, false), Need::Nothing);
        assert_eq!(need(2, 0, ActorKind::Token, false), Need::SecondPerson);
        assert_eq!(need(2, 0, ActorKind::Account, true), Need::SecondPerson);
        assert_eq!(need(9, 9, ActorKind::Server, false), Need::Nothing);
    }
}
