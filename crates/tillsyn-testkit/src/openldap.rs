//! A real OpenLDAP server in a folder of its own, on the loopback, with TLS: what a directory does is not guessed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tillsyn_core::Clock;
use tillsyn_pki::issue::{self, KeyAlgorithm};

use crate::server_process::free_port;

const START_LIMIT: Duration = Duration::from_secs(30);
const SUFFIX: &str = "dc=norrvik,dc=example";
const ADMIN_PASSWORD: &str = "admin-of-the-lab";

/// What may differ from test to test.
#[derive(Clone, Copy, Debug)]
pub struct OpenLdapOptions {
    /// The server's own limit of entries for a search.
    pub size_limit: u32,
    /// The service account may read beyond it by pages, as an administrator should set it.
    pub service_unlimited: bool,
    /// The name in the server's certificate.
    pub certified_as: &'static str,
    /// Whether it has a certificate at all.
    pub tls: bool,
}

impl Default for OpenLdapOptions {
    fn default() -> Self {
        Self {
            size_limit: 500,
            service_unlimited: true,
            certified_as: "localhost",
            tls: true,
        }
    }
}

/// A running `slapd`; dropping it ends it and removes everything.
///
/// Its overlays are syncprov, memberof, refint and ppolicy. People are below `ou=people`, groups below
/// `ou=groups`, and `cn=service` reads them.
pub struct OpenLdap {
    folder: tempfile::TempDir,
    child: Option<Child>,
    plain: u16,
    tls: u16,
    ca_pem: String,
    has_tls: bool,
}

impl OpenLdap {
    /// The service account and its password.
    pub const SERVICE_DN: &str = "cn=service,dc=norrvik,dc=example";
    pub const SERVICE_PASSWORD: &str = "canary-of-the-service-account";
    pub const PEOPLE: &str = "ou=people,dc=norrvik,dc=example";
    pub const GROUPS: &str = "ou=groups,dc=norrvik,dc=example";
    pub const BASE: &str = SUFFIX;

    /// Starts one with the usual entries and those of the LDIF.
    pub async fn start(options: OpenLdapOptions, ldif: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ca_pem = write_certificates(folder.path(), options.certified_as);
        std::fs::create_dir(folder.path().join("db")).unwrap();
        let config = folder.path().join("slapd.conf");
        std::fs::write(&config, configuration(folder.path(), options)).unwrap();
        let seed = folder.path().join("seed.ldif");
        std::fs::write(&seed, format!("{SEED}{ldif}")).unwrap();
        let added = Command::new(program("slapadd"))
            .arg("-q")
            .arg("-f")
            .arg(&config)
            .arg("-l")
            .arg(&seed)
            .output()
            .unwrap();
        assert!(
            added.status.success(),
            "slapadd: {}",
            String::from_utf8_lossy(&added.stderr)
        );
        let mut server = Self {
            folder,
            child: None,
            plain: free_port(),
            tls: free_port(),
            ca_pem,
            has_tls: options.tls,
        };
        server.resume().await;
        server
    }

    /// Its address with TLS from the first byte.
    pub fn ldaps_url(&self) -> String {
        format!("ldaps://localhost:{}", self.tls)
    }

    /// Its address with StartTLS.
    pub fn start_tls_url(&self) -> String {
        format!("ldap://localhost:{}", self.plain)
    }

    /// The authority behind its certificate.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Starts it again with other limits.
    pub async fn reconfigure(&mut self, options: OpenLdapOptions) {
        self.stop();
        let config = self.folder.path().join("slapd.conf");
        std::fs::write(config, configuration(self.folder.path(), options)).unwrap();
        self.resume().await;
    }

