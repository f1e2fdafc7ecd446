//! `tillsyn profile`: configuration profiles, and their check without a server.

mod check;
mod export;
mod payloads;
mod write;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::Client;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ProfileVerb {
    /// Lists profiles
    List {
        /// Part of name or identifier
        #[arg(long)]
        search: Option<String>,
        /// active or archived
        #[arg(long)]
        status: Option<String>,
        /// With a payload of this type
        #[arg(long, value_name = "TYPE")]
        payload: Option<String>,
        /// Rows at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Shows a profile
    Show {
        /// Id of the profile
        id: String,
    },
    /// Makes a profile of a file or a template; it begins as a draft
    Create {
        /// A .mobileconfig, or - for standard input
        #[arg(required_unless_present = "template", conflicts_with = "template")]
        file: Option<PathBuf>,
        /// Key of a template; `tillsyn profile templates` lists them
        #[arg(long)]
        template: Option<String>,
        /// What it is called
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        description: Option<String>,
        /// Id of its organisational unit
        #[arg(long)]
        unit: Option<String>,
    },
    /// Puts a file in place of the draft of its profile
    Update {
        /// A .mobileconfig, or - for standard input
        file: PathBuf,
        /// Id of the profile [default: the one with the file's identifier]
        #[arg(long)]
        profile: Option<String>,
        /// What is new
        #[arg(long)]
        comment: Option<String>,
    },
    /// Makes the draft the newest version
    Publish {
        /// Id of the profile
        id: String,
        /// What is new
        #[arg(long)]
        comment: Option<String>,
    },
    /// Lists the devices that have a profile or are to have it
    Devices {
        /// Id of the profile
        id: String,
        /// as_desired, behind, to_install, to_remove, refused or unverified
        #[arg(long)]
        state: Option<String>,
        /// Rows at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Tries again on the devices that refused a profile
    Reconcile {
        /// Id of the profile
        id: String,
    },
    /// Lists the published versions
    Versions {
        /// Id of the profile
        id: String,
    },
    /// Says what differs between two versions, or a version and the draft
    Diff {
        /// Id of the profile
        id: String,
        /// Number of a version [default: the newest]
        #[arg(long)]
        from: Option<String>,
        /// Number of a version, or draft
        #[arg(long, default_value = "draft")]
        to: String,
    },
    /// Writes a version as a file
    Export(export::ExportArgs),
    /// Makes a profile that says the same under identifiers of its own
    Clone {
        /// Id of the profile
        id: String,
        /// What the copy is called
        #[arg(long)]
        name: Option<String>,
        /// Of which version [default: the draft, else the newest]
        #[arg(long)]
        version: Option<i64>,
    },
    /// Takes a profile out of use: no device is to have it
    Archive {
        /// Id of the profile
        id: String,
    },
    /// Takes a profile back into use
    Restore {
        /// Id of the profile
        id: String,
    },
    /// Removes a profile that was never published
    Remove {
        /// Id of the profile
        id: String,
    },
    /// Lists the built-in templates
    Templates,
    /// Lists the payload types that Apple's schema knows, or the keys of one; needs no server
    Payloads(payloads::Payloads),
    /// Checks files without a server: exit code 1 when one of them has errors
    Check {
        /// .mobileconfig files, plain or signed, or - for standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

const FIELDS: &[(&str, &str)] = &[
    ("NAME", "/name"),
    ("DESCRIPTION", "/description"),
    ("IDENTIFIER", "/identifier"),
    ("UNIT", "/unit_name"),
    ("STATUS", "/status"),
    ("VERSION", "/current_version"),
    ("ERRORS", "/summary/findings/errors"),
    ("WARNINGS", "/summary/findings/warnings"),
    ("VARIABLES", "/summary/variables"),
    ("SIGNED BY", "/summary/signer/subject"),
    ("DRAFT CHANGED", "/draft/updated_at"),
    ("DRAFT ERRORS", "/draft/summary/findings/errors"),
    ("CHANGED", "/updated_at"),
    ("ID", "/id"),
];

const PAYLOADS: &[(&str, &str)] = &[
    ("TYPE", "/type"),
    ("NAME", "/display_name"),
    ("IDENTIFIER", "/identifier"),
];

pub(super) async fn run(with: With<ProfileVerb>) -> Result<(), Failure> {
    // These need no server.
    match &with.verb {
        ProfileVerb::Check { files } => return check::run(files, with.connection.json),
        ProfileVerb::Payloads(what) => return payloads::run(what, with.connection.json),
        _ => {}
    }
    let client = with.client()?;
    match with.verb {
        ProfileVerb::Check { .. } | ProfileVerb::Payloads(_) => {}
        ProfileVerb::List {
            search,
            status,
            payload,
            limit,
        } => {
            let given = [
                ("search", search),
                ("status", status),
                ("payload_type", payload),
            ];
            let query: Vec<_> = given
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect();
            let rows = client.list("profiles", &query, limit).await?;
            let columns = [
                ("NAME", "/name"),
                ("VERSION", "/current_version"),
                ("STATUS", "/status"),
                ("IDENTIFIER", "/identifier"),
                ("UNIT", "/unit_name"),
                ("CHANGED", "/updated_at"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There is no such profile.");
        }
        ProfileVerb::Show { id } => {
            shown(&client, &client.get(&format!("profiles/{id}"), &[]).await?);
        }
        ProfileVerb::Create {
            file,
            template,
            name,
            description,
            unit,
        } => {
            let content = file.as_deref().map(write::base64_of).transpose()?;
            let body = json!({ "name": name, "description": description, "unit_id": unit,
                "content": content, "template": template });
            let made = client.post("profiles", &body).await?;
            shown(&client, &made);
            let draft = format!("profiles/{}/draft", made["id"].as_str().unwrap_or_default());
            write::findings(&client, &client.get(&draft, &[]).await?);
        }
        ProfileVerb::Update {
            file,
            profile,
            comment,
        } => write::update(&client, &file, profile, comment).await?,
        ProfileVerb::Publish { id, comment } => {
            let draft = client.get(&format!("profiles/{id}/draft"), &[]).await?;
            let body = json!({ "draft_revision": draft["revision"], "comment": comment });
            let answer = client
                .post(&format!("profiles/{id}/publish"), &body)
                .await?;
            shown(&client, &answer);
        }
        ProfileVerb::Devices { id, state, limit } => {
            let query: Vec<_> = state.map(|state| ("state", state)).into_iter().collect();
            let path = format!("profiles/{id}/devices");
            let rows = client.list(&path, &query, limit).await?;
            let columns = [
                ("DEVICE", "/device_name"),
                ("CHANNEL", "/channel"),
                ("STATE", "/state"),
                ("DESIRED", "/desired_version"),
                ("CONFIRMED", "/confirmed_version"),
                ("AT", "/confirmed_at"),
                ("REASON", "/reason"),
                ("NEXT ATTEMPT", "/next_attempt_at"),
            ];
            show::rows(
                &client,
                &columns,
                rows,
                "No device has it or is to have it.",
            );
        }
        ProfileVerb::Reconcile { id } => {
            let path = format!("profiles/{id}/reconcile");
            let asked = client.post(&path, &json!({})).await?;
            show::one(&client, &[("DEVICES", "/asked")], &asked);
        }
        ProfileVerb::Versions { id } => {
            let path = format!("profiles/{id}/versions");
            let rows = client.list(&path, &[], usize::MAX).await?;
            let columns = [
                ("VERSION", "/number"),
                ("COMMENT", "/comment"),
                ("BY", "/created_by"),
                ("AT", "/created_at"),
                ("BYTES", "/summary/size_bytes"),
            ];
            show::rows(&client, &columns, rows, "It was never published.");
        }
        ProfileVerb::Diff { id, from, to } => {
            let from = match from {
                Some(from) => from,
                None => newest(&client, &id).await?,
            };
            let query = [("from", from), ("to", to)];
            let page = client.get(&format!("profiles/{id}/diff"), &query).await?;
            if client.json {
                show::one(&client, &[], &page);
            } else if page["items"].as_array().is_none_or(Vec::is_empty) {
                show::done(&client, &Value::Null, "They say the same.");
            } else {
                let columns = [
                    ("PLACE", "/path"),
                    ("", "/kind"),
                    ("BEFORE", "/old"),
                    ("AFTER", "/new"),
                ];
                show::part(&client, "Differences", &columns, &page["items"]);
            }
        }
        ProfileVerb::Export(args) => export::run(&client, args).await?,
        ProfileVerb::Clone { id, name, version } => {
            let body = json!({ "name": name, "version": version });
            let made = client.post(&format!("profiles/{id}/clone"), &body).await?;
            shown(&client, &made);
        }
        ProfileVerb::Archive { id } => act(&client, &id, "archive", "Archived.").await?,
        ProfileVerb::Restore { id } => act(&client, &id, "restore", "In use again.").await?,
        ProfileVerb::Remove { id } => {
            let answer = client.delete(&format!("profiles/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
        ProfileVerb::Templates => {
            let rows = client.list("profile-templates", &[], usize::MAX).await?;
            show::rows(&client, &[("KEY", "/key")], rows, "There are no templates.");
        }
    }
    Ok(())
}

async fn act(client: &Client, id: &str, verb: &str, done: &str) -> Result<(), Failure> {
    let answer = client
        .post(&format!("profiles/{id}/{verb}"), &json!({}))
        .await?;
    show::done(client, &answer, done);
    Ok(())
}

/// The number of the newest version.
async fn newest(client: &Client, id: &str) -> Result<String, Failure> {
    let profile = client.get(&format!("profiles/{id}"), &[]).await?;
    let number = profile["current_version"].as_i64();
    number.map(|number| number.to_string()).ok_or_else(|| {
        Failure::Usage("this profile was never published: there is only its draft".to_owned())
    })
}

fn shown(client: &Client, profile: &Value) {
    show::one(client, FIELDS, profile);
    show::part(
        client,
        "Payloads",
        PAYLOADS,
        &profile["summary"]["payloads"],
    );
}
