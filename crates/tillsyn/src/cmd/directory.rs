//! `tillsyn directory`: where people and groups come from.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::mail::read;
use super::{Failure, With, show};

/// The person behind the token.
#[derive(Debug, clap::Args)]
pub(crate) struct Person {
    /// File that holds the password of your account: a token alone does not do this
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Code of your authenticator app, where you have one
    #[arg(long)]
    code: Option<String>,
}

impl Person {
    fn body(self) -> Result<Value, Failure> {
        let password = match self.password_file {
            Some(file) => Some(read(&file)?),
            None => None,
        };
        Ok(json!({ "password": password, "code": self.code }))
    }
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum DirectoryVerb {
    /// Lists the directories
    List,
    /// Shows one directory
    Show {
        /// Id of the directory
        id: String,
    },
    /// Adds a directory
    Add {
        /// What it is called here
        name: String,
        /// scim or ldap
        #[arg(long, default_value = "scim")]
        kind: String,
        /// Id of the unit in which its people are made [default: your own]
        #[arg(long)]
        unit: Option<String>,
        /// 1 to 1000; the lowest owns a field that several know
        #[arg(long)]
        priority: Option<i64>,
    },
    /// Stops listening to a directory; what it brought stays
    Pause {
        /// Id of the directory
        id: String,
    },
    /// Listens to a paused directory again
    Resume {
        /// Id of the directory
        id: String,
    },
    /// Removes a directory; its people stay
    Remove {
        /// Id of the directory
        id: String,
    },
    /// Lists the tokens of a SCIM connector
    Tokens {
        /// Id of the directory
        id: String,
    },
    /// Makes a token for a SCIM client, shown this once
    AddToken {
        /// Id of the directory
        id: String,
        /// Life in days
        #[arg(long, default_value_t = 365)]
        days: i64,
        #[command(flatten)]
        person: Person,
    },
    /// Ends a token at once
    RevokeToken {
        /// Id of the directory
        id: String,
        /// Id of the token
        token: String,
    },
    /// Lists what readings did, newest first
    Runs {
        /// Id of the directory
        id: String,
        /// Only what waits for somebody
        #[arg(long)]
        held: bool,
        /// Rows at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Lets happen what waits
    Release {
        /// Id of the directory
        id: String,
        /// Id of the run
        run: String,
        #[command(flatten)]
        person: Person,
    },
    /// Refuses what waits: everything stays as it is
    Decline {
        /// Id of the directory
        id: String,
        /// Id of the run
        run: String,
        #[command(flatten)]
        person: Person,
    },
    /// Lists whom a directory calls what
    Links {
        /// Id of the directory
        id: String,
        /// Only entries with somebody who may be the same person
        #[arg(long)]
        suggested: bool,
        /// Rows at most
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Says who an entry is; without a person, that it is not whom it was suggested to be
    Link {
        /// Id of the directory
        id: String,
        /// Id of the link
        link: String,
        /// Id of the person
        #[arg(long)]
        person: Option<String>,
    },
    /// Lists who is suspended or leaving, and their devices
    Leavers {
        /// Id of the directory
        id: String,
    },
    /// Shows what becomes of devices in a unit when people leave, or changes what is named
    LeaverPolicy {
        /// Id of the unit
        unit: String,
        /// Days until devices are dealt with, 0 to 30
        #[arg(long)]
        grace_days: Option<i64>,
        /// Whether management is removed from their own devices
        #[arg(long)]
        retire_personal: Option<bool>,
        /// Whether devices of the organisation are locked
        #[arg(long)]
        lock_corporate: Option<bool>,
        /// Days after which somebody suspended counts as having left; 0 is never
        #[arg(long)]
        suspended_days: Option<i64>,
        /// Takes the unit's own rule away: the one above counts again
        #[arg(long, conflicts_with_all = ["grace_days", "retire_personal", "lock_corporate", "suspended_days"])]
        remove: bool,
    },
}

const COLUMNS: [(&str, &str); 8] = [
    ("NAME", "/name"),
    ("KIND", "/kind"),
    ("STATUS", "/status"),
    ("UNIT", "/unit"),
    ("PEOPLE", "/people"),
    ("GROUPS", "/groups"),
    ("HELD", "/held"),
    ("ID", "/id"),
];

pub(super) async fn run(with: With<DirectoryVerb>) -> Result<(), Failure> {
    let client = with.client()?;
    match with.verb {
        DirectoryVerb::List => {
            let rows = client.list("directories", &[], usize::MAX).await?;
            show::rows(&client, &COLUMNS, rows, "There are no directories.");
        }
        DirectoryVerb::Show { id } => {
            let shown = client.get(&format!("directories/{id}"), &[]).await?;
            let fields = [
                ("Name", "/name"),
                ("Kind", "/kind"),
                ("Status", "/status"),
                ("Unit", "/unit"),
                ("Priority", "/priority"),
                ("People", "/people"),
                ("Groups", "/groups"),
                ("Held", "/held"),
                ("SCIM address", "/scim_url"),
                ("Last reading", "/last_run_at"),
                ("Cannot be read", "/ill"),
                ("Ignored", "/ignored"),
                ("Id", "/id"),
            ];
            show::one(&client, &fields, &shown);
        }
        DirectoryVerb::Add {
            name,
            kind,
            unit,
            priority,
        } => {
            let body = json!({
                "name": name, "kind": kind, "unit_id": unit, "priority": priority,
            });
            let made = client.post("directories", &body).await?;
            let fields = [("Id", "/id"), ("SCIM address", "/scim_url")];
            show::one(&client, &fields, &made);
        }
        DirectoryVerb::Pause { id } => {
            let body = json!({ "paused": true });
            let answer = client.patch(&format!("directories/{id}"), &body).await?;
            show::done(&client, &answer, "Paused.");
        }
        DirectoryVerb::Resume { id } => {
            let body = json!({ "paused": false });
            let answer = client.patch(&format!("directories/{id}"), &body).await?;
            show::done(&client, &answer, "It is listened to again.");
        }
        DirectoryVerb::Remove { id } => {
            let answer = client.delete(&format!("directories/{id}")).await?;
            show::done(&client, &answer, "Removed.");
        }
        DirectoryVerb::Tokens { id } => {
            let path = format!("directories/{id}/tokens");
            let rows = client.list(&path, &[], usize::MAX).await?;
            let columns = [
                ("MADE", "/created_at"),
                ("UNTIL", "/expires_at"),
                ("LAST USED", "/last_used_at"),
                ("ID", "/id"),
            ];
            show::rows(&client, &columns, rows, "There are no tokens.");
        }
        DirectoryVerb::AddToken { id, days, person } => {
            let mut body = person.body()?;
            body["days"] = json!(days);
            let path = format!("directories/{id}/tokens");
            let made = client.post(&path, &body).await?;
            let fields = [("Id", "/token/id"), ("Token", "/value")];
            show::one(&client, &fields, &made);
        }
        DirectoryVerb::RevokeToken { id, token } => {
            let path = format!("directories/{id}/tokens/{token}");
            let answer = client.delete(&path).await?;
            show::done(&client, &answer, "Revoked.");
        }
        other => of_runs(&client, other).await?,
    }
    Ok(())
}

async fn of_runs(client: &super::client::Client, verb: DirectoryVerb) -> Result<(), Failure> {
    match verb {
        DirectoryVerb::Runs { id, held, limit } => {
            let query = [("held", held.to_string())];
            let path = format!("directories/{id}/runs");
            let rows = client.list(&path, &query, limit).await?;
            let columns = [
                ("WHEN", "/created_at"),
                ("KIND", "/kind"),
                ("STATUS", "/status"),
                ("PEOPLE", "/counts/people"),
                ("NEW", "/counts/created"),
                ("CHANGED", "/counts/changed"),
                ("SUSPENDED", "/counts/suspended"),
                ("WAITS FOR", "/held/reasons"),
                ("ID", "/id"),
            ];
            show::rows(client, &columns, rows, "Nothing was read yet.");
        }
        DirectoryVerb::Release { id, run, person } => {
            let path = format!("directories/{id}/runs/{run}/release");
            let answer = client.post(&path, &person.body()?).await?;
            show::done(client, &answer, "Released.");
        }
        DirectoryVerb::Decline { id, run, person } => {
            let path = format!("directories/{id}/runs/{run}/decline");
            let answer = client.post(&path, &person.body()?).await?;
            show::done(client, &answer, "Declined; everything stays as it is.");
        }
        DirectoryVerb::Links {
            id,
            suggested,
            limit,
        } => {
            let query = [("suggested", suggested.to_string())];
            let path = format!("directories/{id}/links");
            let rows = client.list(&path, &query, limit).await?;
            let columns = [
                ("PERSON", "/person"),
                ("LOGIN", "/login"),
                ("STATE", "/state"),
                ("KEY", "/key"),
                ("MAY BE", "/suggested_person"),
                ("ID", "/id"),
            ];
            show::rows(client, &columns, rows, "There are no links.");
        }
        DirectoryVerb::Link { id, link, person } => {
            let path = format!("directories/{id}/links/{link}");
            let body = json!({ "person_id": person });
            let answer = client.put(&path, &body).await?;
            show::done(client, &answer, "Noted.");
        }
        DirectoryVerb::Leavers { id } => {
            let path = format!("directories/{id}/leavers");
            let rows = client.list(&path, &[], usize::MAX).await?;
            let columns = [
                ("PERSON", "/person"),
                ("STATE", "/state"),
                ("SINCE", "/since"),
                ("DEVICES DUE", "/due_at"),
                ("TO RETURN", "/to_return"),
                ("OWN", "/personal"),
            ];
            show::rows(client, &columns, rows, "Nobody leaves.");
        }
        DirectoryVerb::LeaverPolicy {
            unit,
            grace_days,
            retire_personal,
            lock_corporate,
            suspended_days,
            remove,
        } => {
            let path = format!("units/{unit}/leaver-policy");
            if remove {
                let answer = client.delete(&path).await?;
                show::done(client, &answer, "The rule of the unit above counts.");
                return Ok(());
            }
            let wanted = [
                ("grace_days", grace_days.map(Value::from)),
                ("retire_personal", retire_personal.map(Value::from)),
                ("lock_corporate", lock_corporate.map(Value::from)),
                ("suspended_days", suspended_days.map(no_days)),
            ];
            leaver_policy(client, &path, wanted).await?;
        }
        _ => {}
    }
    Ok(())
}

/// No days are none.
fn no_days(days: i64) -> Value {
    match days {
        0 => Value::Null,
        days => Value::from(days),
    }
}

/// Shows a rule, or changes what is named of it and leaves the rest as it counts.
async fn leaver_policy(
    client: &super::client::Client,
    path: &str,
    wanted: [(&str, Option<Value>); 4],
) -> Result<(), Failure> {
    let mut policy = client.get(path, &[]).await?;
    if wanted.iter().any(|(_, value)| value.is_some()) {
        let mut body = serde_json::Map::new();
        for (name, value) in wanted {
            let value = value.unwrap_or_else(|| policy[name].take());
            body.insert(name.to_owned(), value);
        }
        policy = client.put(path, &Value::Object(body)).await?;
    }
    let fields = [
        ("Days of grace", "/grace_days"),
        ("Their own devices are retired", "/retire_personal"),
        ("Ours are locked", "/lock_corporate"),
        ("Suspended counts as left after", "/suspended_days"),
        ("The unit's own rule", "/own"),
    ];
    show::one(client, &fields, &policy);
    Ok(())
}
