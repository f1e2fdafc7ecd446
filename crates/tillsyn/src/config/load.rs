//! Reading the file and the environment into the sections.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Value;

use super::field::{Private, Setting};
use super::nearest::nearest;
use super::sections::{
    Admin, Apns, Apple, Audit, Database, DeviceServices, Http, IdentityProviders, Keys, Log, Mail,
    Node, Proxy, Public, Webhooks, fields,
};

/// All settings. Relative paths are resolved against the folder of the file.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) public: Public,
    pub(crate) admin: Admin,
    pub(crate) database: Database,
    pub(crate) keys: Keys,
    pub(crate) apns: Apns,
    pub(crate) device_services: DeviceServices,
    pub(crate) audit: Audit,
    pub(crate) identity_providers: IdentityProviders,
    pub(crate) apple: Apple,
    pub(crate) proxy: Proxy,
    pub(crate) webhooks: Webhooks,
    pub(crate) mail: Mail,
    pub(crate) http: Http,
    pub(crate) log: Log,
    pub(crate) node: Node,
    /// `TILLSYN_MASTER_KEY`.
    pub(crate) master_key: Option<Private>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
}

/// Everything that is wrong with a configuration, one mistake a line.
#[derive(Debug)]
pub(crate) struct ConfigError {
    pub(super) whole: String,
    pub(super) mistakes: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)?;
        for mistake in &self.mistakes {
            write!(f, "\n  {mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

const PLACES: [&str; 2] = ["tillsyn.toml", "/etc/tillsyn/tillsyn.toml"];

/// The file asked for, or the first of the usual places that exists.
pub(crate) fn find_file(asked: Option<&Path>) -> Option<PathBuf> {
    asked
        .map(Path::to_path_buf)
        .or_else(|| PLACES.iter().map(PathBuf::from).find(|path| path.exists()))
}

impl Config {
    /// Reads the file asked for, or that of the usual places if there is one, and the environment.
    pub(crate) fn load(asked: Option<&Path>) -> Result<Self, ConfigError> {
        let env: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let Some(path) = find_file(asked) else {
            return Self::from_parts("", None, &env);
        };
        let text = std::fs::read_to_string(&path).map_err(|error| ConfigError {
            whole: format!(
                "cannot read the configuration {}: {error}. `tillsyn init --config {0}` makes one",
                path.display()
            ),
            mistakes: Vec::new(),
        })?;
        Self::from_parts(&text, Some(&path), &env)
    }

    /// From the text of a file and environment variables.
    pub(crate) fn from_parts(
        text: &str,
        file: Option<&Path>,
        env: &[(String, String)],
    ) -> Result<Self, ConfigError> {
        let name = file.map_or_else(
            || "the environment".to_owned(),
            |path| path.display().to_string(),
        );
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError {
            // Without the quoted line: it may hold a password.
            whole: format!("{name} is not TOML: {}", error.message()),
            mistakes: Vec::new(),
        })?;
        let mut values = Values::default();
        values.add_file(&table);
        values.add_env(env);
        let read = Self::read(&mut values, file);
        match read {
            Some(config) if values.mistakes.is_empty() => Ok(config),
            _ => Err(ConfigError {
                whole: format!("the configuration cannot be used ({name}):"),
                mistakes: values.mistakes,
            }),
        }
    }

    fn read(values: &mut Values, file: Option<&Path>) -> Option<Self> {
        let public = Public::take(values);
        let admin = Admin::take(values);
        let database = Database::take(values);
        let keys = Keys::take(values);
        let apns = Apns::take(values);
        let device_services = DeviceServices::take(values);
        let audit = Audit::take(values);
        let identity_providers = IdentityProviders::take(values);
        let apple = Apple::take(values);
        let proxy = Proxy::take(values);
        let webhooks = Webhooks::take(values);
        let mail = Mail::take(values);
        let http = Http::take(values);
        let log = Log::take(values);
        let node = Node::take(values);
        let mut config = Self {
            public: public?,
            admin: admin?,
            database: database?,
            keys: keys?,
            apns: apns?,
            device_services: device_services?,
            audit: audit?,
            identity_providers: identity_providers?,
            apple: apple?,
            proxy: proxy?,
            webhooks: webhooks?,
            mail: mail?,
            http: http?,
            log: log?,
            node: node?,
            master_key: values.master_key.take(),
            file: file.map(Path::to_path_buf),
        };
        config.resolve_paths();
        Some(config)
    }

    fn resolve_paths(&mut self) {
        let base = self.folder();
        let resolve = |path: &mut PathBuf| *path = base.join(&*path);
        resolve(&mut self.keys.master_key_file);
        for path in [
            &mut self.public.tls_certificate,
            &mut self.public.tls_key,
            &mut self.public.tls_roots,
            &mut self.admin.tls_certificate,
            &mut self.admin.tls_key,
            &mut self.apns.root_file,
            &mut self.device_services.root_file,
            &mut self.audit.syslog_root_file,
            &mut self.webhooks.root_file,
            &mut self.identity_providers.root_file,
            &mut self.mail.root_file,
        ]
        .into_iter()
        .flatten()
        {
            resolve(path);
        }
        self.apple.attestation_roots.iter_mut().for_each(resolve);
        if let Some(file) = self.database.url.expose().strip_prefix("sqlite:") {
            let resolved = base.join(file);
            self.database.url = Private::new(format!("sqlite:{}", resolved.display()));
        }
        for url in [Some(&mut self.public.url), self.admin.url.as_mut()]
            .into_iter()
            .flatten()
        {
            if url.ends_with('/') && !url.ends_with("//") {
                url.pop();
            }
        }
    }

    /// Every key that has a value, without secrets: for a page that administrators read.
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        let sections = [
            self.public.show(),
            self.admin.show(),
            self.database.show(),
            self.keys.show(),
            self.apns.show(),
            self.device_services.show(),
            self.audit.show(),
            self.identity_providers.show(),
            self.apple.show(),
            self.proxy.show(),
            self.webhooks.show(),
            self.mail.show(),
            self.http.show(),
            self.log.show(),
            self.node.show(),
        ];
        let mut all: Vec<_> = sections.into_iter().flatten().collect();
        all.retain(|(_, value)| !value.is_empty());
        for (key, value) in &mut all {
            // What fetches the key may carry what opens the vault that holds it.
            if key == "keys.master_key_command" {
                "…".clone_into(value);
            }
        }
        all
    }

    /// The folder of the file; relative paths begin there.
    pub(crate) fn folder(&self) -> PathBuf {
        self.file
            .as_deref()
            .and_then(Path::parent)
            .map(Path::to_path_buf)
            .unwrap_or_default()
    }

    /// The file of an SQLite database.
    pub(crate) fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.database.url.expose();
        url.strip_prefix("sqlite:").map(PathBuf::from)
    }
}

