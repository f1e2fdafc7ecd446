//! The body of `tillsyn sim`: devices against any server, until Ctrl-C or until told to stop.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;

use crate::{
    AttestationRoot, Authentication, Behaviours, DeviceKind, DeviceLog, EnrollBy, Fleet,
    FleetConfig, FleetStats, Life, Mix, Network, NetworkConfig, Pace, PushHub, Source, Variety,
    follow_control_endpoint,
};

/// What can be asked of `tillsyn sim`.
#[derive(Debug, Clone)]
pub struct SimArgs {
    /// Base URL, such as `https://mdm.example.com`.
    pub server: String,
    /// Code of an invitation that lets `count` devices in.
    pub code: String,
    pub pin: Option<String>,
    /// PEM with the roots that the devices trust.
    pub ca_file: Option<PathBuf>,
    pub count: usize,
    /// `None` mixes all kinds.
    pub kind: Option<DeviceKind>,
    pub seed: u64,
    /// Moods of the field instead of an easy path.
    pub chaos: bool,
    /// Control endpoint of the APNs stand-in; without it the devices only poll.
    pub push_control: Option<String>,
    /// Polls without a push, in seconds.
    pub poll_secs: Option<u64>,
    /// Where to write what the devices saw, as JSON lines.
    pub log_file: Option<PathBuf>,
    /// Plain HTTP to this machine is allowed.
    pub allow_plain_http: bool,
    /// Supervised devices, Shared iPads, old and new systems besides the usual ones.
    pub variety: bool,
    /// How devices prove who they are.
    pub authentication: Authentication,
    /// Keys are attested by the root in this file, which is made if it is not there.
    pub attestation_file: Option<PathBuf>,
    /// Ends when every device has had its first sessions, instead of living on.
    pub once: bool,
}

impl SimArgs {
    pub fn new(server: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            code: code.into(),
            pin: None,
            ca_file: None,
            count: 1,
            kind: None,
            seed: 1,
            chaos: false,
            push_control: None,
            poll_secs: None,
            log_file: None,
            allow_plain_http: false,
            variety: false,
            authentication: Authentication::Signature,
            attestation_file: None,
            once: false,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SimReport {
    pub stats: FleetStats,
    /// Breaches of the protocol by the server, each with the device's serial number.
    pub violations: Vec<(String, crate::Violation)>,
}

/// Runs until `until` is done, or with `once` until all devices are enrolled and were heard.
/// `progress` is called each second.
pub async fn run(
    args: SimArgs,
    until: impl Future<Output = ()>,
    mut progress: impl FnMut(FleetStats),
) -> anyhow::Result<SimReport> {
    let roots_pem = match &args.ca_file {
        Some(path) => Some(
            tokio::fs::read_to_string(path)
                .await
                .with_context(|| format!("cannot read {}", path.display()))?,
        ),
        None => None,
    };
    let attestation = match &args.attestation_file {
        Some(path) => Some(AttestationRoot::at(path)?),
        None => None,
    };
    let network = Network::new(NetworkConfig {
        roots_pem,
        attestation,
        allow_plain_http: args.allow_plain_http,
        ..NetworkConfig::default()
    })?;
    let log = match &args.log_file {
        Some(path) => {
            DeviceLog::to_file(path).with_context(|| format!("cannot write {}", path.display()))?
        }
        None => DeviceLog::default(),
    };
    let hub = PushHub::new();
    let (stop, stopping) = watch::channel(false);
    let mut feed = tokio::task::JoinSet::new();
    if let Some(url) = &args.push_control {
        let ready = follow_control_endpoint(hub.clone(), url.clone(), stopping).await?;
        feed.spawn(ready);
    }
    let fleet = Fleet::start(fleet_config(&args), network, hub, log);
    let wanted = u64::try_from(args.count).unwrap_or(u64::MAX);
    let once = args.once;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tokio::pin!(until);
    loop {
        tokio::select! {
            () = &mut until => break,
            Some(ended) = feed.join_next() => {
                ended.context("the push feed broke")?.context("the push feed ended")?;
            }
            _ = tick.tick() => {
                let stats = fleet.stats();
                progress(stats);
                if once && (stats.enrollments >= wanted && stats.sessions >= wanted) {
                    break;
                }
            }
        }
    }
    stop.send_replace(true);
    let violations = fleet.violations();
    let stats = fleet.stop().await;
    Ok(SimReport { stats, violations })
}

fn fleet_config(args: &SimArgs) -> FleetConfig {
    let source = Source::Same(EnrollBy::Invitation {
        server: args.server.clone(),
        code: args.code.clone(),
        pin: args.pin.clone(),
    });
    let mut config = FleetConfig::new(args.count, source);
    config.seed = args.seed;
    config.authentication = args.authentication;
    if args.variety {
        config.variety = Variety::field();
    }
    config.mix = args.kind.map_or_else(Mix::default, Mix::only);
    config.behaviours = (!args.chaos).then(Behaviours::default);
    // Somebody has to ask when nobody is pushed.
    let default_poll = (args.push_control.is_none() || args.once).then_some(2);
    config.pace = Pace {
        poll_every: args.poll_secs.or(default_poll).map(Duration::from_secs),
        ..Pace::default()
    };
    if args.chaos {
        config.life = Life {
            event_every: Some(Duration::from_mins(1)),
            comes_back_after: Some(Duration::from_mins(1)),
            ..Life::default()
        };
    }
    config
}
