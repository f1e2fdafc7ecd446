//! What the demo stands on: folder, database, accounts, APNs stand-in, push certificate.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tillsyn_core::accounts::{
    self, InitInput, NewAccount, create_first_account, make_account, new_bootstrap_code,
};
use tillsyn_core::approvals;
use tillsyn_core::push::{PushUpload, PushUploaded, upload_certificate};
use tillsyn_core::settings::Organisation;
use tillsyn_core::{Actor, Clock, Core, Role, migrations};
use tillsyn_pki::hash;
use tillsyn_standins::apns::{ApnsStandin, StandinConfig};
use tillsyn_web::server::{DeviceProof, ListenConfig, Listener, Surface};
use tillsyn_web::{AppState, WebConfig};
use zeroize::Zeroizing;

use super::people::{MAJA, ORGANISATION, PER, Persona};
use super::{DemoArgs, departments};
use crate::config::Config;
use crate::{database, files, keys, node};

pub(super) struct World {
    pub(super) core: Core,
    pub(super) state: AppState,
    pub(super) listener: Listener,
    pub(super) standin: ApnsStandin,
    pub(super) url: String,
    /// Its configuration file.
    pub(super) file: PathBuf,
    /// The folder was used by an earlier demo: its devices are known already.
    pub(super) reused: bool,
    _folder: Folder,
}

/// The same at each start, as a renewed push certificate must have it.
const TOPIC: &str = "com.apple.mgmt.External.7d1f0c52-9a57-4b0e-8f6e-2f4d1f0b6a31";

pub(super) async fn build(args: &DemoArgs) -> anyhow::Result<World> {
    let folder = Folder::make(args.folder.as_deref())?;
    let listener = listen(args.port).await?;
    let url = format!("http://127.0.0.1:{}", listener.local_addr().port());
    let clock = Clock::system();
    let standin_clock = clock.clone();
    let standin = ApnsStandin::start(
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        StandinConfig {
            // A token of the last run is no mistake of the server's.
            strict_tokens: false,
            control: None,
            ..StandinConfig::new(std::sync::Arc::new(move || standin_clock.now_ms()))
        },
    )
    .await?;
    let config = configuration(&folder.path, &url, &standin)?;
    let (core, reused) = open(&config, &standin, clock).await?;
    let maja = if reused {
        None
    } else {
        let maja = make_accounts(&core).await?;
        departments::make(&core, &maja).await?;
        Some(maja)
    };
    let maja = match maja {
        Some(actor) => actor,
        None => sign_in(&core, &MAJA).await?,
    };
    upload_push_certificate(&core, &maja, &standin).await?;
    let web = WebConfig {
        secure: false,
        ..WebConfig::default()
    };
    Ok(World {
        state: AppState::new(core.clone(), web),
        core,
        listener,
        standin,
        url,
        file: folder.path.join("tillsyn.toml"),
        reused,
        _folder: folder,
    })
}

async fn listen(port: u16) -> anyhow::Result<Listener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let config = ListenConfig {
        address,
        tls: None,
        surface: Surface::All,
        device_proof: DeviceProof::Signature,
    };
    Listener::bind(config)
        .await
        .with_context(|| format!("cannot listen on {address}; choose another port with --port"))
}

/// The configuration that `tillsyn serve` would have, without the environment: a demo is always alike.
fn configuration(folder: &Path, url: &str, standin: &ApnsStandin) -> anyhow::Result<Config> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let text = format!(
        "[public]\nurl = {}\n[http]\nclear_text = true\n[apns]\nurl = {}\n[node]\nname = \"demo\"\n",
        quoted(url),
        quoted(&standin.base_url()),
    );
    let file = folder.join("tillsyn.toml");
    // For `tillsyn guard` and `tillsyn doctor` beside the running demo; the ports are this start's.
    std::fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    let config = Config::from_parts(&text, Some(&file), &[])?;
    config.check_server()?;
    Ok(config)
}

