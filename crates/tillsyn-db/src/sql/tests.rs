use super::{Texts, expand_types, first_words, number_parameters};
use crate::Engine;
use crate::tx::{Sql, Values};

#[test]
fn parameters_change_outside_quotes_and_comments_only() {
    let check = |sql: &str, expected: &str| assert_eq!(number_parameters(sql), expected);
    check("a = $1 AND b = $12", "a = ?1 AND b = ?12");
    check("'$1' || \"$2\" || $3", "'$1' || \"$2\" || ?3");
    check("'it''s $1' = $1", "'it''s $1' = ?1");
    check(
        "x -> '$.a' = $1 -- $2 isn't one\n AND $2",
        "x -> '$.a' = ?1 -- $2 isn't one\n AND ?2",
    );
    check("5 - $1 - -$2", "5 - ?1 - -?2");
    check("åäö $1", "åäö ?1");
}

#[test]
fn texts_take_the_form_of_the_engine() {
    let mut sqlite = Texts::default();
    let mut postgres = Texts::default();
    let with_ids = Sql::WithIds("SELECT 1 WHERE a = $1 AND b {ids}", 2);
    assert_eq!(
        &*sqlite.get(with_ids, Engine::Sqlite),
        "SELECT 1 WHERE a = ?1 AND b IN (SELECT value FROM json_each(?2))"
    );
    assert_eq!(
        &*postgres.get(with_ids, Engine::Postgres),
        "SELECT 1 WHERE a = $1 AND b = ANY($2)"
    );
    let values = |rows| {
        Sql::Values(Values {
            prefix: "INSERT INTO t(a, b)",
            columns: 2,
            rows,
            suffix: "X",
        })
    };
    assert_eq!(
        &*postgres.get(values(2), Engine::Postgres),
        "INSERT INTO t(a, b) VALUES ($1, $2), ($3, $4) X"
    );
    assert_eq!(
        &*sqlite.get(values(1), Engine::Sqlite),
        "INSERT INTO t(a, b) VALUES (?1, ?2) X"
    );
}

#[test]
fn markers_become_types() {
    let sql = "a {autoid}, c {bytewise}, b {blob}";
    assert_eq!(
        expand_types(sql, Engine::Sqlite),
        "a INTEGER PRIMARY KEY AUTOINCREMENT, c TEXT, b BLOB"
    );
    assert!(expand_types(sql, Engine::Postgres).ends_with("b BYTEA"));
}

#[test]
fn first_words_are_few() {
    assert_eq!(
        first_words("  SELECT a,\n  b FROM t WHERE x = 1"),
        "SELECT a, b FROM t WHERE"
    );
}
