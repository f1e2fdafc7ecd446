//! How far one act on several devices is.

use tillsyn_db::args;

use super::status::CommandStatus;
use crate::actor::{Actor, Permission, may};
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::BatchId;

/// What counts as just now.
const JUST_NOW_MS: i64 = 10 * MINUTE_MS;

/// One act, as far as its reader may see the devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchProgress {
    pub request_type: String,
    pub act: Option<String>,
    pub reason: Option<String>,
    pub actor_kind: String,
    pub actor_name: Option<String>,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// Commands by status, in the order of [`CommandStatus::ALL`]; those with none are left out.
    pub by_status: Vec<(CommandStatus, i64)>,
    /// Commands that ended within the last ten minutes.
    pub just_ended: i64,
}

impl BatchProgress {
    fn count(&self, counts: impl Fn(CommandStatus) -> bool) -> i64 {
        let found = self.by_status.iter().filter(|(status, _)| counts(*status));
        found.map(|(_, commands)| commands).sum()
    }

    pub fn all(&self) -> i64 {
        self.count(|_| true)
    }

    /// Those to which nothing more can happen, however they ended.
    pub fn ended(&self) -> i64 {
        self.count(CommandStatus::is_finished)
    }

    pub fn failed(&self) -> i64 {
        self.count(|status| status == CommandStatus::Error)
    }

    /// Those that no device holds yet.
    pub fn can_be_withdrawn(&self) -> i64 {
        self.count(CommandStatus::can_be_cancelled)
    }
}

/// None when the reader sees none of its devices.
///
/// # Errors
/// Forbidden without the right to see devices.
pub async fn batch_progress(
    core: &Core,
    actor: &Actor,
    id: &BatchId,
) -> Result<Option<BatchProgress>, Error> {
    const ABOUT: &str = "SELECT b.request_type, b.act, b.reason, b.actor_kind, \
        COALESCE(a.name, (SELECT t.name FROM api_token t WHERE t.id = b.actor_id)), b.created_at \
        FROM command_batch b LEFT JOIN account a ON a.id = b.actor_id WHERE b.id = $1";
    may(actor, Permission::DevicesRead)?;
    let counts = format!(
        "SELECT c.status, count(*), \
         CAST(sum(CASE WHEN c.finished = 1 AND c.updated_at > $4 THEN 1 ELSE 0 END) AS BIGINT) \
         FROM command c JOIN device_summary d ON d.device_id = c.device_id \
         JOIN org_unit u ON u.id = c.org_unit_id \
         WHERE c.batch_id = $1 AND u.path >= $2 AND u.path < $3{} GROUP BY c.status",
        actor.platform_filter()
    );
    let values = args![
        id,
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path),
        core.now_ms() - JUST_NOW_MS
    ];
    core.db()
        .read((id.clone(), counts, values), |tx, (id, counts, values)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(counts, values.clone()).await?;
                if rows.is_empty() {
                    return Ok(None);
                }
                let mut by_status = Vec::new();
                for status in CommandStatus::ALL {
                    for row in &rows {
                        if row.str(0)? == status.as_str() {
                            by_status.push((status, row.i64(1)?));
                        }
                    }
                }
                let mut just_ended = 0;
                for row in &rows {
                    just_ended += row.i64(2)?;
                }
                let about = tx.fetch_optional(ABOUT, args![id]).await?;
                let about = about.ok_or_else(|| Error::not_found("command_batch"))?;
                Ok::<_, Error>(Some(BatchProgress {
                    request_type: about.text(0)?,
                    act: about.opt_text(1)?,
                    reason: about.opt_text(2)?,
                    actor_kind: about.text(3)?,
                    actor_name: about.opt_text(4)?,
                    created_at: about.i64(5)?,
                    by_status,
                    just_ended,
                }))
            })
        })
        .await
}
