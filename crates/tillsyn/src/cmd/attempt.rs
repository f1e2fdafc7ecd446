//! `tillsyn attempt`.

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AttemptVerb {
    /// Lists attempts to enroll, newest first
    List {
        /// Only of this invitation
        #[arg(long, value_name = "ID")]
        invitation: Option<String>,
        /// opened, profile_fetched, enrolled, ready, failed, …
        #[arg(long)]
        status: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows one attempt step by step
    Show {
        /// Id of the attempt
        id: String,
    },
}

pub(super) async fn run(with: With<AttemptVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        AttemptVerb::List {
            invitation,
            status,
            limit,
        } => {
            let filters = [("invitation_id", invitation), ("status", status)];
            let query: Vec<_> = filters
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect();
            let rows = client.list("attempts", &query, limit).await?;
            let columns = [
                ("BEGUN", "/created_at"),
                ("INVITATION", "/invitation_label"),
                ("PLATFORM", "/platform"),
                ("STATUS", "/status"),
                ("CAUSE", "/cause"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no such attempts.");
        }
        AttemptVerb::Show { id } => {
            let attempt = client.get(&format!("attempts/{id}"), &[]).await?;
            let fields = [
                ("Id", "/id"),
                ("Invitation", "/invitation_label"),
                ("Platform", "/platform"),
                ("Status", "/status"),
                ("Failed at", "/failed_step"),
                ("Cause", "/cause"),
                ("Device", "/device_id"),
            ];
            show::one(&client, &fields, &attempt);
            let steps = [
                ("AT", "/at"),
                ("STEP", "/step"),
                ("CAUSE", "/cause"),
                ("FROM", "/address"),
            ];
            show::part(&client, "Steps", &steps, &attempt["steps"]);
        }
    }
    Ok(())
}