/// The product on the folder's database; true when an earlier demo made it.
async fn open(
    config: &Config,
    standin: &ApnsStandin,
    clock: Clock,
) -> anyhow::Result<(Core, bool)> {
    keys::make(config)?;
    let keys = keys::load(config).await?;
    if let Some(folder) = config.sqlite_file().as_deref().and_then(Path::parent) {
        files::make_private_folder(folder)?;
    }
    let db = database::open_or_make(config).await?;
    db.migrate(migrations::ALL).await?;
    let reused = accounts::is_initialised(&db).await?;
    if !reused {
        let organisation = Organisation {
            name: ORGANISATION.to_owned(),
            support: Some("help@norrvik.example".to_owned()),
            time_zone: "Europe/Stockholm".to_owned(),
            ..Organisation::default()
        };
        accounts::initialise(&db, &clock, &keys, InitInput { organisation }).await?;
    }
    let mut settings = node::core_config(config)?;
    settings.apns_root_pem = Some(standin.root_pem());
    Ok((Core::open(db, clock, settings, keys).await?, reused))
}

async fn make_accounts(core: &Core) -> anyhow::Result<Actor> {
    const OLDER: &str = "UPDATE account SET role_changed_at = role_changed_at - 172800000";
    let code = new_bootstrap_code(core)
        .await?
        .context("the first account cannot be made")?;
    create_first_account(core, &code, MAJA.name, MAJA.email, password(&MAJA), None).await?;
    let per = NewAccount {
        service: false,
        name: PER.name.to_owned(),
        email: Some(PER.email.to_owned()),
        role: Role::Administrator.as_str().to_owned(),
        unit: None,
        platform: None,
        language: None,
    };
    make_account(core, &Actor::server(), per, password(&PER)).await?;
    // Both may be the other's second person from the start; newcomers of a day may not.
    core.db().execute(OLDER, Vec::new()).await?;
    sign_in(core, &MAJA).await
}

fn password(persona: &Persona) -> Zeroizing<String> {
    Zeroizing::new(persona.password.to_owned())
}

/// A session of a persona, fresh for ten minutes.
pub(super) async fn sign_in(core: &Core, persona: &Persona) -> anyhow::Result<Actor> {
    let session = accounts::sign_in(core, persona.email, password(persona), None)
        .await
        .and_then(accounts::SignedIn::session)
        .with_context(|| format!("{} cannot sign in", persona.name))?;
    match accounts::resume(core, &session.token, None).await? {
        Some(session) => Ok(session.actor),
        None => bail!("the session of {} ended at once", persona.name),
    }
}

/// Each start has a new stand-in, which knows only certificates of its own.
async fn upload_push_certificate(
    core: &Core,
    maja: &Actor,
    standin: &ApnsStandin,
) -> anyhow::Result<()> {
    let issued = standin.issue_push_certificate(TOPIC)?;
    let upload = PushUpload {
        certificate_pem: issued.certificate_pem,
        key_pem: Some(issued.private_key_pem),
        vendor_account: Some("devices@norrvik.example".to_owned()),
        note: Some("Issued by the demo's stand-in for APNs".to_owned()),
        ..PushUpload::default()
    };
    if let PushUploaded::Waiting(id) = upload_certificate(core, maja, upload).await? {
        // Nobody but Maja keeps push certificates: the server's own shell stands in.
        approvals::approve(core, &Actor::server(), &id, None).await?;
    }
    Ok(())
}

/// The demo's folder; removed at the end if it is nobody's.
struct Folder {
    path: PathBuf,
    thrown_away: bool,
}

impl Folder {
    fn make(asked: Option<&Path>) -> anyhow::Result<Self> {
        let path = match asked {
            Some(path) => path.to_path_buf(),
            None => std::env::temp_dir().join(format!("tillsyn-demo-{}", hash::random_token(9))),
        };
        files::make_private_folder(&path)?;
        Ok(Self {
            path,
            thrown_away: asked.is_none(),
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.thrown_away {
            // The system clears its temporary folder sooner or later.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
