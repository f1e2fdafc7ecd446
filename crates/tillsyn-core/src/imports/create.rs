//! Taking a file in: read, looked at, kept with its preview. Nothing is made.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::args;

use super::ImportKind;
use super::parse::{decode, parse};
use super::row::{Counts, RowView};
use super::store::{ImportView, find};
use super::work::{digest, preview};
use crate::actor::{Actor, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::ImportId;
use crate::org;

/// Takes a file in and says what each row of it would do.
///
/// # Errors
/// `import_*` when the file as a whole cannot be read.
pub async fn create(
    core: &Core,
    actor: &Actor,
    kind: ImportKind,
    bytes: &[u8],
) -> Result<ImportView, Error> {
    const INSERT: &str = "INSERT INTO import_file (id, org_unit_id, kind, status, file_sealed, \
        preview_sealed, digest, created_count, changed_count, same_count, error_count, created_by, \
        created_at) VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    may(actor, kind.permission())?;
    let unit = org::of_path(core, &actor.unit_path).await?;
    authorize(actor, kind.permission(), &unit.path)?;
    let text = decode(bytes)?;
    let table = Arc::new(parse(kind, &text)?);
    let rows = preview(core, actor, table, &unit.path).await?.rows;
    let (now, counts, digest) = (core.now_ms(), Counts::of(&rows), digest(&rows)?);
    let id = ImportId::new(now);
    let (table, row) = ("import_file", id.as_str());
    let file = core.keys().seal(text.as_bytes(), table, "file_sealed", row);
    let sealed = sealed_preview(core, &id, &rows)?;
    let kept = (id.clone(), unit.id, kind, file, sealed, digest, counts);
    core.db()
        .write((kept, actor.clone(), now), |tx, (kept, actor, now)| {
            let (id, unit, kind, file, sealed, digest, counts) = kept;
            Box::pin(async move {
                let values = args![
                    id,
                    unit,
                    kind.as_str(),
                    file.clone(),
                    sealed.clone(),
                    digest.as_str(),
                    counts.create,
                    counts.change,
                    counts.same,
                    counts.error,
                    actor.id.as_str(),
                    *now
                ];
                tx.execute(INSERT, values).await?;
                let event = NewEvent::done("import.create", "import", id.as_str(), unit.as_str())
                    .with(json!({"kind": kind.as_str(), "digest": digest, "rows": counts}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    find(core, &id).await
}

pub(super) fn sealed_preview(
    core: &Core,
    id: &ImportId,
    rows: &[RowView],
) -> Result<Vec<u8>, Error> {
    let plain = serde_json::to_vec(rows)
        .map_err(|error| Error::internal("A preview cannot be written.").caused_by(error))?;
    let (table, column) = ("import_file", "preview_sealed");
    Ok(core.keys().seal(&plain, table, column, id.as_str()))
}
