//! `tillsyn unit guard`: what an org unit wants stricter than what is above it.

use serde_json::{Value, json};

use super::client::{Client, Rows};
use super::{Failure, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum GuardVerb {
    /// Shows the guard's figures of the organisation, and of every unit that has its own
    Show,
    /// Sets figures of a unit, for everything below it too. What is not named stays as it is
    Set {
        /// Id of the unit
        id: String,
        /// Minutes that an erase, a retire and the like wait, 0 to 10
        #[arg(
            long,
            value_name = "MINUTES",
            required_unless_present = "second_person_from"
        )]
        hold_minutes: Option<i64>,
        /// From how many devices an erase, a retire and the like needs a second person, 1 to 6
        #[arg(long, value_name = "DEVICES")]
        second_person_from: Option<i64>,
        /// Why, for the audit trail; needed where anything is loosened
        #[arg(long)]
        reason: Option<String>,
    },
    /// Takes a unit's own figures away: what is above it counts. A second person agrees to what that loosens
    Clear {
        /// Id of the unit
        id: String,
        /// Why, for the audit trail
        #[arg(long)]
        reason: Option<String>,
    },
}

pub(super) async fn run(client: &Client, verb: GuardVerb) -> Result<(), Failure> {
    match verb {
        GuardVerb::Show => {
            let guard = client.get("guard", &[]).await?;
            if client.json {
                show::done(client, &guard, "");
                return Ok(());
            }
            let mut whole = guard["settings"].clone();
            whole["unit"] = json!("(the organisation)");
            let mut items = vec![whole];
            items.extend(guard["units"].as_array().cloned().unwrap_or_default());
            let columns = [
                ("UNIT", "/unit"),
                ("HOLD MINUTES", "/hold_minutes"),
                ("SECOND PERSON FROM", "/second_person_from"),
                ("ID", "/unit_id"),
            ];
            let more = false;
            show::rows(client, &columns, Rows { items, more }, "");
        }
        GuardVerb::Set {
            id,
            hold_minutes,
            second_person_from,
            reason,
        } => {
            // The API sets both at once.
            let guard = client.get("guard", &[]).await?;
            let units = guard["units"].as_array().map(Vec::as_slice);
            let mut units = units.unwrap_or_default().iter();
            let own = units.find(|unit| unit["unit_id"] == id.as_str());
            let stays = |name: &str| own.and_then(|own| own[name].as_i64());
            let hold = hold_minutes.or_else(|| stays("hold_minutes"));
            let from = second_person_from.or_else(|| stays("second_person_from"));
            put(
                client,
                &id,
                json!({ "hold_minutes": hold, "second_person_from": from }),
                reason,
            )
            .await?;
        }
        GuardVerb::Clear { id, reason } => put(client, &id, json!({}), reason).await?,
    }
    Ok(())
}

async fn put(
    client: &Client,
    id: &str,
    mut body: Value,
    reason: Option<String>,
) -> Result<(), Failure> {
    body["reason"] = json!(reason);
    let answer = client.put(&format!("guard/units/{id}"), &body).await?;
    let words = if answer["status"] == "waiting" {
        "Asked for: a second person decides."
    } else {
        "Saved."
    };
    show::done(client, &answer, words);
    Ok(())
}
