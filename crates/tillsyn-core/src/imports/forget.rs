//! Taking a person who is erased out of the files that were imported.

use tillsyn_db::{Tx, args};

use super::ImportKind;
use super::create::sealed_preview;
use super::store::{ImportStatus, find};
use crate::core::Core;
use crate::error::Error;
use crate::ids::ImportId;

/// An import that names them, with a preview without rows in the place of its own.
pub(crate) type Naming = (ImportId, Vec<u8>);

/// The imports whose rows name this person, by name or mail address.
pub(crate) async fn naming(
    core: &Core,
    name: &str,
    email: Option<&str>,
) -> Result<Vec<Naming>, Error> {
    const ALL: &str = "SELECT id FROM import_file WHERE kind IN ('people', 'groups')";
    let wanted: Vec<String> = [Some(name), email]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .map(str::to_lowercase)
        .collect();
    let names = |text: &str| {
        let text = text.trim().to_lowercase();
        wanted.contains(&text)
    };
    let mut found = Vec::new();
    for row in core.db().query_all(ALL, args![]).await? {
        let id = ImportId::from_store(row.text(0)?);
        let import = find(core, &id).await?;
        let shown = import
            .preview(core)?
            .iter()
            .any(|row| names(&row.name) || row.errors.iter().any(|error| names(&error.found)));
        let listed = || match import.kind {
            ImportKind::Units => Ok(false),
            _ if import.file_sealed.is_none() => Ok(false),
            _ => import.table(core).map(|table| {
                table
                    .rows
                    .iter()
                    .any(|row| row.values.iter().any(|value| names(value)))
            }),
        };
        if shown || listed()? {
            let empty = sealed_preview(core, &id, &[])?;
            found.push((id, empty));
        }
    }
    Ok(found)
}

/// Empties them; a file that nobody has begun yet is cancelled.
///
/// # Errors
/// `import_running` while one of them is carried out.
pub(crate) async fn forget_in(tx: &Tx, imports: &[Naming], now_ms: i64) -> Result<(), Error> {
    const STATUS: &str = "SELECT status FROM import_file WHERE id = $1";
    const EMPTY: &str = "UPDATE import_file SET preview_sealed = $2, file_sealed = NULL, \
        finished_at = COALESCE(finished_at, $3), \
        status = CASE WHEN status = 'open' THEN 'cancelled' ELSE status END WHERE id = $1";
    for (id, empty) in imports {
        let Some(row) = tx.fetch_optional(STATUS, args![id]).await? else {
            continue;
        };
        let runs = [ImportStatus::Waiting, ImportStatus::Running];
        if runs
            .iter()
            .any(|status| row.str(0).ok() == Some(status.as_str()))
        {
            return Err(Error::conflict(
                "import_running",
                "A file that names this person is being imported: wait until it is done, or cancel it.",
            ));
        }
        tx.execute(EMPTY, args![id, empty.clone(), now_ms]).await?;
    }
    Ok(())
}
