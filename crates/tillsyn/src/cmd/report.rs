//! `tillsyn report`: how many devices there are of each kind.

use super::{Failure, With, show};
use crate::output::say;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ReportVerb {
    /// Lists the reports that there are
    List,
    /// Shows one
    Show {
        /// Its name: os, status, ownership, unit, model, age or contact
        name: String,
        /// Only these platforms, like ios,ipados
        #[arg(long)]
        platform: Option<String>,
        /// Only these statuses, like active,not_seen
        #[arg(long)]
        status: Option<String>,
        /// corporate or personal
        #[arg(long)]
        ownership: Option<String>,
        /// Id of a unit: it and what is below it
        #[arg(long)]
        unit: Option<uuid::Uuid>,
        /// As CSV
        #[arg(long)]
        csv: bool,
    },
}

pub(super) async fn run(with: With<ReportVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        ReportVerb::List => {
            let found = client.get("reports", &[]).await?;
            if client.json {
                say!("{found:#}");
            } else {
                show::part(&client, "Reports", LIST, &found["items"]);
            }
        }
        ReportVerb::Show {
            name,
            platform,
            status,
            ownership,
            unit,
            csv,
        } => {
            let unit = unit.map(|unit| unit.to_string());
            let asked = [
                ("platform", platform),
                ("status", status),
                ("ownership", ownership),
                ("unit_id", unit),
            ];
            let query: Vec<(&str, String)> = asked
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
            if csv {
                let file = client.file(&format!("reports/{name}/csv"), &query).await?;
                // The mark for office programs is none for a terminal.
                say!("{}", file.trim_start_matches('\u{feff}').trim_end());
                return Ok(());
            }
            let found = client.get(&format!("reports/{name}"), &query).await?;
            show::one(&client, FIELDS, &found);
            let columns = match name.as_str() {
                "os" => BY_OS,
                "unit" => BY_UNIT,
                _ => BY_VALUE,
            };
            show::part(&client, "Rows", columns, &found["rows"]);
        }
    }
    Ok(())
}

const LIST: &[(&str, &str)] = &[("NAME", "/name"), ("COLUMNS", "/columns")];

const FIELDS: &[(&str, &str)] = &[
    ("Report", "/name"),
    ("Counted", "/at"),
    ("Devices", "/devices"),
    ("Of further rows", "/others"),
];

const BY_VALUE: &[(&str, &str)] = &[("VALUE", "/value"), ("DEVICES", "/devices")];

const BY_OS: &[(&str, &str)] = &[
    ("PLATFORM", "/platform"),
    ("VERSION", "/value"),
    ("DEVICES", "/devices"),
];

const BY_UNIT: &[(&str, &str)] = &[
    ("UNIT", "/unit"),
    ("ITSELF", "/itself"),
    ("DEVICES", "/devices"),
    ("ID", "/value"),
];
