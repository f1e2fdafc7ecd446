//! `tillsyn certificate`.

use serde_json::json;
use uuid::Uuid;

use super::device::resolve;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum CertificateVerb {
    /// Lists the identity certificates of devices, newest first
    List {
        /// valid, renewing, expiring, expired, revoked; several with commas
        #[arg(long)]
        status: Option<String>,
        /// scep, acme, acme_attested; several with commas
        #[arg(long)]
        method: Option<String>,
        /// Only those whose renewal came to nothing so far
        #[arg(long)]
        late: bool,
        /// How many at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Shows one certificate
    Show {
        /// Its id
        id: Uuid,
    },
    /// Asks a device to renew its identity now
    Renew {
        /// Id, serial number or exact name
        device: String,
    },
    /// Revokes a certificate for good; the device that uses it has to be enrolled again
    Revoke {
        /// Its id
        id: Uuid,
        /// Why, for the audit trail
        #[arg(long)]
        reason: String,
        /// The device's name, exactly, as proof that this one is meant
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
}

const LIST: &[(&str, &str)] = &[
    ("ID", "/id"),
    ("DEVICE", "/device_name"),
    ("METHOD", "/method"),
    ("STATUS", "/status"),
    ("IN USE", "/in_use"),
    ("EXPIRES", "/not_after"),
    ("PROBLEM", "/renewal_problem"),
];

pub(super) async fn run(with: With<CertificateVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        CertificateVerb::List {
            status,
            method,
            late,
            limit,
        } => {
            let filters = [
                ("status", status),
                ("method", method),
                ("late", late.then(|| "true".to_owned())),
            ];
            let query: Vec<_> = filters
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect();
            let rows = client.list("certificates", &query, limit).await?;
            show::rows(&client, LIST, rows, "There are no such certificates.");
        }
        CertificateVerb::Show { id } => {
            let certificate = client.get(&format!("certificates/{id}"), &[]).await?;
            show::one(&client, FIELDS, &certificate);
        }
        CertificateVerb::Renew { device } => {
            let id = resolve(&client, &device).await?;
            let path = format!("devices/{id}/certificates/renew");
            let answer = client.post(&path, &json!({})).await?;
            let words = "Asked; it is done when another certificate is in use.";
            show::done(&client, &answer, words);
        }
        CertificateVerb::Revoke {
            id,
            reason,
            confirm,
        } => {
            let body = json!({ "reason": reason, "confirm": confirm });
            let path = format!("certificates/{id}/revoke");
            let answer = client.post(&path, &body).await?;
            show::done(&client, &answer, "Revoked.");
        }
    }
    Ok(())
}

const FIELDS: &[(&str, &str)] = &[
    ("Id", "/id"),
    ("Device", "/device_name"),
    ("Serial number", "/serial_number"),
    ("Method", "/method"),
    ("Status", "/status"),
    ("In use", "/in_use"),
    ("Issued", "/created_at"),
    ("Expires", "/not_after"),
    ("Renewal", "/renew_at"),
    ("Problem", "/renewal_problem"),
    ("Revoked", "/revoked_at"),
    ("Why", "/revoke_reason"),
    ("Address", "/address"),
];
