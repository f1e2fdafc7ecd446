//! The master key: from the environment, a command or a file, never from the database; and from one to the next.

mod change;

use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tillsyn_core::keys::KeyStore;
use tillsyn_pki::seal::{KeyRing, MasterKey};
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::files;

pub(crate) use change::{KeysCommand, run};

/// The key, from wherever the configuration says.
pub(crate) async fn load(config: &Config) -> anyhow::Result<KeyStore> {
    if let Some(text) = &config.master_key {
        return read(text.expose(), "TILLSYN_MASTER_KEY");
    }
    if let Some(command) = &config.keys.master_key_command {
        return read(&from_command(command).await?, "keys.master_key_command");
    }
    let file = &config.keys.master_key_file;
    match std::fs::read_to_string(file) {
        Ok(text) => read(&Zeroizing::new(text), &file.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the master key file {} is missing. Put back the key that this database was initialised \
             with, or set keys.master_key_file; for a new installation run `tillsyn init`",
            file.display()
        ),
        Err(error) => {
            Err(error).with_context(|| format!("cannot read the master key {}", file.display()))
        }
    }
}

/// Makes the key file if the key comes from a file and there is none. True when it was made.
pub(crate) fn make(config: &Config) -> anyhow::Result<bool> {
    if config.master_key.is_some() || config.keys.master_key_command.is_some() {
        return Ok(false);
    }
    write_new_key(&config.keys.master_key_file)
}

fn write_new_key(path: &Path) -> anyhow::Result<bool> {
    let mut text = MasterKey::generate(1).to_text();
    text.push('\n');
    files::write_new(path, text.as_bytes(), 0o600)
}

fn read(text: &str, origin: &str) -> anyhow::Result<KeyStore> {
    match KeyRing::from_text(text) {
        Ok(ring) => Ok(KeyStore::new(ring)),
        // The error could quote nothing useful, and the text is a secret.
        Err(_) => bail!(
            "{origin} holds no master key: expected lines of `id:` and 32 bytes in Base64, as `tillsyn \
             init` writes them"
        ),
    }
}

const COMMAND_LIMIT: Duration = Duration::from_secs(30);

async fn from_command(command: &str) -> anyhow::Result<Zeroizing<String>> {
    let run = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(COMMAND_LIMIT, run)
        .await
        .context("keys.master_key_command took longer than 30 seconds")?
        .context("keys.master_key_command cannot be run")?;
    if !output.status.success() {
        bail!("keys.master_key_command failed: {}", output.status);
    }
    match String::from_utf8(output.stdout) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(_) => bail!("keys.master_key_command printed no text"),
    }
}
