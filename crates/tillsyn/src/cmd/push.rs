//! `tillsyn push`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::{Client, read};
use super::{Failure, With, show};
use crate::output::say;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum PushVerb {
    /// Shows the push certificates and the days they have left
    Show,
    /// Lists the certificates that a topic has had
    History {
        /// Id of the push certificate
        id: String,
    },
    /// Changes what is on record about a push certificate; an empty text removes it
    Edit {
        /// Id of the push certificate
        id: String,
        /// The account at Apple with which it is renewed
        #[arg(long)]
        account: Option<String>,
        /// Who cares for it: a person or a contact
        #[arg(long)]
        owner: Option<String>,
        #[arg(long)]
        note: Option<String>,
        /// production or test
        #[arg(long)]
        purpose: Option<String>,
        /// New enrollments of its unit use it
        #[arg(long)]
        for_new: Option<bool>,
    },
    /// Tries everything that a renewal needs; the certificate in use is not touched
    Rehearse {
        /// Id of the push certificate
        id: String,
        /// PEM file of the certificate that is to come
        #[arg(long)]
        certificate: Option<PathBuf>,
        /// PEM file of its key, when its request was not made here
        #[arg(long, requires = "certificate")]
        key: Option<PathBuf>,
        /// Who will renew it
        #[arg(long)]
        responsible: Option<String>,
    },
    /// Lists the rehearsals of a push certificate
    Rehearsals {
        /// Id of the push certificate
        id: String,
    },
    /// Tries a certificate again that Apple refused; everything that waits is pushed
    Resume {
        /// Id of the push certificate
        id: String,
    },
    /// Makes a request for a push certificate; its key never leaves the server
    Request {
        /// Mail address in the request
        #[arg(long)]
        email: String,
        /// Two letters, such as SE
        #[arg(long)]
        country: String,
        /// Name in the request; the organisation's when absent
        #[arg(long)]
        name: Option<String>,
        /// Id of the push certificate that it is to renew
        #[arg(long)]
        renews: Option<String>,
        /// Name, mail address and country may go to Apple and to the signer
        #[arg(long, required = true)]
        consent: bool,
    },
    /// Lists the requests that wait for Apple's answer
    Requests,
    /// Prints a request in PEM, for an outside signer
    Csr {
        /// Id of the request
        request: String,
    },
    /// Signs a request with the organisation's own vendor certificate
    Sign {
        /// Id of the request
        request: String,
    },
    /// Takes the file that an outside signer sent back
    Import {
        /// Id of the request
        request: String,
        /// The file
        file: PathBuf,
    },
    /// Prints the file for identity.apple.com/pushcert
    File {
        /// Id of the request
        request: String,
    },
    /// Deletes a request and its key
    Forget {
        /// Id of the request
        request: String,
    },
}

const TOPIC: [(&str, &str); 9] = [
    ("ID", "/id"),
    ("TOPIC", "/topic"),
    ("UNIT", "/unit"),
    ("STATUS", "/status"),
    ("DAYS LEFT", "/days_left"),
    ("DEVICES", "/devices"),
    ("ACCOUNT", "/vendor_account"),
    ("STOPPED", "/stopped_reason"),
    ("ALARM", "/alarm_reason"),
];
const REQUEST: [(&str, &str); 5] = [
    ("ID", "/id"),
    ("STATUS", "/status"),
    ("SIGNED BY", "/signed_by"),
    ("EMAIL", "/email"),
    ("CREATED", "/created_at"),
];

