//! `tillsyn push`.

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum PushVerb {
    /// Shows the push certificates and the days they have left
    Show,
}

pub(super) async fn run(with: With<PushVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    let PushVerb::Show = with.verb;
    let rows = client.list("push-certificates", &[], usize::MAX).await?;
    let columns = [
        ("TOPIC", "/topic"),
        ("STATUS", "/status"),
        ("DAYS LEFT", "/days_left"),
        ("DEVICES", "/devices"),
        ("ACCOUNT", "/vendor_account"),
        ("STOPPED", "/stopped_reason"),
    ];
    show::rows(
        &client,
        &columns,
        rows,
        "There is no push certificate; upload one in the console.",
    );
    Ok(())
}
