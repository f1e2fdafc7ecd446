//! `tillsyn unit self-service`: what people may do to their own devices.

use serde_json::{Value, json};

use super::client::{Client, Rows};
use super::{Failure, show};

/// The acts, in the order of the page.
const ACTS: [&str; 8] = [
    "check_in",
    "rename",
    "lock",
    "lost_mode",
    "clear_passcode",
    "remove",
    "erase",
    "reenroll",
];

#[derive(Debug, clap::Subcommand)]
pub(crate) enum SelfServiceVerb {
    /// Shows what people may do, and what of it the unit says itself
    Show {
        /// Id of the unit [default: the organisation]
        id: Option<String>,
    },
    /// Sets acts of a unit, for everything below it too. What is not named stays as it is
    Set {
        /// Id of the unit [default: the organisation]
        id: Option<String>,
        /// On devices of the organisation, such as erase=approval; off, approval, on, or above to say nothing
        #[arg(long, value_name = "ACT=LEVEL", value_parser = pair, required_unless_present = "personal")]
        corporate: Vec<(String, String)>,
        /// On personal devices, such as lock=off
        #[arg(long, value_name = "ACT=LEVEL", value_parser = pair)]
        personal: Vec<(String, String)>,
    },
    /// Takes everything away that a unit says: what is above it counts
    Clear {
        /// Id of the unit [default: the organisation]
        id: Option<String>,
    },
}

/// An act and a level.
fn pair(text: &str) -> Result<(String, String), String> {
    let (act, level) = text
        .split_once('=')
        .ok_or_else(|| "write it as ACT=LEVEL, such as lock=off".to_owned())?;
    if !ACTS.contains(&act) {
        return Err(format!("the acts are {}", ACTS.join(", ")));
    }
    if !["off", "approval", "on", "above"].contains(&level) {
        return Err("the levels are off, approval, on and above".to_owned());
    }
    Ok((act.to_owned(), level.to_owned()))
}

fn path(id: Option<&str>) -> String {
    id.map_or_else(
        || "self-service".to_owned(),
        |id| format!("units/{id}/self-service"),
    )
}

pub(super) async fn run(client: &Client, verb: SelfServiceVerb) -> Result<(), Failure> {
    match verb {
        SelfServiceVerb::Show { id } => {
            let policy = client.get(&path(id.as_deref()), &[]).await?;
            if client.json {
                show::done(client, &policy, "");
                return Ok(());
            }
            let line = |act: &&str| {
                json!({
                    "act": act,
                    "corporate": policy["effective"]["corporate"][*act],
                    "own_corporate": policy["own"]["corporate"][*act],
                    "personal": policy["effective"]["personal"][*act],
                    "own_personal": policy["own"]["personal"][*act],
                })
            };
            let items = ACTS.iter().map(line).collect();
            let columns = [
                ("ACT", "/act"),
                ("CORPORATE", "/corporate"),
                ("SAID HERE", "/own_corporate"),
                ("PERSONAL", "/personal"),
                ("SAID HERE", "/own_personal"),
            ];
            let more = false;
            show::rows(client, &columns, Rows { items, more }, "");
        }
        SelfServiceVerb::Set {
            id,
            corporate,
            personal,
        } => {
            // The API sets all at once.
            let path = path(id.as_deref());
            let mut own = client.get(&path, &[]).await?["own"].take();
            for (owner, said) in [("corporate", corporate), ("personal", personal)] {
                for (act, level) in said {
                    own[owner][act] = match level.as_str() {
                        "above" => Value::Null,
                        _ => json!(level),
                    };
                }
            }
            let answer = client.put(&path, &own).await?;
            show::done(client, &answer, "Saved.");
        }
        SelfServiceVerb::Clear { id } => {
            let answer = client.put(&path(id.as_deref()), &json!({})).await?;
            show::done(client, &answer, "Saved: what is above it counts.");
        }
    }
    Ok(())
}
