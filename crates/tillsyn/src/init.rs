//! `tillsyn init`: folder, configuration, master key, database, organisation, first code.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tillsyn_core::accounts::{InitInput, initialise, new_bootstrap_code};
use tillsyn_core::settings::Organisation;
use tillsyn_core::{Clock, Core, migrations};
use tillsyn_db::Db;

use crate::config::{Config, find_file};
use crate::database::Schema;
use crate::output::say;
use crate::{database, files, keys, node, own_tls};

/// Makes a new installation. A second run changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Name of the organisation, as people will read it
    #[arg(long, value_name = "NAME")]
    pub(crate) organisation: Option<String>,
    /// Language of messages: en, sv or ja
    #[arg(long, default_value = "en", value_parser = ["en", "sv", "ja"])]
    pub(crate) language: String,
    /// Address at which devices reach this server, written to a new configuration file
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Database, written to a new configuration file
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Make a private CA and a TLS certificate for these host names or addresses
    #[arg(long, value_name = "HOST", num_args = 1.., value_delimiter = ',')]
    pub(crate) self_made_tls: Vec<String>,
    /// Only print a new one-time code for the first administrator
    #[arg(long, conflicts_with_all = ["organisation", "url", "database", "self_made_tls"])]
    pub(crate) new_code: bool,
}

pub(crate) async fn run(file: Option<&Path>, args: InitArgs) -> anyhow::Result<()> {
    if args.new_code {
        return new_code(&Config::load(file)?).await;
    }
    let path = find_file(file).unwrap_or_else(|| PathBuf::from("tillsyn.toml"));
    if write_config(&path, &args)? {
        say!("Configuration: {}", path.display());
    } else if args.url.is_some() || args.database.is_some() {
        say!(
            "{} exists; --url and --database were ignored. Edit the file instead.",
            path.display()
        );
    }
    let config = Config::load(Some(&path))?;
    if !args.self_made_tls.is_empty() {
        make_tls(&config, &args.self_made_tls)?;
    }
    prepare_database_folder(&config)?;
    let db = database::open_or_make(&config).await?;
    let fresh = initialise_database(&config, &db, &args).await?;
    for warning in files::wide_modes(&config) {
        say!("Warning: {warning}");
    }
    if fresh {
        let core = node::open_core(&config, db).await?;
        print_code(&core).await?;
        core.db().close().await;
    } else {
        say!("This database already belongs to an organisation; nothing was changed.");
        db.close().await;
    }
    Ok(())
}

/// Schema, master key and organisation. False when the database has an organisation already.
async fn initialise_database(config: &Config, db: &Db, args: &InitArgs) -> anyhow::Result<bool> {
    match database::schema(db).await? {
        Schema::Empty => {}
        Schema::Current if !has_organisation(db).await? => {}
        Schema::Current => {
            // A wrong or missing key is told now, not at the first start.
            node::open_core(config, db.clone()).await?;
            return Ok(false);
        }
        other => other.require_current()?,
    }
    let organisation = Organisation {
        name: organisation_name(args)?,
        language: args.language.clone(),
        ..Organisation::default()
    };
    if keys::make(config)? {
        say!(
            "Master key: {} (keep a copy apart from the database's backups)",
            config.keys.master_key_file.display()
        );
    }
    let keys = keys::load(config).await?;
    db.migrate(migrations::ALL).await?;
    let name = organisation.name.clone();
    initialise(db, &Clock::system(), &keys, InitInput { organisation }).await?;
    say!("Organisation: {name}");
    Ok(true)
}

/// Whether somebody has initialised this database, whatever became of the key.
async fn has_organisation(db: &Db) -> anyhow::Result<bool> {
    Ok(tillsyn_core::accounts::is_initialised(db).await?)
}

fn organisation_name(args: &InitArgs) -> anyhow::Result<String> {
    if let Some(name) = &args.organisation {
        return Ok(name.clone());
    }
    let input = std::io::stdin();
    if !input.is_terminal() {
        bail!("name the organisation: tillsyn init --organisation NAME");
    }
    print!("Name of the organisation: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    match line.trim() {
        "" => bail!("name the organisation: tillsyn init --organisation NAME"),
        name => Ok(name.to_owned()),
    }
}

fn prepare_database_folder(config: &Config) -> anyhow::Result<()> {
    if let Some(folder) = config.sqlite_file().as_deref().and_then(Path::parent) {
        files::make_private_folder(folder)?;
    }
    Ok(())
}

async fn new_code(config: &Config) -> anyhow::Result<()> {
    let db = database::open(config).await?;
    let core = node::open_core(config, db).await?;
    let printed = print_code(&core).await;
    core.db().close().await;
    printed
}

async fn print_code(core: &Core) -> anyhow::Result<()> {
    let Some(code) = new_bootstrap_code(core).await? else {
        bail!("an administrator exists already; the one-time code is for the first one only");
    };
    let groups: Vec<&str> = code
        .as_bytes()
        .chunks(4)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    say!("\nOne-time code for the first administrator, valid for 24 hours:\n");
    say!("    {}\n", groups.join("-"));
    let url = &core.config().console_url;
    if url.is_empty() {
        say!("Set public.url and TLS in the configuration, then start `tillsyn serve`.");
    } else {
        say!("Start `tillsyn serve`, then open");
        say!("    {url}{}", tillsyn_web::ui::urls::FIRST_ADMINISTRATOR);
    }
    Ok(())
}

fn make_tls(config: &Config, hosts: &[String]) -> anyhow::Result<()> {
    let folder = config.folder().join("tls");
    if own_tls::make(&folder, hosts, Clock::system().now_ms())? {
        say!(
            "TLS certificate: {} (its CA: ca.pem beside it)",
            folder.join("server.pem").display()
        );
    } else {
        say!("{} exists; no TLS certificate was made.", folder.display());
    }
    Ok(())
}

/// Writes a first configuration file; false when there is one.
fn write_config(path: &Path, args: &InitArgs) -> anyhow::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    let text = first_config(args);
    files::write_new(path, text.as_bytes(), 0o600).context("cannot write the configuration")
}

fn first_config(args: &InitArgs) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let own = args.self_made_tls.first();
    let url = args
        .url
        .clone()
        .or_else(|| own.map(|host| format!("https://{}:8443", own_tls::host_in_url(host))));
    let url = match url {
        Some(url) => format!("url = {}", quoted(&url)),
        None => "# url = \"https://mdm.example.org\"".to_owned(),
    };
    let tls = match own {
        Some(_) => {
            "tls_certificate = \"tls/server.pem\"\ntls_key = \"tls/server.key\"\ntls_roots = \"tls/ca.pem\""
        }
        None => {
            "# tls_certificate = \"/etc/tillsyn/server.pem\"\n# tls_key = \"/etc/tillsyn/server.key\""
        }
    };
    let database = args
        .database
        .as_deref()
        .unwrap_or("sqlite:data/tillsyn.sqlite");
    format!(
        "# Tillsyn. All keys: docs/reference/configuration.md. `tillsyn doctor` checks this file.\n\n\
         [public]\n# The address that devices use; it cannot be changed once devices are enrolled.\n\
         {url}\nlisten = \"0.0.0.0:8443\"\n{tls}\n\n\
         [database]\nurl = {}\n\n\
         [keys]\nmaster_key_file = \"keys/master.key\"\n",
        quoted(database)
    )
}
