//! Files that hold secrets: made for this user only, never overwritten, never half-written.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::Config;

/// Makes a folder and those above it, for this user only. True when it was not there.
pub(crate) fn make_private_folder(path: &Path) -> anyhow::Result<bool> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(false);
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))?;
    Ok(true)
}

/// Writes a file that is not there yet, with its folder. False, and nothing changed, when it is.
pub(crate) fn write_new(path: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<bool> {
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    if path.exists() {
        return Ok(false);
    }
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = Path::new(&part);
    let written = write_and_link(part, path, bytes, mode);
    // Whatever happened, the second name is not needed any more.
    let _ = fs::remove_file(part);
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// A file that appears under its name when it is whole, for this user only. Dropped before, it leaves nothing.
pub(crate) struct Replacing {
    path: PathBuf,
    part: PathBuf,
    file: fs::File,
    replace: bool,
}

impl Replacing {
    /// Begins beside `path`, in a folder that is there: one that is missing is a disk that is not mounted.
    pub(crate) fn begin(path: &Path, replace: bool) -> anyhow::Result<Self> {
        if path.exists() && !replace {
            anyhow::bail!("{} exists; --replace overwrites it", path.display());
        }
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part)
            .with_context(|| format!("cannot write {}", part.display()))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            file,
            replace,
        })
    }

    /// What to write into.
    pub(crate) fn file(&self) -> std::io::Result<fs::File> {
        self.file.try_clone()
    }

    /// Everything is written: from here on it is there, also after a power cut.
    pub(crate) fn finish(self) -> std::io::Result<()> {
        self.file.sync_all()?;
        if self.replace {
            fs::rename(&self.part, &self.path)?;
        } else {
            fs::hard_link(&self.part, &self.path)?;
            fs::remove_file(&self.part)?;
        }
        sync_folder(&self.path)
    }
}

impl Drop for Replacing {
    fn drop(&mut self) {
        // After `finish` it is gone already.
        let _ = fs::remove_file(&self.part);
    }
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// A hard link, unlike a rename, never replaces what somebody else has made meanwhile.
fn write_and_link(part: &Path, path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<bool> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    match fs::hard_link(part, path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error),
    }
    sync_folder(path)?;
    Ok(true)
}

/// Files and folders of this configuration that others on this machine can read (security S64).
pub(crate) fn wide_modes(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |path: &Path, most: u32| {
        let Ok(data) = fs::metadata(path) else { return };
        let mode = data.mode() & 0o777;
        if mode & !most != 0 {
            found.push(format!(
                "{} has mode {mode:04o}; others on this machine can reach it: chmod {most:04o} {0}",
                path.display()
            ));
        }
    };
    let mut secret = |path: &Path| {
        look(path, 0o600);
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            look(folder, 0o700);
        }
    };
    if config.master_key.is_none() && config.keys.master_key_command.is_none() {
        secret(&config.keys.master_key_file);
    }
    if let Some(file) = config.sqlite_file() {
        secret(&file);
    }
    // Their folders belong to other programs as often as to us.
    for key in [&config.public.tls_key, &config.admin.tls_key]
        .into_iter()
        .flatten()
    {
        look(key, 0o600);
    }
    if let Some(file) = &config.file {
        let password = |url: &str| {
            url.split_once('@')
                .is_some_and(|(user, _)| user.matches(':').count() > 1)
        };
        let urls = [Some(&config.database.url), config.proxy.url.as_ref()];
        if urls.into_iter().flatten().any(|url| password(url.expose())) {
            look(file, 0o600);
        }
    }
    found
}
