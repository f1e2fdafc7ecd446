//! `tillsyn plan` and `tillsyn apply`: what a change does, before it is made.

use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, Connection};
use super::device::{resolve, resolve_all};
use super::table::plain;
use super::{Failure, With, show};
use crate::output::say;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum PlanVerb {
    /// Plans to assign a profile
    Assign {
        /// Id of the profile
        profile: Uuid,
        #[command(flatten)]
        terms: Terms,
    },
    /// Plans to put other terms in the place of an assignment's: all of them are said anew
    Change {
        /// Id of the assignment
        assignment: Uuid,
        #[command(flatten)]
        terms: Terms,
    },
    /// Plans to make the draft of a profile its newest version
    Publish {
        /// Id of the profile
        profile: Uuid,
        /// Revision of the draft that you looked at
        #[arg(long)]
        revision: i64,
        #[arg(long)]
        comment: Option<String>,
    },
    /// Plans to take an assignment away
    Unassign {
        /// Id of the assignment
        assignment: Uuid,
    },
    /// Plans to take members into a group and out of it
    Members {
        /// Id of the group
        group: Uuid,
        /// To take in: device:ID, serial number or name, or person:ID; may be repeated
        #[arg(long, value_name = "KIND:WHO")]
        add: Vec<String>,
        /// Those to take out
        #[arg(long, value_name = "KIND:WHO")]
        remove: Vec<String>,
    },
    /// Plans to move devices to another org unit
    MoveDevice {
        /// Id, serial number or exact name
        #[arg(required = true)]
        devices: Vec<String>,
        /// Id of the unit
        #[arg(long)]
        to: Uuid,
    },
    /// Plans to move people to another org unit
    MovePeople {
        /// Ids of people
        #[arg(required = true)]
        people: Vec<Uuid>,
        /// Id of the unit
        #[arg(long)]
        to: Uuid,
        /// The devices that are theirs go with them
        #[arg(long)]
        with_devices: bool,
    },
    /// Plans to move an org unit with everything below it
    MoveUnit {
        /// Id of the unit
        unit: Uuid,
        /// Id of the unit that it belongs to from then on
        #[arg(long)]
        to: Uuid,
    },
    /// Plans to take a profile out of use
    Archive {
        /// Id of the profile
        profile: Uuid,
    },
    /// Lists plans, newest first
    List {
        /// Only those that can still be applied
        #[arg(long)]
        pending: bool,
        /// How many at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Shows a plan
    Show {
        /// Its id
        id: Uuid,
    },
    /// Lists what a plan would do now, device by device
    Effects {
        /// Id of the plan
        id: Uuid,
        /// install, replace, remove, withdraw or refused
        #[arg(long)]
        effect: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Carries a plan out
    Apply {
        /// Its id
        id: Uuid,
        #[command(flatten)]
        approval: Approval,
    },
    /// Takes a plan back
    Cancel {
        /// Its id
        id: Uuid,
    },
}

/// Whom an assignment names, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Terms {
    /// Whom to: group:ID, unit:ID or device:ID, serial number or name; may be repeated
    #[arg(long, required = true, value_name = "KIND:WHO")]
    to: Vec<String>,
    /// Whom not, whatever else includes them
    #[arg(long, value_name = "KIND:WHO")]
    not: Vec<String>,
    /// To every managed user of a device, not to the device itself
    #[arg(long)]
    users: bool,
    /// A fixed version [default: always the newest]
    #[arg(long)]
    version: Option<i64>,
}

impl Terms {
    /// As members of a change.
    async fn fill(self, client: &Client, mut change: Value) -> Result<Value, Failure> {
        change["version"] = json!(self.version);
        change["channel"] = json!(if self.users { "users" } else { "device" });
        change["include"] = json!(targets(client, &self.to).await?);
        change["exclude"] = json!(targets(client, &self.not).await?);
        Ok(change)
    }
}

/// What the guard asks for when a plan takes profiles from more than one device.
#[derive(Debug, clap::Args)]
pub(crate) struct Approval {
    /// Why, for the audit trail
    #[arg(long)]
    reason: Option<String>,
    /// The exact number of devices from which something is removed
    #[arg(long, value_name = "COUNT")]
    confirm: Option<String>,
}

/// `tillsyn apply --plan ID`.
#[derive(Debug, clap::Args)]
pub(crate) struct ApplyVerb {
    #[command(flatten)]
    pub(super) connection: Connection,
    /// Id of the plan
    #[arg(long, value_name = "ID")]
    plan: Uuid,
    #[command(flatten)]
    approval: Approval,
}

pub(super) async fn run(with: With<PlanVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        PlanVerb::Assign { profile, terms } => {
            let change = json!({ "kind": "assign", "profile_id": profile });
            let change = terms.fill(&client, change).await?;
            create(&client, change).await
        }
        PlanVerb::Change { assignment, terms } => {
            let change = json!({ "kind": "change_assignment", "assignment_id": assignment });
            let change = terms.fill(&client, change).await?;
            create(&client, change).await
        }
        PlanVerb::Publish {
            profile,
            revision,
            comment,
        } => {
            let change = json!({
                "kind": "publish_version", "profile_id": profile, "draft_revision": revision,
                "comment": comment,
            });
            create(&client, change).await
        }
        PlanVerb::Unassign { assignment } => {
            let change = json!({ "kind": "unassign", "assignment_id": assignment });
            create(&client, change).await
        }
        PlanVerb::Members { group, add, remove } => {
            let change = json!({
                "kind": "group_members", "group_id": group,
                "add": members(&client, &add).await?, "remove": members(&client, &remove).await?,
            });
            create(&client, change).await
        }
        PlanVerb::MoveDevice { devices, to } => {
            let ids = resolve_all(&client, &devices).await?;
            let change = json!({ "kind": "move_device", "device_ids": ids, "unit_id": to });
            create(&client, change).await
        }
        PlanVerb::MovePeople {
            people,
            to,
            with_devices,
        } => {
            let mut devices = Vec::new();
            for person in people.iter().filter(|_| with_devices) {
                let path = format!("people/{person}/devices");
                let theirs = client.list(&path, &[], usize::MAX).await?.items;
                devices.extend(theirs.into_iter().map(|device| device["id"].clone()));
            }
            let change = json!({
                "kind": "move_people", "person_ids": people, "device_ids": devices, "unit_id": to,
            });
            create(&client, change).await
        }
        PlanVerb::MoveUnit { unit, to } => {
            let change = json!({ "kind": "move_unit", "unit_id": unit, "parent_id": to });
            create(&client, change).await
        }
        PlanVerb::Archive { profile } => {
            let change = json!({ "kind": "archive_profile", "profile_id": profile });
            create(&client, change).await
        }
        PlanVerb::List { pending, limit } => {
            let query = [("pending", pending.to_string())];
            let rows = client.list("plans", &query, limit).await?;
            show::rows(&client, LIST, rows, "There are no such plans.");
            Ok(())
        }
        PlanVerb::Show { id } => {
            let plan = client.get(&format!("plans/{id}"), &[]).await?;
            show::one(&client, FIELDS, &plan);
            Ok(())
        }
        PlanVerb::Effects { id, effect, limit } => {
            let query: Vec<_> = effect
                .map(|effect| ("effect", effect))
                .into_iter()
                .collect();
            let path = format!("plans/{id}/effects");
            let rows = client.list(&path, &query, limit).await?;
            show::rows(
                &client,
                EFFECTS,
                rows,
                "This plan changes nothing on any device.",
            );
            Ok(())
        }
        PlanVerb::Apply { id, approval } => carry_out(&client, id, &approval).await,
        PlanVerb::Cancel { id } => {
            let path = format!("plans/{id}/cancel");
            let plan = client.post(&path, &json!({})).await?;
            show::done(&client, &plan, "Cancelled.");
            Ok(())
        }
    }
}

