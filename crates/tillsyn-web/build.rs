//! Fails the build when a text is missing, unused, or differs in shape between the languages, and puts the
//! documents of `docs/` into the program.
//!
//! Uses are found by text search: a call `t("key")`, `tn("key"`, `ta("key"`, `t_args("key"`,
//! `rich("key")`, `rich_args("key"` or `key("key")` in a template or in `src`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

#[path = "src/console/words/payloads/parse.rs"]
mod payloads;

const LANGUAGES: [&str; 3] = ["en", "sv", "ja"];
const CALLS: [&str; 7] = ["t", "tn", "ta", "t_args", "rich", "rich_args", "key"];

/// Message key to the names of the arguments it uses.
type Catalogue = BTreeMap<String, BTreeSet<String>>;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=src");
    let mut faults = Vec::new();
    let catalogues: Vec<Catalogue> = LANGUAGES
        .iter()
        .map(|language| read_catalogue(language, &mut faults))
        .collect();
    compare(&catalogues, &mut faults);
    check_payloads(&mut faults);
    if let Err(fault) = embed_documents() {
        faults.push(format!("docs: {fault}"));
    }
    let mut used = BTreeMap::new();
    for (folder, ending) in [("templates", "html"), ("src", "rs")] {
        for file in files(Path::new(folder), ending) {
            collect_uses(&file, &mut used);
        }
    }
    if let Some(english) = catalogues.first() {
        for (key, place) in &used {
            if !english.contains_key(key) {
                faults.push(format!("{place}: text `{key}` is in no catalogue"));
            }
        }
        for key in english.keys() {
            if !used.contains_key(key) {
                faults.push(format!("locales: text `{key}` is used nowhere"));
            }
        }
    }
    if faults.is_empty() {
        return ExitCode::SUCCESS;
    }
    for fault in &faults {
        println!("cargo::error={fault}");
    }
    ExitCode::FAILURE
}

/// A table of every document, and one of the pictures that they show, as `(path below docs, content)`.
fn embed_documents() -> std::io::Result<()> {
    let folder = Path::new("../../docs");
    println!("cargo::rerun-if-changed=../../docs");
    let root = folder.canonicalize()?;
    let mut table = String::new();
    for (name, content, below, ending, include) in [
        ("TEXTS", "&str", "", "md", "include_str"),
        ("PICTURES", "&[u8]", "guide", "png", "include_bytes"),
    ] {
        let _ = writeln!(table, "pub(super) const {name}: &[(&str, {content})] = &[");
        for file in files(&root.join(below), ending) {
            let path = file.strip_prefix(&root).unwrap_or(&file).display();
            let file = file.display();
            let _ = writeln!(
                table,
                "    ({:?}, {include}!({:?})),",
                path.to_string(),
                file.to_string()
            );
        }
        let _ = writeln!(table, "];");
    }
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("documents.rs"), table)
}

fn read_catalogue(language: &str, faults: &mut Vec<String>) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for file in files(&Path::new("locales").join(language), "ftl") {
        let source = fs::read_to_string(&file).unwrap_or_default();
        let resource = match fluent_syntax::parser::parse(source.as_str()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                for error in errors {
                    faults.push(format!("{}: {error}", file.display()));
                }
                resource
            }
        };
        for entry in &resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let key = message.id.name.to_owned();
            let mut arguments = BTreeSet::new();
            match &message.value {
                Some(pattern) => pattern_arguments(pattern, &mut arguments),
                None => faults.push(format!("{}: `{key}` has no text", file.display())),
            }
            if catalogue.insert(key.clone(), arguments).is_some() {
                faults.push(format!("{}: `{key}` is there twice", file.display()));
            }
        }
    }
    catalogue
}

fn pattern_arguments(pattern: &Pattern<&str>, out: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expression_arguments(expression, out);
        }
    }
}

fn expression_arguments(expression: &Expression<&str>, out: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => inline_arguments(inline, out),
        Expression::Select { selector, variants } => {
            inline_arguments(selector, out);
            for variant in variants {
                pattern_arguments(&variant.value, out);
            }
        }
    }
}

