//! A version as a file. Masked for everybody who may read it; with its secrets only for a person who proves
//! who they are and says why, and that is recorded (security S63).

use serde_json::json;
use zeroize::Zeroizing;

use super::store;
use crate::accounts::Proof;
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::escrow::confirm_person;
use crate::events::{self, NewEvent};
use crate::ids::ProfileId;
use crate::platform::apple::Document;

/// A file to save. With secrets it is for one answer, never kept or printed.
pub struct Exported {
    pub file_name: String,
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Exported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exported")
            .field("file_name", &self.file_name)
            .finish_non_exhaustive()
    }
}

/// What a person wants to have in the open, and the proof that it is meant.
pub struct ExportSecrets {
    pub reason: String,
    /// As it was uploaded: signed or binary; the plain property list where nothing else was kept.
    pub original: bool,
    /// From the person behind a token.
    pub proof: Option<Proof>,
}

/// The version as a plain property list, its secrets masked.
///
/// # Errors
/// Not found outside the actor's scope, and for a number that there is not.
pub async fn export_masked(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    number: i64,
) -> Result<Exported, Error> {
    let input = (core.keys().clone(), actor.clone(), id.clone(), number);
    let (name, plain) = core
        .db()
        .read(input, |tx, (keys, actor, id, number)| {
            Box::pin(async move {
                let profile = store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                let version = store::version_in(tx, keys, id, *number).await?;
                Ok::<_, Error>((profile.name, version.content.plain))
            })
        })
        .await?;
    let text = Document::open(&plain)?.masked_text();
    Ok(Exported {
        file_name: file_name(&name, number),
        bytes: Zeroizing::new(text.into_bytes()),
    })
}

/// The version as it is, secrets and all. The event says who, which and why.
///
/// # Errors
/// Forbidden without the permission to see keys; fresh sign-in needed; invalid without a reason.
pub async fn export_with_secrets(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    number: i64,
    ask: ExportSecrets,
) -> Result<Exported, Error> {
    const REASON: usize = 500;
    const UNIT: &str = "SELECT path FROM org_unit WHERE id = $1";
    let reason = ask.reason.trim().to_owned();
    crate::actor::may(actor, Permission::SecretsRevealKeys)?;
    // Who cannot see the profile learns nothing of it by failing later.
    super::find_profile(core, actor, id).await?;
    if reason.is_empty() || reason.chars().count() > REASON {
        return Err(Error::invalid(
            "reason",
            "reason_missing",
            "Say why; it goes to the audit trail.",
        ));
    }
    confirm_person(core, actor, ask.proof).await?;
    let input = (
        core.keys().clone(),
        actor.clone(),
        id.clone(),
        (number, ask.original, reason),
        core.now_ms(),
    );
    core.db()
        .write(
            input,
            |tx, (keys, actor, id, (number, original, reason), now)| {
                Box::pin(async move {
                    let profile = store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                    let unit = tx
                        .fetch_one(UNIT, tillsyn_db::args![profile.unit_id.as_str()])
                        .await?;
                    authorize(actor, Permission::SecretsRevealKeys, &unit.text(0)?)?;
                    let content = store::version_in(tx, keys, id, *number).await?.content;
                    let event = NewEvent::done(
                        "profile.export",
                        "profile",
                        id.as_str(),
                        &profile.unit_id,
                    )
                    .with(json!({ "version": number, "original": original, "reason": reason }));
                    events::record(tx, actor, *now, event).await?;
                    let bytes = content
                        .original
                        .filter(|_| *original)
                        .unwrap_or(content.plain);
                    Ok::<_, Error>(Exported {
                        file_name: file_name(&profile.name, *number),
                        bytes,
                    })
                })
            },
        )
        .await
}

/// Letters and digits of the name: it goes into a header.
fn file_name(name: &str, number: i64) -> String {
    let mut plain = String::new();
    for c in name.chars().take(80) {
        if c.is_ascii_alphanumeric() {
            plain.push(c.to_ascii_lowercase());
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "profile" } else { plain };
    format!("{plain}-v{number}.mobileconfig")
}
