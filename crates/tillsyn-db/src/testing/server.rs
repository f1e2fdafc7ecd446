//! The temporary PostgreSQL server that all test processes of a user share.
//!
//! Each test may be a process of its own, so the server outlives them. In its folder, `lock`
//! guards starting and stopping, and every process that uses the server holds `used` shared. The
//! shell that runs the server stops it once `used` was free for a minute, and removes its data.
//! A server that was killed is found dead and started afresh.

use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use aws_lc_rs::digest;
use tokio_postgres::NoTls;

use super::{must, wait_for};
use crate::{Db, DbConfig, Migration};

const INSTALL: &str = "the tests need PostgreSQL: apt-get install postgresql";

/// Goes on in the background after the shell has ended. $1: folder, $2: folder of the programs.
const RUN: &str = r#"(
"$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB &
server=$!
idle=0
while kill -0 $server; do
    sleep 5
    if flock -n -x "$1/used" true; then idle=$((idle + 1)); else idle=0; fi
    if [ $idle -ge 12 ]; then
        exec 9<"$1/lock"
        flock -x 9
        if flock -n -x "$1/used" true; then
            kill -QUIT $server
            wait $server
            rm -rf "$1/data"
        fi
        exec 9<&-
        idle=0
    fi
done
) &
"#;

struct Server {
    folder: PathBuf,
    /// Held shared while this process lives.
    _used: File,
}

static SERVER: OnceLock<Server> = OnceLock::new();

fn server() -> &'static Server {
    SERVER.get_or_init(start)
}

/// The URL of a database on the server.
pub(super) fn url(database: &str) -> String {
    let folder = server().folder.display().to_string().replace('/', "%2F");
    format!("postgres://postgres@{folder}/{database}")
}

/// A database with the schema, copied from a template that the first test makes.
pub(super) async fn create_database(migrations: &[Migration]) -> String {
    let template = template(migrations).await;
    let name = format!("t_{}", uuid::Uuid::new_v4().simple());
    admin(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    name
}

/// Blocks, because it is called from `Drop`.
pub(super) fn drop_database(name: &str) {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        must(runtime, "runtime").block_on(admin(&sql));
    });
    // A server that is gone has dropped it as well.
    let _ = thread.join();
}

async fn template(migrations: &[Migration]) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    for migration in migrations {
        hash.update(migration.name.as_bytes());
        hash.update(&[0]);
        hash.update(migration.sql.as_bytes());
        hash.update(&[0]);
    }
    let hash = uuid::Builder::from_slice(hash.finish().as_ref().get(..16).unwrap_or(&[]));
    let name = format!("template_{}", must(hash, "hash").into_uuid().simple());
    let find = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    if admin(&find).await {
        return name;
    }

    let folder = server().folder.clone();
    let lock = tokio::task::spawn_blocking(move || lock(&folder)).await;
    let _lock = must(lock, "lock");
    if !admin(&find).await {
        // Made under another name first: a migration that fails leaves no template.
        admin(&format!(
            "DROP DATABASE IF EXISTS making_{name} WITH (FORCE)"
        ))
        .await;
        admin(&format!("CREATE DATABASE making_{name}")).await;
        let config = DbConfig {
            url: url(&format!("making_{name}")),
            pool: 1,
        };
        let db = must(Db::open(&config).await, "open the template");
        must(db.migrate(migrations).await, "migrate the template");
        db.close().await;
        admin(&format!("ALTER DATABASE making_{name} RENAME TO {name}")).await;
    }
    name
}

/// Runs one statement as administrator; true if it returned a row.
async fn admin(sql: &str) -> bool {
    let connected = tokio_postgres::connect(&url("postgres"), NoTls).await;
    let (client, connection) = must(connected, "temporary PostgreSQL");
    let task = tokio::spawn(connection);
    let rows = client.simple_query(sql).await;
    drop(client);
    let _ = task.await;
    let rows = must(
        rows.map_err(|e| e.as_db_error().map_or(e.to_string(), ToString::to_string)),
        sql,
    );
    rows.iter()
        .any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)))
}

fn lock(folder: &Path) -> File {
    let file = must(
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock")),
        "lock file",
    );
    must(file.lock(), "lock");
    file
}

fn start() -> Server {
    let programs = programs();
    let me = id(&["-u"]);
    // PostgreSQL refuses to run as root.
    let owner = (me == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])));
    let folder = std::env::temp_dir().join(format!("tillsyn-postgres-{me}"));
    make_folder(&folder, me, owner);

    let _lock = lock(&folder);
    let used = must(
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("used")),
        "lock file",
    );
    must(used.lock_shared(), "lock");
    let socket = folder.join(".s.PGSQL.5432");
    if UnixStream::connect(&socket).is_err() {
        launch(&folder, &programs, owner);
        wait_for("the start", || UnixStream::connect(&socket).is_ok());
        wait_for("the first answer", || is_ready(&folder, &programs));
    }
    Server {
        folder,
        _used: used,
    }
}

fn launch(folder: &Path, programs: &Path, owner: Option<(u32, u32)>) {
    let data = folder.join("data");
    let _ = fs::remove_dir_all(&data);
    let command = |program: &Path| {
        let mut command = Command::new(program);
        if let Some((uid, gid)) = owner {
            command.uid(uid).gid(gid);
        }
        command
            .current_dir(folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    };

    // With the C collation texts sort as they do in SQLite.
    let initdb = command(&programs.join("initdb"))
        .args([
            "--no-sync",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
        ])
        .arg(&data)
        .output();
    let initdb = must(initdb, "initdb");
    assert!(
        initdb.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&initdb.stderr)
    );

    let log = must(File::create(folder.join("log")), "server log");
    let log_too = must(log.try_clone(), "server log");
    let run = command(Path::new("/bin/sh"))
        .args(["-c", RUN, "sh"])
        .args([folder, programs])
        .stdout(log)
        .stderr(log_too)
        // Not to be ended by a Ctrl-C that is meant for the test.
        .process_group(0)
        .status();
    assert!(must(run, "start the server").success(), "start the server");
}

fn is_ready(folder: &Path, programs: &Path) -> bool {
    let run = Command::new(programs.join("pg_isready"))
        .arg("-q")
        .args(["-U", "postgres", "-h"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    run.is_ok_and(|status| status.success())
}

/// Others could prepare a folder of this name, so its owner is checked.
fn make_folder(folder: &Path, me: u32, owner: Option<(u32, u32)>) {
    let made = fs::DirBuilder::new().mode(0o700).create(folder);
    if made.is_ok()
        && let Some((uid, gid)) = owner
    {
        must(chown(folder, Some(uid), Some(gid)), "chown");
    }
    let expected = owner.map_or(me, |(uid, _)| uid);
    let found = must(
        fs::symlink_metadata(folder),
        "folder of the temporary PostgreSQL",
    );
    // Between mkdir and chown by another process the folder is still ours.
    assert!(
        found.is_dir() && (found.uid() == expected || found.uid() == me),
        "{} belongs to someone else",
        folder.display()
    );
}

fn id(args: &[&str]) -> u32 {
    let output = must(Command::new("id").args(args).output(), "id");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("no user `postgres`; {INSTALL}"))
}

/// The newest installed version: Debian's place first, then PATH.
fn programs() -> PathBuf {
    let mut found = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        let version = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok());
        let folder = entry.path().join("bin");
        if let Some(version) = version
            && folder.join("initdb").exists()
            && folder.join("postgres").exists()
        {
            found.push((version, folder));
        }
    }
    if let Some((_, folder)) = found.into_iter().max() {
        return folder;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .unwrap_or_else(|| panic!("{INSTALL}"))
}
