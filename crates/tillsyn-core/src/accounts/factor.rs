//! What an account can prove itself with besides its password, and what its session still owes.

use tillsyn_db::{Row, Tx, args};

use crate::error::{Error, Kind};
use crate::ids::AccountId;

/// What an account has to prove itself with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    pub password: bool,
    /// An authenticator app that was confirmed.
    pub app: bool,
    pub passkeys: i64,
    /// Recovery codes that are not used yet.
    pub recovery_codes: i64,
    /// Whether the role asks for a second factor.
    pub required: bool,
}

impl Factors {
    pub fn has_second(self) -> bool {
        self.app || self.passkeys > 0
    }

    /// Whether the password alone makes a session fresh again.
    pub fn password_confirms(self) -> bool {
        self.password && !self.has_second()
    }
}

/// What a session owes before it may do anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// The password was set by somebody else.
    NewPassword,
    /// The role asks for a second factor or the account has one, and this session has not shown any.
    SecondFactor,
}

/// For the list of columns of a query that names the account `a` and its role `r`; read by [`read`].
macro_rules! columns {
    () => {
        "a.password_hash, \
         (SELECT count(*) FROM account_totp t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL), \
         (SELECT count(*) FROM passkey p WHERE p.account_id = a.id), \
         (SELECT count(*) FROM recovery_code c WHERE c.account_id = a.id AND c.used_at IS NULL), \
         COALESCE(r.second_factor, 0), a.must_change_password"
    };
}
pub(super) use columns;

/// Reads [`columns`] from column `at` on; the second part says whether the password must be changed.
pub(super) fn read(row: &Row, at: usize) -> Result<(Factors, bool), Error> {
    let factors = Factors {
        password: row.str(at)? != super::password::NONE,
        app: row.i64(at + 1)? > 0,
        passkeys: row.i64(at + 2)?,
        recovery_codes: row.i64(at + 3)?,
        required: row.i64(at + 4)? != 0,
    };
    Ok((factors, row.i64(at + 5)? != 0))
}

pub(super) async fn of_in(tx: &Tx, account: &AccountId) -> Result<Factors, Error> {
    const OF: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM account a LEFT JOIN role r ON r.id = a.role WHERE a.id = $1"
    );
    let row = tx.fetch_one(OF, args![account]).await?;
    Ok(read(&row, 0)?.0)
}

/// Refuses to take away the last second factor of an account whose role asks for one; without any, recovery
/// codes have nothing to recover and go, too.
pub(super) async fn after_removal_in(tx: &Tx, account: &AccountId) -> Result<(), Error> {
    const CODES: &str = "DELETE FROM recovery_code WHERE account_id = $1";
    let factors = of_in(tx, account).await?;
    if factors.has_second() {
        return Ok(());
    }
    if factors.required {
        return Err(Error::new(
            Kind::Conflict,
            "second_factor_needed",
            "Your role asks for a second factor. Add another one before you remove this.",
        ));
    }
    tx.execute(CODES, args![account]).await?;
    Ok(())
}
