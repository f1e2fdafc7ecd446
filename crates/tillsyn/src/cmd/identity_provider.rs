//! `tillsyn identity-provider`: where administrators sign in.

use std::path::PathBuf;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::account::outcome;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum IdentityProviderVerb {
    /// Lists the identity providers
    List,
    /// Shows one with its groups
    Show {
        /// Id of the provider
        id: String,
    },
    /// Adds one; of one that gives a mighty role a second person agrees
    Add(Box<Settings>),
    /// Changes what is named here; the rest stays. A second person agrees as for a new one
    Change {
        /// Id of the provider
        id: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Asks one for its addresses and keys, as a sign-in would
    Check {
        /// Id of the provider
        id: String,
    },
    /// Removes one: whoever came in by it is signed out
    Remove {
        /// Id of the provider
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// What the sign-in page calls it
    #[arg(long)]
    name: Option<String>,
    /// Its issuer, as the provider itself writes it
    #[arg(long)]
    issuer: Option<String>,
    #[arg(long)]
    client_id: Option<String>,
    /// A file with the client's secret
    #[arg(long)]
    client_secret_file: Option<PathBuf>,
    /// A scope to ask for; several times for several
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// An algorithm of its tokens; several times for several
    #[arg(long = "algorithm")]
    algorithms: Vec<String>,
    /// A further host of its addresses; several times for several
    #[arg(long = "host")]
    hosts: Vec<String>,
    /// The claim that names groups
    #[arg(long)]
    groups_claim: Option<String>,
    /// Whether its second factor counts as ours
    #[arg(long)]
    trusts_second_factor: Option<bool>,
    /// Whether it may take over accounts by their verified mail address
    #[arg(long)]
    links_existing: Option<bool>,
    /// Whether people sign in to the portal there
    #[arg(long)]
    people: Option<bool>,
    /// Id of the unit in which a first sign-in makes a person; an empty one makes none
    #[arg(long, value_name = "UNIT")]
    makes_people_in: Option<String>,
    #[arg(long)]
    enabled: Option<bool>,
    /// What a group gives; several times, the first that fits counts
    #[arg(long = "map", value_name = "GROUP=ROLE@UNIT")]
    mappings: Vec<String>,
    /// Why, for the second person
    #[arg(long)]
    reason: Option<String>,
}

impl Settings {
    /// Writes what was named over `body`.
    fn over(self, mut body: Value) -> Result<Value, Failure> {
        let mut put = |name: &str, value: Value| {
            if !value.is_null() && value != json!([]) {
                body[name] = value;
            }
        };
        put("name", json!(self.name));
        put("issuer", json!(self.issuer));
        put("client_id", json!(self.client_id));
        put("scopes", json!(self.scopes));
        put("algorithms", json!(self.algorithms));
        put("hosts", json!(self.hosts));
        put("groups_claim", json!(self.groups_claim));
        put("trusts_second_factor", json!(self.trusts_second_factor));
        put("links_existing", json!(self.links_existing));
        put("people", json!(self.people));
        put("makes_people_in", json!(self.makes_people_in));
        put("enabled", json!(self.enabled));
        put("reason", json!(self.reason));
        let mappings = self.mappings.iter().map(|text| mapping(text));
        put("mappings", json!(mappings.collect::<Result<Vec<_>, _>>()?));
        if let Some(file) = self.client_secret_file {
            let secret = std::fs::read_to_string(&file).map(Zeroizing::new);
            let secret =
                secret.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
            put("client_secret", json!(secret.trim()));
        }
        Ok(body)
    }
}

fn mapping(text: &str) -> Result<Value, Failure> {
    let parts = text
        .rsplit_once('@')
        .and_then(|(rest, unit)| Some((rest.rsplit_once('=')?, unit)));
    match parts {
        Some(((group, role), unit)) => Ok(json!({ "group": group, "role": role, "unit_id": unit })),
        None => Err(Failure::Usage(format!(
            "--map {text}: a mapping is GROUP=ROLE@UNIT."
        ))),
    }
}

const FIELDS: [(&str, &str); 16] = [
    ("Name", "/name"),
    ("Issuer", "/issuer"),
    ("Client", "/client_id"),
    ("Secret kept", "/has_secret"),
    ("Send back to", "/redirect_uri"),
    ("Scopes", "/scopes"),
    ("Algorithms", "/algorithms"),
    ("Further hosts", "/hosts"),
    ("Groups claim", "/groups_claim"),
    ("Second factor counts", "/trusts_second_factor"),
    ("Takes over accounts", "/links_existing"),
    ("People sign in", "/people"),
    ("Makes people in", "/makes_people_in"),
    ("Send people back to", "/portal_redirect_uri"),
    ("Enabled", "/enabled"),
    ("Groups", "/mappings"),
];

/// Settings that an answer shows and a body does not take.
const SHOWN_ONLY: [&str; 7] = [
    "portal_redirect_uri",
    "id",
    "unit_id",
    "has_secret",
    "redirect_uri",
    "created_at",
    "updated_at",
];

pub(super) async fn run(with: With<IdentityProviderVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    let at = |id: &str| format!("identity-providers/{id}");
    match with.verb {
        IdentityProviderVerb::List => {
            let rows = client.list("identity-providers", &[], usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("ISSUER", "/issuer"),
                ("ENABLED", "/enabled"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no identity providers.");
        }
        IdentityProviderVerb::Show { id } => {
            let found = client.get(&at(&id), &[]).await?;
            show::one(&client, &FIELDS, &found);
        }
        IdentityProviderVerb::Add(settings) => {
            let body = settings.over(json!({}))?;
            let made = client.post("identity-providers", &body).await?;
            let fields = [
                ("Id", "/identity_provider_id"),
                ("Send back to", "/redirect_uri"),
                ("Status", "/status"),
            ];
            show::one(&client, &fields, &made);
        }
        IdentityProviderVerb::Change { id, settings } => {
            let mut body = client.get(&at(&id), &[]).await?;
            if let Some(fields) = body.as_object_mut() {
                fields.retain(|name, _| !SHOWN_ONLY.contains(&name.as_str()));
            }
            let done = client.put(&at(&id), &settings.over(body)?).await?;
            outcome(&client, &done);
        }
        IdentityProviderVerb::Check { id } => {
            let path = format!("{}/check", at(&id));
            let report = client.post(&path, &json!({})).await?;
            let fields = [
                ("Usable", "/usable"),
                ("Problem", "/problem"),
                ("Keys", "/keys"),
                ("Sign-in at", "/sign_in_url"),
            ];
            show::one(&client, &fields, &report);
        }
        IdentityProviderVerb::Remove { id } => {
            let answer = client.delete(&at(&id)).await?;
            show::done(&client, &answer, "Removed.");
        }
    }
    Ok(())
}
