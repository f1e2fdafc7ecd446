//! `cargo xtask package` with the real program: what others read in the packages, and whether it starts from them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");
/// In the image.
const USER: &str = "65532";
const START: Duration = Duration::from_secs(30);

/// The program lies beside us when the workspace was built.
fn program() -> PathBuf {
    let path = Path::new(XTASK).with_file_name("tillsyn");
    assert!(
        path.exists(),
        "{} is missing: build the workspace",
        path.display()
    );
    path
}

fn ran(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn text(command: &mut Command) -> String {
    String::from_utf8(ran(command).stdout).unwrap()
}

fn package(binary: &Path, out: &Path) {
    ran(Command::new(XTASK)
        .args(["package", "--uncompressed", "--binary"])
        .arg(binary)
        .arg("--out")
        .arg(out)
        .env("SOURCE_DATE_EPOCH", "1700000000"));
}

fn ending(folder: &Path, end: &str) -> PathBuf {
    let mut all = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    all.find(|path| path.to_string_lossy().ends_with(end))
        .unwrap_or_else(|| panic!("no file ends with {end}"))
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn packages_hold_what_they_promise_and_start() {
    let folder = TempDir::new().unwrap();
    let binary = folder.path().join("tillsyn");
    // The names for a debugger are most of a program that nobody optimised.
    ran(Command::new("strip").arg("-o").arg(&binary).arg(program()));
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    package(&binary, &one);
    package(&binary, &two);
    let sums = fs::read_to_string(one.join("SHA256SUMS")).unwrap();
    assert_eq!(
        sums,
        fs::read_to_string(two.join("SHA256SUMS")).unwrap(),
        "two builds differ"
    );
    fs::remove_dir_all(two).unwrap();
    // It reads every file, blobs that are named by their digest among them.
    ran(Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&one));
    debian_package(&ending(&one, ".deb"), folder.path());
    bill_of_materials(&json(&ending(&one, ".cdx.json")));
    let root = folder.path().join("root");
    image(&one.join("oci"), &root);
    starts(&root);
}

fn debian_package(deb: &Path, folder: &Path) {
    let info = text(Command::new("dpkg-deb").arg("--info").arg(deb));
    for part in [
        "Package: tillsyn\n",
        "Depends: libc6 (>= 2.",
        "libgcc-s1",
        "postinst",
        "prerm",
        "postrm",
    ] {
        assert!(info.contains(part), "{part}\n{info}");
    }
    let root = folder.join("deb");
    ran(Command::new("dpkg-deb").arg("-x").arg(deb).arg(&root));
    for path in [
        "usr/bin/tillsyn",
        "usr/lib/systemd/system/tillsyn.service",
        "usr/lib/sysusers.d/tillsyn.conf",
        "usr/lib/tmpfiles.d/tillsyn.conf",
        "usr/share/man/man1/tillsyn.1.gz",
        "usr/share/man/man1/tillsyn-device-list.1.gz",
        "usr/share/man/man5/tillsyn.toml.5.gz",
        "usr/share/bash-completion/completions/tillsyn",
        "usr/share/zsh/vendor-completions/_tillsyn",
        "usr/share/fish/vendor_completions.d/tillsyn.fish",
        "usr/share/doc/tillsyn/copyright",
        "usr/share/doc/tillsyn/changelog.gz",
        "usr/share/doc/tillsyn/README.md",
        "usr/share/doc/tillsyn/install.md",
        "usr/share/doc/tillsyn/third-party-licences.gz",
        "usr/share/doc/tillsyn/examples/tillsyn.toml",
    ] {
        assert!(root.join(path).is_file(), "{path}");
    }
    let version = text(Command::new(root.join("usr/bin/tillsyn")).arg("--version"));
    assert!(version.starts_with("tillsyn "), "{version}");
    let contents = text(Command::new("dpkg-deb").arg("--contents").arg(deb));
    for line in contents.lines() {
        assert!(
            line.contains(" root/root ") && line.contains("2023-11-14"),
            "{line}"
        );
        assert!(
            !line.contains("./etc/") && !line.contains("./var/"),
            "{line}"
        );
    }
    fs::remove_dir_all(root).unwrap();
}

fn bill_of_materials(document: &Value) {
    assert_eq!(document["bomFormat"], "CycloneDX");
    let components = document["components"].as_array().unwrap();
    let named = |name: &str| components.iter().find(|part| part["name"] == name);
    let rustls = named("rustls").unwrap();
    assert_eq!(
        rustls["hashes"][0]["content"].as_str().unwrap().len(),
        64,
        "{rustls}"
    );
    assert!(
        rustls["purl"]
            .as_str()
            .unwrap()
            .starts_with("pkg:cargo/rustls@")
    );
    assert!(
        named("tempfile").is_none(),
        "what only tests use is not in the program"
    );
    let edges = document["dependencies"].as_array().unwrap();
    assert_eq!(edges.len(), components.len() + 1);
}

/// Follows the layout from its index to the layer, and unpacks that.
fn image(layout: &Path, root: &Path) {
    assert_eq!(
        json(&layout.join("oci-layout"))["imageLayoutVersion"],
        "1.0.0"
    );
    let blob = |named: &Value| {
        let digest = named["digest"].as_str().unwrap();
        let path = layout
            .join("blobs/sha256")
            .join(digest.strip_prefix("sha256:").unwrap());
        assert_eq!(
            fs::metadata(&path).unwrap().len(),
            named["size"],
            "{digest}"
        );
        path
    };
    let index = json(&layout.join("index.json"));
    let manifest = json(&blob(&index["manifests"][0]));
    let layers = manifest["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 1);
    let config = json(&blob(&manifest["config"]));
    assert_eq!(config["config"]["User"], format!("{USER}:{USER}"));
    assert_eq!(
        config["config"]["Entrypoint"],
        serde_json::json!(["/usr/bin/tillsyn"])
    );
    assert_eq!(config["config"]["Cmd"], serde_json::json!(["serve"]));
    assert_eq!(config["rootfs"]["diff_ids"][0], layers[0]["digest"]);
    assert_eq!(
        config["architecture"],
        index["manifests"][0]["platform"]["architecture"]
    );
    assert_eq!(
        fs::read_dir(layout.join("blobs/sha256")).unwrap().count(),
        3
    );
    fs::create_dir(root).unwrap();
    ran(Command::new("tar")
        .args(["--numeric-owner", "-xpf"])
        .arg(blob(&layers[0]))
        .arg("-C")
        .arg(root));
}

/// The program as an engine starts it: that root, that user, that folder, nothing in the environment.
fn inside(root: &Path) -> Command {
    let mut command = Command::new("unshare");
    if text(Command::new("id").arg("-u")).trim() == "0" {
        command.args(["--setuid", USER, "--setgid", USER]);
    } else {
        command.args(["--user", "--map-current-user"]);
    }
    command
        .arg("--root")
        .arg(root)
        .args(["--wd", "/var/lib/tillsyn", "/usr/bin/tillsyn"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/sbin");
    command
}

fn starts(root: &Path) {
    // Another user has to get there.
    let top = root.parent().unwrap();
    ran(Command::new("chmod").arg("0755").arg(top));
    let version = text(inside(root).arg("--version"));
    assert!(version.starts_with("tillsyn "), "{version}");
    let said = text(inside(root).args([
        "init",
        "--organisation",
        "Norrvik University",
        "--url",
        "https://mdm.norrvik.example",
    ]));
    assert!(said.contains("One-time code"), "{said}");
    assert!(root.join("var/lib/tillsyn/keys/master.key").exists());
    let log = top.join("log");
    let out = fs::File::create(&log).unwrap();
    let mut server = Server(
        inside(root)
            .arg("serve")
            .env("TILLSYN_HTTP_CLEAR_TEXT", "true")
            .env("TILLSYN_PUBLIC_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap(),
    );
    let address = server.address(&log);
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(
            b"GET /healthz HTTP/1.1\r\nHost: mdm.norrvik.example\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    ran(Command::new("kill").arg(server.0.id().to_string()));
    assert_eq!(server.0.wait().unwrap().code(), Some(0));
}

struct Server(Child);

impl Server {
    fn address(&mut self, log: &Path) -> String {
        let end = Instant::now() + START;
        loop {
            let said = fs::read_to_string(log).unwrap();
            if said.contains("tillsyn serves")
                && let Some((_, rest)) = said.split_once("address=")
            {
                return rest.split_whitespace().next().unwrap().to_owned();
            }
            assert!(
                self.0.try_wait().unwrap().is_none() && Instant::now() < end,
                "{said}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A failed test must not leave a server behind.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What the unit leaves open, and why: devices, vendors and the database are on the network; the node's default name is
/// read below /proc/sys; the rest has no use without an image of its own.
const LEFT_OPEN: &[&str] = &[
    "PrivateNetwork=",
    "IPAddressDeny=",
    "RestrictAddressFamilies=~AF_(INET|INET6)",
    "RestrictAddressFamilies=~AF_UNIX",
    "ProcSubset=",
    "DeviceAllow=",
    "RootDirectory=/RootImage=",
];

#[test]
fn the_unit_is_as_closed_as_it_can_be() {
    let unit = repository().join("packaging/tillsyn.service");
    let security = |more: &[&str]| {
        text(
            Command::new("systemd-analyze")
                .args(["security", "--offline=true", "--no-pager"])
                .args(more)
                .arg(&unit),
        )
    };
    // Fails above 2.0.
    security(&["--threshold=20"]);
    let found: Value = serde_json::from_str(&security(&["--json=short"])).unwrap();
    let open: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["exposure"].is_string())
        .filter_map(|part| part["name"].as_str())
        .filter(|name| !LEFT_OPEN.contains(name))
        .collect();
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_unit_gives_the_server_the_time_that_it_takes_to_start_and_to_stop() {
    let unit = fs::read_to_string(repository().join("packaging/tillsyn.service")).unwrap();
    let stop = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="));
    // 20 seconds for requests, and as much again for what is written then.
    assert!(stop.unwrap().parse::<u32>().unwrap() >= 40);
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStartSec="));
    // A minute for a database that comes up.
    assert!(start.unwrap().parse::<u32>().unwrap() > 60);
}

#[test]
fn no_script_of_the_package_deletes_anything() {
    for name in ["postinst", "postrm", "prerm"] {
        let path = repository().join("packaging/debian").join(name);
        ran(Command::new("sh").arg("-n").arg(&path));
        let script = fs::read_to_string(&path).unwrap();
        for word in ["rm -", "rmdir", "deluser", "userdel", "unlink"] {
            assert!(!script.contains(word), "{name}: {word}");
        }
    }
}