fn inline_arguments(inline: &InlineExpression<&str>, out: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            out.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => expression_arguments(expression, out),
        _ => {}
    }
}

fn compare(catalogues: &[Catalogue], faults: &mut Vec<String>) {
    let Some(english) = catalogues.first() else {
        return;
    };
    for (language, other) in LANGUAGES.iter().zip(catalogues).skip(1) {
        for (key, arguments) in english {
            match other.get(key) {
                None => faults.push(format!("locales/{language}: text `{key}` is missing")),
                Some(theirs) if theirs != arguments => {
                    faults.push(format!(
                        "locales/{language}: `{key}` takes {theirs:?}, English takes {arguments:?}"
                    ));
                }
                Some(_) => {}
            }
        }
        for key in other.keys().filter(|key| !english.contains_key(*key)) {
            faults.push(format!("locales/{language}: `{key}` is not in English"));
        }
    }
}

/// The words for payloads: in all languages, each block once, each file read by the program.
fn check_payloads(faults: &mut Vec<String>) {
    let reader = fs::read_to_string("src/console/words/payloads/mod.rs").unwrap_or_default();
    let icons = fs::read_to_string("assets/icons.svg").unwrap_or_default();
    let sources: Vec<(String, String)> = files(Path::new("locales/payloads"), "txt")
        .iter()
        .map(|file| {
            let source = fs::read_to_string(file).unwrap_or_default();
            (file.display().to_string(), source)
        })
        .collect();
    let mut names = BTreeSet::new();
    let mut blocks = Vec::new();
    for (file, source) in &sources {
        if !reader.contains(&format!("{file}\"")) {
            faults.push(format!("{file}: read by nobody"));
        }
        let (found, wrong) = payloads::parse(source);
        faults.extend(wrong.iter().map(|fault| format!("{file}: {fault}")));
        for block in found {
            if !names.insert(block.name) {
                faults.push(format!("{file}: [{}] is there twice", block.name));
            }
            blocks.push((file, block));
        }
    }
    for (file, block) in &blocks {
        for fault in block_faults(block, &names, &icons) {
            faults.push(format!("{file}: [{}]: {fault}", block.name));
        }
    }
}

fn block_faults(block: &payloads::Block<'_>, names: &BTreeSet<&str>, icons: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(icon) = block.icon
        && !icons.contains(&format!("\"i-{icon}\""))
    {
        faults.push(format!("no icon is called {icon}"));
    }
    for base in block.bases.iter().filter(|base| !names.contains(*base)) {
        faults.push(format!("no block is called {base}"));
    }
    if !block.keys.is_empty() && !block.keys.iter().any(|key| key.common) {
        faults.push("no key is shown by default".to_owned());
    }
    let titles = block.title.iter().chain(&block.sections);
    let labels = block.keys.iter().map(|key| &key.label);
    let values = block.keys.iter().flat_map(|key| &key.values);
    let names = titles
        .chain(labels)
        .chain(values.map(|(_, label)| label))
        .flatten();
    for name in names.filter(|name| name.ends_with(['.', '。'])) {
        faults.push(format!("a name that ends like a sentence: {name}"));
    }
    let helps = block.keys.iter().filter_map(|key| key.help.as_ref());
    for help in block.about.iter().chain(helps).flatten() {
        if !help.ends_with(['.', '。']) {
            faults.push(format!("a sentence without an end: {help}"));
        }
    }
    for key in &block.keys {
        if key.section.is_none() && !block.sections.is_empty() {
            faults.push(format!("{} stands above the first section", key.path));
        }
    }
    faults
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn collect_uses(file: &Path, used: &mut BTreeMap<String, String>) {
    let source = fs::read_to_string(file).unwrap_or_default();
    for (at, _) in source.match_indices('(') {
        let before = &source[..at];
        let name = before
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        if !CALLS.contains(&name) {
            continue;
        }
        let Some(literal) = source[at + 1..].trim_start().strip_prefix('"') else {
            continue;
        };
        let key = literal.split('"').next().unwrap_or_default();
        used.entry(key.to_owned())
            .or_insert_with(|| file.display().to_string());
    }
}
