//! `tillsyn campaign`: many erases or retires that two people agree on beforehand.

use serde_json::json;
use uuid::Uuid;

use super::device::resolve;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum CampaignVerb {
    /// Lists campaigns, newest first
    List {
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows one
    Show {
        /// Its id
        id: Uuid,
    },
    /// Lists its devices, and which of them were used
    Devices {
        /// Id of the campaign
        id: Uuid,
        /// How many at most
        #[arg(long, default_value_t = 1_000)]
        limit: usize,
    },
    /// Asks for one; a second person approves it in the console
    Create {
        /// What it is called
        #[arg(long)]
        name: String,
        /// erase or retire
        #[arg(long)]
        act: String,
        /// Why, for the audit trail and the second person
        #[arg(long)]
        reason: String,
        /// When it begins, like 2026-12-01T08:00:00Z
        #[arg(long)]
        from: String,
        /// When it ends
        #[arg(long)]
        until: String,
        /// The exact number of devices
        #[arg(long, value_name = "COUNT")]
        confirm: String,
        /// Devices by serial number, name or id
        #[arg(required = true)]
        devices: Vec<String>,
    },
    /// Ends one before its date, or takes it back while it waits
    End {
        /// Its id
        id: Uuid,
    },
}

pub(super) async fn run(with: With<CampaignVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        CampaignVerb::List { limit } => {
            let rows = client.list("campaigns", &[], limit).await?;
            show::rows(&client, LIST, rows, "There are no campaigns.");
        }
        CampaignVerb::Show { id } => {
            let found = client.get(&format!("campaigns/{id}"), &[]).await?;
            show::one(&client, FIELDS, &found);
        }
        CampaignVerb::Devices { id, limit } => {
            let path = format!("campaigns/{id}/devices");
            let rows = client.list(&path, &[], limit).await?;
            show::rows(&client, DEVICES, rows, "It has no devices that you reach.");
        }
        CampaignVerb::Create {
            name,
            act,
            reason,
            from,
            until,
            confirm,
            devices,
        } => {
            let mut ids = Vec::with_capacity(devices.len());
            for device in &devices {
                ids.push(resolve(&client, device).await?);
            }
            let body = json!({
                "name": name, "act": act, "reason": reason, "starts_at": from, "ends_at": until,
                "confirm": confirm, "devices": ids,
            });
            let made = client.post("campaigns", &body).await?;
            show::one(&client, FIELDS, &made);
        }
        CampaignVerb::End { id } => {
            let path = format!("campaigns/{id}/end");
            let ended = client.post(&path, &json!({})).await?;
            show::done(&client, &ended, "Ended.");
        }
    }
    Ok(())
}

const LIST: &[(&str, &str)] = &[
    ("ID", "/id"),
    ("NAME", "/name"),
    ("ACT", "/act"),
    ("STATUS", "/status"),
    ("DEVICES", "/targets"),
    ("USED", "/used"),
    ("FROM", "/starts_at"),
    ("UNTIL", "/ends_at"),
];

const FIELDS: &[(&str, &str)] = &[
    ("Id", "/id"),
    ("Name", "/name"),
    ("Act", "/act"),
    ("Status", "/status"),
    ("Devices", "/targets"),
    ("Used", "/used"),
    ("From", "/starts_at"),
    ("Until", "/ends_at"),
    ("Reason", "/reason"),
    ("Unit", "/unit"),
    ("Asked by", "/created_by"),
    ("Approved by", "/approved_by"),
];

const DEVICES: &[(&str, &str)] = &[
    ("NAME", "/name"),
    ("LAST SEEN", "/last_seen"),
    ("USED", "/used_at"),
    ("COMMAND", "/command_status"),
    ("ID", "/device_id"),
];
