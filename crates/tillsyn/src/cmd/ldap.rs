//! `tillsyn ldap`: how LDAP directories are reached and read.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum LdapVerb {
    /// Shows how a directory is reached and read, and how the last run went
    Show {
        /// Id of the directory
        id: String,
    },
    /// Changes what is named here; the rest stays. The directory is read in full within a minute
    Set {
        /// Id of the directory
        id: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Tries settings before they are saved and shows a few of the people who would come; nothing is stored
    Try {
        /// Id of the directory
        id: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Has a directory read in full within a minute
    Sync {
        /// Id of the directory
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// A server, ldaps://HOST or ldap://HOST (always with StartTLS); several times for several, in their order
    // `--server` and `--ca-file` are those of Tillsyn itself.
    #[arg(long = "ldap-server", value_name = "URL")]
    servers: Vec<String>,
    /// A file with the authorities (PEM) of the servers' certificates
    #[arg(long, value_name = "FILE")]
    ldap_ca_file: Option<PathBuf>,
    /// The account that reads
    #[arg(long)]
    bind_dn: Option<String>,
    /// A file with its password
    #[arg(long)]
    password_file: Option<PathBuf>,
    /// Below which entry people are
    #[arg(long)]
    user_base: Option<String>,
    /// Who of them is read
    #[arg(long)]
    user_filter: Option<String>,
    /// Who is meant by what somebody types, with {login}
    #[arg(long)]
    login_filter: Option<String>,
    /// Below which entry groups are; without it none are read
    #[arg(long)]
    group_base: Option<String>,
    /// Which of them are read
    #[arg(long)]
    group_filter: Option<String>,
    /// An attribute other than the usual one; several times for several
    #[arg(long = "attribute", value_name = "FIELD=ATTRIBUTE")]
    attributes: Vec<String>,
    /// Whether people sign in with their password of this directory
    #[arg(long)]
    signs_in: Option<bool>,
    /// Where people change a password that expired
    #[arg(long)]
    password_url: Option<String>,
}

impl Settings {
    /// Writes what was named over `body`.
    fn over(self, mut body: Value) -> Result<Value, Failure> {
        let mut put = |name: &str, value: Value| {
            if !value.is_null() && value != json!([]) {
                body[name] = value;
            }
        };
        put("servers", json!(self.servers));
        put("bind_dn", json!(self.bind_dn));
        put("user_base", json!(self.user_base));
        put("user_filter", json!(self.user_filter));
        put("login_filter", json!(self.login_filter));
        put("group_base", json!(self.group_base));
        put("group_filter", json!(self.group_filter));
        put("signs_in", json!(self.signs_in));
        put("password_url", json!(self.password_url));
        if let Some(file) = &self.ldap_ca_file {
            put("ca_pem", json!(read(file)?.as_str()));
        }
        if let Some(file) = &self.password_file {
            put(
                "password",
                json!(read(file)?.trim_end_matches(['\r', '\n'])),
            );
        }
        for text in &self.attributes {
            let Some((field, name)) = text.split_once('=') else {
                return Err(Failure::Usage(format!(
                    "--attribute {text}: this is FIELD=ATTRIBUTE."
                )));
            };
            body["attributes"][field] = json!(name);
        }
        Ok(body)
    }
}

fn read(file: &Path) -> Result<Zeroizing<String>, Failure> {
    std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

const FIELDS: [(&str, &str); 19] = [
    ("Servers", "/servers"),
    ("Account", "/bind_dn"),
    ("People below", "/user_base"),
    ("Filter of people", "/user_filter"),
    ("Filter of a login", "/login_filter"),
    ("Groups below", "/group_base"),
    ("Filter of groups", "/group_filter"),
    ("Attributes", "/attributes"),
    ("People sign in", "/signs_in"),
    ("Passwords changed at", "/password_url"),
    ("Product", "/state/product"),
    ("Last run", "/state/last_run_at"),
    ("Last full run", "/state/last_full_at"),
    ("Problem", "/state/problem"),
    ("People read", "/state/people"),
    ("Groups read", "/state/groups"),
    ("References left", "/state/references"),
    ("Next run", "/state/next_run_at"),
    ("Next full run", "/state/next_full_at"),
];

/// The settings that are there, as a body takes them; none for a directory that has none yet.
async fn kept(client: &super::client::Client, path: &str) -> Result<Value, Failure> {
    match client.get(path, &[]).await {
        Ok(mut found) => {
            if let Some(fields) = found.as_object_mut() {
                fields.retain(|name, _| name != "directory_id" && name != "state");
            }
            Ok(found)
        }
        Err(failure) if failure.is_not_found() => Ok(json!({})),
        Err(failure) => Err(failure),
    }
}

pub(super) async fn run(with: With<LdapVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    let at = |id: &str| format!("directories/{id}/ldap");
    match with.verb {
        LdapVerb::Show { id } => {
            let found = client.get(&at(&id), &[]).await?;
            show::one(&client, &FIELDS, &found);
        }
        LdapVerb::Set { id, settings } => {
            let body = settings.over(kept(&client, &at(&id)).await?)?;
            let saved = client.put(&at(&id), &body).await?;
            show::one(&client, &FIELDS, &saved);
        }
        LdapVerb::Try { id, settings } => {
            let body = settings.over(kept(&client, &at(&id)).await?)?;
            let tried = client.post(&format!("{}/trial", at(&id)), &body).await?;
            let fields = [
                ("Works", "/ok"),
                ("Problem", "/problem"),
                ("Server said", "/told"),
                ("Server", "/server"),
                ("Product", "/product"),
                ("Signed in as", "/signed_in_as"),
                ("Entries begin at", "/naming_contexts"),
                ("Groups", "/groups"),
                ("More people", "/more_people"),
            ];
            show::one(&client, &fields, &tried);
            let columns = [
                ("LOGIN", "/login"),
                ("NAME", "/name"),
                ("MAIL", "/email"),
                ("ACTIVE", "/active"),
                ("KEY", "/key"),
            ];
            show::part(&client, "People", &columns, &tried["people"]);
        }
        LdapVerb::Sync { id } => {
            let path = format!("{}/sync", at(&id));
            let asked = client.post(&path, &json!({})).await?;
            show::one(&client, &FIELDS, &asked);
        }
    }
    Ok(())
}
