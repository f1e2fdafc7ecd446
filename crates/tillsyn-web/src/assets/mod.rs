//! Style, script and icons: in the binary, under URLs that carry the hash of their content, so
//! that they can be kept for ever.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::compression::CompressionLayer;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The stylesheets, in the order they must be linked.
pub(crate) const STYLES: [&str; 3] = ["tokens.css", "components.css", "console.css"];

/// File name to URL and back.
struct Table {
    url_of: BTreeMap<String, String>,
    name_at: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        url_of: BTreeMap::new(),
        name_at: BTreeMap::new(),
    };
    for name in Files::iter() {
        let Some(file) = Files::get(&name) else {
            continue;
        };
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "bin"));
        let hashed = format!("{stem}.{}.{ending}", short_hash(&file));
        table
            .url_of
            .insert(name.to_string(), format!("/assets/{hashed}"));
        table.name_at.insert(hashed, name.to_string());
    }
    table
});

fn short_hash(file: &EmbeddedFile) -> String {
    let mut hash = String::new();
    for byte in file.metadata.sha256_hash().iter().take(8) {
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

/// A file as it is sent: a script without what is for us alone.
fn bytes(name: &str) -> Option<Vec<u8>> {
    let data = Files::get(name)?.data.into_owned();
    if name.rsplit('.').next() != Some("js") {
        return Some(data);
    }
    let text = String::from_utf8(data).ok()?;
    Some(script(&text).into_bytes())
}

/// A script without its remarks, indents and spaces. A line end stays where it could end a statement.
fn script(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let mut out = String::with_capacity(text.len());
    for line in lines.map(squeezed) {
        let goes_on = out.is_empty()
            || out.ends_with([';', '{', ',', '(', '['])
            || line.starts_with(['}', ')', ']']);
        if !goes_on {
            out.push('\n');
        }
        out.push_str(&line);
    }
    out
}

/// A line of script without the spaces beside signs. What is quoted stays. Our scripts have no quotes in regular
/// expressions and no `a + +b`.
fn squeezed(line: &str) -> String {
    const SIGNS: &str = "=+-*/<>!&|?:;,(){}[]";
    let mut out = String::with_capacity(line.len());
    let (mut quote, mut escaped) = (None, false);
    let mut left = line.chars().peekable();
    while let Some(c) = left.next() {
        match quote {
            Some(end) => {
                if c == end && !escaped {
                    quote = None;
                }
                escaped = c == '\\' && !escaped;
            }
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == ' ' => {
                let before = out.chars().last().is_none_or(|c| SIGNS.contains(c));
                if before || left.peek().is_none_or(|c| SIGNS.contains(*c)) {
                    continue;
                }
            }
            None => {}
        }
        out.push(c);
    }
    out
}

/// The URL of a file in `assets/`.
pub fn url(name: &str) -> &'static str {
    TABLE
        .url_of
        .get(name)
        .map_or("/assets/missing", String::as_str)
}

/// Every file with its URL and bytes, for writing pages to disk.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    TABLE
        .url_of
        .iter()
        .filter_map(|(name, url)| Some((url.as_str(), bytes(name)?)))
        .collect()
}

/// `GET /assets/{name}`: public, needed before sign-in.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{name}", get(asset))
        .layer(CompressionLayer::new().gzip(true))
}

async fn asset(Path(name): Path<String>) -> Response {
    let file = TABLE.name_at.get(&name).and_then(|name| bytes(name));
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let content_type = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    (
        [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        file,
    )
        .into_response()
}
