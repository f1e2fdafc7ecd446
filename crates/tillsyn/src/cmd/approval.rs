//! `tillsyn approval`: what waits for a second person. A person decides, in the console; a program may look,
//! and take back what it asked for.

use serde_json::json;
use uuid::Uuid;

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ApprovalVerb {
    /// Lists what waits for a second person, newest first
    List {
        /// Those that are over instead
        #[arg(long)]
        over: bool,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows one with its devices and what has changed since
    Show {
        /// Its id
        id: Uuid,
    },
    /// Takes back what you asked for
    Cancel {
        /// Its id
        id: Uuid,
    },
}

pub(super) async fn run(with: With<ApprovalVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        ApprovalVerb::List { over, limit } => {
            let query = [("waiting", (!over).to_string())];
            let rows = client.list("approvals", &query, limit).await?;
            show::rows(&client, LIST, rows, "Nothing waits for a second person.");
        }
        ApprovalVerb::Show { id } => {
            let found = client.get(&format!("approvals/{id}"), &[]).await?;
            show::one(&client, FIELDS, &found);
            show::part(&client, "Devices", DEVICES, &found["devices"]);
        }
        ApprovalVerb::Cancel { id } => {
            let path = format!("approvals/{id}/cancel");
            let ended = client.post(&path, &json!({})).await?;
            show::done(&client, &ended, "Taken back.");
        }
    }
    Ok(())
}

const LIST: &[(&str, &str)] = &[
    ("ID", "/id"),
    ("ASKED", "/asked_at"),
    ("BY", "/asked_by_name"),
    ("KIND", "/kind"),
    ("ACT", "/act"),
    ("DEVICES", "/targets"),
    ("CAUSE", "/cause"),
    ("STATUS", "/status"),
    ("REASON", "/reason"),
];

const FIELDS: &[(&str, &str)] = &[
    ("Id", "/id"),
    ("Kind", "/kind"),
    ("Act", "/act"),
    ("Status", "/status"),
    ("Cause", "/cause"),
    ("Devices", "/targets"),
    ("Beyond the budget", "/over_budget"),
    ("Must be asked again", "/overtaken"),
    ("Unit", "/unit"),
    ("Reason", "/reason"),
    ("Asked by", "/asked_by_name"),
    ("Asked", "/asked_at"),
    ("Lapses", "/expires_at"),
    ("Decided by", "/decided_by_name"),
    ("Decided", "/decided_at"),
    ("Their reason", "/decided_reason"),
];

const DEVICES: &[(&str, &str)] = &[
    ("NAME", "/name"),
    ("PERSON", "/person"),
    ("LAST SEEN", "/last_seen"),
    ("CHANGED", "/changed/0/what"),
    ("ID", "/device_id"),
];