pub(super) async fn apply(verb: ApplyVerb) -> Result<(), Failure> {
    let client = Client::new(&verb.connection)?;
    carry_out(&client, verb.plan, &verb.approval).await
}

async fn carry_out(client: &Client, id: Uuid, approval: &Approval) -> Result<(), Failure> {
    let body = json!({ "reason": approval.reason, "confirm": approval.confirm });
    let plan = client.post(&format!("plans/{id}/apply"), &body).await?;
    let words = match plan["status"].as_str() {
        Some("waiting") => format!(
            "It waits for a second person, who confirms it in the console; or on the server: \
             tillsyn guard release {id}"
        ),
        _ => "Applied.".to_owned(),
    };
    show::done(client, &plan, &words);
    Ok(())
}

async fn create(client: &Client, change: Value) -> Result<(), Failure> {
    let plan = client.post("plans", &json!({ "change": change })).await?;
    show::one(client, FIELDS, &plan);
    if !client.json {
        let id = plain(&plan["id"]);
        say!("\nEach device:  tillsyn plan effects {id}\nCarry it out: tillsyn apply --plan {id}");
    }
    Ok(())
}

/// `group:ID`, `unit:ID`, `device:WHO`.
async fn targets(client: &Client, texts: &[String]) -> Result<Vec<Value>, Failure> {
    let mut targets = Vec::with_capacity(texts.len());
    for text in texts {
        let target = match text.split_once(':') {
            Some(("group", id)) => json!({ "kind": "group", "id": id }),
            Some(("unit", id)) => json!({ "kind": "org_unit", "id": id }),
            Some(("device", who)) => {
                json!({ "kind": "device", "id": resolve(client, who).await? })
            }
            _ => {
                return Err(Failure::Usage(format!(
                    "`{text}` names nobody; write group:ID, unit:ID or device:SERIAL"
                )));
            }
        };
        targets.push(target);
    }
    Ok(targets)
}

