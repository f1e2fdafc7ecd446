//! `tillsyn sim`: simulated devices against any server.

use std::path::PathBuf;

use tillsyn_sim::cli::{self, SimArgs};
use tillsyn_sim::{Authentication, DeviceKind};

use crate::config::LogFormat;
use crate::logging;
use crate::output::say;
use crate::signals::Signals;

/// Enrolls simulated devices by an invitation and lets them live until Ctrl-C.
#[derive(Debug, clap::Args)]
pub(crate) struct SimCommand {
    /// Address of the server
    #[arg(long, env = "TILLSYN_SERVER", value_name = "URL")]
    server: String,
    /// Code of an invitation that lets enough devices in
    #[arg(long)]
    code: String,
    /// Its PIN, if it has one
    #[arg(long)]
    pin: Option<String>,
    /// PEM file of the roots that the devices trust
    #[arg(long, env = "TILLSYN_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// How many devices
    #[arg(long, default_value_t = 1)]
    count: usize,
    /// iphone, ipad or mac; without it, a mix
    #[arg(long)]
    kind: Option<DeviceKind>,
    /// The same seed gives the same devices
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Everything that happens in the field: lost answers, NotNow, people who remove the profile
    #[arg(long)]
    chaos: bool,
    /// Control endpoint of an APNs stand-in; without it the devices only poll
    #[arg(long, value_name = "URL")]
    push_control: Option<String>,
    /// Poll without a push every so many seconds
    #[arg(long, value_name = "SECONDS")]
    poll: Option<u64>,
    /// Write what the devices saw, as JSON lines
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// Allow http:// to this machine
    #[arg(long)]
    plain_http: bool,
    /// Mix in supervised devices, Shared iPads, old and new systems, and some that fall silent
    #[arg(long)]
    variety: bool,
    /// How devices prove who they are: signature, mtls, client-cert (RFC 9440), or the name of a
    /// header for a URL-escaped PEM, as a proxy in front of the server sends it
    #[arg(long, default_value = "signature", value_name = "WAY")]
    authentication: Authentication,
    /// Attest keys (ACME, attestation queries) under the root in this file; it is made if it is not
    /// there, and the server must have its first certificate among its attestation roots
    #[arg(long, value_name = "FILE")]
    attestation: Option<PathBuf>,
    /// End when every device is enrolled and was heard
    #[arg(long)]
    once: bool,
}

pub(crate) async fn run(command: SimCommand) -> anyhow::Result<()> {
    logging::start(LogFormat::Text, "tillsyn=info")?;
    let once = command.once;
    let args = SimArgs {
        server: command.server,
        code: command.code,
        pin: command.pin,
        ca_file: command.ca_file,
        count: command.count,
        kind: command.kind,
        seed: command.seed,
        chaos: command.chaos,
        push_control: command.push_control,
        poll_secs: command.poll,
        log_file: command.log_file,
        allow_plain_http: command.plain_http,
        variety: command.variety,
        authentication: command.authentication,
        attestation_file: command.attestation,
        once,
    };
    let mut signals = Signals::listen()?;
    let mut last = None;
    let report = cli::run(args, async move { signals.next().await }, |stats| {
        if last != Some(stats) {
            last = Some(stats);
            eprintln!(
                "enrolled {}  sessions {}  acknowledged {}  NotNow {}  errors {}  breaches {}",
                stats.enrolled,
                stats.sessions,
                stats.acknowledged,
                stats.not_now,
                stats.errors,
                stats.violations
            );
        }
    })
    .await?;
    say!("{}", serde_json::to_string_pretty(&report)?);
    if !report.violations.is_empty() {
        anyhow::bail!(
            "the server broke {} rules of the protocol",
            report.violations.len()
        );
    }
    Ok(())
}
