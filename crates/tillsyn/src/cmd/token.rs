//! `tillsyn token`. Tokens are made in the console, by a person signed in.

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum TokenVerb {
    /// Lists the tokens of your account
    List {
        /// Those of everybody
        #[arg(long)]
        all: bool,
    },
    /// Revokes a token, at once
    Revoke {
        /// Id of the token
        id: String,
    },
}

pub(super) async fn run(with: With<TokenVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        TokenVerb::List { all } => {
            let mut query = Vec::new();
            query.extend(all.then(|| ("all", "true".to_owned())));
            let rows = client.list("tokens", &query, usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("ACCOUNT", "/account_name"),
                ("PERMISSIONS", "/permissions"),
                ("LAST USED", "/last_used_at"),
                ("VALID UNTIL", "/expires_at"),
                ("REVOKED", "/revoked_at"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no tokens.");
        }
        TokenVerb::Revoke { id } => {
            let answer = client.delete(&format!("tokens/{id}")).await?;
            show::done(&client, &answer, "Revoked.");
        }
    }
    Ok(())
}
