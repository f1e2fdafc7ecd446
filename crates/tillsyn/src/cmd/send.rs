//! `tillsyn device send` and `tillsyn command types`: every type of command.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::client::{Client, read};
use super::{Failure, device, show};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["kind", "plist"])))]
pub(crate) struct Send {
    /// Id, serial number or exact name
    device: String,
    /// Type of the command, such as RestartDevice; `command types` lists them
    kind: Option<String>,
    /// A parameter, as name=value; the value is JSON, or else a text. May be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// All parameters as a JSON object, from a file: for secrets
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    parameters: Option<PathBuf>,
    /// A whole command as a property list, from a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["set", "parameters"])]
    plist: Option<PathBuf>,
    /// device, users, or user:<id>
    #[arg(long)]
    channel: Option<String>,
    /// Why, for the audit trail
    #[arg(long)]
    reason: Option<String>,
    /// The device's name, exactly, where the act asks for it
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

pub(super) async fn send(client: &Client, send: Send) -> Result<(), Failure> {
    let body = json!({
        "command": command(&send)?,
        "channel": send.channel,
        "reason": send.reason,
        "confirm": send.confirm,
    });
    let id = device::resolve(client, &send.device).await?;
    let made = client
        .post(&format!("devices/{id}/commands"), &body)
        .await?;
    show::enqueued(client, &made);
    Ok(())
}

fn command(send: &Send) -> Result<Value, Failure> {
    if let Some(file) = &send.plist {
        return Ok(json!({ "type": "Raw", "plist": *read(file)? }));
    }
    let mut command = match &send.parameters {
        Some(file) => serde_json::from_str::<Map<String, Value>>(&read(file)?)
            .map_err(|_| Failure::Usage(format!("{} holds no JSON object", file.display())))?,
        None => Map::new(),
    };
    for set in &send.set {
        let (name, value) = set
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("`{set}` is not NAME=VALUE")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        command.insert(name.to_owned(), value);
    }
    command.insert("type".to_owned(), json!(send.kind));
    Ok(Value::Object(command))
}

pub(super) async fn types(client: &Client, device: Option<String>) -> Result<(), Failure> {
    let mut query = Vec::new();
    if let Some(device) = device {
        query.push(("device_id", device::resolve(client, &device).await?));
    }
    let types = client.get("command-types", &query).await?;
    if client.json {
        show::done(client, &types, "");
        return Ok(());
    }
    let columns = [
        ("TYPE", "/type"),
        ("WHAT IT DOES", "/title"),
        ("NEEDS", "/permission"),
        ("ACT", "/act"),
        ("WHY NOT", "/refused"),
    ];
    show::part(client, "Types of commands", &columns, &types["items"]);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn parameters_are_json_or_text() {
        let send = Send {
            device: "d".to_owned(),
            kind: Some("DeleteUser".to_owned()),
            set: vec![
                "user_name=anna".to_owned(),
                "force_deletion=true".to_owned(),
            ],
            parameters: None,
            plist: None,
            channel: None,
            reason: None,
            confirm: None,
        };
        assert_eq!(
            command(&send).unwrap(),
            json!({ "type": "DeleteUser", "user_name": "anna", "force_deletion": true })
        );
    }
}