/// `device:WHO`, `person:ID`.
async fn members(client: &Client, texts: &[String]) -> Result<Vec<Value>, Failure> {
    let mut members = Vec::with_capacity(texts.len());
    for text in texts {
        let member = match text.split_once(':') {
            Some(("person", id)) => json!({ "kind": "person", "id": id }),
            Some(("device", who)) => {
                json!({ "kind": "device", "id": resolve(client, who).await? })
            }
            _ => {
                return Err(Failure::Usage(format!(
                    "`{text}` names nobody; write device:SERIAL or person:ID"
                )));
            }
        };
        members.push(member);
    }
    Ok(members)
}

const LIST: &[(&str, &str)] = &[
    ("ID", "/id"),
    ("MADE", "/created_at"),
    ("CHANGE", "/change/kind"),
    ("STATUS", "/status"),
    ("DEVICES", "/summary/devices"),
    ("REMOVES FROM", "/summary/removes_from"),
];

const EFFECTS: &[(&str, &str)] = &[
    ("DEVICE", "/device_name"),
    ("CHANNEL", "/channel"),
    ("PROFILE", "/profile_name"),
    ("EFFECT", "/effect"),
    ("OLD", "/old_version"),
    ("NEW", "/new_version"),
    ("REASON", "/reason"),
];

const FIELDS: &[(&str, &str)] = &[
    ("Id", "/id"),
    ("Change", "/change/kind"),
    ("Status", "/status"),
    ("Devices looked at", "/summary/looked_at"),
    ("Devices that change", "/summary/devices"),
    ("Install", "/summary/effects/install"),
    ("Replace", "/summary/effects/replace"),
    ("Remove", "/summary/effects/remove"),
    ("Withdraw", "/summary/effects/withdraw"),
    ("Refused", "/summary/effects/refused"),
    ("Devices that use all of it", "/summary/apply_all"),
    ("Removes from devices", "/summary/removes_from"),
    ("Not seen for long", "/summary/not_seen"),
    ("Reason", "/reason"),
    ("Lapses", "/expires_at"),
    ("Applied", "/applied_at"),
];
