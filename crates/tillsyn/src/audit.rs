//! `tillsyn audit`: the trail, verified and exported on the server itself, or a file of it anywhere.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tillsyn_core::audit::{self, Asked, Erase, EventFilter, FileChecker, Format, Verdict};
use tillsyn_core::ids::PersonId;
use tillsyn_core::{Actor, Core};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::PublicKey;

use crate::config::Config;
use crate::output::say;
use crate::{database, node};

/// What to do with the audit trail.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum AuditCommand {
    /// Verifies the trail of this server, or an exported file without any server
    Verify(VerifyArgs),
    /// Prints the trail, for archives and collectors. Recorded in the trail
    Export(ExportArgs),
    /// Prints the certificate whose key signs checkpoints: keep it elsewhere
    Certificate,
    /// Finds events, newest first, one JSON object a line
    Search(SearchArgs),
    /// Prints everything that is held on a person, as JSON. Recorded in the trail
    ExportPerson {
        /// Id of the person
        id: String,
    },
    /// Forgets a person for good: name, mail address, what their former devices said. Recorded in the trail
    ErasePerson {
        /// Id of the person
        id: String,
        /// The person's name, to confirm
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Seals what no server has sealed yet
    Seal,
    /// Prints position and hash of the last entry: keep them elsewhere
    Head,
}

/// What to verify.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// An exported file; without one, the database of this server
    file: Option<PathBuf>,
    /// Certificate (PEM) from `audit certificate`, kept elsewhere: only its signatures count
    #[arg(long, value_name = "FILE")]
    checkpoint_key: Option<PathBuf>,
    /// A head that was kept elsewhere, from `audit head`
    #[arg(long, value_name = "POSITION:HASH")]
    head: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which events.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// Id of an account, token or device
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// One action, or all of a kind: device.*
    #[arg(long)]
    action: Option<String>,
    /// Id of the object
    #[arg(long, value_name = "ID")]
    object: Option<String>,
    /// done or refused
    #[arg(long)]
    result: Option<String>,
    /// An id or address anywhere in the event, or a part of its details
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

/// What to export.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// Common Event Format, without the chain
    #[arg(long)]
    cef: bool,
    /// Events since then, in milliseconds since 1970 UTC
    #[arg(long, value_name = "MS")]
    from: Option<i64>,
    /// Events before then
    #[arg(long, value_name = "MS")]
    to: Option<i64>,
}

pub(crate) async fn run(file: Option<&Path>, command: AuditCommand) -> anyhow::Result<()> {
    if let AuditCommand::Verify(args) = &command
        && let Some(exported) = &args.file
    {
        // No configuration, no database, no network.
        return report(&verify_file(exported, args)?, args.json);
    }
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let done = match command {
        AuditCommand::Verify(args) => verify_here(&core, &args).await,
        AuditCommand::Export(args) => export(&core, args).await,
        AuditCommand::Certificate => certificate(&core).await,
        AuditCommand::Seal => Ok(audit::run_due(&core).await?),
        AuditCommand::Search(args) => search(&core, args).await,
        AuditCommand::ExportPerson { id } => export_person(&core, &id).await,
        AuditCommand::ErasePerson { id, confirm } => erase_person(&core, &id, confirm).await,
        AuditCommand::Head => head(&core).await,
    };
    core.db().close().await;
    done
}

async fn verify_here(core: &Core, args: &VerifyArgs) -> anyhow::Result<()> {
    let head = args.head.as_deref().map(read_head).transpose()?;
    let verdict = audit::verify_with(core, head.as_ref(), &pinned(args)?).await?;
    report(&verdict, args.json)
}

fn verify_file(file: &Path, args: &VerifyArgs) -> anyhow::Result<Verdict> {
    let head = args.head.as_deref().map(read_head).transpose()?;
    let mut checker = FileChecker::new(pinned(args)?, head);
    let opened =
        std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    for line in std::io::BufReader::new(opened).lines() {
        let line = line.with_context(|| format!("cannot read {}", file.display()))?;
        checker.line(&line);
    }
    if checker.trusts_itself() && !args.json {
        say!(
            "The file's own certificate is taken: this proves that the file is of one piece, not who made it. \
             Give the certificate of the server with --checkpoint-key."
        );
    }
    Ok(checker.finish())
}

