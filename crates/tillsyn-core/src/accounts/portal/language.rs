//! The language that a person wants.

use serde_json::json;
use tillsyn_db::args;

use super::{Signed, own};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::people;

/// Keeps one's own choice of language (`en`, `sv`, `ja`): for the portal and for mail.
///
/// # Errors
/// Invalid `language` for another.
pub async fn set_own_language(core: &Core, signed: &Signed, tag: &str) -> Result<(), Error> {
    const SET: &str = "UPDATE person SET language = $2, updated_at = $3 WHERE id = $1";
    let language = people::language(Some(tag.to_owned()))?;
    let input = (
        signed.person.id.clone(),
        language,
        signed.session.actor.clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (id, language, actor, now)| {
            Box::pin(async move {
                let before = own::get_in(tx, id).await?;
                if before.language == *language {
                    return Ok(());
                }
                tx.execute(SET, args![id, language.as_deref(), *now])
                    .await?;
                let event = NewEvent::done("person.change", "person", id.as_str(), &before.unit_id)
                    .with(json!({"language": {"before": before.language, "after": language}}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
