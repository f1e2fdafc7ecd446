//! `tillsyn group`: static lists of devices and people.

use serde_json::json;

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum GroupVerb {
    /// Lists groups by name
    List {
        /// Part of name or description
        #[arg(long)]
        search: Option<String>,
        /// Id of a unit: those in it or below
        #[arg(long)]
        unit: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows a group
    Show {
        /// Id of the group
        id: String,
    },
    /// Makes an empty group
    Add {
        /// What it is called
        name: String,
        #[arg(long)]
        description: Option<String>,
        /// Id of its unit: it takes devices and people there and below [default: the top]
        #[arg(long)]
        unit: Option<String>,
    },
    /// Removes a group that nothing is assigned to
    Remove {
        /// Id of the group
        id: String,
    },
    /// Lists the members; takes some in or out, all or none
    Members {
        /// Id of the group
        id: String,
        /// Serial numbers, mail addresses or ids to take in
        #[arg(long, num_args = 1.., value_name = "MEMBER")]
        add: Vec<String>,
        /// Those to take out
        #[arg(long, num_args = 1.., value_name = "MEMBER")]
        remove: Vec<String>,
        /// How many to list at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

pub(super) async fn run(with: With<GroupVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        GroupVerb::List {
            search,
            unit,
            limit,
        } => {
            let query: Vec<_> = [("search", search), ("unit_id", unit)]
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| (name, value)))
                .collect();
            let rows = client.list("groups", &query, limit).await?;
            let columns = [
                ("NAME", "/name"),
                ("UNIT", "/unit_name"),
                ("DEVICES IN IT", "/reached"),
                ("PEOPLE", "/people"),
                ("ASSIGNMENTS", "/assignments"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no such groups.");
        }
        GroupVerb::Show { id } => {
            let group = client.get(&format!("groups/{id}"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Description", "/description"),
                ("Unit", "/unit_name"),
                ("Devices", "/devices"),
                ("People", "/people"),
                ("Devices in it", "/reached"),
                ("Assignments", "/assignments"),
                ("Id", "/id"),
            ];
            show::one(&client, &fields, &group);
        }
        GroupVerb::Add {
            name,
            description,
            unit,
        } => {
            let body = json!({"name": name, "description": description, "unit_id": unit});
            let made = client.post("groups", &body).await?;
            show::one(&client, &[("Name", "/name"), ("Id", "/id")], &made);
        }
        GroupVerb::Remove { id } => {
            let answer = client.delete(&format!("groups/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
        GroupVerb::Members {
            id,
            add,
            remove,
            limit,
        } => {
            let path = format!("groups/{id}/members");
            if add.is_empty() && remove.is_empty() {
                let rows = client.list(&path, &[], limit).await?;
                let columns = [
                    ("KIND", "/kind"),
                    ("NAME", "/name"),
                    ("SERIAL OR MAIL", "/detail"),
                    ("UNIT", "/unit_name"),
                    ("OUTSIDE", "/outside"),
                    ("ID", "/id"),
                ];
                show::rows(&client, &columns, rows, "Nobody is in this group.");
            } else {
                let body = json!({"add": add, "remove": remove});
                let answer = client.post(&path, &body).await?;
                show::done(&client, &answer, "Changed.");
            }
        }
    }
    Ok(())
}
