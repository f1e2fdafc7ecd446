//! Mail that came back after the mail server had taken it: somebody read the report and says so. Reports themselves are
//! not read here, for anybody can write one.

use tillsyn_db::args;

use super::view::{InvitationView, invitation};
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::InvitationId;

/// What the outbox keeps as the reason.
pub(super) const BOUNCED: &str = "bounced";

/// Records that the mail of an invitation came back: its person is shown as not reached, and is not reminded at that
/// address. The link stays good, for whoever gets it another way.
///
/// # Errors
/// Not found outside of the actor's reach; conflict `mail_not_sent` when no mail of it was taken, or the invitation is
/// over.
pub async fn mark_bounced(
    core: &Core,
    actor: &Actor,
    id: &InvitationId,
) -> Result<InvitationView, Error> {
    may(actor, Permission::InvitationsWrite)?;
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                const FIND: &str = "SELECT i.org_unit_id, u.path FROM invitation i \
                    JOIN org_unit u ON u.id = i.org_unit_id WHERE i.id = $1";
                const MAIL: &str = "UPDATE mail_outbox SET status = 'failed', last_error = $2 \
                    WHERE status = 'sent' AND id = (SELECT mail_id FROM invitation WHERE id = $1 \
                    AND status = 'open' AND uses < uses_allowed AND expires_at > $3)";
                const QUIET: &str =
                    "UPDATE invitation SET remind_at = NULL, remind_times = '[]' WHERE id = $1";
                let row = tx
                    .fetch_optional(FIND, args![id])
                    .await?
                    .ok_or_else(|| Error::not_found("invitation"))?;
                authorize(actor, Permission::InvitationsWrite, row.str(1)?)?;
                if tx.execute(MAIL, args![id, BOUNCED, *now]).await? == 0 {
                    let text = "No mail of this invitation was sent that could have come back.";
                    return Err(Error::conflict("mail_not_sent", text));
                }
                tx.execute(QUIET, args![id]).await?;
                let unit = row.text(0)?;
                let event = NewEvent::done("invitation.bounced", "invitation", id.as_str(), &unit);
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    invitation(core, actor, id).await
}
