//! `tillsyn keys`: a new master key takes the place of the old one while the server runs.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::keys::{self, Census, NodeKeys};
use tillsyn_core::{Actor, Core};
use tillsyn_pki::seal::{KeyRing, MasterKey};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::files::Replacing;
use crate::output::say;
use crate::{database, node};

/// What to do with the master keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeysCommand {
    /// Lists the master keys: which one seals, how much the others hold still, and who has them
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Puts a new key into the key file, behind the others. It seals nothing yet
    Add {
        /// Print the line of a new key, a secret, for where keys do not come from a file
        #[arg(long)]
        print: bool,
    },
    /// Lets the newest key seal, and seals anew what older ones hold, while the server runs. Recorded in the audit
    /// trail
    Reseal {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Takes an old key that nothing needs any more out of the key file
    Remove {
        /// Id of the key
        id: u32,
        /// The key's fingerprint from `keys list`, to confirm: backups that it sealed open with it alone
        #[arg(long, value_name = "FINGERPRINT")]
        confirm: String,
        /// Not only a day after it ceased to seal. Who repeats a request of that day with its Idempotency-Key is told
        /// that the key was used for another one
        #[arg(long)]
        now: bool,
    },
}

/// Nodes follow within a minute of their own; a little more, for one that is busy.
const FOLLOW: Duration = Duration::from_secs(150);

pub(crate) async fn run(file: Option<&Path>, command: KeysCommand) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    if let KeysCommand::Add { print } = command {
        return add(&config, print).await;
    }
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let done = match command {
        KeysCommand::List { json } => list(&core, json).await,
        KeysCommand::Reseal { json } => reseal(&core, json).await,
        KeysCommand::Remove { id, confirm, now } => remove(&config, &core, id, &confirm, now).await,
        KeysCommand::Add { .. } => Ok(()),
    };
    core.db().close().await;
    done
}

async fn add(config: &Config, print: bool) -> anyhow::Result<()> {
    let held = super::load(config).await?;
    let newest = held.fingerprints().first().map_or(0, |(id, _)| *id);
    let id = newest
        .checked_add(1)
        .context("there is no id behind that of the newest key")?;
    let key = MasterKey::generate(id);
    if print {
        say!("{}", key.to_text().as_str());
        return Ok(());
    }
    if let Some(origin) = elsewhere(config) {
        bail!(
            "the master key comes from {origin}: `tillsyn keys add --print` prints the line of a new key, to be put \
             behind the others there"
        );
    }
    let file = &config.keys.master_key_file;
    rewrite(file, |text| {
        let mut text = Zeroizing::new(text.to_owned());
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&key.to_text());
        text.push('\n');
        Ok(text)
    })?;
    say!(
        "Key {id} is in {}, and seals nothing yet. Keep a copy of it where you keep the others, give every node the \
         file, start the nodes again one after another, then run `tillsyn keys reseal`.",
        file.display()
    );
    Ok(())
}

/// Where the key comes from when it is no file.
fn elsewhere(config: &Config) -> Option<&'static str> {
    if config.master_key.is_some() {
        return Some("TILLSYN_MASTER_KEY");
    }
    let command = config.keys.master_key_command.is_some();
    command.then_some("keys.master_key_command")
}

/// Puts another text in the place of a key file: whole, and for the same owner.
fn rewrite(
    file: &Path,
    change: impl FnOnce(&str) -> anyhow::Result<Zeroizing<String>>,
) -> anyhow::Result<()> {
    let names = || format!("cannot rewrite {}", file.display());
    // A link stays a link.
    let file = fs::canonicalize(file).with_context(names)?;
    let before = Zeroizing::new(fs::read_to_string(&file).with_context(names)?);
    let after = change(&before)?;
    if KeyRing::from_text(&after).is_err() {
        bail!("{}: no more keys fit into it", file.display());
    }
    let was = fs::metadata(&file).with_context(names)?;
    let replacing = Replacing::begin(&file, true)?;
    let mut out = replacing.file().with_context(names)?;
    let made = out.metadata().with_context(names)?;
    if (made.uid(), made.gid()) != (was.uid(), was.gid()) {
        fchown(&out, Some(was.uid()), Some(was.gid())).with_context(|| {
            format!(
                "{} belongs to another user, whom the server runs as; run this as that user or as root",
                file.display()
            )
        })?;
    }
    out.set_permissions(was.permissions()).with_context(names)?;
    out.write_all(after.as_bytes()).with_context(names)?;
    replacing.finish().with_context(names)
}