enum Raw {
    Toml(Value),
    Env(String),
}

/// What was set, before anybody knows its type.
#[derive(Default)]
pub(crate) struct Values {
    raw: BTreeMap<(String, String), Raw>,
    master_key: Option<Private>,
    mistakes: Vec<String>,
}

/// Read by other parts of the program or of its tests.
const OTHER_ENV: [&str; 7] = [
    "TILLSYN_CONFIG",
    "TILLSYN_SERVER",
    "TILLSYN_TOKEN",
    "TILLSYN_TOKEN_FILE",
    "TILLSYN_CA_FILE",
    "TILLSYN_MASTER_KEY",
    "TILLSYN_MOVE_TO",
];

/// Not ours: a container platform describes a service named `tillsyn` to its neighbours with the
/// first two; the third belongs to tests.
const FOREIGN_ENV: [&str; 3] = ["TILLSYN_SERVICE_", "TILLSYN_PORT", "TILLSYN_TEST_"];

impl Values {
    fn add_file(&mut self, table: &toml::Table) {
        for (section, value) in table {
            match value {
                Value::Table(keys) => {
                    for (key, value) in keys {
                        self.add(section, key, value);
                    }
                }
                _ => self.unknown_in_file(section, section),
            }
        }
    }

    fn add(&mut self, section: &str, key: &str, value: &Value) {
        if fields().any(|f| f.section == section && f.key == key) {
            let place = (section.to_owned(), key.to_owned());
            self.raw.insert(place, Raw::Toml(value.clone()));
        } else {
            self.unknown_in_file(&format!("{section}.{key}"), key);
        }
    }

    fn unknown_in_file(&mut self, path: &str, key: &str) {
        let paths: Vec<String> = fields().map(super::field::Field::path).collect();
        // A key in the wrong section, then a mistyped one.
        let elsewhere = fields()
            .find(|f| f.key == key)
            .map(super::field::Field::path);
        let meant = nearest(path, paths.iter().map(String::as_str))
            .map(str::to_owned)
            .or(elsewhere);
        self.unknown(&format!("unknown key `{path}`"), meant.as_deref());
    }

    fn unknown(&mut self, what: &str, meant: Option<&str>) {
        self.mistakes.push(match meant {
            Some(meant) => format!("{what}; did you mean `{meant}`?"),
            None => format!("{what}; see docs/reference/configuration.md"),
        });
    }

    fn add_env(&mut self, env: &[(String, String)]) {
        let names: Vec<String> = fields().map(super::field::Field::env).collect();
        for (name, value) in env.iter().filter(|(name, _)| name.starts_with("TILLSYN_")) {
            if let Some(field) = fields().find(|field| field.env() == *name) {
                let place = (field.section.to_owned(), field.key.to_owned());
                self.raw.insert(place, Raw::Env(value.clone()));
            } else if name == "TILLSYN_MASTER_KEY" {
                self.master_key = Some(Private::new(value.as_str()));
            } else if !OTHER_ENV.contains(&name.as_str())
                && !FOREIGN_ENV.iter().any(|start| name.starts_with(start))
            {
                let known = names.iter().map(String::as_str).chain(OTHER_ENV);
                let meant = nearest(name, known).map(str::to_owned);
                let what = format!("unknown environment variable `{name}`");
                self.unknown(&what, meant.as_deref());
            }
        }
    }

    pub(super) fn take<T: Setting>(
        &mut self,
        section: &str,
        key: &str,
        default: &str,
    ) -> Option<T> {
        let raw = self.raw.remove(&(section.to_owned(), key.to_owned()));
        let (read, origin) = match raw {
            Some(Raw::Toml(value)) => (T::from_toml(&value), format!("`{section}.{key}`")),
            Some(Raw::Env(text)) => {
                let name = format!("TILLSYN_{section}_{key}").to_uppercase();
                (T::from_text(&text), format!("`{name}`"))
            }
            None => (T::absent(default), format!("`{section}.{key}`")),
        };
        match read {
            Ok(value) => Some(value),
            Err(why) => {
                self.mistakes.push(format!("{origin}: {why}"));
                None
            }
        }
    }
}
