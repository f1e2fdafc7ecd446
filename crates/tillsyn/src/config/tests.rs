#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use super::*;

fn read(text: &str, env: &[(&str, &str)]) -> Result<Config, String> {
    let env: Vec<(String, String)> = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Config::from_parts(text, Some(Path::new("/srv/tillsyn/tillsyn.toml")), &env)
        .map_err(|error| error.to_string())
}

fn mistakes_of(text: &str, env: &[(&str, &str)]) -> String {
    read(text, env).unwrap_err()
}

#[test]
fn defaults_need_no_file() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.public.listen.port(), 8443);
    assert_eq!(config.database.pool, 16);
    assert_eq!(config.log.filter, "tillsyn=info");
    assert_eq!(config.log.format, LogFormat::Text);
    assert!(!config.http.clear_text);
    assert!(config.http.trusted_proxies.is_empty());
}

#[test]
fn relative_paths_begin_at_the_file() {
    let config = read(
        "[public]\ntls_key = \"tls/a.key\"\n[apns]\nroot_file = \"/etc/root.pem\"\n",
        &[],
    )
    .unwrap();
    assert_eq!(
        config.public.tls_key,
        Some(PathBuf::from("/srv/tillsyn/tls/a.key"))
    );
    assert_eq!(config.apns.root_file, Some(PathBuf::from("/etc/root.pem")));
    assert_eq!(
        config.keys.master_key_file,
        PathBuf::from("/srv/tillsyn/keys/master.key")
    );
    assert_eq!(
        config.sqlite_file(),
        Some(PathBuf::from("/srv/tillsyn/data/tillsyn.sqlite"))
    );
}

