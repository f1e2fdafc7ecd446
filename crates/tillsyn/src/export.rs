//! `tillsyn export-enrollments`: the enrollments of this server for another one, on the server itself, where
//! the tokens that open devices may come along.

use std::path::Path;

use tillsyn_core::{Actor, moving};

use crate::config::Config;
use crate::output::say;
use crate::{database, node};

/// What to write.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// Also the unlock and bootstrap tokens. Whoever has the file can open the devices
    #[arg(long)]
    secrets: bool,
}

/// Rows of one page.
const PAGE: i64 = 200;

pub(crate) async fn run(file: Option<&Path>, args: ExportArgs) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let mut after: Option<String> = None;
    loop {
        let page = moving::export(
            &core,
            &Actor::server(),
            args.secrets,
            after.as_deref(),
            Some(PAGE),
        )
        .await?;
        for line in page.items {
            say!("{}", serde_json::to_string(&line)?);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    core.db().close().await;
    Ok(())
}
