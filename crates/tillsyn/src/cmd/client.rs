//! One client of one server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Failure;

/// Longer than a handler of the server may take.
const TIMEOUT: Duration = Duration::from_secs(40);
/// Rows that one request fetches.
const PAGE: usize = 200;

/// Which server, as whom, and how to print.
#[derive(Debug, clap::Args)]
pub(crate) struct Connection {
    /// Address of the server's console and API
    #[arg(
        long,
        global = true,
        env = "TILLSYN_SERVER",
        value_name = "URL",
        help_heading = "Server"
    )]
    server: Option<String>,
    /// File with the API token [default: the variable TILLSYN_TOKEN]
    #[arg(
        long,
        global = true,
        env = "TILLSYN_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Server"
    )]
    token_file: Option<PathBuf>,
    /// PEM file of the certificate authority that signed the server's certificate
    #[arg(
        long,
        global = true,
        env = "TILLSYN_CA_FILE",
        value_name = "FILE",
        help_heading = "Server"
    )]
    ca_file: Option<PathBuf>,
    /// Print what the API answers, as JSON
    #[arg(long, global = true, help_heading = "Server")]
    pub(super) json: bool,
}

/// A client that knows its token.
pub(super) struct Client {
    base: Url,
    token: Zeroizing<String>,
    http: reqwest::Client,
    pub(super) json: bool,
}

impl Client {
    pub(super) fn new(connection: &Connection) -> Result<Self, Failure> {
        let server = connection.server.as_deref().ok_or_else(|| {
            usage("say which server: --server https://mdm.example.org or TILLSYN_SERVER")
        })?;
        let base = base_url(server)?;
        let token = token(connection.token_file.as_deref())?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("tillsyn/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT);
        if let Some(file) = &connection.ca_file {
            let pem = read(file)?;
            let roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
                .map_err(|error| usage(&format!("{}: {error}", file.display())))?;
            http = http.tls_certs_only(roots);
        }
        let http = http
            .build()
            .map_err(|error| Failure::Connection(words_of(&error)))?;
        Ok(Self {
            base,
            token,
            http,
            json: connection.json,
        })
    }

    pub(super) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        self.send(self.request(Method::GET, path, query)?).await
    }

    /// A file, as text.
    pub(super) async fn file(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<String, Failure> {
        let (status, bytes) = self.bytes(self.request(Method::GET, path, query)?).await?;
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(body) if body["code"].is_string() && !status.is_success() => {
                Err(Failure::Problem(body))
            }
            _ if status.is_success() => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            _ => Err(self.odd(status)),
        }
    }

    /// With a key of its own, so that a lost answer can be asked for again without a second effect.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let key = uuid::Uuid::new_v4().to_string();
        let request = || {
            Ok(self
                .request(Method::POST, path, &[])?
                .header("idempotency-key", &key)
                .json(body))
        };
        match self.send(request()?).await {
            Err(Failure::Connection(_)) => self.send(request()?).await,
            answered => answered,
        }
    }

    /// A file to import.
    pub(super) async fn post_csv(
        &self,
        path: &str,
        query: &[(&str, String)],
        bytes: Vec<u8>,
    ) -> Result<Value, Failure> {
        let request = self
            .request(Method::POST, path, query)?
            .header("content-type", "text/csv")
            .body(bytes);
        self.send(request).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self.request(Method::PATCH, path, &[])?.json(body);
        self.send(request).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(self.request(Method::PUT, path, &[])?.json(body))
            .await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.send(self.request(Method::DELETE, path, &[])?).await
    }

    /// The first `most` rows of a list; as many pages as that takes.
    pub(super) async fn list(
        &self,
        path: &str,
        query: &[(&str, String)],
        most: usize,
    ) -> Result<Rows, Failure> {
        let mut items = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut query = query.to_vec();
            query.push((
                "limit",
                most.saturating_sub(items.len()).clamp(1, PAGE).to_string(),
            ));
            query.extend(after.take().map(|after| ("after", after)));
            let mut page = self.get(path, &query).await?;
            if let Value::Array(rows) = page["items"].take() {
                items.extend(rows);
            }
            after = page["next"].as_str().map(str::to_owned);
            if after.is_none() || items.len() >= most {
                return Ok(Rows {
                    items,
                    more: after.is_some(),
                });
            }
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<RequestBuilder, Failure> {
        // An id is typed by hand: it must not lead to another address.
        if !path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-'))
        {
            return Err(usage("this is no id; the list verbs print ids"));
        }
        let mut url = self
            .base
            .join(&format!("api/v1/{path}"))
            .map_err(|error| usage(&format!("`{path}` cannot be asked for: {error}")))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(self
            .http
            .request(method, url)
            .bearer_auth(self.token.as_str()))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, Failure> {
        let (status, bytes) = self.bytes(request).await?;
        if status == StatusCode::NO_CONTENT {
            return Ok(Value::Null);
        }
        let body: Option<Value> = serde_json::from_slice(&bytes).ok();
        match body {
            Some(body) if status.is_success() => Ok(body),
            Some(body) if body["code"].is_string() => Err(Failure::Problem(body)),
            _ => Err(self.odd(status)),
        }
    }

    async fn bytes(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Failure> {
        let failed = |error: reqwest::Error| {
            Failure::Connection(format!(
                "{} cannot be reached: {}",
                self.base,
                words_of(&error)
            ))
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(failed)?;
        Ok((status, bytes.to_vec()))
    }

    fn odd(&self, status: StatusCode) -> Failure {
        Failure::Connection(format!(
            "{} answered {status}, which is not the API of Tillsyn; is the address right?",
            self.base
        ))
    }
}

/// Rows of a list, and whether there are more behind them.
pub(super) struct Rows {
    pub(super) items: Vec<Value>,
    pub(super) more: bool,
}

impl Rows {
    pub(super) fn into_json(self) -> Value {
        json!({ "items": self.items, "more": self.more })
    }
}

fn usage(text: &str) -> Failure {
    Failure::Usage(text.to_owned())
}

/// The token is never an argument: those are seen by every user of the machine.
fn token(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    let text = match file {
        Some(file) => read(file)?,
        None => Zeroizing::new(std::env::var("TILLSYN_TOKEN").unwrap_or_default()),
    };
    let token = Zeroizing::new(text.trim().to_owned());
    if token.is_empty() {
        return Err(usage(
            "no API token: make one in the console, under Settings, and give it in TILLSYN_TOKEN or \
             --token-file",
        ));
    }
    Ok(token)
}

pub(super) fn read(file: &Path) -> Result<Zeroizing<String>, Failure> {
    std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| usage(&format!("{} cannot be read: {error}", file.display())))
}

/// The address with a slash at its end. In clear text only to this machine: the token goes with it.
pub(super) fn base_url(server: &str) -> Result<Url, Failure> {
    let mut url: Url = server.parse().map_err(|_| {
        usage(&format!(
            "`{server}` is no address like https://mdm.example.org"
        ))
    })?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        return Err(usage(&format!(
            "`{server}` must begin with https://, so that nobody reads the token on its way"
        )));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// An error of the client with its cause: the first alone says little.
fn words_of(error: &reqwest::Error) -> String {
    let mut next: Option<&dyn std::error::Error> = Some(error);
    let mut last = String::new();
    while let Some(error) = next {
        last = error.to_string();
        next = error.source();
    }
    last
}
