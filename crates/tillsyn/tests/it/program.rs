//! Running the program in a folder of its own.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder with an installation, or without one.
pub(crate) struct Place {
    folder: TempDir,
    env: Vec<(String, String)>,
}

/// What a run ended with.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            env: Vec::new(),
        }
    }

    /// With an organisation, TLS for localhost, and free ports.
    pub(crate) fn initialised() -> Self {
        let place = Self::new();
        let ended = place.run(&[
            "init",
            "--organisation",
            "Norrvik University",
            "--self-made-tls",
            "localhost,127.0.0.1",
        ]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        place.with("TILLSYN_PUBLIC_LISTEN", "127.0.0.1:0")
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tillsyn"));
        // The developer's own settings must not leak in.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TILLSYN_") {
                command.env_remove(name);
            }
        }
        command
            .args(args)
            .current_dir(self.folder.path())
            .envs(self.env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        ended(&self.command(args).output().unwrap())
    }

    /// Starts a verb that runs until it is told to stop; its output goes to a file.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let file = self.path("output");
        let out = std::fs::File::create(&file).unwrap();
        let mut command = self.command(args);
        command.stdout(out.try_clone().unwrap()).stderr(out);
        Running {
            child: command.spawn().unwrap(),
            output: file,
        }
    }
}

fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub(crate) struct Running {
    child: Child,
    output: PathBuf,
}

impl Running {
    pub(crate) fn output(&self) -> String {
        read_text(&self.output)
    }

    /// Waits for a text in the output.
    pub(crate) fn wait_for(&mut self, text: &str, limit: Duration) -> String {
        let end = Instant::now() + limit;
        loop {
            let output = self.output();
            if output.contains(text) {
                return output;
            }
            let gone = self.child.try_wait().unwrap();
            assert!(
                gone.is_none() && Instant::now() < end,
                "`{text}` never came ({gone:?}):\n{output}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    /// Its exit code, if it ends in time.
    pub(crate) fn wait(&mut self, limit: Duration) -> Option<i32> {
        let end = Instant::now() + limit;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("still running after {limit:?}:\n{}", self.output());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A failed test must not leave a server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_text(path: &Path) -> String {
    let mut text = String::new();
    std::fs::File::open(path)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}
