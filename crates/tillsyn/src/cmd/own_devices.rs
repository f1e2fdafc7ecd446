//! `tillsyn unit own-devices`: whether people bring devices in by themselves.

use serde_json::json;

use super::client::Client;
use super::{Failure, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum OwnDevicesVerb {
    /// Shows whether people bring devices in by themselves, and whose those then are
    Show {
        /// Id of the unit [default: the organisation]
        id: Option<String>,
    },
    /// Says it for a unit and everything below it
    Set {
        /// Id of the unit [default: the organisation]
        id: Option<String>,
        /// off, personal or corporate
        #[arg(long)]
        ownership: String,
        /// Managed devices that a person may have, 1 to 50
        #[arg(long, default_value_t = 5)]
        limit: u32,
    },
    /// Takes away what a unit says: what is above it counts
    Clear {
        /// Id of the unit
        id: String,
    },
}

fn path(id: Option<&str>) -> String {
    id.map_or_else(
        || "settings/own-devices".to_owned(),
        |id| format!("units/{id}/own-devices"),
    )
}

pub(super) async fn run(client: &Client, verb: OwnDevicesVerb) -> Result<(), Failure> {
    match verb {
        OwnDevicesVerb::Show { id } => {
            let found = client.get(&path(id.as_deref()), &[]).await?;
            let fields: &[(&str, &str)] = if id.is_some() {
                &[
                    ("Unit", "/unit_name"),
                    ("Who may", "/effective/ownership"),
                    ("Devices each", "/effective/limit"),
                    ("Said here", "/own/ownership"),
                ]
            } else {
                &[("Who may", "/ownership"), ("Devices each", "/limit")]
            };
            show::one(client, fields, &found);
        }
        OwnDevicesVerb::Set {
            id,
            ownership,
            limit,
        } => {
            let body = json!({ "ownership": ownership, "limit": limit });
            let answer = client.put(&path(id.as_deref()), &body).await?;
            show::done(client, &answer, "Saved.");
        }
        OwnDevicesVerb::Clear { id } => {
            let answer = client.delete(&path(Some(&id))).await?;
            show::done(client, &answer, "Saved: what is above it counts.");
        }
    }
    Ok(())
}