    /// Starts it again on the same ports with what it holds.
    pub async fn resume(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .unwrap();
        let mut listen = format!("ldap://127.0.0.1:{}", self.plain);
        if self.has_tls {
            write!(listen, " ldaps://127.0.0.1:{}", self.tls).unwrap();
        }
        let child = Command::new(program("slapd"))
            .arg("-f")
            .arg(self.folder.path().join("slapd.conf"))
            .arg("-h")
            .arg(listen)
            // In the foreground, telling of every operation.
            .args(["-d", "stats"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.plain))
            .await
            .is_err()
        {
            assert!(begun.elapsed() < START_LIMIT, "slapd: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it; what it holds stays.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Makes changes as its administrator: LDIF, an entry without `changetype` is added.
    pub fn change(&self, ldif: &str) {
        let mut child = Command::new(program("ldapmodify"))
            .args(["-a", "-x", "-D"])
            .arg(format!("cn=admin,{SUFFIX}"))
            .args(["-w", ADMIN_PASSWORD, "-H"])
            .arg(format!("ldap://127.0.0.1:{}", self.plain))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(ldif.as_bytes()).unwrap();
        drop(input);
        let done = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "ldapmodify: {told}");
    }

    /// How often somebody tried to sign in by this name, as its log has it.
    pub fn binds(&self, dn: &str) -> usize {
        let wanted = format!("BIND dn=\"{dn}\" method=128");
        self.log().matches(&wanted).count()
    }

    /// What it told so far.
    pub fn log(&self) -> String {
        let bytes = std::fs::read(self.log_path()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("slapd.log")
    }

    /// LDIF of one person; the password is the login with `-password` behind it.
    pub fn person(uid: &str, given: &str, family: &str) -> String {
        format!(
            "dn: uid={uid},{people}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {given} {family}\n\
             givenName: {given}\nsn: {family}\nmail: {uid}@norrvik.example\npreferredLanguage: sv\n\
             userPassword: {uid}-password\n\n",
            people = Self::PEOPLE
        )
    }

    /// LDIF of one group; members are names of entries below the suffix, such as `uid=a,ou=people`.
    pub fn group(cn: &str, members: &[&str]) -> String {
        let mut text = format!(
            "dn: cn={cn},{groups}\nobjectClass: groupOfNames\ncn: {cn}\n",
            groups = Self::GROUPS
        );
        for member in members {
            writeln!(text, "member: {member},{SUFFIX}").unwrap();
        }
        text.push('\n');
        text
    }
}

impl Drop for OpenLdap {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Debian keeps daemons where a plain user may not look.
fn program(name: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .chain(["/usr/sbin", "/sbin", "/usr/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{name} is missing: install the packages slapd and ldap-utils"))
}

fn write_certificates(folder: &Path, name: &str) -> String {
    let now_ms = Clock::system().now_ms();
    let title = format!("Directory lab {}", tillsyn_pki::hash::random_token(6));
    let algorithm = KeyAlgorithm::P256;
    let ca = issue::create_root_ca(&title, "Tillsyn tests", now_ms, 30, algorithm).unwrap();
    let loopback = if name == "localhost" {
        vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]
    } else {
        Vec::new()
    };
    let server = issue::create_tls_server(&ca, &[name], &loopback, now_ms, 30).unwrap();
    let ca_pem = ca.certificate.to_pem();
    std::fs::write(folder.join("ca.pem"), &ca_pem).unwrap();
    std::fs::write(folder.join("server.pem"), server.certificate.to_pem()).unwrap();
    let mut key = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    let encoded = STANDARD.encode(server.key.to_pkcs8_der());
    for line in encoded.as_bytes().chunks(64) {
        key.push_str(std::str::from_utf8(line).unwrap());
        key.push('\n');
    }
    key.push_str("-----END PRIVATE KEY-----\n");
    std::fs::write(folder.join("server.key"), key).unwrap();
    ca_pem
}

fn configuration(folder: &Path, options: OpenLdapOptions) -> String {
    let mut text = String::new();
    for schema in ["core", "cosine", "inetorgperson"] {
        writeln!(text, "include /etc/ldap/schema/{schema}.schema").unwrap();
    }
    text.push_str("modulepath /usr/lib/ldap\n");
    for module in ["back_mdb", "syncprov", "memberof", "refint", "ppolicy"] {
        writeln!(text, "moduleload {module}").unwrap();
    }
    let folder = folder.display();
    writeln!(text, "pidfile {folder}/pid\nargsfile {folder}/args").unwrap();
    writeln!(text, "sizelimit {}", options.size_limit).unwrap();
    if options.tls {
        writeln!(
            text,
            "TLSCACertificateFile {folder}/ca.pem\nTLSCertificateFile {folder}/server.pem\n\
             TLSCertificateKeyFile {folder}/server.key"
        )
        .unwrap();
    }
    writeln!(
        text,
        "database mdb\nmaxsize 268435456\nsuffix \"{SUFFIX}\"\nrootdn \"cn=admin,{SUFFIX}\"\n\
         rootpw {ADMIN_PASSWORD}\ndirectory {folder}/db\n\
         index objectClass,uid,mail,cn,member,entryUUID eq"
    )
    .unwrap();
    if options.service_unlimited {
        let service = OpenLdap::SERVICE_DN;
        writeln!(text, "limits dn.exact=\"{service}\" size.prtotal=unlimited").unwrap();
    }
    // Nobody reads without signing in; passwords are compared and never read.
    writeln!(
        text,
        "access to attrs=userPassword by anonymous auth by self write by * none\n\
         access to dn.base=\"\" by * read\naccess to * by users read by * none\n\
         overlay syncprov\noverlay memberof\noverlay refint\nrefint_attributes member\n\
         overlay ppolicy\nppolicy_default \"cn=usual,ou=policies,{SUFFIX}\"\nppolicy_use_lockout"
    )
    .unwrap();
    text
}

const SEED: &str = "dn: dc=norrvik,dc=example
objectClass: dcObject
objectClass: organization
dc: norrvik
o: Norrvik University

dn: ou=people,dc=norrvik,dc=example
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=norrvik,dc=example
objectClass: organizationalUnit
ou: groups

dn: ou=policies,dc=norrvik,dc=example
objectClass: organizationalUnit
ou: policies

dn: cn=usual,ou=policies,dc=norrvik,dc=example
objectClass: device
objectClass: pwdPolicy
cn: usual
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 5
pwdMustChange: TRUE

dn: cn=strict,ou=policies,dc=norrvik,dc=example
objectClass: device
objectClass: pwdPolicy
cn: strict
pwdAttribute: userPassword
pwdMaxAge: 1
pwdLockout: TRUE
pwdMaxFailure: 5
pwdMustChange: TRUE

dn: cn=service,dc=norrvik,dc=example
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: service
userPassword: canary-of-the-service-account

";
