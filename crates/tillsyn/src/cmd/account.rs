//! `tillsyn account`: administrators and services.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};
use tillsyn_core::ids::AccountId;
use tillsyn_core::{Actor, accounts};

use super::client::Client;
use super::{Failure, With, show};
use crate::config::Config;
use crate::output::say;
use crate::{database, node};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AccountVerb {
    /// Lists administrators and services
    List {
        /// Part of name or mail address
        #[arg(long)]
        search: Option<String>,
        /// Only with this role
        #[arg(long)]
        role: Option<String>,
    },
    /// Shows one account with its API tokens
    Show {
        /// Id of the account
        id: String,
    },
    /// Asks for a new account; a second person agrees to it
    Add {
        /// Whose it is
        name: String,
        /// Mail address of a person; a service has none
        #[arg(long, required_unless_present = "service")]
        email: Option<String>,
        /// For a program: no sign-in, only API tokens
        #[arg(long, conflicts_with = "email")]
        service: bool,
        /// Id of the role
        #[arg(long)]
        role: String,
        /// Id of the unit that it reaches [default: the top]
        #[arg(long)]
        unit: Option<String>,
        /// The one platform that it reaches [default: all]
        #[arg(long)]
        platform: Option<String>,
        /// Why, for the second person
        #[arg(long)]
        reason: String,
    },
    /// Changes name, role, unit or platform
    Change {
        /// Id of the account
        id: String,
        #[arg(long)]
        name: Option<String>,
        /// Id of the role
        #[arg(long)]
        role: Option<String>,
        /// Id of the unit that it reaches
        #[arg(long)]
        unit: Option<String>,
        /// The one platform that it reaches; empty for all
        #[arg(long)]
        platform: Option<String>,
        /// Why, for the second person
        #[arg(long)]
        reason: Option<String>,
    },
    /// Ends an account at once, with its sessions and API tokens
    Disable {
        /// Id of the account
        id: String,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Asks to let an ended account in again
    Enable {
        /// Id of the account
        id: String,
        /// Why, for the second person
        #[arg(long)]
        reason: String,
    },
    /// Takes password and second factors away
    Reset {
        /// Id of the account
        id: String,
        #[arg(long)]
        reason: Option<String>,
    },
    /// On the server: prints the one-time link with which a person opens their account; an API token cannot make
    /// one
    Link {
        /// Id of the account
        id: String,
    },
    /// On the server: prints a link that signs in to an account once within 15 minutes. Using it removes the
    /// account's passkeys, authenticator app and recovery codes and asks for a new password; it is recorded
    /// in the audit trail
    Rescue {
        /// Mail address of the account
        email: String,
    },
}

pub(super) async fn run(file: Option<&Path>, with: With<AccountVerb>) -> Result<(), Failure> {
    let here = match &with.verb {
        AccountVerb::Rescue { email } => Some(rescue(file, email).await),
        AccountVerb::Link { id } => Some(link(file, id).await),
        _ => None,
    };
    if let Some(done) = here {
        return done.map_err(|error| Failure::Here(crate::words(&error)));
    }
    let client = with.client()?;
    match with.verb {
        AccountVerb::Rescue { .. } | AccountVerb::Link { .. } => {}
        AccountVerb::List { search, role } => {
            let mut query = Vec::new();
            query.extend(search.map(|text| ("search", text)));
            query.extend(role.map(|id| ("role_id", id)));
            let rows = client.list("accounts", &query, usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("MAIL", "/email"),
                ("ROLE", "/role_name"),
                ("UNIT", "/unit_name"),
                ("STATUS", "/status"),
                ("LAST SIGN-IN", "/last_sign_in_at"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no accounts.");
        }
        AccountVerb::Show { id } => {
            let found = client.get(&format!("accounts/{id}"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Mail", "/email"),
                ("Kind", "/kind"),
                ("Status", "/status"),
                ("Role", "/role_name"),
                ("Unit", "/unit_name"),
                ("Platform", "/platform"),
                ("Second factor", "/second_factor"),
                ("Last sign-in", "/last_sign_in_at"),
                ("API tokens", "/tokens"),
            ];
            show::one(&client, &fields, &found);
        }
        AccountVerb::Add {
            name,
            email,
            service,
            role,
            unit,
            platform,
            reason,
        } => {
            let body = json!({
                "kind": if service { "service" } else { "person" }, "name": name, "email": email,
                "role_id": role, "unit_id": unit, "platform": platform, "reason": reason,
            });
            let made = client.post("accounts", &body).await?;
            outcome(&client, &made);
        }
        AccountVerb::Change {
            id,
            name,
            role,
            unit,
            platform,
            reason,
        } => {
            let body = json!({
                "name": name, "role_id": role, "unit_id": unit, "platform": platform, "reason": reason,
            });
            let done = client.patch(&format!("accounts/{id}"), &body).await?;
            outcome(&client, &done);
        }
        AccountVerb::Disable { id, reason } => act(&client, &id, "disable", reason).await?,
        AccountVerb::Enable { id, reason } => act(&client, &id, "enable", Some(reason)).await?,
        AccountVerb::Reset { id, reason } => act(&client, &id, "reset", reason).await?,
    }
    Ok(())
}

/// A rescue happens on the server itself, over its database.
async fn rescue(file: Option<&Path>, email: &str) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let done = accounts::rescue_account(&core, email).await;
    core.db().close().await;
    let rescue = done?;
    say!("{}", rescue.url.as_str());
    say!("The link works once, for 15 minutes. Its use is recorded in the audit trail.");
    Ok(())
}

/// So does a link: with one a stolen token would become a person.
async fn link(file: Option<&Path>, id: &str) -> anyhow::Result<()> {
    let id = AccountId::parse(id).context("This is not the id of an account.")?;
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let made = accounts::new_welcome(&core, &Actor::server(), &id).await;
    let base = core.config().console_url.trim_end_matches('/').to_owned();
    core.db().close().await;
    let (secret, _) = made?;
    say!("{base}/console/welcome/{}", secret.as_str());
    say!("The link works once, for seven days. Whoever opens it sets the password.");
    Ok(())
}

async fn act(client: &Client, id: &str, verb: &str, reason: Option<String>) -> Result<(), Failure> {
    let body = json!({ "reason": reason });
    let done = client.post(&format!("accounts/{id}/{verb}"), &body).await?;
    outcome(client, &done);
    Ok(())
}

/// Whether it is done, or who decides.
pub(super) fn outcome(client: &Client, answer: &Value) {
    let text = if answer["status"] == "waiting" {
        "Asked for: a second person decides."
    } else {
        "Done."
    };
    show::done(client, answer, text);
}
