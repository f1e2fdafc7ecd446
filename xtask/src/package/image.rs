//! A container image as a folder in the OCI image layout, of one layer: the program, the libraries that it is linked
//! to, and nothing else. No engine is needed to make it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::release::Release;
use super::tree::{Tree, gzip};
use super::{Options, elf, sha256, tar};

/// Neither a person nor a service of the machine around it.
const USER: u32 = 65_532;
const DATA: &str = "var/lib/tillsyn";

/// Without it the C library asks the name server for `localhost`.
const NAMES: &str = "passwd: files\ngroup: files\nhosts: files dns\n";

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Writes the layout into a folder that is not there yet. The digests of its blobs, with their paths below it.
pub(crate) fn write(
    folder: &Path,
    release: &Release,
    sbom: &[u8],
    licences: &str,
    options: &Options,
) -> Result<()> {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).with_context(|| format!("cannot make {}", blobs.display()))?;
    let archive = tar::archive(&contents(release, sbom, licences)?, "", release.time)?;
    let plain = sha256(&archive)?;
    let layer = if options.uncompressed {
        blob(&blobs, LAYER, &archive, Some(plain.clone()))?
    } else {
        blob(&blobs, &format!("{LAYER}+gzip"), &gzip(&archive)?, None)?
    };
    let config = config(release, &plain).to_string();
    let config = blob(&blobs, CONFIG, config.as_bytes(), None)?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": [layer],
        "annotations": labels(release),
    });
    let mut manifest = blob(&blobs, MANIFEST, manifest.to_string().as_bytes(), None)?;
    manifest["platform"] = json!({
        "os": "linux",
        "architecture": release.program.machine.architecture(),
    });
    manifest["annotations"] = json!({"org.opencontainers.image.ref.name": release.program_version});
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest]});
    put(&folder.join("index.json"), index.to_string().as_bytes())?;
    let layout = json!({"imageLayoutVersion": "1.0.0"});
    put(&folder.join("oci-layout"), layout.to_string().as_bytes())
}

/// Writes one blob; what names it elsewhere.
fn blob(folder: &Path, kind: &str, bytes: &[u8], digest: Option<String>) -> Result<Value> {
    let digest = match digest {
        Some(known) => known,
        None => sha256(bytes)?,
    };
    put(&folder.join(&digest), bytes)?;
    Ok(json!({"mediaType": kind, "digest": format!("sha256:{digest}"), "size": bytes.len()}))
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn config(release: &Release, layer: &str) -> Value {
    let created = release.timestamp();
    json!({
        "created": created,
        "architecture": release.program.machine.architecture(),
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "ExposedPorts": {"8443/tcp": {}},
            "Env": ["PATH=/usr/bin"],
            "Entrypoint": ["/usr/bin/tillsyn"],
            "Cmd": ["serve"],
            "Volumes": {format!("/{DATA}"): {}},
            // The first place where the program looks for its configuration.
            "WorkingDir": format!("/{DATA}"),
            "Labels": labels(release),
            "StopSignal": "SIGTERM",
        },
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
        "history": [{"created": created, "created_by": "cargo xtask package"}],
    })
}

fn labels(release: &Release) -> Value {
    json!({
        "org.opencontainers.image.title": "Tillsyn",
        "org.opencontainers.image.description": "Self-hosted management of iPhones, iPads and Macs",
        "org.opencontainers.image.version": release.version,
        "org.opencontainers.image.created": release.timestamp(),
        "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
    })
}

fn contents(release: &Release, sbom: &[u8], licences: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    tree.file("usr/bin/tillsyn", 0o755, release.binary.clone());
    for (path, bytes) in libraries(&release.program)? {
        tree.file(path.trim_start_matches('/'), 0o755, bytes);
    }
    let people = format!("root:x:0:0::/:/\ntillsyn:x:{USER}:{USER}::/{DATA}:/\n");
    tree.file("etc/passwd", 0o644, people);
    tree.file(
        "etc/group",
        0o644,
        format!("root:x:0:\ntillsyn:x:{USER}:\n"),
    );
    tree.file("etc/nsswitch.conf", 0o644, NAMES);
    tree.folder(DATA, 0o700, USER);
    tree.folder("tmp", 0o1777, 0);
    let doc = "usr/share/doc/tillsyn";
    tree.file(
        &format!("{doc}/third-party-licences.gz"),
        0o644,
        gzip(licences.as_bytes())?,
    );
    tree.file(&format!("{doc}/sbom.cdx.json.gz"), 0o644, gzip(sbom)?);
    // The libraries' own terms go with them, where the building machine has them at Debian's place.
    for package in ["libc6", "libgcc-s1"] {
        let path = format!("usr/share/doc/{package}/copyright");
        if let Ok(text) = fs::read(Path::new("/").join(&path)) {
            tree.file(&path, 0o644, text);
        }
    }
    Ok(tree)
}

/// The loader and every library that it will look for, each at its path on this machine.
fn libraries(program: &elf::Program) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut known = BTreeSet::new();
    let mut waiting = program.needed.clone();
    if let Some(loader) = &program.interpreter {
        let name = loader.rsplit('/').next().unwrap_or(loader);
        known.insert(name.to_owned());
        let bytes = fs::read(loader).with_context(|| format!("the loader {loader}"))?;
        found.push((loader.clone(), bytes));
    }
    while let Some(name) = waiting.pop() {
        if !known.insert(name.clone()) {
            continue;
        }
        let path = find(&name, program.machine)?;
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let library = elf::read(&bytes).with_context(|| path.display().to_string())?;
        waiting.extend(library.needed);
        found.push((path.display().to_string(), bytes));
    }
    Ok(found)
}

fn find(name: &str, machine: elf::Machine) -> Result<PathBuf> {
    let own = machine.library_folder();
    [
        format!("/lib/{own}"),
        format!("/usr/lib/{own}"),
        "/lib64".to_owned(),
        "/usr/lib64".to_owned(),
    ]
    .iter()
    .map(|folder| Path::new(folder).join(name))
    .find(|path| path.is_file())
    .with_context(|| format!("the library {name} is not on this machine"))
}
