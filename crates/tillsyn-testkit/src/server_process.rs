//! The program as a child process, started and killed.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use crate::TestApp;

/// From the start of the process until it answers; a debug build on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// `tillsyn serve` on the database of a [`TestApp`] whose own server was ended.
pub struct ServerProcess {
    program: PathBuf,
    config: PathBuf,
    log: PathBuf,
    health: String,
    http: reqwest::Client,
    /// Words before the program: a tracer, a limit.
    before: Vec<String>,
    child: Option<Child>,
}

/// Where it differs from a server of its own on the application's database and with its stand-ins.
#[derive(Clone, Copy, Default)]
pub struct Setup<'a> {
    /// Its address as devices know it, when something stands in between.
    pub public_url: Option<&'a str>,
    pub database_url: Option<&'a str>,
    pub apns_url: Option<&'a str>,
    /// What it logs; `info` when empty.
    pub filter: &'a str,
    /// More of the configuration.
    pub more: &'a str,
    /// The program is started by these words, a tracer for instance.
    pub before: &'a [&'a str],
}

impl ServerProcess {
    /// Writes configuration, key and log into the folder. `filter` is what it logs.
    pub fn new(program: &Path, folder: &Path, port: u16, app: &TestApp, filter: &str) -> Self {
        let setup = Setup {
            filter,
            ..Setup::default()
        };
        Self::with(program, folder, port, app, setup)
    }

    /// The same on another database than the application's.
    pub fn on(
        program: &Path,
        folder: &Path,
        port: u16,
        app: &TestApp,
        database_url: &str,
        filter: &str,
    ) -> Self {
        let setup = Setup {
            database_url: Some(database_url),
            filter,
            ..Setup::default()
        };
        Self::with(program, folder, port, app, setup)
    }

    /// The same with everything that can differ.
    pub fn with(program: &Path, folder: &Path, port: u16, app: &TestApp, setup: Setup<'_>) -> Self {
        let own_url = format!("http://127.0.0.1:{port}");
        let apns_url = setup
            .apns_url
            .map_or_else(|| app.apns.base_url(), str::to_owned);
        let filter = if setup.filter.is_empty() {
            "info"
        } else {
            setup.filter
        };
        let key = folder.join("master.key");
        write_private(&key, app.master_key());
        let root = folder.join("apns.pem");
        write_private(&root, &app.apns.root_pem());
        let config = folder.join("tillsyn.toml");
        let text = format!(
            "[public]\nurl = \"{}\"\nlisten = \"127.0.0.1:{port}\"\n\
             [http]\nclear_text = true\n\
             [database]\nurl = \"{}\"\npool = 8\n\
             [keys]\nmaster_key_file = \"{}\"\n\
             [apns]\nurl = \"{}\"\nroot_file = \"{}\"\n\
             [log]\nfilter = \"{filter}\"\n{}",
            setup.public_url.unwrap_or(&own_url),
            setup.database_url.unwrap_or_else(|| app.database_url()),
            key.display(),
            apns_url,
            root.display(),
            setup.more,
        );
        write_private(&config, &text);
        Self {
            program: program.to_path_buf(),
            config,
            log: folder.join("server.log"),
            health: format!("http://127.0.0.1:{port}/healthz"),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            before: setup.before.iter().map(|word| (*word).to_owned()).collect(),
            child: None,
        }
    }

    /// Runs another verb of the program on the same installation; what it printed when it failed.
    ///
    /// # Errors
    /// Its output, when it does not end with success.
    pub fn run(&self, verb: &[&str]) -> Result<String, String> {
        let mut command = self.command();
        let output = command
            .args(verb)
            .arg("--config")
            .arg(&self.config)
            .output()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        Err(format!("tillsyn {}: {said}", verb.join(" ")))
    }

    fn command(&self) -> Command {
        Self::clean(Command::new(&self.program))
    }

    fn clean(mut command: Command) -> Command {
        // The developer's own settings must not leak in.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TILLSYN_") {
                command.env_remove(name);
            }
        }
        command.stdin(Stdio::null());
        command
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) -> Result<(), String> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap();
        let mut command = match self.before.split_first() {
            None => self.command(),
            Some((first, rest)) => {
                let mut command = Self::clean(Command::new(first));
                command.args(rest).arg(&self.program);
                command
            }
        };
        let child = command
            .arg("serve")
            .arg("--config")
            .arg(&self.config)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        self.child = Some(child);
        let begun = Instant::now();
        loop {
            let answer = self.http.get(&self.health).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return Ok(());
            }
            let gone = self.child.as_mut().and_then(|c| c.try_wait().unwrap());
            if gone.is_some() || begun.elapsed() > START_LIMIT {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                let tail = lines[lines.len().saturating_sub(20)..].join("\n");
                return Err(format!("the server does not answer ({gone:?}):\n{tail}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether the process is still there.
    pub fn is_running(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| child.try_wait().unwrap().is_none())
    }

    /// Of the process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// SIGSTOP: it holds what it holds and does nothing, as a suspended machine.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT: it goes on where it stopped and knows of nothing.
    pub fn wake(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success(), "{signal}");
    }

    /// SIGKILL: nothing is finished, nothing is flushed.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

fn write_private(path: &Path, text: &str) {
    use std::io::Write as _;
    let mut file = std::fs::File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Free when asked; a program takes the same one each time it is started.
pub fn free_port() -> u16 {
    // Below the ports that the system gives away by itself, and ten for each process: nobody gets it before it is used.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 1_000).unwrap();
    let own = NEXT.fetch_add(1, Ordering::Relaxed) % 10;
    let first = 20_000 + process * 10 + own;
    (first..32_000)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap()
}
