//! Beginning an import that somebody looked at, and ending one before its end.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::{args, jobs};

use super::ImportKind;
use super::create::sealed_preview;
use super::row::Counts;
use super::store::{ImportStatus, ImportView, find_in, import};
use super::work::{Preview, digest, preview};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::ImportId;

/// The kind of job that carries imports out.
pub(super) const JOB: &str = "import";

/// What whoever begins an import chose.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Rows with errors are left out; without it a file with errors is not begun.
    pub leave_out_errors: bool,
    /// Members that the file does not name are taken out of its groups, each with a plan.
    pub replace_members: bool,
    /// Of the preview that was looked at; the one on record when absent.
    pub digest: Option<String>,
}

/// Begins an import. One that has begun already is answered as it is.
///
/// # Errors
/// `import_overtaken` when the preview is another one by now; `import_errors` while rows have errors.
pub async fn apply(
    core: &Core,
    actor: &Actor,
    id: &ImportId,
    choice: Choice,
) -> Result<ImportView, Error> {
    let found = import(core, actor, id).await?;
    match found.status {
        ImportStatus::Open => {}
        ImportStatus::Cancelled => {
            let text = "This import was cancelled; upload the file again.";
            return Err(Error::conflict("import_over", text));
        }
        _ => return Ok(found),
    }
    if choice.replace_members && found.kind != ImportKind::Groups {
        let text = "Only groups have members to replace.";
        return Err(Error::invalid("replace_members", "import_replace", text));
    }
    let table = Arc::new(found.table(core)?);
    let Preview { rows, steps } = preview(core, actor, table, &found.unit_path).await?;
    let now_digest = digest(&rows)?;
    let looked_at = choice.digest.as_deref().unwrap_or(&found.digest);
    if now_digest != looked_at {
        let counts = Counts::of(&rows);
        let sealed = sealed_preview(core, id, &rows)?;
        keep_anew(core, id, sealed, &now_digest, counts).await?;
        return Err(overtaken().with_data(json!({ "digest": now_digest, "rows": counts })));
    }
    let errors = Counts::of(&rows).error;
    if errors > 0 && !choice.leave_out_errors {
        let text = "Some rows have errors. Mend the file, or leave them out.";
        return Err(Error::conflict("import_errors", text).with_data(json!({ "errors": errors })));
    }
    let begin = Begin {
        id: id.clone(),
        actor: actor.clone(),
        choice,
        digest: now_digest,
        steps: i64::try_from(steps).unwrap_or(i64::MAX),
        now_ms: core.now_ms(),
    };
    core.db()
        .write(begin, |tx, begin| {
            Box::pin(async move { begin_in(tx, begin).await })
        })
        .await
}

struct Begin {
    id: ImportId,
    actor: Actor,
    choice: Choice,
    digest: String,
    steps: i64,
    now_ms: i64,
}

fn overtaken() -> Error {
    let text = "What the file would do is something else by now. Look at it again.";
    Error::conflict("import_overtaken", text)
}

async fn begin_in(tx: &tillsyn_db::Tx, begin: &Begin) -> Result<ImportView, Error> {
    const BEGIN: &str = "UPDATE import_file SET status = 'waiting', leave_out = $2, \
        replace_members = $3, steps = $4, applied_kind = $5, applied_by = $6, applied_at = $7 \
        WHERE id = $1 AND status = 'open' AND digest = $8";
    let Begin {
        id,
        actor,
        choice,
        digest,
        steps,
        now_ms,
    } = begin;
    let now_ms = *now_ms;
    let values = args![
        id,
        i64::from(choice.leave_out_errors),
        i64::from(choice.replace_members),
        *steps,
        actor.kind.as_str(),
        actor.id.as_str(),
        now_ms,
        digest.as_str()
    ];
    let begun = tx.execute(BEGIN, values).await?;
    let found = find_in(tx, id).await?;
    // Of two that begin it, the second hears what the first began.
    if begun == 0 {
        return match found.status {
            ImportStatus::Open => Err(overtaken()),
            _ => Ok(found),
        };
    }
    let job = jobs::NewJob {
        kind: JOB,
        dedup_key: Some(id.to_string()),
        payload: json!({ "import": id }).to_string(),
        due_at: now_ms,
        now: now_ms,
    };
    jobs::enqueue(tx, job).await?;
    let event = NewEvent::done("import.apply", "import", id.as_str(), &found.unit_id).with(json!({
        "kind": found.kind.as_str(), "digest": found.digest, "rows": found.counts,
        "leave_out_errors": choice.leave_out_errors, "replace_members": choice.replace_members,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(found)
}

async fn keep_anew(
    core: &Core,
    id: &ImportId,
    sealed: Vec<u8>,
    digest: &str,
    counts: Counts,
) -> Result<(), Error> {
    const KEEP: &str = "UPDATE import_file SET preview_sealed = $2, digest = $3, \
        created_count = $4, changed_count = $5, same_count = $6, error_count = $7 \
        WHERE id = $1 AND status = 'open'";
    let Counts {
        create,
        change,
        same,
        error,
    } = counts;
    let values = args![id, sealed, digest, create, change, same, error];
    core.db().execute(KEEP, values).await?;
    Ok(())
}

/// Ends an import; what was made stays. One that is over already is answered as it is.
pub async fn cancel(core: &Core, actor: &Actor, id: &ImportId) -> Result<ImportView, Error> {
    const END: &str = "UPDATE import_file SET status = 'cancelled', file_sealed = NULL, \
        finished_at = $2 WHERE id = $1 AND status IN ('open', 'waiting', 'running')";
    import(core, actor, id).await?;
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let ended = tx.execute(END, args![id, *now]).await?;
                let found = find_in(tx, id).await?;
                if ended > 0 {
                    let unit = &found.unit_id;
                    let event = NewEvent::done("import.cancel", "import", id.as_str(), unit)
                        .with(json!({"done": found.position}));
                    events::record(tx, actor, *now, event).await?;
                }
                Ok(found)
            })
        })
        .await
}
