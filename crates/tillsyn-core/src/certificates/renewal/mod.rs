//! Renewal as an obligation: devices do not renew their MDM identity by themselves, and one that expires is
//! lost (sheet A7). Each pinned certificate says when to act next; a renewal has succeeded only when the new
//! certificate is seen on a request.

mod ask;
mod watch;

pub(crate) use ask::renew_due;
pub use ask::renew_now;
pub(crate) use watch::{end_grace, warn_expiring, watch_answers};

use crate::core::Core;
use crate::error::Error;

/// Everything that is due now.
pub(crate) async fn run(core: &Core) -> Result<(), Error> {
    end_grace(core).await?;
    watch_answers(core).await?;
    renew_due(core).await?;
    warn_expiring(core).await
}
