//! `tillsyn role`: what administrators may.

use serde_json::json;

use super::account::outcome;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum RoleVerb {
    /// Lists the roles that can be given
    List,
    /// Shows one role with its permissions
    Show {
        /// Id of the role
        id: String,
    },
    /// Lists every permission there is
    Permissions,
    /// Makes a role
    Add {
        /// What it is called
        name: String,
        /// A permission; several times for several
        #[arg(long = "may", required = true, value_name = "PERMISSION")]
        permissions: Vec<String>,
        /// What it is for
        #[arg(long)]
        note: Option<String>,
        /// Id of the unit that it belongs to [default: the top]
        #[arg(long)]
        unit: Option<String>,
    },
    /// Changes a role; of one in use a second person agrees
    Change {
        /// Id of the role
        id: String,
        #[arg(long)]
        name: Option<String>,
        /// All that it may from now on; several times for several
        #[arg(long = "may", value_name = "PERMISSION")]
        permissions: Vec<String>,
        /// Whether its accounts must have a second factor
        #[arg(long)]
        second_factor: Option<bool>,
        /// Why, for the second person
        #[arg(long)]
        reason: Option<String>,
    },
    /// Removes a role that nobody has
    Remove {
        /// Id of the role
        id: String,
    },
}

pub(super) async fn run(with: With<RoleVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        RoleVerb::List => {
            let rows = client.list("roles", &[], usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("UNIT", "/unit_name"),
                ("ACCOUNTS", "/accounts"),
                ("SECOND FACTOR", "/second_factor"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no roles.");
        }
        RoleVerb::Show { id } => {
            let found = client.get(&format!("roles/{id}"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Note", "/note"),
                ("Unit", "/unit_name"),
                ("Accounts", "/accounts"),
                ("Second factor", "/second_factor"),
                ("May", "/permissions"),
            ];
            show::one(&client, &fields, &found);
        }
        RoleVerb::Permissions => {
            let rows = client.list("permissions", &[], usize::MAX).await?;
            let columns = [
                ("PERMISSION", "/name"),
                ("HELD", "/held"),
                ("BUILT-IN ROLES", "/built_in_roles"),
            ];
            show::rows(&client, &columns, rows, "There are no permissions.");
        }
        RoleVerb::Add {
            name,
            permissions,
            note,
            unit,
        } => {
            let body =
                json!({"name": name, "permissions": permissions, "note": note, "unit_id": unit});
            let made = client.post("roles", &body).await?;
            show::one(&client, &[("Id", "/role_id")], &made);
        }
        RoleVerb::Change {
            id,
            name,
            permissions,
            second_factor,
            reason,
        } => {
            let permissions = (!permissions.is_empty()).then_some(permissions);
            let body = json!({
                "name": name, "permissions": permissions, "second_factor": second_factor,
                "reason": reason,
            });
            let done = client.patch(&format!("roles/{id}"), &body).await?;
            outcome(&client, &done);
        }
        RoleVerb::Remove { id } => {
            let answer = client.delete(&format!("roles/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
    }
    Ok(())
}
