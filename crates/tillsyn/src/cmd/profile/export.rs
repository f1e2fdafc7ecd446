//! `tillsyn profile export`.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::client::{Client, read};
use super::super::{Failure, show};
use crate::files::write_new;

/// Which version, and how much of it.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// Id of the profile
    id: String,
    /// Number of the version [default: the newest]
    #[arg(long)]
    version: Option<String>,
    /// Where to write it; it must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// With its secrets; recorded in the audit trail
    #[arg(long, requires = "reason", requires = "password_file")]
    secrets: bool,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// File with the password of the token's account
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// As it was uploaded, signature included
    #[arg(long, requires = "secrets")]
    original: bool,
}

pub(super) async fn run(client: &Client, args: ExportArgs) -> Result<(), Failure> {
    let version = match args.version {
        Some(version) => version,
        None => super::newest(client, &args.id).await?,
    };
    let path = format!("profiles/{}/versions/{version}/export", args.id);
    let exported = if args.secrets {
        let password = match &args.password_file {
            Some(file) => Some(read(file)?.trim().to_owned()),
            None => None,
        };
        let body =
            json!({ "reason": args.reason, "original": args.original, "password": password });
        client.post(&path, &body).await?
    } else {
        client.get(&path, &[]).await?
    };
    let content = exported["content"].as_str().unwrap_or_default();
    let bytes = STANDARD.decode(content).map(Zeroizing::new).map_err(|_| {
        Failure::Connection("the server sent a file that cannot be read".to_owned())
    })?;
    // For this user only: it may hold secrets.
    let written = write_new(&args.out, &bytes, 0o600)
        .map_err(|error| Failure::Usage(format!("{error:#}")))?;
    if !written {
        return Err(Failure::Usage(format!(
            "{} is there already",
            args.out.display()
        )));
    }
    let answer = json!({ "file": args.out.display().to_string(), "size_bytes": bytes.len() });
    show::done(
        client,
        &answer,
        &format!("Written to {}.", args.out.display()),
    );
    Ok(())
}
