//! `tillsyn token`. Tokens are made in the console, by a person signed in.

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum TokenVerb {
    /// Lists the tokens of your account
    List,
    /// Revokes a token, at once
    Revoke {
        /// Id of the token
        id: String,
    },
}

pub(super) async fn run(with: With<TokenVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        TokenVerb::List => {
            let rows = client.list("tokens", &[], usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
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
