//! `tillsyn account`. A rescue happens on the server itself, over its database.

use std::path::Path;

use tillsyn_core::accounts;

use super::{Failure, With};
use crate::config::Config;
use crate::output::say;
use crate::{database, node};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AccountVerb {
    /// On the server: prints a link that signs in to an account once within 15 minutes. Using it removes the
    /// account's passkeys, authenticator app and recovery codes and asks for a new password; it is recorded
    /// in the audit trail
    Rescue {
        /// Mail address of the account
        email: String,
    },
}

pub(super) async fn run(file: Option<&Path>, with: With<AccountVerb>) -> Result<(), Failure> {
    match with.verb {
        AccountVerb::Rescue { email } => rescue(file, &email)
            .await
            .map_err(|error| Failure::Here(crate::words(&error))),
    }
}

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
