//! What the steps of an import have in common.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value as Json;
use tillsyn_db::{Tx, args};

use super::parse::Table;
use super::row::{Outcome, RowView};
use super::store::Failure;
use super::{ImportKind, groups, people, units};
use crate::accounts;
use crate::actor::{Actor, ActorKind, Rights};
use crate::core::Core;
use crate::error::Error;
use crate::ids::AccountId;

/// A part of a file that one transaction carries out.
pub(super) struct Chunk<'a> {
    pub(super) table: &'a Table,
    pub(super) part: Range<usize>,
    pub(super) twice: &'a [Option<u64>],
    /// What the preview showed for the rows, by line.
    pub(super) shown: &'a HashMap<u64, Outcome>,
    /// When somebody began the import.
    pub(super) begun_at: i64,
    /// Path of the unit that the import reaches.
    pub(super) top: &'a str,
    pub(super) actor: &'a Actor,
    pub(super) now_ms: i64,
}

/// What a step made.
#[derive(Default)]
pub(super) struct Made {
    pub(super) ids: Vec<String>,
    pub(super) details: Json,
    pub(super) failures: Vec<Failure>,
}

impl Made {
    /// A row that was right when somebody looked, and is not any more, is told afterwards.
    pub(super) fn note(&mut self, view: &RowView) {
        if view.outcome == Outcome::Error {
            let code = view.errors.first().map(|error| error.code.clone());
            self.fail(view.line, &code.unwrap_or_default());
        }
    }

    fn fail(&mut self, line: u64, code: &str) {
        let code = code.to_owned();
        self.failures.push(Failure { line, code });
    }

    /// Whether a row may do what it does: only what the preview showed. That it is so already harms nobody.
    pub(super) fn as_shown(&mut self, chunk: &Chunk<'_>, view: &RowView) -> bool {
        self.note(view);
        let same = chunk.shown.get(&view.line) == Some(&view.outcome);
        if !same && matches!(view.outcome, Outcome::Create | Outcome::Change) {
            self.fail(view.line, "overtaken");
            return false;
        }
        true
    }
}

/// What a file would do now.
pub(super) struct Preview {
    pub(super) rows: Vec<RowView>,
    /// Rows without errors, and of groups groups: what carrying it out counts.
    pub(super) steps: usize,
}

/// What every row of a file would do now.
pub(super) async fn preview(
    core: &Core,
    actor: &Actor,
    table: std::sync::Arc<Table>,
    top: &str,
) -> Result<Preview, Error> {
    let input = (actor.clone(), table, top.to_owned());
    core.db()
        .read(input, |tx, (actor, table, top)| {
            Box::pin(async move {
                let rows: Vec<RowView> = match table.kind {
                    ImportKind::People => {
                        let all = 0..table.rows.len();
                        let facts = people::facts_in(tx, table, all.clone(), top, i64::MAX).await?;
                        let judged = people::judge(table, all, &people::twice(table), &facts);
                        judged.into_iter().map(|row| row.view).collect()
                    }
                    ImportKind::Groups => {
                        let facts = groups::facts_in(tx, actor, table, top).await?;
                        let judged = groups::judge(table, &facts);
                        let steps = groups::count(table, &facts.tree, &judged);
                        let rows = judged.into_iter().map(|row| row.view).collect();
                        return Ok::<_, Error>(Preview { rows, steps });
                    }
                    ImportKind::Units => {
                        let tree = super::tree::tree_in(tx, top).await?;
                        let judged = units::judge(table, &tree);
                        judged.into_iter().map(|row| row.view).collect()
                    }
                };
                let good = rows.iter().filter(|row| row.outcome != Outcome::Error);
                let steps = good.count();
                Ok(Preview { rows, steps })
            })
        })
        .await
}

/// The digest of a preview: of every row with all that it does.
pub(super) fn digest(rows: &[RowView]) -> Result<String, Error> {
    // The names of units that could stand in a row say nothing of what it does.
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let errors = row.errors.iter().map(|e| (&e.code, &e.field, &e.found));
            let errors: Vec<_> = errors.collect();
            (row.line, &row.name, row.outcome, &row.fields, errors)
        })
        .collect();
    let json = serde_json::to_vec(&rows)
        .map_err(|error| Error::internal("A preview cannot be written.").caused_by(error))?;
    Ok(tillsyn_pki::hash::sha256_hex(&json))
}

/// Whoever carried the import out, with what they may do now: an account that was disabled, or a token that was
/// revoked, stops the rest.
pub(crate) async fn actor_in(tx: &Tx, kind: &str, id: &str, now_ms: i64) -> Result<Actor, Error> {
    const ACCOUNT: &str = "SELECT a.id, a.name, a.status, u.path, a.role_changed_at, a.platform, \
        r.id, r.name, r.permissions, r.changed_at FROM account a \
        JOIN org_unit u ON u.id = a.org_unit_id JOIN role r ON r.id = a.role WHERE a.id = $1";
    const TOKEN: &str = "SELECT a.id, t.name, a.status, u.path, a.role_changed_at, a.platform, r.id, \
        r.name, r.permissions, r.changed_at, t.permissions, t.org_unit_id, \
        (SELECT tu.path FROM org_unit tu WHERE tu.id = t.org_unit_id) FROM api_token t \
        JOIN account a ON a.id = t.account_id JOIN org_unit u ON u.id = a.org_unit_id \
        JOIN role r ON r.id = a.role \
        WHERE t.id = $1 AND t.revoked_at IS NULL AND t.expires_at > $2";
    let gone = || Error::forbidden("actor_gone", "Whoever imports this cannot act any more.");
    let (kind, row) = match kind {
        "account" => (
            ActorKind::Account,
            tx.fetch_optional(ACCOUNT, args![id]).await?,
        ),
        "token" => (
            ActorKind::Token,
            tx.fetch_optional(TOKEN, args![id, now_ms]).await?,
        ),
        "server" => return Ok(Actor::server()),
        _ => return Err(gone()),
    };
    let row = row.ok_or_else(gone)?;
    if row.str(2)? != "active" {
        return Err(gone());
    }
    let mut standing = accounts::standing(&row, 3)?;
    let mut only = None;
    if kind == ActorKind::Token {
        only = Some(Rights::stored(row.str(10)?, "api_token"));
        // A token of a unit that left its account's reaches nothing.
        if row.opt_text(11)?.is_some() {
            let narrower = row.opt_text(12)?.unwrap_or_default();
            if !narrower.starts_with(&standing.unit_path) {
                return Err(gone());
            }
            standing.unit_path = narrower;
        }
    }
    Ok(Actor::account(
        kind,
        id,
        AccountId::from_store(row.text(0)?),
        row.text(1)?,
        standing,
        only,
    ))
}
