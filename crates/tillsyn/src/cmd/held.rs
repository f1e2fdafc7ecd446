//! `tillsyn held`: batches that wait for a second person.

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum HeldVerb {
    /// Lists batches that wait for a second person, oldest first
    List,
}

pub(super) async fn run(with: With<HeldVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    let HeldVerb::List = with.verb;
    let rows = client.list("held", &[], usize::MAX).await?;
    let columns = [
        ("SINCE", "/created_at"),
        ("ACT", "/act"),
        ("COMMAND", "/request_type"),
        ("DEVICES", "/commands"),
        ("HELD", "/held_reason"),
        ("REASON", "/reason"),
        ("ID", "/id"),
    ];
    show::rows(&client, &columns, rows, "Nothing is held.");
    Ok(())
}
