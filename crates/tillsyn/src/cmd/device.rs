//! `tillsyn device`.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::Client;
use super::{Failure, With, show};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum DeviceVerb {
    /// Lists devices
    List {
        /// ios, ipados, macos; several with commas
        #[arg(long)]
        platform: Option<String>,
        /// active, not_seen, retired, …; several with commas
        #[arg(long)]
        status: Option<String>,
        /// Part of name, serial number, person or model
        #[arg(long)]
        search: Option<String>,
        /// name, serial_number, os_version, person, last_seen, enrolled_at; -name for the other way
        #[arg(long, allow_hyphen_values = true)]
        sort: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Shows one device with its facts
    Show {
        /// Id, serial number or exact name
        device: String,
    },
    /// Shows what profiles a device is to have and has, and why
    Profiles {
        /// Id, serial number or exact name
        device: String,
    },
    /// Asks a device for its profiles now and mends what differs
    Reconcile {
        /// Id, serial number or exact name
        device: String,
    },
    /// Moves devices to another org unit
    Move {
        /// Id, serial number or exact name
        #[arg(required = true)]
        devices: Vec<String>,
        /// Id of the unit
        #[arg(long)]
        to: Uuid,
    },
    /// Locks a device
    Lock {
        /// Id, serial number or exact name
        device: String,
        /// Shown on the lock screen
        #[arg(long)]
        message: Option<String>,
        /// Shown on the lock screen
        #[arg(long)]
        phone: Option<String>,
        /// For the audit trail
        #[arg(long)]
        reason: Option<String>,
    },
    /// Erases a device after a hold
    Erase {
        #[command(flatten)]
        destroy: Destroy,
        /// Keep the mobile data plan
        #[arg(long)]
        preserve_data_plan: bool,
    },
    /// Ends the management of a device after a hold
    Retire {
        #[command(flatten)]
        destroy: Destroy,
    },
    /// Shows what a device listed: apps, certificates, accounts, updates, and when it is asked
    Inventory {
        /// Id, serial number or exact name
        device: String,
    },
    /// Shows which facts of a device changed, newest first
    Changes {
        /// Id, serial number or exact name
        device: String,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Asks a device for everything it tells
    Refresh {
        /// Id, serial number or exact name
        device: String,
    },
    /// Installs a configuration profile
    InstallProfile {
        /// Id, serial number or exact name
        device: String,
        /// The .mobileconfig file, signed or not
        file: PathBuf,
    },
    /// Removes a configuration profile; to end the management use `retire`
    RemoveProfile {
        /// Id, serial number or exact name
        device: String,
        /// Identifier of the profile
        identifier: String,
    },
    /// Shows which server answers the declarative management of a device, or lets another one do so
    Declarative {
        /// Id, serial number or exact name
        device: String,
        /// The other server, as NanoMDM's -dm: https://…/, for the device and its users
        #[arg(long, value_name = "URL", conflicts_with = "here")]
        to: Option<String>,
        /// A file whose first line is the key that signs questions and answers
        #[arg(long, value_name = "FILE", requires = "to")]
        key_file: Option<PathBuf>,
        /// Answer here again
        #[arg(long)]
        here: bool,
    },
    /// Sends any other command
    Send(Box<super::send::Send>),
}

/// What a destructive verb wants to hear.
#[derive(Debug, clap::Args)]
pub(crate) struct Destroy {
    /// Id, serial number or exact name
    device: String,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
    /// The device's name, exactly, as proof that this one is meant
    #[arg(long, value_name = "NAME")]
    confirm: String,
}

pub(super) async fn run(with: With<DeviceVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        DeviceVerb::List {
            platform,
            status,
            search,
            sort,
            limit,
        } => {
            let filters = [
                ("platform", platform),
                ("status", status),
                ("search", search),
                ("sort", sort),
            ];
            let query: Vec<_> = filters
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect();
            let rows = client.list("devices", &query, limit).await?;
            show::rows(&client, LIST, rows, "There are no such devices.");
            Ok(())
        }
        DeviceVerb::Show { device } => {
            let id = resolve(&client, &device).await?;
            one(&client, &client.get(&format!("devices/{id}"), &[]).await?);
            Ok(())
        }
        DeviceVerb::Profiles { device } => {
            let id = resolve(&client, &device).await?;
            let found = client.get(&format!("devices/{id}/profiles"), &[]).await?;
            show::one(&client, &[], &found);
            show::part(&client, "Ours", ITEMS, &found["items"]);
            show::part(&client, "Others", FOREIGN, &found["foreign"]);
            Ok(())
        }
        DeviceVerb::Reconcile { device } => {
            let id = resolve(&client, &device).await?;
            let path = format!("devices/{id}/reconcile");
            let asked = client.post(&path, &json!({})).await?;
            show::one(&client, &[("CHANNELS ASKED", "/asked")], &asked);
            Ok(())
        }
        DeviceVerb::Move { devices, to } => {
            let ids = resolve_all(&client, &devices).await?;
            let body = json!({ "device_ids": ids, "unit_id": to });
            let answer = client.post("devices/move", &body).await?;
            show::done(&client, &answer, "Moved.");
            Ok(())
        }
        DeviceVerb::Lock {
            device,
            message,
            phone,
            reason,
        } => {
            let body = json!({"message": message, "phone_number": phone, "reason": reason});
            put(&client, &device, "lock", &body).await
        }
        DeviceVerb::Erase {
            destroy,
            preserve_data_plan,
        } => {
            let body = json!({
                "reason": destroy.reason, "confirm": destroy.confirm,
                "preserve_data_plan": preserve_data_plan,
            });
            put(&client, &destroy.device, "erase", &body).await
        }
        DeviceVerb::Retire { destroy } => {
            let body = json!({"reason": destroy.reason, "confirm": destroy.confirm});
            put(&client, &destroy.device, "retire", &body).await
        }
        DeviceVerb::Inventory { device } => {
            let id = resolve(&client, &device).await?;
            let path = format!("devices/{id}/inventory");
            inventory(&client, &client.get(&path, &[]).await?);
            Ok(())
        }
        DeviceVerb::Changes { device, limit } => {
            let id = resolve(&client, &device).await?;
            let path = format!("devices/{id}/fact-changes");
            let rows = client.list(&path, &[], limit).await?;
            show::rows(&client, CHANGES, rows, "No fact has changed yet.");
            Ok(())
        }
        DeviceVerb::Refresh { device } => refresh(&client, &device).await,
        DeviceVerb::InstallProfile { device, file } => {
            let profile = std::fs::read(&file).map_err(|error| {
                Failure::Usage(format!("{} cannot be read: {error}", file.display()))
            })?;
            let command = json!({"type": "InstallProfile", "profile": STANDARD.encode(profile)});
            put(&client, &device, "commands", &json!({"command": command})).await
        }
        DeviceVerb::RemoveProfile { device, identifier } => {
            let command = json!({"type": "RemoveProfile", "identifier": identifier});
            put(&client, &device, "commands", &json!({"command": command})).await
        }
        DeviceVerb::Declarative {
            device,
            to,
            key_file,
            here,
        } => {
            let id = resolve(&client, &device).await?;
            super::declarative::run(&client, &id, to, key_file, here).await
        }
        DeviceVerb::Send(send) => super::send::send(&client, *send).await,
    }
}

const LIST: &[super::table::Column] = &[
    ("NAME", "/name"),
    ("SERIAL", "/serial_number"),
    ("PLATFORM", "/platform"),
    ("OS", "/os_version"),
    ("STATUS", "/status"),
    ("CONTACT", "/contact"),
    ("PERSON", "/person_name"),
    ("LAST SEEN", "/last_seen"),
    ("ID", "/id"),
];

const ITEMS: &[super::table::Column] = &[
    ("PROFILE", "/profile_name"),
    ("CHANNEL", "/channel"),
    ("STATE", "/state"),
    ("DESIRED", "/desired_version"),
    ("DELIVERED", "/delivered_version"),
    ("CONFIRMED", "/confirmed_version"),
    ("AT", "/confirmed_at"),
    ("REASON", "/reason"),
    ("NEXT ATTEMPT", "/next_attempt_at"),
    ("BY", "/why/0/targets/0/name"),
];

const FOREIGN: &[super::table::Column] = &[
    ("PROFILE", "/name"),
    ("IDENTIFIER", "/identifier"),
    ("CHANNEL", "/channel"),
    ("MANAGES THE DEVICE", "/enrolls"),
    ("SEEN", "/observed_at"),
];

const CHANGES: &[super::table::Column] = &[
    ("FACT", "/name"),
    ("BEFORE", "/old_value"),
    ("AFTER", "/new_value"),
    ("SOURCE", "/source"),
    ("AT", "/at"),
];

fn inventory(client: &Client, found: &Value) {
    show::one(client, &[], found);
    let parts: [(&str, &str, &[super::table::Column]); 5] = [
        (
            "Questions",
            "questions",
            &[
                ("KIND", "/kind"),
                ("ANSWERED", "/answered_at"),
                ("NEXT", "/due_at"),
                ("LEFT OUT", "/left_out"),
            ],
        ),
        (
            "Apps",
            "apps",
            &[
                ("NAME", "/name"),
                ("IDENTIFIER", "/identifier"),
                ("VERSION", "/version"),
            ],
        ),
        (
            "Certificates",
            "certificates",
            &[
                ("NAME", "/common_name"),
                ("ISSUER", "/issuer"),
                ("EXPIRES", "/not_after"),
                ("IDENTITY", "/is_identity"),
            ],
        ),
        (
            "Accounts",
            "users",
            &[
                ("ACCOUNT", "/user_name"),
                ("NAME", "/full_name"),
                ("SIGNED IN", "/signed_in"),
            ],
        ),
        (
            "Updates",
            "updates",
            &[
                ("NAME", "/name"),
                ("VERSION", "/version"),
                ("CRITICAL", "/critical"),
            ],
        ),
    ];
    for (title, key, columns) in parts {
        show::part(client, title, columns, &found[key]);
    }
}

fn one(client: &Client, device: &Value) {
    let fields = [
        ("Name", "/name"),
        ("Id", "/id"),
        ("Serial number", "/serial_number"),
        ("Model", "/model_name"),
        ("Platform", "/platform"),
        ("OS version", "/os_version"),
        ("Status", "/status"),
        ("Contact", "/contact"),
        ("Ownership", "/ownership"),
        ("Person", "/person_name"),
        ("Enrolled", "/enrolled_at"),
        ("Last seen", "/last_seen"),
        ("Supervised", "/supervised"),
        ("Passcode", "/passcode_present"),
        ("Encrypted", "/encrypted"),
        ("Battery, %", "/battery_percent"),
    ];
    show::one(client, &fields, device);
    let profiles = [
        ("IDENTIFIER", "/identifier"),
        ("NAME", "/name"),
        ("SEEN", "/observed_at"),
    ];
    show::part(client, "Profiles", &profiles, &device["profiles"]);
    let facts = [
        ("FACT", "/name"),
        ("VALUE", "/value"),
        ("SOURCE", "/source"),
        ("OBSERVED", "/observed_at"),
    ];
    show::part(client, "Facts", &facts, &device["facts"]);
}

async fn put(client: &Client, device: &str, verb: &str, body: &Value) -> Result<(), Failure> {
    let id = resolve(client, device).await?;
    let made = client.post(&format!("devices/{id}/{verb}"), body).await?;
    show::enqueued(client, &made);
    Ok(())
}

async fn refresh(client: &Client, device: &str) -> Result<(), Failure> {
    let id = resolve(client, device).await?;
    let made = client
        .post(&format!("devices/{id}/refresh"), &json!({}))
        .await?;
    if client.json {
        show::done(client, &made, "");
    } else {
        made["batches"]
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|b| show::enqueued(client, b));
    }
    Ok(())
}

/// The ids of all devices that are meant.
pub(super) async fn resolve_all(
    client: &Client,
    devices: &[String],
) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::with_capacity(devices.len());
    for device in devices {
        ids.push(resolve(client, device).await?);
    }
    Ok(ids)
}

/// The id of the one device that is meant.
pub(super) async fn resolve(client: &Client, device: &str) -> Result<String, Failure> {
    if let Ok(id) = Uuid::try_parse(device) {
        return Ok(id.to_string());
    }
    let query = [("search", device.to_owned())];
    let found = client.list("devices", &query, 200).await?.items;
    let is_meant = |row: &&Value| {
        [&row["serial_number"], &row["name"]].iter().any(|value| {
            value
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case(device))
        })
    };
    let meant: Vec<&Value> = found.iter().filter(is_meant).collect();
    match meant.as_slice() {
        [one] => Ok(one["id"].as_str().unwrap_or_default().to_owned()),
        [] => Err(Failure::Problem(json!({
            "status": 404, "code": "not_found",
            "detail": format!("There is no device with the serial number or name `{device}`."),
        }))),
        many => Err(Failure::Usage(format!(
            "{} devices are called `{device}`; give the id or serial number",
            many.len()
        ))),
    }
}
