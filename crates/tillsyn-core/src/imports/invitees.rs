//! Files of people to invite: read and judged as a file of people is, but nobody who is there already is changed.

use tillsyn_db::Tx;

use super::ImportKind;
use super::columns::Column;
use super::parse::{Table, decode, parse};
use super::people::{Act, facts_in, judge, twice};
use super::row::{RowError, shown};
use crate::error::Error;

/// Rows of such a file.
const MOST_ROWS: usize = 5_000;

/// One row.
pub(crate) struct Invitee {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    /// Of somebody who is to be made first.
    pub(crate) unit: Option<String>,
    pub(crate) language: Option<String>,
    /// Of somebody who is there.
    pub(crate) person: Option<String>,
    pub(crate) errors: Vec<RowError>,
}

/// A file that was read.
pub(crate) struct File(Table);

/// Reads a file of people to invite.
///
/// # Errors
/// `import_*` when the file as a whole cannot be read, or has too many rows.
pub(crate) fn read_file(bytes: &[u8]) -> Result<File, Error> {
    let table = parse(ImportKind::People, &decode(bytes)?)?;
    if table.rows.len() > MOST_ROWS {
        let text = format!("A file has at most {MOST_ROWS} rows.");
        return Err(Error::invalid("file", "import_rows", text));
    }
    Ok(File(table))
}

/// Who the rows are, for whoever reaches the unit at this path.
pub(crate) async fn invitees_in(tx: &Tx, file: &File, top: &str) -> Result<Vec<Invitee>, Error> {
    let table = &file.0;
    let all = 0..table.rows.len();
    let facts = facts_in(tx, table, all.clone(), top, i64::MAX).await?;
    let judged = judge(table, all, &twice(table), &facts);
    let mut found = Vec::with_capacity(judged.len());
    for (row, judged) in table.rows.iter().zip(judged) {
        let typed = table.get(row, Column::Email);
        let mut invitee = Invitee {
            name: judged.view.name,
            email: Some(shown(typed)).filter(|typed| !typed.is_empty()),
            unit: None,
            language: None,
            person: None,
            errors: judged.view.errors,
        };
        if typed.is_empty() && invitee.errors.is_empty() {
            invitee
                .errors
                .push(RowError::new("missing", "email", "", ""));
        }
        match judged.act {
            Some(Act::Create {
                name,
                email,
                unit,
                language,
                status: "active",
            }) => {
                (invitee.name, invitee.email) = (name, email);
                (invitee.unit, invitee.language) = (Some(unit), language.map(str::to_owned));
            }
            // Somebody who left is not invited.
            Some(Act::Create { .. }) => {
                let error = RowError::new("status", "status", "inactive", "active");
                invitee.errors.push(error);
            }
            Some(Act::Change { .. }) | None => {
                let known = facts.by_email.get(&typed.to_lowercase());
                invitee.person = known.map(|known| known.id.clone());
            }
        }
        found.push(invitee);
    }
    Ok(found)
}
