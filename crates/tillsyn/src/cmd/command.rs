//! `tillsyn command`.

use super::{Failure, With, device, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum CommandVerb {
    /// Lists commands, newest first
    List {
        /// Only of this device: id, serial number or exact name
        #[arg(long)]
        device: Option<String>,
        /// queued, held, push_sent, sent, not_now, acknowledged, error, cancelled, superseded, expired
        #[arg(long)]
        status: Option<String>,
        /// Only of this act, which may be on several devices: the id that the act answered with
        #[arg(long)]
        batch: Option<String>,
        /// Only those that are not over
        #[arg(long)]
        unfinished: bool,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows one command with its story and the device's answer
    Show {
        /// Id of the command
        id: String,
    },
    /// Lists the types of commands with what they need
    Types {
        /// Says which of them this device takes, and why not the others: id, serial number or exact name
        #[arg(long)]
        device: Option<String>,
    },
    /// Withdraws a command that the device has not fetched
    Cancel {
        /// Id of the command
        id: String,
    },
}

pub(super) async fn run(with: With<CommandVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        CommandVerb::List {
            device,
            status,
            batch,
            unfinished,
            limit,
        } => {
            let mut query = vec![("unfinished", unfinished.to_string())];
            if let Some(device) = device {
                query.push(("device_id", device::resolve(&client, &device).await?));
            }
            query.extend(status.map(|status| ("status", status)));
            query.extend(batch.map(|batch| ("batch_id", batch)));
            let rows = client.list("commands", &query, limit).await?;
            let columns = [
                ("CREATED", "/created_at"),
                ("DEVICE", "/device_name"),
                ("COMMAND", "/request_type"),
                ("STATUS", "/status"),
                ("WHY", "/status_reason"),
                ("BY", "/actor_name"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no such commands.");
        }
        CommandVerb::Show { id } => {
            let command = client.get(&format!("commands/{id}"), &[]).await?;
            let fields = [
                ("Id", "/id"),
                ("Device", "/device_name"),
                ("Command", "/request_type"),
                ("Act", "/act"),
                ("Status", "/status"),
                ("Why", "/status_reason"),
                ("Held until", "/held_until"),
                ("Reason", "/reason"),
                ("Asked by", "/actor_name"),
                ("Delivered, times", "/deliveries"),
                ("Error", "/error_chain"),
                ("Answer", "/result"),
            ];
            show::one(&client, &fields, &command);
            let steps = [("AT", "/at"), ("STATUS", "/status"), ("WHY", "/reason")];
            show::part(&client, "Story", &steps, &command["transitions"]);
        }
        CommandVerb::Types { device } => super::send::types(&client, device).await?,
        CommandVerb::Cancel { id } => {
            let answer = client.delete(&format!("commands/{id}")).await?;
            show::done(&client, &answer, "Withdrawn.");
        }
    }
    Ok(())
}
