//! `tillsyn doctor`: looks at an installation and says what to do.

mod network;
mod tls;

use std::path::Path;

use tillsyn_core::clock::{DAY_MS, MINUTE_MS, STEP_MS};
use tillsyn_core::{Actor, Clock, Core, backup, push};

use crate::config::{Config, DeviceAuth};
use crate::output::say;
use crate::{database, files, keys, node};

/// What to look at.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Do not try to reach vendors' servers
    #[arg(long)]
    offline: bool,
    /// Take this machine's clock for right although the server has told later times. Stop every node before and
    /// start them after it. Recorded in the audit trail
    #[arg(long)]
    accept_clock: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const CLOCK: &str = "clock";

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Ok,
    Warning,
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, serde::Serialize)]
struct Finding {
    outcome: Outcome,
    subject: &'static str,
    /// What was found, and what to do about it.
    text: String,
}

#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, outcome: Outcome, subject: &'static str, text: impl Into<String>) {
        self.0.push(Finding {
            outcome,
            subject,
            text: text.into(),
        });
    }

    pub(super) fn ok(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(Outcome::Ok, subject, text);
    }

    pub(super) fn fault(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(Outcome::Fault, subject, text);
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.0.iter().filter(|f| f.outcome == outcome).count()
    }

    fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            say!("{}", serde_json::to_string_pretty(&self.0)?);
            return Ok(());
        }
        for finding in &self.0 {
            let mark = match finding.outcome {
                Outcome::Ok => "ok     ",
                Outcome::Warning => "warning",
                Outcome::Fault => "FAULT  ",
            };
            say!("{mark}  {}: {}", finding.subject, finding.text);
        }
        Ok(())
    }
}

pub(crate) async fn run(file: Option<&Path>, args: DoctorArgs) -> anyhow::Result<()> {
    let mut found = Findings::default();
    if let Some(config) = configuration(file, &mut found) {
        let now_ms = Clock::system().now_ms();
        for text in files::wide_modes(&config) {
            found.add(Outcome::Warning, "files", text);
        }
        tls::check(&config, now_ms, &mut found);
        device_auth(&config, &mut found);
        if let Some(core) = product(&config, &mut found).await {
            if args.accept_clock {
                // Nothing else is looked at: it would be judged by the time that was just left.
                accept_clock(&core, &mut found).await;
            } else {
                clock_behind(&core, &mut found);
                authorities(&core, &mut found);
                push_certificate(&core, &mut found).await;
                last_backup(&core, &mut found).await;
            }
            core.db().close().await;
        }
        if !args.offline {
            network::check(&config, &mut found).await;
        }
    }
    found.print(args.json)?;
    let faults = found.count(Outcome::Fault);
    anyhow::ensure!(faults == 0, "{faults} faults; see above");
    Ok(())
}

fn configuration(file: Option<&Path>, found: &mut Findings) -> Option<Config> {
    const SUBJECT: &str = "configuration";
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => {
            found.fault(SUBJECT, error.to_string());
            return None;
        }
    };
    match config.check_server() {
        Ok(()) => found.ok(
            SUBJECT,
            match &config.file {
                Some(path) => path.display().to_string(),
                None => "from the environment".to_owned(),
            },
        ),
        Err(error) => found.fault(SUBJECT, error.to_string()),
    }
    Some(config)
}

/// How devices prove who they are, and what else that way needs.
fn device_auth(config: &Config, found: &mut Findings) {
    const SUBJECT: &str = "device authentication";
    match config.public.device_auth {
        DeviceAuth::Signature => found.ok(SUBJECT, "devices sign each message"),
        DeviceAuth::Mtls => found.ok(
            SUBJECT,
            "devices show a TLS client certificate; nothing between them and this server may end TLS",
        ),
        DeviceAuth::ProxyHeader => {
            let proxies = config.http.trusted_proxies.len();
            let text = format!(
                "{proxies} trusted proxies hand the certificate on in `{}`. Make sure that they verify \
                 nothing away (ask for a certificate, do not require it) and remove this header from \
                 what comes from outside",
                config.public.client_cert_header
            );
            found.add(Outcome::Warning, SUBJECT, text);
        }
    }
}

