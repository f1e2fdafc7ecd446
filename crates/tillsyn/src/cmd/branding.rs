//! `tillsyn unit branding`: how an org unit presents itself to people.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::{self, Client};
use super::{Failure, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum BrandingVerb {
    /// Shows what holds at an org unit
    Show {
        /// Id of the unit
        id: String,
    },
    /// Changes what an org unit says itself; an empty text leaves it to the unit above
    Set(BrandingSet),
    /// Sets the mark: a PNG or JPEG of at most 256 KiB, 16 to 1024 pixels a side
    Mark {
        /// Id of the unit
        id: String,
        /// The picture; without one the own mark is taken away
        file: Option<PathBuf>,
    },
    /// Takes away everything that an org unit says itself
    Remove {
        /// Id of the unit
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct BrandingSet {
    /// Id of the unit
    id: String,
    /// Name of the organisation on pages and in mails for people
    #[arg(long)]
    name: Option<String>,
    /// Accent on light pages, such as #0a5c8f
    #[arg(long, value_name = "COLOUR")]
    accent_light: Option<String>,
    /// Accent on dark pages
    #[arg(long, value_name = "COLOUR")]
    accent_dark: Option<String>,
    /// Mail address of whoever helps
    #[arg(long)]
    mail: Option<String>,
    /// Telephone number of whoever helps
    #[arg(long)]
    phone: Option<String>,
    /// Whoever helps, in your words
    #[arg(long)]
    text: Option<String>,
    /// When somebody answers, in your words
    #[arg(long)]
    hours: Option<String>,
    /// Address of your own pages of help; it begins with https://
    #[arg(long, value_name = "URL")]
    help_url: Option<String>,
    /// File with the terms in a language, such as sv=terms.txt; `sv=` takes them away
    #[arg(long, value_name = "LANGUAGE=FILE")]
    terms: Vec<String>,
}

const FIELDS: [(&str, &str); 10] = [
    ("Name", "/effective/name"),
    ("Mark", "/effective/mark/path"),
    ("Accent, light", "/effective/accent_light/colour"),
    ("Accent, dark", "/effective/accent_dark/colour"),
    ("Contact", "/effective/contacts/text"),
    ("Mail", "/effective/contacts/mail"),
    ("Telephone", "/effective/contacts/phone"),
    ("Hours", "/effective/contacts/hours"),
    ("Help pages", "/effective/help_url"),
    ("Terms", "/effective/terms"),
];

pub(super) async fn run(client: &Client, verb: BrandingVerb) -> Result<(), Failure> {
    match verb {
        BrandingVerb::Show { id } => {
            let found = client.get(&path(&id), &[]).await?;
            show::one(client, &FIELDS, &found);
        }
        BrandingVerb::Set(set) => {
            let found = client.get(&path(&set.id), &[]).await?;
            let body = edited(&set, &found["own"])?;
            let saved = client.put(&path(&set.id), &body).await?;
            show::one(client, &FIELDS, &saved);
        }
        BrandingVerb::Mark {
            id,
            file: Some(file),
        } => {
            let image = STANDARD.encode(picture(&file)?);
            let body = json!({"image": image});
            let saved = client.put(&format!("{}/mark", path(&id)), &body).await?;
            show::done(client, &saved, "The mark is set.");
        }
        BrandingVerb::Mark { id, file: None } => {
            let answer = client.delete(&format!("{}/mark", path(&id))).await?;
            show::done(client, &answer, "The own mark is taken away.");
        }
        BrandingVerb::Remove { id } => {
            let answer = client.delete(&path(&id)).await?;
            show::done(client, &answer, "Everything comes from the unit above now.");
        }
    }
    Ok(())
}

fn path(id: &str) -> String {
    format!("units/{id}/branding")
}

fn picture(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

/// What the unit says itself with what was given in place of what was there.
fn edited(set: &BrandingSet, own: &Value) -> Result<Value, Failure> {
    let pick = |given: &Option<String>, was: &Value| match given.as_deref().map(str::trim) {
        None => was.clone(),
        Some("") => Value::Null,
        Some(text) => json!(text),
    };
    let contacts = &own["contacts"];
    let mut terms = own["terms"].as_object().cloned().unwrap_or_default();
    for given in &set.terms {
        let Some((lang, file)) = given.split_once('=') else {
            let text = "--terms takes a language and a file, such as sv=terms.txt";
            return Err(Failure::Usage(text.to_owned()));
        };
        if file.is_empty() {
            terms.remove(lang);
        } else {
            let text = client::read(Path::new(file))?;
            terms.insert(lang.to_owned(), json!(text.as_str()));
        }
    }
    Ok(json!({
        "name": pick(&set.name, &own["name"]),
        "accent_light": pick(&set.accent_light, &own["accent_light"]),
        "accent_dark": pick(&set.accent_dark, &own["accent_dark"]),
        "contacts": {
            "mail": pick(&set.mail, &contacts["mail"]),
            "phone": pick(&set.phone, &contacts["phone"]),
            "text": pick(&set.text, &contacts["text"]),
            "hours": pick(&set.hours, &contacts["hours"]),
        },
        "help_url": pick(&set.help_url, &own["help_url"]),
        "terms": terms,
    }))
}