#[test]
fn environment_comes_before_the_file() {
    let text = "[database]\nurl = \"sqlite:file.sqlite\"\npool = 3\n[http]\nclear_text = false\n";
    let env = [
        ("TILLSYN_DATABASE_URL", "postgres://t@db/t"),
        ("TILLSYN_HTTP_CLEAR_TEXT", "true"),
        ("TILLSYN_HTTP_TRUSTED_PROXIES", "10.0.0.1, ::1"),
        ("TILLSYN_LOG_FORMAT", "json"),
        ("HOME", "/root"),
    ];
    let config = read(text, &env).unwrap();
    assert_eq!(config.database.url.expose(), "postgres://t@db/t");
    assert_eq!(config.database.pool, 3);
    assert!(config.http.clear_text);
    assert_eq!(config.http.trusted_proxies.len(), 2);
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn an_unknown_key_names_the_nearest() {
    for (text, meant) in [
        (
            "[public]\nlistne = \"0.0.0.0:1\"",
            "unknown key `public.listne`; did you mean `public.listen`?",
        ),
        ("[databse]\nurl = \"x\"", "did you mean `database.url`?"),
        (
            "[admin]\ntrusted_proxies = []",
            "did you mean `http.trusted_proxies`?",
        ),
        ("clear_text = true", "did you mean `http.clear_text`?"),
        (
            "[colours]\nbackground = 1",
            "unknown key `colours.background`; see docs",
        ),
    ] {
        let mistakes = mistakes_of(text, &[]);
        assert!(mistakes.contains(meant), "{text}: {mistakes}");
    }
}

#[test]
fn an_unknown_variable_names_the_nearest() {
    let mistakes = mistakes_of("", &[("TILLSYN_DATABSE_URL", "secret")]);
    assert!(
        mistakes.contains("did you mean `TILLSYN_DATABASE_URL`?"),
        "{mistakes}"
    );
    assert!(!mistakes.contains("secret"));
    // What a container platform, the client verbs and the tests set.
    let foreign = [
        ("TILLSYN_SERVICE_HOST", "10.0.0.2"),
        ("TILLSYN_PORT_8443_TCP", "tcp://10.0.0.2:8443"),
        ("TILLSYN_SERVER", "https://localhost"),
        ("TILLSYN_TEST_POSTGRES", "x"),
    ];
    assert!(read("", &foreign).is_ok());
}

#[test]
fn every_mistake_is_told_at_once_and_secrets_are_not() {
    let text =
        "[public]\nlisten = \"here\"\n[database]\npool = 0\n[http]\nclear_text = \"maybe\"\n";
    let mistakes = mistakes_of(text, &[]);
    for part in [
        "`public.listen`: `here`",
        "`database.pool`",
        "`http.clear_text`",
    ] {
        assert!(mistakes.contains(part), "{part}: {mistakes}");
    }
    let config = read(
        "[database]\nurl = \"postgres://u:hunter2@db/t\"",
        &[("TILLSYN_MASTER_KEY", "1:key")],
    )
    .unwrap();
    let printed = format!("{config:?}");
    assert!(
        !printed.contains("hunter2") && !printed.contains("1:key"),
        "{printed}"
    );
    let broken = mistakes_of("[database]\nurl = \"postgres://u:hunter2@db/t", &[]);
    assert!(!broken.contains("hunter2"), "{broken}");
}

fn server_mistakes(text: &str) -> String {
    read(text, &[])
        .unwrap()
        .check_server()
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

const TLS: &str = "tls_certificate = \"a.pem\"\ntls_key = \"a.key\"\n";

#[test]
fn a_server_needs_an_address_and_tls() {
    let nothing = server_mistakes("");
    assert!(
        nothing.contains("`public.url` is not set") && nothing.contains("no TLS"),
        "{nothing}"
    );
    let good = format!("[public]\nurl = \"https://mdm.example.org\"\n{TLS}");
    assert_eq!(server_mistakes(&good), "");
    let behind_proxy = "[public]\nurl = \"https://mdm.example.org\"\n[http]\nclear_text = true\n";
    assert_eq!(server_mistakes(behind_proxy), "");
    for (url, why) in [
        ("http://mdm.example.org", "devices speak to https:// only"),
        ("ftp://mdm.example.org", "devices speak to https:// only"),
        ("mdm.example.org", "does not begin with https://"),
        ("https://mdm.example.org/mdm", "only scheme, host and port"),
        ("https://u@mdm.example.org", "only scheme, host and port"),
        ("https://", "only scheme, host and port"),
    ] {
        let mistakes = server_mistakes(&format!("[public]\nurl = \"{url}\"\n{TLS}"));
        assert!(mistakes.contains(why), "{url}: {mistakes}");
    }
    for url in [
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://[::1]:8080/",
    ] {
        let text = format!("[public]\nurl = \"{url}\"\n[http]\nclear_text = true\n");
        assert_eq!(server_mistakes(&text), "", "{url}");
    }
}

#[test]
fn contradictions_are_refused() {
    let half = "[public]\nurl = \"https://a.example\"\ntls_key = \"a.key\"\n";
    assert!(server_mistakes(half).contains("belong together"));
    let both = format!("[public]\nurl = \"https://a.example\"\n{TLS}[http]\nclear_text = true\n");
    assert!(server_mistakes(&both).contains("contradict"));
    let same =
        format!("[public]\nurl = \"https://a.example\"\n{TLS}[admin]\nlisten = \"0.0.0.0:8443\"\n");
    assert!(server_mistakes(&same).contains("`admin.listen` is the same"));
}

#[test]
fn the_console_has_an_address() {
    let of = |text: &str| read(text, &[]).unwrap().console_url();
    let public = "[public]\nurl = \"https://mdm.example.org:8443/\"\n";
    assert_eq!(of(public), "https://mdm.example.org:8443");
    let own_port = format!("{public}[admin]\nlisten = \"10.0.0.1:9443\"\n");
    assert_eq!(of(&own_port), "https://mdm.example.org:9443");
    let own_name = format!("{public}[admin]\nurl = \"https://console.example.org\"\n");
    assert_eq!(of(&own_name), "https://console.example.org");
    assert_eq!(host_of("[::1]:8443"), "[::1]");
    assert_eq!(host_of("a.example:1"), "a.example");
}

#[test]
fn a_listener_has_one_way_to_prove_a_device() {
    let base = "[public]\nurl = \"https://a.example\"\n";
    let with = |auth: &str, http: &str| {
        format!("{base}device_auth = \"{auth}\"\n[http]\nclear_text = true\n{http}")
    };
    assert_eq!(server_mistakes(&with("signature", "")), "");
    assert!(server_mistakes(&with("mtls", "")).contains("needs TLS at this server"));
    assert!(server_mistakes(&with("proxy-header", "")).contains("needs `http.trusted_proxies`"));
    let behind = with("proxy-header", "trusted_proxies = [\"10.0.0.1\"]\n");
    assert_eq!(server_mistakes(&behind), "");
    let both = format!("{base}device_auth = \"signature, mtls\"\n");
    let error = read(&both, &[]).unwrap_err().clone();
    assert!(error.contains("a listener has exactly one"), "{error}");
    let odd = format!("{base}client_cert_header = \"not a name\"\n");
    assert!(read(&odd, &[]).is_err());
}

#[test]
fn the_reference_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.md");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference_page(),
        "run `tillsyn config-reference > docs/reference/configuration.md`"
    );
}

#[test]
fn what_is_shown_of_a_configuration_holds_no_secret() {
    let config = read(
        "[public]\nurl = \"https://mdm.example.org\"\n\
         [database]\nurl = \"postgres://tillsyn:hunter2@db/tillsyn\"\n\
         [proxy]\nurl = \"http://user:hunter2@proxy:3128\"\n\
         [keys]\nmaster_key_command = \"fetch --token hunter2\"\n",
        &[("TILLSYN_MASTER_KEY", "hunter2")],
    )
    .unwrap();
    let shown = config.shown();
    let of = |key: &str| {
        let found = shown.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(of("public.url"), Some("https://mdm.example.org"));
    assert_eq!(of("database.url"), Some("postgres:…"));
    assert_eq!(of("keys.master_key_command"), Some("…"));
    assert_eq!(of("admin.listen"), None);
    assert!(!format!("{shown:?}").contains("hunter2"), "{shown:?}");
}
