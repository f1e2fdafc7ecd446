//! Invitations that lie in a box that is not the person's any more.

use tillsyn_db::{Tx, args};

use super::mint::close_in;
use crate::error::Error;
use crate::ids::PersonId;

/// Withdraws the open invitations of a person that went by mail; answers their ids. One that was told otherwise goes
/// on. The person is invited anew by whoever may invite: nobody else sends a link to the new address.
pub(crate) async fn withdraw_mailed_in(
    tx: &Tx,
    person: &PersonId,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    const OPEN: &str = "SELECT id FROM invitation WHERE person_id = $1 AND status = 'open' \
        AND mail_id IS NOT NULL ORDER BY id";
    const REVOKE: &str = "UPDATE invitation SET status = 'revoked', revoked_at = $2 WHERE id = $1";
    let mut ended = Vec::new();
    for row in tx.fetch_all(OPEN, args![person]).await? {
        let id = row.text(0)?;
        tx.execute(REVOKE, args![id.as_str(), now_ms]).await?;
        close_in(tx, &id, now_ms).await?;
        ended.push(id);
    }
    Ok(ended)
}
