//! `tillsyn webhook`: events sent to other programs.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::mail::read;
use super::{Failure, With, show};

/// The person behind the token.
#[derive(Debug, clap::Args)]
pub(crate) struct Person {
    /// File that holds the password of your account: the nanomdm format asks for it
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Code of your authenticator app, where you have one
    #[arg(long)]
    code: Option<String>,
}

impl Person {
    fn put_into(self, body: &mut Value) -> Result<(), Failure> {
        if let Some(file) = self.password_file {
            body["password"] = json!(read(&file)?);
            body["code"] = json!(self.code);
        }
        Ok(())
    }
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum WebhookVerb {
    /// Lists the webhooks
    List,
    /// Shows one webhook
    Show {
        /// Id of the webhook
        id: String,
    },
    /// Makes a webhook; its key is shown this once
    Add {
        /// What it is called here
        name: String,
        /// Where it goes, beginning with https://
        url: String,
        /// An event, all of a kind such as device.*, or *; may be repeated
        #[arg(long = "event", value_name = "EVENT", required = true)]
        events: Vec<String>,
        /// Id of the unit whose events it gets [default: your own]
        #[arg(long)]
        unit: Option<String>,
        /// nanomdm: what devices send, as it came, with the secrets in it [default: tillsyn]
        #[arg(long)]
        format: Option<String>,
        #[command(flatten)]
        person: Person,
    },
    /// Changes a webhook
    Change {
        /// Id of the webhook
        id: String,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// Another target
        #[arg(long)]
        url: Option<String>,
        /// Other events, instead of those before; may be repeated
        #[arg(long = "event", value_name = "EVENT")]
        events: Vec<String>,
        #[command(flatten)]
        person: Person,
    },
    /// Stops a webhook; what happens meanwhile is not sent later
    Pause {
        /// Id of the webhook
        id: String,
    },
    /// Lets a paused webhook send again
    Resume {
        /// Id of the webhook
        id: String,
        #[command(flatten)]
        person: Person,
    },
    /// Gives a webhook a new key, shown this once
    RenewKey {
        /// Id of the webhook
        id: String,
        #[command(flatten)]
        person: Person,
    },
    /// Removes a webhook
    Remove {
        /// Id of the webhook
        id: String,
    },
    /// Sends a test
    Test {
        /// Id of the webhook
        id: String,
    },
    /// Lists what was sent, newest first
    Deliveries {
        /// Id of the webhook
        id: String,
        /// Rows at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Sends one of them again
    Retry {
        /// Id of the webhook
        id: String,
        /// Id of the delivery
        delivery: String,
    },
}

pub(super) async fn run(with: With<WebhookVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    let columns = [
        ("NAME", "/name"),
        ("STATUS", "/status"),
        ("URL", "/url"),
        ("UNIT", "/unit"),
        ("WAITING", "/waiting"),
        ("LAST ERROR", "/last_error"),
        ("ID", "/id"),
    ];
    match with.verb {
        WebhookVerb::List => {
            let rows = client.list("webhooks", &[], usize::MAX).await?;
            show::rows(&client, &columns, rows, "There are no webhooks.");
        }
        WebhookVerb::Show { id } => {
            let shown = client.get(&format!("webhooks/{id}"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Status", "/status"),
                ("URL", "/url"),
                ("Unit", "/unit"),
                ("Format", "/format"),
                ("Events", "/events"),
                ("Waiting", "/waiting"),
                ("Failed tries", "/failures"),
                ("Last error", "/last_error"),
                ("Last success", "/last_success_at"),
                ("Id", "/id"),
            ];
            show::one(&client, &fields, &shown);
        }
        WebhookVerb::Add {
            name,
            url,
            events,
            unit,
            format,
            person,
        } => {
            let mut body = json!({
                "name": name, "url": url, "events": events, "unit_id": unit, "format": format,
            });
            person.put_into(&mut body)?;
            let made = client.post("webhooks", &body).await?;
            show::one(&client, &[("Id", "/webhook/id"), ("Key", "/key")], &made);
        }
        WebhookVerb::Change {
            id,
            name,
            url,
            events,
            person,
        } => {
            let mut body = json!({ "name": name, "url": url });
            person.put_into(&mut body)?;
            if !events.is_empty() {
                body["events"] = json!(events);
            }
            let answer = client.patch(&format!("webhooks/{id}"), &body).await?;
            show::done(&client, &answer, "Changed.");
        }
        WebhookVerb::Pause { id } => {
            let body = json!({ "paused": true });
            let answer = client.patch(&format!("webhooks/{id}"), &body).await?;
            show::done(&client, &answer, "Paused.");
        }
        WebhookVerb::Resume { id, person } => {
            let mut body = json!({ "paused": false });
            person.put_into(&mut body)?;
            let answer = client.patch(&format!("webhooks/{id}"), &body).await?;
            show::done(&client, &answer, "Sends again.");
        }
        WebhookVerb::RenewKey { id, person } => {
            let mut body = json!({});
            person.put_into(&mut body)?;
            let made = client.post(&format!("webhooks/{id}/key"), &body).await?;
            show::one(&client, &[("Key", "/key")], &made);
        }
        WebhookVerb::Remove { id } => {
            let answer = client.delete(&format!("webhooks/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
        WebhookVerb::Test { id } => {
            let sent = client
                .post(&format!("webhooks/{id}/test"), &Value::Null)
                .await?;
            show::one(&client, &[("Delivery", "/delivery_id")], &sent);
        }
        WebhookVerb::Deliveries { id, limit } => {
            let path = format!("webhooks/{id}/deliveries");
            let rows = client.list(&path, &[], limit).await?;
            let columns = [
                ("MADE", "/created_at"),
                ("EVENT", "/action"),
                ("STATUS", "/status"),
                ("TRIES", "/tries"),
                ("ANSWER", "/last_status"),
                ("ERROR", "/last_error"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "Nothing was sent yet.");
        }
        WebhookVerb::Retry { id, delivery } => {
            let path = format!("webhooks/{id}/deliveries/{delivery}/retry");
            let answer = client.post(&path, &Value::Null).await?;
            show::done(&client, &answer, "It is sent again.");
        }
    }
    Ok(())
}
