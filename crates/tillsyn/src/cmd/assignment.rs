//! `tillsyn assignment`: what is assigned to whom. Plans make and change it.

use uuid::Uuid;

use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum AssignmentVerb {
    /// Lists assignments, newest first
    List {
        /// Id of a profile: only its own
        #[arg(long)]
        profile: Option<Uuid>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows an assignment and whom it names
    Show {
        /// Its id
        id: Uuid,
    },
}

pub(super) async fn run(with: With<AssignmentVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        AssignmentVerb::List { profile, limit } => {
            let path = match profile {
                Some(profile) => format!("profiles/{profile}/assignments"),
                None => "assignments".to_owned(),
            };
            let rows = client.list(&path, &[], limit).await?;
            show::rows(&client, LIST, rows, "Nothing is assigned.");
        }
        AssignmentVerb::Show { id } => {
            let found = client.get(&format!("assignments/{id}"), &[]).await?;
            show::one(&client, FIELDS, &found);
            show::part(&client, "To", TARGETS, &found["include"]);
            show::part(&client, "Not to", TARGETS, &found["exclude"]);
        }
    }
    Ok(())
}

const LIST: &[(&str, &str)] = &[
    ("PROFILE", "/profile_name"),
    ("CHANNEL", "/channel"),
    ("VERSION", "/version"),
    ("TO", "/include/0/name"),
    ("MADE", "/created_at"),
    ("ID", "/id"),
];

const FIELDS: &[(&str, &str)] = &[
    ("Id", "/id"),
    ("Profile", "/profile_name"),
    ("Profile's id", "/profile_id"),
    ("Channel", "/channel"),
    ("Version", "/version"),
    ("Made", "/created_at"),
    ("Changed", "/updated_at"),
];

const TARGETS: &[(&str, &str)] = &[
    ("KIND", "/kind"),
    ("NAME", "/name"),
    ("DEVICES", "/devices"),
    ("ID", "/id"),
];
