//! How a person wants the console.

use serde_json::json;

use super::session::{Session, org_root_id};
use super::store;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// Keeps the person's choice of language (`en`, `sv`, `ja`) and theme (`light`, `dark`); `None` follows
/// the browser.
pub async fn change_preferences(
    core: &Core,
    session: &Session,
    language: Option<String>,
    theme: Option<String>,
) -> Result<(), Error> {
    if language
        .as_deref()
        .is_some_and(|l| !["en", "sv", "ja"].contains(&l))
    {
        return Err(Error::invalid(
            "language",
            "language",
            "The language is en, sv or ja.",
        ));
    }
    if theme
        .as_deref()
        .is_some_and(|t| !["light", "dark"].contains(&t))
    {
        return Err(Error::invalid(
            "theme",
            "theme",
            "The theme is light or dark.",
        ));
    }
    let input = (
        session.account.id.clone(),
        language,
        theme,
        session.actor.clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (id, language, theme, actor, now)| {
            Box::pin(async move {
                store::set_preferences(tx, id, language.as_deref(), theme.as_deref()).await?;
                let root = org_root_id(tx).await?;
                let event = NewEvent::done("account.preferences", "account", id.as_str(), &root)
                    .with(json!({"language": language, "theme": theme}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