/// Key and database, and whether they belong together.
async fn product(config: &Config, found: &mut Findings) -> Option<Core> {
    let keys = match keys::load(config).await {
        Ok(keys) => Some(keys),
        Err(error) => {
            found.fault("master key", format!("{error:#}"));
            None
        }
    };
    let db = match database::open(config).await {
        Ok(db) => db,
        Err(error) => {
            found.fault("database", format!("{error:#}"));
            return None;
        }
    };
    let schema = match database::schema(&db).await {
        Ok(schema) => schema.require_current(),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = schema {
        found.fault("database", format!("{error:#}"));
        return None;
    }
    found.ok("database", format!("{:?}, schema up to date", db.engine()));
    let settings = match node::core_config(config) {
        Ok(settings) => settings,
        Err(error) => {
            found.fault("configuration", format!("{error:#}"));
            return None;
        }
    };
    match Core::open(db, Clock::system(), settings, keys?).await {
        Ok(core) => {
            found.ok("master key", "belongs to this database");
            Some(core)
        }
        Err(error) => {
            found.fault("master key", error.detail);
            None
        }
    }
}

/// Whether this machine's clock is behind what a server has told on this database.
fn clock_behind(core: &Core, found: &mut Findings) {
    let behind = core.clock().behind_ms();
    if behind <= STEP_MS {
        found.ok(CLOCK, "not behind the times that the server has told");
        return;
    }
    let text = format!(
        "{} minutes behind the latest time that the server has told; it goes on from there, so that nothing that \
         expired comes back; devices and sign-ins may be refused meanwhile. Set the clock right. If the later time \
         was the wrong one: stop every node, `tillsyn doctor --accept-clock`, and start them again",
        behind / MINUTE_MS
    );
    let outcome = if behind > DAY_MS {
        Outcome::Fault
    } else {
        Outcome::Warning
    };
    found.add(outcome, CLOCK, text);
}

async fn accept_clock(core: &Core, found: &mut Findings) {
    match tillsyn_core::clock::accept(core, &Actor::server()).await {
        Ok(0) => found.ok(CLOCK, "no later time is remembered; nothing was changed"),
        Ok(back) => {
            let text = format!(
                "taken for right; the latest time that the server remembers went back by {} minutes. Start \
                 every node that still runs again: it goes on as before until then",
                back / MINUTE_MS
            );
            found.add(Outcome::Warning, CLOCK, text);
        }
        Err(error) => found.fault(CLOCK, error.detail),
    }
}

fn authorities(core: &Core, found: &mut Findings) {
    const SUBJECT: &str = "certificate authorities";
    let days = core.authorities().days_left(core.now_ms());
    found.add(days_outcome(days), SUBJECT, format!("{days} days left"));
}

async fn push_certificate(core: &Core, found: &mut Findings) {
    const SUBJECT: &str = "push certificate";
    let topics = match push::list_topics(core, &Actor::server()).await {
        Ok(topics) => topics,
        Err(error) => return found.fault(SUBJECT, error.detail),
    };
    if topics.is_empty() {
        let text = "none yet: no Apple device can enroll. Get one at identity.apple.com and upload it in \
                    the console under Settings";
        found.add(Outcome::Warning, SUBJECT, text);
    }
    for topic in topics {
        let outcome = match topic.stopped_reason {
            Some(_) => Outcome::Fault,
            None => days_outcome(topic.days_left),
        };
        let mut text = format!("{}, {} days left", topic.topic, topic.days_left);
        if outcome != Outcome::Ok {
            text += ". Renew it at identity.apple.com with the account that it was made with (Renew, not \
                     Create), then upload it in the console";
        }
        if let Some(reason) = topic.stopped_reason {
            text = format!("{text}. APNs refuses it: {reason}");
        }
        found.add(outcome, SUBJECT, text);
    }
}

/// Days after which a backup is too old.
const BACKUP_DAYS: i64 = 7;

async fn last_backup(core: &Core, found: &mut Findings) {
    const SUBJECT: &str = "backup";
    let made = match backup::last_made(core.db()).await {
        Ok(made) => made,
        Err(error) => return found.fault(SUBJECT, error.detail),
    };
    let Some(made) = made else {
        let text = "none was made yet: `tillsyn backup FILE`, or look after copies of your own";
        return found.add(Outcome::Warning, SUBJECT, text);
    };
    let days = (core.now_ms() - made) / DAY_MS;
    let text = format!("the last one is {days} days old");
    if days > BACKUP_DAYS {
        let text = format!("{text}: `tillsyn backup FILE`");
        return found.add(Outcome::Warning, SUBJECT, text);
    }
    found.ok(SUBJECT, text);
}

/// The alarm begins 30 days before the end.
pub(super) fn days_outcome(days: i64) -> Outcome {
    match days {
        ..=0 => Outcome::Fault,
        1..=30 => Outcome::Warning,
        _ => Outcome::Ok,
    }
}