async fn list(core: &Core, json: bool) -> anyhow::Result<()> {
    let census = keys::census(core).await?;
    let nodes = keys::nodes(core).await?;
    let held = core.keys().fingerprints();
    if json {
        let keys: Vec<_> = held
            .iter()
            .map(|(id, fingerprint)| {
                serde_json::json!({
                    "id": id, "fingerprint": fingerprint, "seals": *id == census.current, "loaded": true,
                    "values": sealed(&census, *id),
                })
            })
            .chain(missing(core, &census).map(|(id, values)| {
                serde_json::json!({ "id": id, "seals": false, "loaded": false, "values": values })
            }))
            .collect();
        let nodes: Vec<_> = nodes
            .iter()
            .map(|node| {
                serde_json::json!({ "name": node.node, "holds": node.held, "seals_with": node.current })
            })
            .collect();
        let all =
            serde_json::json!({ "keys": keys, "nodes": nodes, "sealing_since": census.since });
        say!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    for (id, fingerprint) in &held {
        let seals = if *id == census.current { ", seals" } else { "" };
        say!(
            "Key {id} ({fingerprint}){seals}: {} values",
            sealed(&census, *id)
        );
    }
    for (id, values) in missing(core, &census) {
        say!("Key {id}, not loaded here: {values} values that nobody can read without it");
    }
    for node in &nodes {
        say!("{}", describe(core, node));
    }
    Ok(())
}

fn sealed(census: &Census, id: u32) -> i64 {
    census.sealed.get(&id).copied().unwrap_or(0)
}

/// Keys that sealed something and are not loaded, with how much.
fn missing(core: &Core, census: &Census) -> impl Iterator<Item = (u32, i64)> {
    let held = core.keys().fingerprints();
    census
        .sealed
        .iter()
        .filter(move |(id, _)| held.iter().all(|(known, _)| known != *id))
        .map(|(id, values)| (*id, *values))
}

fn describe(core: &Core, node: &NodeKeys) -> String {
    let held = core.keys().fingerprints();
    let name = |fingerprint: &String| {
        held.iter()
            .find(|(_, known)| known == fingerprint)
            .map_or_else(|| fingerprint.clone(), |(id, _)| id.to_string())
    };
    let all: Vec<String> = node.held.iter().map(name).collect();
    format!(
        "Node {}: holds {}, seals with {}",
        node.node,
        all.join(", "),
        name(&node.current)
    )
}

async fn reseal(core: &Core, json: bool) -> anyhow::Result<()> {
    let changed = keys::change(core, &Actor::server()).await?;
    followed(core).await?;
    let done = keys::reseal(core).await?;
    let census = keys::census(core).await?;
    let older: i64 = census
        .sealed
        .iter()
        .filter(|(id, _)| **id != census.current)
        .map(|(_, values)| values)
        .sum();
    if json {
        let all = serde_json::json!({
            "key": census.current, "changed": changed, "resealed": done.values, "unreadable": done.unreadable,
            "older": older,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        let word = if changed { "now seals" } else { "seals" };
        say!(
            "Key {} {word}. {} values were sealed anew; older keys hold {older}.",
            census.current,
            done.values
        );
    }
    if done.unreadable > 0 {
        bail!(
            "{} values open with no key that is loaded here, and were left as they are. Put the key back that sealed \
             them (`tillsyn keys list`) and run this again",
            done.unreadable
        );
    }
    if older > 0 && !json {
        say!("What is left is open for ten minutes at most, or came in meanwhile: run this again.");
    }
    Ok(())
}

/// Waits until nobody seals with another key.
async fn followed(core: &Core) -> anyhow::Result<()> {
    let end = Instant::now() + FOLLOW;
    let mut told = false;
    loop {
        let behind: Vec<String> = keys::behind(core).await?;
        if behind.is_empty() {
            return Ok(());
        }
        if Instant::now() >= end {
            bail!(
                "these nodes seal with an older key still: {}. Nothing was sealed anew. See whether they run, then \
                 run this again",
                behind.join(", ")
            );
        }
        if !told {
            told = true;
            eprintln!(
                "Nodes take the new key within a minute: {} …",
                behind.join(", ")
            );
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

async fn remove(
    config: &Config,
    core: &Core,
    id: u32,
    confirm: &str,
    now: bool,
) -> anyhow::Result<()> {
    if let Some(origin) = elsewhere(config) {
        bail!("the master key comes from {origin}: take the key's line away there");
    }
    let held = core.keys().fingerprints();
    let Some((_, fingerprint)) = held.iter().find(|(known, _)| *known == id) else {
        bail!("no key {id} is loaded; `tillsyn keys list` lists them");
    };
    if fingerprint != confirm {
        bail!("the fingerprint of key {id} is another one; `tillsyn keys list` shows it");
    }
    let behind = keys::behind(core).await?;
    if !behind.is_empty() {
        bail!(
            "these nodes seal with an older key still: {}",
            behind.join(", ")
        );
    }
    let census = keys::census(core).await?;
    if id >= census.current {
        bail!("key {id} seals, or is to; `tillsyn keys reseal` lets a newer one seal");
    }
    let values = sealed(&census, id);
    if values > 0 {
        bail!("key {id} still holds {values} values; run `tillsyn keys reseal` first");
    }
    if !now && core.now_ms() - census.since < DAY_MS {
        bail!(
            "key {id} sealed until less than a day ago: repeats of requests from then are recognised by it. Remove it \
             tomorrow, or now with --now"
        );
    }
    let file = &config.keys.master_key_file;
    rewrite(file, |text| {
        let mut kept = Zeroizing::new(String::with_capacity(text.len()));
        for line in text.lines() {
            if MasterKey::from_text(line).is_ok_and(|key| key.id() == id) {
                continue;
            }
            kept.push_str(line);
            kept.push('\n');
        }
        Ok(kept)
    })?;
    say!(
        "Key {id} is no longer in {}. Backups from before it held nothing need it: keep it with them, or let them go. \
         Give the other nodes this file too.",
        file.display()
    );
    Ok(())
}
