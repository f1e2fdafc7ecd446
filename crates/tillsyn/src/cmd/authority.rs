//! `tillsyn authority`: whose device certificates are accepted beside our own.

use std::path::PathBuf;

use serde_json::json;

use super::{Failure, With, client, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AuthorityVerb {
    /// Lists the trusted authorities
    List,
    /// Accepts device certificates of another authority
    Add {
        /// What it is called here
        name: String,
        /// PEM file of the certificate that signs device certificates
        certificate: PathBuf,
        /// Its certificates may themselves enroll devices
        #[arg(long)]
        may_enroll: bool,
        /// Such devices are personal
        #[arg(long)]
        personal: bool,
    },
    /// Says whether its certificates may enroll devices
    Change {
        /// Id of the authority
        id: String,
        #[arg(long, action = clap::ArgAction::Set)]
        may_enroll: bool,
    },
    /// Trusts an authority no longer
    Remove {
        /// Id of the authority
        id: String,
    },
}

pub(super) async fn run(with: With<AuthorityVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        AuthorityVerb::List => {
            let rows = client.list("device-authorities", &[], usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("SUBJECT", "/subject"),
                ("MAY ENROLL", "/may_enroll"),
                ("ENROLLMENTS", "/enrollments"),
                ("VALID UNTIL", "/not_after"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "No other authority is trusted.");
        }
        AuthorityVerb::Add {
            name,
            certificate,
            may_enroll,
            personal,
        } => {
            let pem = client::read(&certificate)?;
            let ownership = if personal { "personal" } else { "corporate" };
            let body = json!({ "name": name, "certificate": *pem, "may_enroll": may_enroll,
                "ownership": ownership });
            let added = client.post("device-authorities", &body).await?;
            show::one(&client, &[("ID", "/id")], &added);
        }
        AuthorityVerb::Change { id, may_enroll } => {
            let body = json!({ "may_enroll": may_enroll });
            let answer = client
                .put(&format!("device-authorities/{id}"), &body)
                .await?;
            show::done(&client, &answer, "Changed.");
        }
        AuthorityVerb::Remove { id } => {
            let answer = client.delete(&format!("device-authorities/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
    }
    Ok(())
}
