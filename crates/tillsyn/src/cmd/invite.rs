//! `tillsyn invite`.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Client, Rows};
use super::table::plain;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum InviteVerb {
    /// Makes an invitation; its link and PIN are printed this once
    Create {
        /// Whom it is for
        #[arg(long)]
        person: Option<String>,
        /// Their mail address
        #[arg(long, requires = "person")]
        email: Option<String>,
        /// What lists show; needed without a person
        #[arg(long)]
        label: Option<String>,
        /// The device belongs to the person, not to the organisation
        #[arg(long)]
        personal: bool,
        /// Ask for a PIN as well
        #[arg(long)]
        pin: bool,
        /// How many devices may use it
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// How many days it lives
        #[arg(long, default_value_t = 14)]
        days: u32,
        /// Language of the pages: en, sv or ja
        #[arg(long)]
        language: Option<String>,
        /// May end the enrollment of a device that was enrolled for somebody else
        #[arg(long)]
        may_replace: bool,
    },
    /// Lists invitations, newest first
    List {
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Revokes an invitation: its link stops working, enrolled devices stay
    Revoke {
        /// Id of the invitation
        id: String,
    },
    /// Records that the mail of an invitation came back
    Bounced {
        /// Id of the invitation
        id: String,
    },
    /// Makes a new PIN for an invitation
    RenewPin {
        /// Id of the invitation
        id: String,
    },
    /// Sends invitations by mail: to people, a group or a file; only shows who gets one without --yes
    Send(To),
    /// Puts a new invitation in the place of one and sends it; the old link stops working
    Resend {
        /// Id of the invitation
        id: String,
    },
    /// Lists what was sent together, newest first
    Batches {
        /// How many at most
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Shows who is where of what was sent together
    Batch {
        /// Id of the batch
        id: String,
        /// Only those at this step, such as mail_sent or failed
        #[arg(long)]
        step: Option<String>,
        /// How many people at most
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// Sends what was looked at before
    Begin {
        /// Id of the batch
        id: String,
    },
    /// Ends a batch: nobody more is written to
    Cancel {
        /// Id of the batch
        id: String,
    },
    /// Writes again to those of a batch who are stuck at these steps
    ResendBatch {
        /// Id of the batch
        id: String,
        /// The step; several are given one by one
        #[arg(long, required = true)]
        step: Vec<String>,
    },
    /// Takes the PINs of a batch, to hand them over; they are printed this once
    Pins {
        /// Id of the batch
        id: String,
    },
    /// Shows how invitations are made, or changes what is given
    Policy(Policy),
}

#[derive(Debug, clap::Args)]
#[group(id = "to", required = true, multiple = false)]
struct Whom {
    /// Id of a person; several are given one by one
    #[arg(long)]
    person: Vec<String>,
    /// Mail address of a person who is known already; several are given one by one
    #[arg(long)]
    email: Vec<String>,
    /// Id of a group
    #[arg(long = "group-id")]
    of_group: Option<String>,
    /// A CSV file with the columns name, email, unit and language
    #[arg(long)]
    csv: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct To {
    #[command(flatten)]
    whom: Whom,
    /// What lists show
    #[arg(long)]
    label: Option<String>,
    /// Also to whoever has an open invitation
    #[arg(long)]
    even_open: bool,
    /// Also to whoever has an enrolled device
    #[arg(long)]
    even_enrolled: bool,
    /// Send; without it nothing is sent
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Policy {
    /// Of this org unit; of the top of what the token reaches without it
    #[arg(long)]
    unit: Option<String>,
    /// none, mail or shown
    #[arg(long)]
    pin: Option<String>,
    /// Life in days
    #[arg(long)]
    days: Option<u32>,
    /// Reminders, days after the mail, with commas between them
    #[arg(long, value_delimiter = ',')]
    after: Option<Vec<u32>>,
    /// Reminders, days before the end, with commas between them
    #[arg(long, value_delimiter = ',')]
    before: Option<Vec<u32>>,
    /// Devices of a person at a time; 0 is no limit
    #[arg(long)]
    limit: Option<u32>,
    /// corporate or personal
    #[arg(long)]
    ownership: Option<String>,
    /// none, required or password
    #[arg(long)]
    account: Option<String>,
}

pub(super) async fn run(with: With<InviteVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        InviteVerb::Create {
            person,
            email,
            label,
            personal,
            pin,
            uses,
            days,
            language,
            may_replace,
        } => {
            let ownership = if personal { "personal" } else { "corporate" };
            let body = json!({
                "person_name": person, "person_email": email, "label": label,
                "ownership": ownership, "with_pin": pin, "uses_allowed": uses, "days": days,
                "language": language, "may_replace": may_replace,
            });
            let made = client.post("invitations", &body).await?;
            let fields = [
                ("Link", "/url"),
                ("Code to type", "/typed_code"),
                ("PIN", "/pin"),
                ("PIN valid until", "/pin_expires_at"),
                ("Valid until", "/expires_at"),
                ("Id", "/id"),
            ];
            show::one(&client, &fields, &made);
        }
        InviteVerb::List { limit } => {
            let rows = client.list("invitations", &[], limit).await?;
            let columns = [
                ("CREATED", "/created_at"),
                ("LABEL", "/label"),
                ("STATUS", "/status"),
                ("USED", "/uses"),
                ("OF", "/uses_allowed"),
                ("PIN", "/has_pin"),
                ("VALID UNTIL", "/expires_at"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no invitations.");
        }
        InviteVerb::Revoke { id } => {
            let answer = client.delete(&format!("invitations/{id}")).await?;
            show::done(&client, &answer, "Revoked. Its link no longer works.");
        }
        InviteVerb::Bounced { id } => {
            let path = format!("invitations/{id}/bounced");
            let answer = client.post(&path, &json!({})).await?;
            show::done(&client, &answer, "Recorded; nobody is reminded there.");
        }
        InviteVerb::RenewPin { id } => {
            let made = client
                .post(&format!("invitations/{id}/renew-pin"), &json!({}))
                .await?;
            let (pin, until) = (plain(&made["pin"]), plain(&made["pin_expires_at"]));
            show::done(
                &client,
                &made,
                &format!("New PIN, shown only now: {pin} (until {until})"),
            );
        }
        InviteVerb::Send(to) => send(&client, to).await?,
        InviteVerb::Resend { id } => {
            let path = format!("invitations/{id}/resend");
            let made = client.post(&path, &json!({})).await?;
            let fields = [
                ("Sent by mail", "/mailed"),
                ("Link", "/url"),
                ("Code to type", "/typed_code"),
                ("PIN", "/pin"),
                ("Valid until", "/expires_at"),
                ("Id", "/id"),
            ];
            show::one(&client, &fields, &made);
        }
        InviteVerb::Batches { limit } => {
            let rows = client.list("invitation-batches", &[], limit).await?;
            let columns = [
                ("MADE", "/created_at"),
                ("LABEL", "/label"),
                ("STATUS", "/status"),
                ("DONE", "/done"),
                ("OF", "/total"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "Nothing was sent together yet.");
        }
        InviteVerb::Batch { id, step, limit } => people(&client, &id, step, limit).await?,
        InviteVerb::Begin { id } => begin(&client, &id).await?,
        InviteVerb::Cancel { id } => {
            let path = format!("invitation-batches/{id}/cancel");
            let answer = client.post(&path, &json!({})).await?;
            show::done(&client, &answer, "Cancelled; what was sent stays.");
        }
        InviteVerb::ResendBatch { id, step } => {
            let path = format!("invitation-batches/{id}/resend");
            let found = client.post(&path, &json!({ "steps": step })).await?;
            follow(&client, found).await?;
        }
        InviteVerb::Pins { id } => pins(&client, &id).await?,
        InviteVerb::Policy(policy) => change(&client, policy).await?,
    }
    Ok(())
}

async fn pins(client: &Client, id: &str) -> Result<(), Failure> {
    let path = format!("invitation-batches/{id}/pins");
    let mut told = client.post(&path, &json!({})).await?;
    if client.json {
        show::done(client, &told, "");
        return Ok(());
    }
    let items = match told["items"].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    let columns = [
        ("NAME", "/name"),
        ("MAIL", "/email"),
        ("PIN", "/pin"),
        ("UNTIL", "/pin_expires_at"),
    ];
    let rows = Rows { items, more: false };
    show::rows(client, &columns, rows, "There are no PINs.");
    Ok(())
}

/// How often a running batch is asked for.
const PERIOD: Duration = Duration::from_secs(1);
/// The largest file that the server takes in a request.
const MOST: u64 = 900 * 1024;

async fn send(client: &Client, to: To) -> Result<(), Failure> {
    let mut body = json!({
        "label": to.label, "skip_open": !to.even_open, "skip_enrolled": !to.even_enrolled,
    });
    if let Some(file) = &to.whom.csv {
        let unreadable = |error: std::io::Error| {
            Failure::Usage(format!("{} cannot be read: {error}", file.display()))
        };
        if std::fs::metadata(file).map_err(unreadable)?.len() > MOST {
            let text = format!(
                "{} is larger than 900 KiB; the console takes it",
                file.display()
            );
            return Err(Failure::Usage(text));
        }
        body["csv"] = json!(std::fs::read_to_string(file).map_err(unreadable)?);
    } else if let Some(group) = &to.whom.of_group {
        body["group_id"] = json!(group);
    } else if to.whom.email.is_empty() {
        body["people"] = json!(to.whom.person);
    } else {
        body["emails"] = json!(to.whom.email);
    }
    let made = client.post("invitation-batches", &body).await?;
    let id = made["id"].as_str().unwrap_or_default().to_owned();
    if to.yes {
        return begin(client, &id).await;
    }
    people(client, &id, None, 200).await?;
    if !client.json {
        let text = format!("Nothing was sent. Send it with: tillsyn invite begin {id}");
        show::done(client, &made, &text);
    }
    Ok(())
}

async fn people(
    client: &Client,
    id: &str,
    step: Option<String>,
    limit: usize,
) -> Result<(), Failure> {
    let query: Vec<(&str, String)> = step.into_iter().map(|step| ("step", step)).collect();
    let path = format!("invitation-batches/{id}/people");
    let rows = client.list(&path, &query, limit).await?;
    let columns = [
        ("NAME", "/name"),
        ("MAIL", "/email"),
        ("STEP", "/step"),
        ("WHY", "/cause"),
        ("REMINDED", "/reminders"),
        ("INVITATION", "/invitation_id"),
    ];
    show::rows(client, &columns, rows, "There is nobody.");
    Ok(())
}

/// Begins what was looked at, and waits until it is over.
async fn begin(client: &Client, id: &str) -> Result<(), Failure> {
    let path = format!("invitation-batches/{id}");
    let found = client.get(&path, &[]).await?;
    let body = json!({ "digest": found["digest"] });
    let found = client.post(&format!("{path}/begin"), &body).await?;
    follow(client, found).await
}

async fn follow(client: &Client, mut found: Value) -> Result<(), Failure> {
    let id = found["id"].as_str().unwrap_or_default().to_owned();
    while matches!(found["status"].as_str(), Some("waiting" | "running")) {
        tokio::time::sleep(PERIOD).await;
        found = client.get(&format!("invitation-batches/{id}"), &[]).await?;
    }
    let fields = [
        ("Status", "/status"),
        ("Done", "/done"),
        ("Of", "/total"),
        ("Why it failed", "/error"),
        ("Id", "/id"),
    ];
    show::one(client, &fields, &found);
    Ok(())
}

/// Shows the policy; with figures, changes those and leaves the others as they are.
async fn change(client: &Client, policy: Policy) -> Result<(), Failure> {
    let path = match &policy.unit {
        Some(unit) => format!("units/{unit}/settings/invitations"),
        None => "settings/invitations".to_owned(),
    };
    let mut found = client.get(&path, &[]).await?;
    let given = [
        ("pin", json!(policy.pin)),
        ("days", json!(policy.days)),
        ("remind_after_days", json!(policy.after)),
        ("remind_before_days", json!(policy.before)),
        ("device_limit", json!(policy.limit)),
        ("ownership", json!(policy.ownership)),
        ("account", json!(policy.account)),
    ];
    if given.iter().any(|(_, value)| !value.is_null()) {
        let mut body = found["own"].clone();
        for (name, value) in given {
            if !value.is_null() {
                body[name] = value;
            }
        }
        found = client.put(&path, &body).await?;
    }
    let fields = [
        ("Unit", "/unit_name"),
        ("PIN", "/effective/pin"),
        ("Life in days", "/effective/days"),
        ("Reminders after days", "/effective/remind_after_days"),
        ("Reminders before the end", "/effective/remind_before_days"),
        ("Devices of a person", "/effective/device_limit"),
        ("Ownership", "/effective/ownership"),
        ("Account", "/effective/account"),
    ];
    show::one(client, &fields, &found);
    Ok(())
}
