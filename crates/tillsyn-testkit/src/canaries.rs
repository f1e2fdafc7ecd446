//! Searching for secrets where they must not be: logs, database, answers, pages.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tillsyn_db::{Db, Engine, args};

/// A secret under a name that may be printed, in every form in which it could leak.
pub struct Canary {
    pub name: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Canary {
    /// # Panics
    /// When the value is too short to be found by chance alone.
    pub fn new(name: &'static str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        assert!(value.len() >= 6, "{name} is too short to be searched for");
        let lower = tillsyn_pki::hash::hex(value);
        let mut forms = vec![
            value.to_vec(),
            lower.to_uppercase().into_bytes(),
            lower.into_bytes(),
        ];
        // Base64 of the value alone, and of its inside at any place within other bytes.
        for skipped in 0..3 {
            let inner = &value[skipped.min(value.len())..];
            let whole = inner.len() / 3 * 3;
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                forms.push(engine.encode(&inner[..whole]).into_bytes());
            }
        }
        forms.push(STANDARD.encode(value).into_bytes());
        // Six digits in base64 are too short to mean anything.
        forms.retain(|form| form.len() >= 6);
        forms.dedup();
        Self { name, forms }
    }

    pub fn is_in(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        self.forms
            .iter()
            .any(|form| text.windows(form.len()).any(|part| part == form))
    }
}

/// Those that a text holds, by name.
pub fn found_in(canaries: &[Canary], text: impl AsRef<[u8]>) -> Vec<&'static str> {
    let text = text.as_ref();
    canaries
        .iter()
        .filter(|canary| canary.is_in(text))
        .map(|canary| canary.name)
        .collect()
}

/// The whole store, cell by cell: table, column, and the value as bytes.
pub async fn cells(db: &Db) -> Vec<(String, String, Vec<u8>)> {
    const SQLITE: &str = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
        WHERE m.type = 'table' ORDER BY 1, 2";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text \
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2";
    let columns = match db.engine() {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let mut all = Vec::new();
    for row in db.query_all(columns, args![]).await.unwrap() {
        let (table, column) = (row.text(0).unwrap(), row.text(1).unwrap());
        let value = match db.engine() {
            Engine::Sqlite => format!("hex(CAST(\"{column}\" AS BLOB))"),
            // A blob shows as \x and its digits; a text is turned into the same.
            Engine::Postgres => format!(
                "CASE WHEN pg_typeof(\"{column}\") = 'bytea'::regtype THEN substr(\"{column}\"::text, 3) \
                 ELSE encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex') END"
            ),
        };
        let sql = format!("SELECT {value} FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
        let rows = db
            .read(sql, |tx, sql| {
                Box::pin(async move { tx.fetch_all_dyn(sql, args![]).await })
            })
            .await
            .unwrap();
        for row in rows {
            let value = unhex(&row.text(0).unwrap());
            all.push((table.clone(), column.clone(), value));
        }
    }
    all
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap();
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::try_from(digit(pair[0]) << 4 | digit(pair[1])).unwrap())
        .collect()
}
