//! Files on their way to the server.

use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::super::client::Client;
use super::super::{Failure, show};

/// The bytes of a file; of standard input for `-`.
pub(super) fn bytes_of(file: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let read = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    read.map(Zeroizing::new)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", file.display())))
}

pub(super) fn base64_of(file: &Path) -> Result<String, Failure> {
    Ok(STANDARD.encode(&*bytes_of(file)?))
}

pub(super) async fn update(
    client: &Client,
    file: &Path,
    profile: Option<String>,
    comment: Option<String>,
) -> Result<(), Failure> {
    let bytes = bytes_of(file)?;
    let id = match profile {
        Some(id) => id,
        None => find(client, &bytes).await?,
    };
    let path = format!("profiles/{id}/draft");
    let before = client.get(&path, &[]).await?;
    let body = json!({ "revision": before["revision"], "content": STANDARD.encode(&*bytes),
        "comment": comment });
    let draft = client.put(&path, &body).await?;
    if draft["revision"] == before["revision"] {
        show::done(client, &draft, "Nothing changed.");
        return Ok(());
    }
    if client.json {
        show::one(client, &[], &draft);
    } else {
        let columns = [
            ("PLACE", "/path"),
            ("", "/kind"),
            ("BEFORE", "/old"),
            ("AFTER", "/new"),
        ];
        show::done(client, &Value::Null, "The draft is saved.");
        show::part(client, "Not published yet", &columns, &draft["changes"]);
    }
    findings(client, &draft);
    Ok(())
}

/// The profile whose identifier the file has.
async fn find(client: &Client, bytes: &[u8]) -> Result<String, Failure> {
    let checked = tillsyn_core::profiles::check_upload(bytes.to_vec())
        .map_err(|error| Failure::Usage(error.detail))?;
    let query = [("search", checked.identifier.clone())];
    let rows = client.list("profiles", &query, usize::MAX).await?;
    let found = rows
        .items
        .iter()
        .find(|row| row["identifier"] == checked.identifier);
    let id = found.and_then(|row| row["id"].as_str()).map(str::to_owned);
    id.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no profile with the identifier {}; make it with `tillsyn profile create`, or say \
             which is meant with --profile",
            checked.identifier
        ))
    })
}

/// What the check says of a draft.
pub(super) fn findings(client: &Client, draft: &Value) {
    let columns = [
        ("", "/severity"),
        ("PAYLOAD", "/payload_type"),
        ("PLACE", "/path"),
        ("", "/text"),
    ];
    show::part(client, "Findings", &columns, &draft["findings"]);
}
