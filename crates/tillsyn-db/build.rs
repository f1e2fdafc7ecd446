//! Turns the files of `migrations/` into one table, so that adding a migration is adding a file.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let dir = Path::new(&root).join("../../migrations").canonicalize()?;
    println!("cargo:rerun-if-changed={}", dir.display());

    let mut files = Vec::new();
    for entry in fs::read_dir(&dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ext| ext == "sql") {
            files.push(path);
        }
    }
    files.sort();

    let mut table = String::from("&[\n");
    for (index, path) in files.iter().enumerate() {
        let stem = path
            .file_stem()
            .and_then(|s| s.to_str())
            .ok_or("file name is not UTF-8")?;
        let (number, name) = stem.split_once('_').ok_or("expected NNNN_name.sql")?;
        let text = path.to_str().ok_or("path is not UTF-8")?;
        let version: usize = number.parse()?;
        if version != index + 1 {
            return Err(format!("migration {stem}: expected number {}", index + 1).into());
        }
        println!("cargo:rerun-if-changed={}", path.display());
        writeln!(
            table,
            "    Migration {{ version: {version}, name: {name:?}, sql: include_str!({text:?}) }},"
        )?;
    }
    table.push(']');
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("migrations.rs"),
        table,
    )?;
    Ok(())
}
