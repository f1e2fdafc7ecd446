//! `tillsyn unit`: the tree of the organisation.

use serde_json::json;

use super::branding::{self, BrandingVerb};
use super::guard::{self, GuardVerb};
use super::own_devices::{self, OwnDevicesVerb};
use super::self_service::{self, SelfServiceVerb};
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum UnitVerb {
    /// Lists the org units as a tree, with what is in and below each
    List,
    /// Makes an org unit
    Add {
        /// What it is called
        name: String,
        /// Id of the unit that it belongs to [default: the top]
        #[arg(long)]
        parent: Option<String>,
    },
    /// Gives an org unit another name
    Rename {
        /// Id of the unit
        id: String,
        /// The new name
        name: String,
    },
    /// Puts an org unit with everything below it under another one
    Move {
        /// Id of the unit
        id: String,
        /// Id of the unit that it belongs to from now on
        #[arg(long)]
        to: String,
    },
    /// Removes an org unit in which nothing is left
    Remove {
        /// Id of the unit
        id: String,
    },
    /// Shows and changes how an org unit presents itself to people
    #[command(subcommand)]
    Branding(BrandingVerb),
    /// Keeps what units want stricter of the guard
    #[command(subcommand)]
    Guard(GuardVerb),
    /// Keeps what people may do to their own devices
    #[command(subcommand)]
    SelfService(SelfServiceVerb),
    /// Keeps whether people bring devices in by themselves
    #[command(subcommand)]
    OwnDevices(OwnDevicesVerb),
}

pub(super) async fn run(with: With<UnitVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        UnitVerb::List => {
            let mut rows = client.list("units", &[], usize::MAX).await?;
            if !client.json {
                for unit in &mut rows.items {
                    let depth = unit["names"].as_array().map_or(0, |names| names.len() - 1);
                    let name = unit["name"].as_str().unwrap_or_default();
                    let shown = format!("{}{name}", "  ".repeat(depth));
                    unit["shown"] = json!(shown);
                }
            }
            let columns = [
                ("UNIT", "/shown"),
                ("DEVICES", "/below/devices"),
                ("PEOPLE", "/below/people"),
                ("GROUPS", "/below/groups"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no units.");
        }
        UnitVerb::Add { name, parent } => {
            let body = json!({"name": name, "parent_id": parent});
            let made = client.post("units", &body).await?;
            show::one(&client, &[("Name", "/name"), ("Id", "/id")], &made);
        }
        UnitVerb::Rename { id, name } => {
            let body = json!({"name": name});
            let answer = client.patch(&format!("units/{id}"), &body).await?;
            show::done(&client, &answer, "Renamed.");
        }
        UnitVerb::Move { id, to } => {
            let body = json!({"parent_id": to});
            let answer = client.post(&format!("units/{id}/move"), &body).await?;
            show::done(&client, &answer, "Moved, with everything below it.");
        }
        UnitVerb::Remove { id } => {
            let answer = client.delete(&format!("units/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
        UnitVerb::Branding(verb) => branding::run(&client, verb).await?,
        UnitVerb::Guard(verb) => guard::run(&client, verb).await?,
        UnitVerb::SelfService(verb) => self_service::run(&client, verb).await?,
        UnitVerb::OwnDevices(verb) => own_devices::run(&client, verb).await?,
    }
    Ok(())
}
