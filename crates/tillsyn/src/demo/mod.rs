//! `tillsyn demo`: a server with its console, and a fleet of simulated devices that lives.
//!
//! Everything is real but the devices and APNs: the same server, the same wire protocol, the same
//! doors. It listens on loopback only and needs no network.

mod departments;
mod director;
mod fleet;
mod people;
mod world;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tillsyn_web::server;

use crate::config::LogFormat;
use crate::output::say;
use crate::signals::Signals;
use crate::{logging, serve};

/// How the demo runs.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// How many devices
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..=5_000))]
    devices: u16,
    /// Keep everything in this folder instead of one that is removed at the end
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Log more, such as tillsyn=debug
    #[arg(long, default_value = "tillsyn=warn", value_name = "FILTER")]
    log: String,
}

pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    logging::start(LogFormat::Text, &args.log)?;
    tillsyn_web::api::install_metrics().context("metrics cannot be counted")?;
    let mut signals = Signals::listen()?;
    let world = tokio::select! {
        world = world::build(&args) => world?,
        () = signals.next() => return Ok(()),
    };
    let (stop, mut stopping) = tokio::sync::watch::channel(false);
    let mut served = tokio::spawn(server::serve(
        world.state.clone(),
        vec![world.listener],
        async move {
            // An error means that the demo is over too.
            let _ = stopping.wait_for(|stop| *stop).await;
        },
    ));
    let workers = tillsyn_core::jobs::start(&world.core);
    greet(&world.url, args.devices, &world.file);

    let fleet = fleet::start(
        &world.core,
        &world.standin,
        usize::from(args.devices),
        world.reused,
    );
    let director = tokio::spawn(director::run(world.core.clone()));
    let ended = if fleet.is_ok() {
        tokio::select! {
            ended = &mut served => Some(ended),
            () = signals.next() => None,
        }
    } else {
        None
    };
    signals.exit_at_next();
    say!("\nStopping…");
    director.abort();
    let fleet = match fleet {
        Ok(fleet) => {
            fleet.stop().await;
            Ok(())
        }
        Err(error) => Err(error),
    };
    stop.send_replace(true);
    let ended = match ended {
        Some(ended) => ended,
        None => served.await,
    };
    serve::finish(&world.core, workers).await;
    world.standin.stop().await;
    fleet?;
    ended.context("the server broke off")??;
    Ok(())
}

fn greet(url: &str, devices: u16, file: &Path) {
    use people::{MAJA, ORGANISATION, PER};
    say!("\nTillsyn demo: {ORGANISATION}, {devices} simulated devices\n");
    say!("  Console   {url}/console");
    for persona in [MAJA, PER] {
        say!(
            "  {:<15} {:<13}  {}  password: {}",
            persona.name,
            persona.role,
            persona.email,
            persona.password
        );
    }
    say!(
        "\n  What is held waits under Approvals; the other persona decides. On the server: tillsyn guard list --config {}",
        file.display()
    );
    say!("\n  The devices enroll within a minute. Ctrl-C stops the demo.\n");
}
