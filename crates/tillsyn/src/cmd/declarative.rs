//! `tillsyn device declarative`: who answers a device's declarative management.

use std::path::PathBuf;

use serde_json::json;

use super::client::{Client, read};
use super::{Failure, show};

/// Shows, sets or ends it.
pub(super) async fn run(
    client: &Client,
    id: &str,
    to: Option<String>,
    key_file: Option<PathBuf>,
    here: bool,
) -> Result<(), Failure> {
    let path = format!("devices/{id}/declarative-forwarding");
    if here {
        let answer = client.delete(&path).await?;
        show::done(client, &answer, "This server answers.");
        return Ok(());
    }
    let found = match to {
        None => client.get(&path, &[]).await?,
        Some(url) => {
            let key = key_file.map(|file| read(&file)).transpose()?;
            let key = key
                .as_ref()
                .map(|text| text.lines().next().unwrap_or_default());
            client
                .put(&path, &json!({ "url": url, "key": key }))
                .await?
        }
    };
    let fields = [
        ("Server", "/url"),
        ("Signed", "/signed"),
        ("Since", "/set_at"),
        ("Enrollment", "/enrollment_id"),
    ];
    show::one(client, &fields, &found);
    Ok(())
}
