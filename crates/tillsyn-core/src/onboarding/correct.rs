//! The person corrects which device they stand in front of, before they agree.

use tillsyn_db::args;

use super::proof::Proof;
use crate::core::Core;
use crate::error::Error;

/// Changes the platform of an attempt; what they agree to depends on it, so not after that.
///
/// # Errors
/// Not found when the proof is not that attempt's; conflict after the consent.
pub async fn correct_platform(
    core: &Core,
    proof: Proof,
    platform: &'static str,
) -> Result<(), Error> {
    const CORRECT: &str = "UPDATE attempt SET platform = $2 WHERE id = $1 AND consent_id IS NULL \
        AND status IN ('created', 'opened', 'signed_in')";
    let input = (proof, platform, core.now_ms());
    core.db()
        .write(input, |tx, (proof, platform, now)| {
            Box::pin(async move {
                proof.check_in(tx, *now).await?;
                if tx
                    .execute(CORRECT, args![&proof.attempt, *platform])
                    .await?
                    == 0
                {
                    return Err(Error::conflict(
                        "attempt_over",
                        "This attempt is past the step at which the device can be changed.",
                    ));
                }
                Ok(())
            })
        })
        .await
}
