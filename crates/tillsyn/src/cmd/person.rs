//! `tillsyn person`: those who carry devices.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::client::read;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum PersonVerb {
    /// Lists people by name
    List {
        /// Part of name or mail address
        #[arg(long)]
        search: Option<String>,
        /// Id of a unit: those in it or below
        #[arg(long)]
        unit: Option<String>,
        /// active or inactive
        #[arg(long)]
        status: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Finds people, devices and invitations by whatever somebody says: name, mail address, serial number,
    /// IMEI, name of a device
    Find {
        /// What they say
        query: String,
    },
    /// Shows how it stands with a person, and the next useful act
    Desk {
        /// Id of the person
        id: String,
    },
    /// Shows a person
    Show {
        /// Id of the person
        id: String,
    },
    /// Adds a person
    Add {
        /// Their name
        name: String,
        #[arg(long)]
        email: Option<String>,
        /// en, sv or ja
        #[arg(long)]
        language: Option<String>,
        /// Id of their unit [default: the top]
        #[arg(long)]
        unit: Option<String>,
    },
    /// Changes a person; an empty text removes what was there
    Change {
        /// Id of the person
        id: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        email: Option<String>,
        /// en, sv or ja
        #[arg(long)]
        language: Option<String>,
        /// active, or inactive: their open invitations end
        #[arg(long)]
        status: Option<String>,
        /// Id of the unit that they belong to from now on
        #[arg(long)]
        unit: Option<String>,
    },
    /// Moves people to another org unit
    Move {
        /// Ids of people
        #[arg(required = true)]
        people: Vec<String>,
        /// Id of the unit
        #[arg(long)]
        to: String,
        /// The devices that are theirs go with them
        #[arg(long)]
        with_devices: bool,
    },
    /// Shows how a person signs in to the portal
    SignIn {
        /// Id of the person
        id: String,
    },
    /// Mails a person a link to choose a password, or makes a temporary one that they have to change
    Password {
        /// Id of the person
        id: String,
        /// Make a temporary password and print it
        #[arg(long, requires = "password_file")]
        temporary: bool,
        /// Take every way in away: password, passkeys, authenticator app, sessions
        #[arg(long, conflicts_with = "temporary", requires = "password_file")]
        reset: bool,
        /// File with the password of the token's account
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Shows how people sign in to the portal, or changes it
    SignInRules {
        /// After so many days a person chooses another password; 0 is never
        #[arg(long, value_name = "DAYS")]
        password_days: Option<i64>,
    },
    /// Lists the devices of a person; gives them one, or takes one from them
    Devices {
        /// Id of the person
        id: String,
        /// Id of a device to give to them
        #[arg(long, value_name = "DEVICE")]
        give: Option<String>,
        /// Id of a device of theirs to take away
        #[arg(long, value_name = "DEVICE", conflicts_with = "give")]
        take: Option<String>,
    },
}

pub(super) async fn run(with: With<PersonVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        PersonVerb::List {
            search,
            unit,
            status,
            limit,
        } => {
            let query: Vec<_> = [("search", search), ("unit_id", unit), ("status", status)]
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| (name, value)))
                .collect();
            let rows = client.list("people", &query, limit).await?;
            let columns = [
                ("NAME", "/name"),
                ("MAIL ADDRESS", "/email"),
                ("UNIT", "/unit_name"),
                ("DEVICES", "/devices"),
                ("STATUS", "/status"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no such people.");
        }
        PersonVerb::Find { query } => {
            let found = client.get("help-desk", &[("q", query)]).await?;
            let columns = [
                ("KIND", "/kind"),
                ("NAME", "/name"),
                ("DETAIL", "/detail"),
                ("PERSON", "/person_id"),
                ("ID", "/id"),
            ];
            let none = found["items"].as_array().is_none_or(Vec::is_empty);
            if client.json || none {
                show::done(&client, &found, "Nothing was found.");
            } else {
                show::part(&client, "Found", &columns, &found["items"]);
            }
        }
        PersonVerb::Desk { id } => {
            let desk = client.get(&format!("people/{id}/desk"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Mail address", "/email"),
                ("Account", "/account/state"),
                ("Last sign-in", "/account/last_sign_in_at"),
                ("Next useful act", "/next/act"),
                ("About", "/next/object_id"),
                ("Cause", "/next/cause"),
            ];
            show::one(&client, &fields, &desk);
            if !client.json {
                let devices = [
                    ("NAME", "/name"),
                    ("STATUS", "/status"),
                    ("CONTACT", "/contact"),
                    ("LAST SEEN", "/last_seen"),
                ];
                show::part(&client, "Devices", &devices, &desk["devices"]);
                let invitations = [("LABEL", "/label"), ("STATUS", "/status")];
                show::part(&client, "Invitations", &invitations, &desk["invitations"]);
                let attempts = [
                    ("WHEN", "/updated_at"),
                    ("STATUS", "/status"),
                    ("CAUSE", "/cause"),
                ];
                show::part(&client, "Attempts", &attempts, &desk["attempts"]);
            }
        }
        PersonVerb::Show { id } => {
            let person = client.get(&format!("people/{id}"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Mail address", "/email"),
                ("Language", "/language"),
                ("Unit", "/unit_name"),
                ("Status", "/status"),
                ("Devices", "/devices"),
                ("Id", "/id"),
            ];
            show::one(&client, &fields, &person);
        }
        PersonVerb::Add {
            name,
            email,
            language,
            unit,
        } => {
            let body = json!({"name": name, "email": email, "language": language, "unit_id": unit});
            let made = client.post("people", &body).await?;
            show::one(&client, &[("Name", "/name"), ("Id", "/id")], &made);
        }
        PersonVerb::Change {
            id,
            name,
            email,
            language,
            status,
            unit,
        } => {
            let given = [
                ("name", name),
                ("email", email),
                ("language", language),
                ("status", status),
                ("unit_id", unit),
            ];
            let body: Map<String, Value> = given
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))))
                .collect();
            let path = format!("people/{id}");
            let answer = client.patch(&path, &Value::Object(body)).await?;
            show::done(&client, &answer, "Changed.");
        }
        PersonVerb::Move {
            people,
            to,
            with_devices,
        } => {
            let body = json!({"person_ids": people, "unit_id": to, "with_devices": with_devices});
            let answer = client.post("people/move", &body).await?;
            show::done(&client, &answer, "Moved.");
        }
        PersonVerb::SignIn { id } => {
            let shown = client.get(&format!("people/{id}/sign-in"), &[]).await?;
            let fields = [
                ("Way", "/way"),
                ("Second factor", "/second_factor"),
                ("Last sign-in", "/last_sign_in_at"),
                ("Temporary until", "/temporary_until"),
            ];
            show::one(&client, &fields, &shown);
        }
        PersonVerb::Password {
            id,
            temporary,
            reset,
            password_file,
        } => {
            let path = format!("people/{id}/sign-in");
            let own = password_file.map(|file| read(&file)).transpose()?;
            let proof = json!({"password": own.as_ref().map(|own| own.trim())});
            if temporary {
                let made = client.post(&format!("{path}/password"), &proof).await?;
                let fields = [("Password", "/password"), ("Until", "/until")];
                show::one(&client, &fields, &made);
            } else if reset {
                let answer = client.post(&format!("{path}/reset"), &proof).await?;
                show::done(&client, &answer, "They have no way to sign in any more.");
            } else {
                let answer = client.post(&format!("{path}/link"), &proof).await?;
                show::done(&client, &answer, "A link is on its way to them.");
            }
        }
        PersonVerb::SignInRules { password_days } => {
            let shown = match password_days {
                Some(days) => {
                    let body = json!({"password_days": days});
                    client.put("portal/sign-in", &body).await?
                }
                None => client.get("portal/sign-in", &[]).await?,
            };
            show::one(&client, &[("Days of a password", "/password_days")], &shown);
        }
        PersonVerb::Devices { id, give, take } => {
            if let Some(device) = give {
                let body = json!({"person_id": id});
                let answer = client
                    .put(&format!("devices/{device}/person"), &body)
                    .await?;
                show::done(&client, &answer, "The device is theirs.");
                return Ok(());
            }
            if let Some(device) = take {
                let body = json!({"person_id": null});
                let answer = client
                    .put(&format!("devices/{device}/person"), &body)
                    .await?;
                show::done(&client, &answer, "The device is nobody's.");
                return Ok(());
            }
            let path = format!("people/{id}/devices");
            let rows = client.list(&path, &[], usize::MAX).await?;
            let columns = [
                ("NAME", "/name"),
                ("SERIAL NUMBER", "/serial_number"),
                ("MODEL", "/model_name"),
                ("STATUS", "/status"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "No device is theirs.");
        }
    }
    Ok(())
}