pub(super) async fn run(with: With<PushVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        PushVerb::Show => {
            let rows = client.list("push-certificates", &[], usize::MAX).await?;
            let none = "There is no push certificate; upload one in the console.";
            show::rows(&client, &TOPIC, rows, none);
        }
        PushVerb::History { id } => {
            let path = format!("push-certificates/{id}/history");
            let columns = [
                ("SERIAL NUMBER", "/serial_number"),
                ("VALID UNTIL", "/not_after"),
                ("UPLOADED", "/uploaded_at"),
                ("REPLACED", "/replaced_at"),
                ("KEY", "/key_origin"),
            ];
            let rows = client.list(&path, &[], usize::MAX).await?;
            show::rows(&client, &columns, rows, "It has had no certificate.");
        }
        PushVerb::Edit {
            id,
            account,
            owner,
            note,
            purpose,
            for_new,
        } => {
            let body = json!({
                "vendor_account": account, "owner_contact": owner, "note": note, "purpose": purpose,
                "for_new_enrollments": for_new,
            });
            let path = format!("push-certificates/{id}");
            show::one(&client, &TOPIC, &client.patch(&path, &body).await?);
        }
        PushVerb::Rehearse {
            id,
            certificate,
            key,
            responsible,
        } => {
            let text = |file: Option<PathBuf>| file.map(|file| read(&file)).transpose();
            let (certificate, key) = (text(certificate)?, text(key)?);
            let body = json!({
                "certificate": certificate.as_deref(), "key": key.as_deref(), "responsible": responsible,
            });
            let path = format!("push-certificates/{id}/rehearsals");
            report(&client, &client.post(&path, &body).await?);
        }
        PushVerb::Rehearsals { id } => {
            let path = format!("push-certificates/{id}/rehearsals");
            let columns = [
                ("AT", "/at"),
                ("PASSED", "/passed"),
                ("RESPONSIBLE", "/responsible"),
                ("CERTIFICATE", "/candidate_serial"),
            ];
            let rows = client.list(&path, &[], usize::MAX).await?;
            show::rows(&client, &columns, rows, "It was never rehearsed.");
        }
        PushVerb::Resume { id } => {
            let path = format!("push-certificates/{id}/resume");
            let sent = client.post(&path, &json!({})).await?;
            show::one(&client, &[("Pushes", "/pushes")], &sent);
        }
        verb => requests(&client, verb).await?,
    }
    Ok(())
}

/// The verbs about requests.
async fn requests(client: &Client, verb: PushVerb) -> Result<(), Failure> {
    match verb {
        PushVerb::Request {
            email,
            country,
            name,
            renews,
            consent,
        } => {
            let body = json!({
                "email": email, "country": country, "common_name": name, "renews": renews,
                "consent": consent,
            });
            let made = client.post("push-requests", &body).await?;
            show::one(client, &REQUEST, &made);
        }
        PushVerb::Csr { request } => file(client, &request, "csr", "It has no request.").await?,
        PushVerb::File { request } => {
            let missing = "It is not signed yet: `tillsyn push sign`, or `import` a signer's file.";
            file(client, &request, "upload_file", missing).await?;
        }
        PushVerb::Sign { request } => {
            let path = format!("push-requests/{request}/sign");
            let signed = client.post(&path, &json!({})).await?;
            show::one(client, &REQUEST, &signed);
        }
        PushVerb::Import { request, file } => {
            let body = json!({ "file": read(&file)?.as_str() });
            let path = format!("push-requests/{request}/signed");
            show::one(client, &REQUEST, &client.post(&path, &body).await?);
        }
        PushVerb::Forget { request } => {
            client.delete(&format!("push-requests/{request}")).await?;
        }
        // What is left lists them.
        _ => {
            let rows = client.list("push-requests", &[], usize::MAX).await?;
            show::rows(client, &REQUEST, rows, "No request is open.");
        }
    }
    Ok(())
}

/// Prints one of a request's files as it is.
async fn file(client: &Client, request: &str, field: &str, missing: &str) -> Result<(), Failure> {
    let found = client.get(&format!("push-requests/{request}"), &[]).await?;
    match found[field].as_str() {
        Some(text) => say!("{}", text.trim_end()),
        None => say!("{missing}"),
    }
    Ok(())
}

fn report(client: &Client, report: &Value) {
    if client.json {
        say!("{report:#}");
        return;
    }
    for line in report["checks"].as_array().into_iter().flatten() {
        let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        say!(
            "{:<12} {:<8} {}",
            word("check"),
            word("result"),
            word("reason")
        );
    }
    let passed = report["passed"].as_bool() == Some(true);
    say!(
        "{}",
        if passed {
            "The renewal can go ahead."
        } else {
            "Mend what failed before the certificate ends."
        }
    );
}
