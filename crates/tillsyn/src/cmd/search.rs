//! `tillsyn search`.

use super::client::{Client, Connection};
use super::{Failure, show};

/// What is looked for.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    #[command(flatten)]
    pub(super) connection: Connection,
    /// Part of a name, or a whole serial number, IMEI, mail address or command id
    query: String,
}

pub(super) async fn run(args: SearchArgs) -> Result<(), Failure> {
    let client = Client::new(&args.connection)?;
    let found = client.get("search", &[("q", args.query)]).await?;
    let columns = [
        ("KIND", "/kind"),
        ("NAME", "/name"),
        ("DETAIL", "/detail"),
        ("ID", "/id"),
    ];
    let none = found["items"].as_array().is_none_or(Vec::is_empty);
    if client.json || none {
        show::done(&client, &found, "Nothing was found.");
    } else {
        show::part(&client, "Found", &columns, &found["items"]);
    }
    Ok(())
}
