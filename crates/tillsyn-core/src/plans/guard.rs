//! The guard in front of a plan that takes profiles away (security §6): decided on values.

use tillsyn_db::{Tx, args};

use super::store::who;
use crate::actor::{Actor, ActorKind};
use crate::clock::{DAY_MS, MINUTE_MS};
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

/// Who asks, as far as the decision goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub(super) kind: ActorKind,
    /// The account, or its rights, are newer than a day.
    pub(super) new: bool,
}

impl Asker {
    pub(super) fn of(actor: &Actor, now_ms: i64) -> Self {
        Self {
            kind: actor.kind,
            new: actor
                .trusted_since
                .is_some_and(|since| now_ms - since < DAY_MS),
        }
    }

    /// How far back what they did counts: newcomers have one device in all of their first day (S55).
    fn lately_ms(self) -> i64 {
        if self.new { DAY_MS } else { LATELY_MS }
    }
}

/// Decides by the number of devices from which something is removed, together with those from which the same
/// person removed shortly before without a second one: many small steps are one large one. Programs cannot
/// confirm, and newcomers act on one device only (S55).
pub(super) fn need(removes_from: usize, lately: usize, asker: Asker) -> Need {
    let server = matches!(asker.kind, ActorKind::Server | ActorKind::System);
    if removes_from == 0 || server {
        return Need::Nothing;
    }
    match removes_from.saturating_add(lately) {
        1 => Need::Nothing,
        all if all <= FEW && asker.kind == ActorKind::Account && !asker.new => Need::Confirmation,
        _ => Need::SecondPerson,
    }
}

/// From how many devices somebody removed lately without anybody else agreeing.
pub(super) async fn lately_in(tx: &Tx, actor: &Actor, now_ms: i64) -> Result<usize, Error> {
    const SUM: &str = "SELECT CAST(COALESCE(SUM(removes_from), 0) AS BIGINT) FROM plan \
        WHERE applied_by = $1 AND applied_at > $2 AND status = 'applied' AND asked_by IS NULL";
    let since = now_ms - Asker::of(actor, now_ms).lately_ms();
    let row = tx.fetch_one(SUM, args![who(actor), since]).await?;
    Ok(usize::try_from(row.i64(0)?).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: Asker = Asker {
        kind: ActorKind::Account,
        new: false,
    };
    const NEWCOMER: Asker = Asker {
        new: true,
        ..PERSON
    };
    const TOKEN: Asker = Asker {
        kind: ActorKind::Token,
        new: false,
    };

    #[test]
    fn few_removals_are_confirmed_and_many_need_somebody_else() {
        let person = |devices| need(devices, 0, PERSON);
        assert_eq!([0, 1].map(person), [Need::Nothing; 2]);
        assert_eq!([2, 5].map(person), [Need::Confirmation; 2]);
        assert_eq!([6, 100_000].map(person), [Need::SecondPerson; 2]);
    }

    #[test]
    fn small_steps_are_counted_together() {
        let after = |lately, now| need(now, lately, PERSON);
        assert_eq!(after(1, 1), Need::Confirmation);
        assert_eq!(after(4, 1), Need::Confirmation);
        assert_eq!(after(5, 1), Need::SecondPerson);
        assert_eq!(after(3, 2), Need::Confirmation);
        assert_eq!(after(4, 2), Need::SecondPerson);
        assert_eq!(after(usize::MAX, 1), Need::SecondPerson);
        assert_eq!(after(100, 0), Need::Nothing, "what removes nothing is free");
    }

    #[test]
    fn programs_and_newcomers_take_from_one_device_however_they_divide_it() {
        for asker in [TOKEN, NEWCOMER] {
            assert_eq!(need(1, 0, asker), Need::Nothing);
            assert_eq!(need(2, 0, asker), Need::SecondPerson);
            assert_eq!(need(1, 1, asker), Need::SecondPerson, "one by one");
            assert_eq!(need(0, 9, asker), Need::Nothing);
        }
        let server = Asker {
            kind: ActorKind::Server,
            new: false,
        };
        assert_eq!(need(9, 9, server), Need::Nothing);
    }
}
