//! PostgreSQL's errors without the values that its messages may quote.

use tokio_postgres::error::{DbError as ServerError, SqlState};

use crate::{DbError, fence, sql};

pub(crate) fn error(error: &tokio_postgres::Error, sql: &str) -> DbError {
    use std::error::Error as _;

    if let Some(server) = error.as_db_error() {
        return server_error(server, sql);
    }
    let cause = error.source();
    if let Some(cause) = cause.filter(|c| c.is::<std::io::Error>()) {
        // "Connection refused", "invalid peer certificate: UnknownIssuer" and the like.
        return DbError::Unavailable(format!("connection to PostgreSQL: {cause}"));
    }
    if error.is_closed() {
        return DbError::Unavailable("the connection to PostgreSQL is lost".to_owned());
    }
    let cause = cause.map(ToString::to_string).unwrap_or_default();
    DbError::Other(
        format!("`{} …`: {error} {cause}", sql::first_words(sql))
            .trim_end()
            .to_owned(),
    )
}

fn server_error(server: &ServerError, sql: &str) -> DbError {
    let code = server.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return DbError::Serialization;
    }
    if *code == SqlState::UNIQUE_VIOLATION {
        return DbError::Unique {
            constraint: key(server),
        };
    }
    if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::QUERY_CANCELED {
        return DbError::Busy;
    }
    let code = code.code();
    if code == fence::CODE {
        return DbError::Fenced;
    }
    match code.get(..2) {
        Some("23") => {
            let name = server.constraint().or(server.column()).unwrap_or_default();
            let table = server.table().unwrap_or_default();
            DbError::Constraint {
                constraint: format!("{table} {name}").trim().to_owned(),
            }
        }
        // Connection, resources, operator intervention, system.
        Some("08" | "53" | "57" | "58") => {
            DbError::Unavailable(format!("PostgreSQL answers {code}"))
        }
        // Syntax and names: from the SQL text, not from values. Who may connect to what.
        Some("42" | "0A" | "28" | "3D") => DbError::Other(format!(
            "`{} …`: {} ({code})",
            sql::first_words(sql),
            server.message()
        )),
        _ => DbError::Other(format!(
            "`{} …`: PostgreSQL answers {code}",
            sql::first_words(sql)
        )),
    }
}

/// `table.column, table.column` as SQLite says it. The detail is `Key (a, b)=(…) already
/// exists.` in the server's language; without it the name of the constraint must do.
fn key(server: &ServerError) -> String {
    let columns = server
        .detail()
        .and_then(|detail| detail.split_once(")=("))
        .and_then(|(head, _)| head.split_once('('))
        .map(|(_, columns)| columns);
    match (server.table(), columns) {
        (Some(table), Some(columns)) => {
            let names: Vec<String> = columns
                .split(", ")
                .map(|column| format!("{table}.{column}"))
                .collect();
            names.join(", ")
        }
        _ => server.constraint().unwrap_or("a unique index").to_owned(),
    }
}
