//! `tillsyn import`: people, groups and units from CSV files.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::{Failure, With, show};
use crate::output::say;

/// How often a running import is asked for.
const PERIOD: Duration = Duration::from_secs(1);
/// The largest file that the server takes.
const MOST: u64 = 10 << 20;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ImportVerb {
    /// Looks at a file of people, and imports it with --apply
    People(File),
    /// Looks at a file of groups and their members, and imports it with --apply
    Groups(File),
    /// Looks at a file of org units, and imports it with --apply
    Units(File),
    /// Lists imports, the newest first
    List {
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Shows an import and how far it is
    Show {
        /// Id of the import
        id: String,
    },
    /// Carries a file out that was looked at before
    Apply {
        /// Id of the import
        id: String,
        #[command(flatten)]
        how: How,
    },
    /// Ends an import; what was made stays
    Cancel {
        /// Id of the import
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct File {
    /// The CSV file: UTF-8 or UTF-16, with comma, semicolon or tab
    file: PathBuf,
    /// Import it when its rows are right
    #[arg(long)]
    apply: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// Leave out rows with errors
    #[arg(long)]
    leave_out_errors: bool,
    /// Of groups: take out members that the file does not name, each with a plan
    #[arg(long)]
    replace_members: bool,
}

impl How {
    fn body(&self, digest: &Value) -> Value {
        json!({
            "leave_out_errors": self.leave_out_errors,
            "replace_members": self.replace_members,
            "digest": digest,
        })
    }
}

pub(super) async fn run(with: With<ImportVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        ImportVerb::People(file) => take(&client, "people", &file).await,
        ImportVerb::Groups(file) => take(&client, "groups", &file).await,
        ImportVerb::Units(file) => take(&client, "units", &file).await,
        ImportVerb::List { limit } => {
            let rows = client.list("imports", &[], limit).await?;
            let columns = [
                ("KIND", "/kind"),
                ("STATUS", "/status"),
                ("NEW", "/rows/create"),
                ("CHANGED", "/rows/change"),
                ("ERRORS", "/rows/error"),
                ("MADE", "/created_at"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no imports.");
            Ok(())
        }
        ImportVerb::Show { id } => {
            let found = client.get(&format!("imports/{id}"), &[]).await?;
            shown(&client, &found);
            Ok(())
        }
        ImportVerb::Apply { id, how } => {
            let found = client.get(&format!("imports/{id}"), &[]).await?;
            follow(&client, &id, &how.body(&found["digest"])).await
        }
        ImportVerb::Cancel { id } => {
            let path = format!("imports/{id}/cancel");
            let answer = client.post(&path, &json!({})).await?;
            show::done(&client, &answer, "Cancelled; what was made stays.");
            Ok(())
        }
    }
}

async fn take(client: &Client, kind: &str, file: &File) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::Usage(format!("{} cannot be read: {error}", file.file.display()))
    };
    let size = std::fs::metadata(&file.file).map_err(unreadable)?.len();
    if size > MOST {
        let text = format!("{} is larger than 10 MiB", file.file.display());
        return Err(Failure::Usage(text));
    }
    let bytes = std::fs::read(&file.file).map_err(unreadable)?;
    let made = client
        .post_csv("imports", &[("kind", kind.to_owned())], bytes)
        .await?;
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    let wrong = made["rows"]["error"].as_i64().unwrap_or(0) > 0;
    if wrong && !client.json {
        let query = [("outcome", "error".to_owned())];
        let path = format!("imports/{id}/rows");
        let mut rows = client.list(&path, &query, 200).await?;
        for row in &mut rows.items {
            let words = words_of(row);
            row["why"] = json!(words);
        }
        let columns = [("LINE", "/line"), ("NAME", "/name"), ("WHY", "/why")];
        show::rows(client, &columns, rows, "");
    }
    if !file.apply {
        shown(client, &made);
        return Ok(());
    }
    follow(client, &id, &file.how.body(&made["digest"])).await
}

/// Every error of a row in one line.
fn words_of(row: &Value) -> String {
    let errors = row["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let text = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
    let words = errors.iter().map(|error| {
        let mut line = text(error, "code");
        for key in ["field", "found"] {
            let value = text(error, key);
            if !value.is_empty() {
                line = format!("{line} {value}");
            }
        }
        let allowed = text(error, "allowed");
        if allowed.is_empty() {
            line
        } else {
            format!("{line} ({allowed})")
        }
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Begins the import and waits until it is over.
async fn follow(client: &Client, id: &str, body: &Value) -> Result<(), Failure> {
    let mut found = client.post(&format!("imports/{id}/apply"), body).await?;
    while matches!(found["status"].as_str(), Some("waiting" | "running")) {
        tokio::time::sleep(PERIOD).await;
        found = client.get(&format!("imports/{id}"), &[]).await?;
    }
    shown(client, &found);
    Ok(())
}

fn shown(client: &Client, import: &Value) {
    let fields = [
        ("Kind", "/kind"),
        ("Status", "/status"),
        ("New", "/rows/create"),
        ("Changed", "/rows/change"),
        ("The same", "/rows/same"),
        ("Errors", "/rows/error"),
        ("Done", "/position"),
        ("Of", "/steps"),
        ("Why it failed", "/error"),
        ("Id", "/id"),
    ];
    show::one(client, &fields, import);
    if client.json {
        return;
    }
    let plans = import["plans"].as_array().map_or(&[][..], Vec::as_slice);
    for plan in plans.iter().filter_map(Value::as_str) {
        say!("A plan waits for somebody to look at it: {plan}");
    }
    let failures = import["failures"].as_array().map_or(0, Vec::len);
    if failures > 0 {
        say!("{failures} rows could not be carried out any more.");
    }
}
