//! `tillsyn serve`: the server until SIGTERM.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tillsyn_core::backup::Serving;
use tillsyn_core::{Clock, Core, Kind, audit, jobs};
use tillsyn_db::{Db, DbError};
use tillsyn_web::server::{self, Listener};
use tillsyn_web::{AppState, WebConfig};

use crate::config::Config;
use crate::output::say;
use crate::signals::Signals;
use crate::{database, files, keys, logging, node, notify};

pub(crate) async fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    config.check_server()?;
    logging::start(config.log.format, &config.log.filter)?;
    for warning in files::wide_modes(&config) {
        tracing::warn!("{warning}");
    }
    tillsyn_web::api::install_metrics().context("metrics cannot be counted")?;
    let mut signals = Signals::listen()?;
    let started = tokio::select! {
        started = start(&config) => started?,
        () = signals.next() => return Ok(()),
    };
    let Started { core, listeners } = started;
    let serving = Arc::new(Serving::new(&core));
    // Before anything is done here: from now on nobody moves this database.
    serving.beat().await?;
    let state = AppState::new(core.clone(), web_config(&config));
    let workers = jobs::start(&core);
    tracing::info!(
        public_url = core.config().public_url,
        console_url = core.config().console_url,
        engine = ?core.db().engine(),
        node = core.config().node,
        "tillsyn serves"
    );
    notify::ready();
    let says_so = Arc::clone(&serving);
    let stop = async move {
        tokio::select! {
            () = signals.next() => {}
            () = until_moved(&says_so) => {}
        }
        notify::stopping();
        signals.exit_at_next();
    };
    let served = server::serve(state, listeners, stop).await;
    if let Err(error) = serving.leave().await {
        tracing::warn!(%error, "that this server stopped could not be written");
    }
    finish(&core, workers).await;
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// How often this server says that it works on the database.
const BEAT: Duration = Duration::from_secs(10);

/// Ends when the database is moved to another one: what is written here after that would be lost.
async fn until_moved(serving: &Serving) {
    loop {
        tokio::time::sleep(BEAT).await;
        match serving.beat().await {
            Ok(()) => {}
            Err(error) if error.kind == Kind::Conflict => {
                tracing::error!("{}; stopping", error.detail);
                return;
            }
            Err(error) => tracing::warn!(%error, "that this server runs could not be written"),
        }
    }
}

struct Started {
    core: Core,
    listeners: Vec<Listener>,
}

async fn start(config: &Config) -> anyhow::Result<Started> {
    let keys = keys::load(config).await?;
    let db = wait_for_database(config).await?;
    let core = Core::open(db, Clock::system(), node::core_config(config)?, keys).await?;
    let mut listeners = Vec::new();
    for listen in node::listen_configs(config) {
        let (address, surface) = (listen.address, listen.surface);
        let listener = Listener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        tracing::info!(address = %listener.local_addr(), ?surface, "listening");
        listeners.push(listener);
    }
    Ok(Started { core, listeners })
}

/// How long a database that starts at the same time may take.
const DATABASE_LIMIT: Duration = Duration::from_mins(1);
const DATABASE_PAUSE: Duration = Duration::from_secs(2);

async fn wait_for_database(config: &Config) -> anyhow::Result<Db> {
    let end = tokio::time::Instant::now() + DATABASE_LIMIT;
    loop {
        let error = match try_database(config).await {
            Ok(db) => return Ok(db),
            Err(error) => error,
        };
        let away = error
            .downcast_ref::<DbError>()
            .is_some_and(DbError::is_unavailable);
        if !away || tokio::time::Instant::now() >= end {
            return Err(error);
        }
        tracing::warn!("{error:#}; trying again");
        tokio::time::sleep(DATABASE_PAUSE).await;
    }
}

async fn try_database(config: &Config) -> anyhow::Result<Db> {
    let db = database::open(config).await?;
    database::schema(&db).await?.require_current()?;
    Ok(db)
}

/// Cookies and HSTS follow the address that people see, also behind a proxy that speaks TLS.
pub(crate) fn web_config(config: &Config) -> WebConfig {
    WebConfig {
        trusted_proxies: config.http.trusted_proxies.clone(),
        secure: config.console_url().starts_with("https://"),
        listeners: node::listen_configs(config),
        settings: config.shown(),
    }
}

/// Ends the workers, writes what is still in memory, and closes the database.
pub(crate) async fn finish(core: &Core, workers: Vec<tokio::task::JoinHandle<()>>) {
    for worker in workers {
        worker.abort();
    }
    if let Err(error) = jobs::flush_last_seen(core).await {
        tracing::warn!(%error, "when devices were last seen could not be written");
    }
    if let Err(error) = audit::flush_refusals(core, true).await {
        tracing::warn!(%error, "how often somebody was refused could not be written");
    }
    core.db().close().await;
}

/// What to do with the schema.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct MigrateArgs {
    /// Change nothing; fail when the database has another schema than this program
    #[arg(long)]
    check: bool,
}

/// `tillsyn migrate`: brings the schema up to date.
pub(crate) async fn migrate(file: Option<&Path>, args: MigrateArgs) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    if args.check {
        let schema = database::schema(&db).await?;
        db.close().await;
        return schema.require_current();
    }
    if database::schema(&db).await? == database::Schema::Empty {
        bail!("the database is empty; run `tillsyn init`");
    }
    // Before anything is written, its own backup included.
    tillsyn_core::backup::refuse_unfinished(&db).await?;
    if let database::Schema::Older { found, .. } = database::schema(&db).await? {
        back_up(&config, &db, found).await?;
    }
    let report = db.migrate(tillsyn_core::migrations::ALL).await?;
    if report.applied.is_empty() {
        say!(
            "The schema is up to date (version {}); nothing was changed.",
            report.to
        );
    } else {
        say!("Migrated from version {} to {}.", report.from, report.to);
    }
    db.close().await;
    Ok(())
}

/// SQLite gets a copy before each migration (security S88); PostgreSQL has its own tools.
async fn back_up(config: &Config, db: &Db, version: i64) -> anyhow::Result<()> {
    let Some(file) = config.sqlite_file() else {
        return Ok(());
    };
    let copy = file.with_extension(format!("before-{version}.sqlite"));
    if copy.exists() {
        return Ok(());
    }
    db.backup_to(&copy)
        .await
        .with_context(|| format!("cannot write a copy to {}", copy.display()))?;
    say!("A copy of the database is in {}.", copy.display());
    Ok(())
}