/// The keys that were given; without any, the server's or file's own are taken.
fn pinned(args: &VerifyArgs) -> anyhow::Result<Vec<PublicKey>> {
    args.checkpoint_key
        .as_deref()
        .map_or(Ok(Vec::new()), read_keys)
}

fn read_keys(path: &Path) -> anyhow::Result<Vec<PublicKey>> {
    let certificates: Vec<Certificate> = node::read_certificates(path)?;
    Ok(certificates
        .iter()
        .map(|certificate| certificate.public_key().clone())
        .collect())
}

fn read_head(text: &str) -> anyhow::Result<(i64, String)> {
    let parsed = text.split_once(':').and_then(|(position, hash)| {
        let position = position.parse::<i64>().ok()?;
        (hash.len() == 64).then(|| (position, hash.to_owned()))
    });
    parsed.with_context(|| format!("`{text}` is no head: it is POSITION:HASH from `audit head`"))
}

/// Where the trail begins and ends, and how far it is signed.
fn extent(verdict: &Verdict) -> String {
    let (first, last) = (verdict.after + 1, verdict.position);
    let signed = match verdict.checkpoint {
        Some(at) if at == last => "signed to the end".to_owned(),
        Some(at) => format!("signed up to {at}, {} not signed", last - at),
        None => "no checkpoint".to_owned(),
    };
    let unsealed = verdict.unsealed;
    if verdict.entries == 0 {
        return format!(
            "No entries behind position {last}, {signed}, {unsealed} events not sealed yet."
        );
    }
    let entries = verdict.entries;
    format!(
        "Positions {first} to {last}: {entries} entries, {signed}, {unsealed} events not sealed yet."
    )
}

/// Says what was found; fails unless the trail is whole.
fn report(verdict: &Verdict, json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(verdict)?);
    } else {
        for finding in &verdict.findings {
            say!("{finding}");
        }
        if verdict.more > 0 {
            say!("and {} more findings", verdict.more);
        }
        say!("{}", extent(verdict));
    }
    if !verdict.is_whole() {
        bail!("the trail is not whole");
    }
    if !json {
        say!("The trail is whole.");
    }
    Ok(())
}

async fn export(core: &Core, args: ExportArgs) -> anyhow::Result<()> {
    let asked = Asked {
        format: if args.cef {
            Format::Cef
        } else {
            Format::JsonLines
        },
        from: args.from,
        to: args.to,
    };
    let mut export = audit::export(core, &Actor::server(), asked).await?;
    while let Some(piece) = export.next().await? {
        print!("{piece}");
    }
    Ok(())
}

async fn certificate(core: &Core) -> anyhow::Result<()> {
    for pem in audit::certificates_pem(core).await? {
        print!("{pem}");
    }
    Ok(())
}

async fn search(core: &Core, args: SearchArgs) -> anyhow::Result<()> {
    let filter = EventFilter {
        actor: args.actor,
        action: args.action,
        object: args.object,
        result: args.result,
        find: args.find,
        ..EventFilter::default()
    };
    let limit = args.limit.clamp(1, 1_000);
    let page = audit::search(core, &Actor::server(), &filter, None, Some(limit)).await?;
    for found in page.items {
        let mut line = serde_json::to_value(&found.event)?;
        line["unit_id"] = found.unit_id.into();
        line["request_id"] = found.request_id.into();
        line["position"] = found.position.into();
        say!("{line}");
    }
    Ok(())
}

fn person_id(id: &str) -> anyhow::Result<PersonId> {
    PersonId::parse(id).with_context(|| format!("`{id}` is no id of a person"))
}

async fn export_person(core: &Core, id: &str) -> anyhow::Result<()> {
    let document = audit::export_person(core, &Actor::server(), &person_id(id)?, None).await?;
    say!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}

async fn erase_person(core: &Core, id: &str, typed: String) -> anyhow::Result<()> {
    let erase = Erase { typed, proof: None };
    audit::erase_person(core, &Actor::server(), &person_id(id)?, erase).await?;
    say!("Erased.");
    Ok(())
}

async fn head(core: &Core) -> anyhow::Result<()> {
    let state = audit::state(core, &Actor::server()).await?;
    say!("{}:{}", state.position, state.hash);
    Ok(())
}
