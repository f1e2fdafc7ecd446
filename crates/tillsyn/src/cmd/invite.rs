//! `tillsyn invite`.

use serde_json::json;

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
    /// Makes a new PIN for an invitation
    RenewPin {
        /// Id of the invitation
        id: String,
    },
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
    }
    Ok(())
}
