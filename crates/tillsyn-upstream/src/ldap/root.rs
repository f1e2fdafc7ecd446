//! What a server says about itself (RFC 4512 §5.1). The product is read here and not asked of people.

use super::connection::Connection;
use super::error::LdapError;
use super::message::Entry;

/// What kind of directory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    ActiveDirectory,
    OpenLdap,
    Other,
}

impl Product {
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActiveDirectory => "active_directory",
            Self::OpenLdap => "openldap",
            Self::Other => "other",
        }
    }
}

/// The server's own entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootDse {
    pub product: Product,
    pub naming_contexts: Vec<String>,
    pub default_context: Option<String>,
    pub has_paging: bool,
    pub has_policy: bool,
    /// Names this one server of Active Directory; numbers of changes are of it alone.
    pub server: Option<String>,
    pub highest_usn: Option<i64>,
}

const ATTRIBUTES: &[&str] = &[
    "namingContexts",
    "supportedControl",
    "supportedExtension",
    "supportedLDAPVersion",
    "supportedCapabilities",
    "vendorName",
    "structuralObjectClass",
    "objectClass",
    "defaultNamingContext",
    "dsServiceName",
    "dnsHostName",
    "highestCommittedUSN",
];

impl RootDse {
    /// Asks for it; every server answers this, also to nobody.
    pub async fn ask(connection: &mut Connection) -> Result<Self, LdapError> {
        let entry = connection.read("", ATTRIBUTES).await?;
        let entry = entry.ok_or(LdapError::Protocol("the server says nothing about itself"))?;
        Ok(Self::read(&entry))
    }

    pub(super) fn read(entry: &Entry) -> Self {
        let has = |name: &str, value: &str| entry.texts(name).contains(&value);
        let product = if has("supportedCapabilities", "1.2.840.113556.1.4.800")
            || has("supportedCapabilities", "1.2.840.113556.1.4.1851")
        {
            Product::ActiveDirectory
        } else if has("structuralObjectClass", "OpenLDAProotDSE")
            || has("objectClass", "OpenLDAProotDSE")
        {
            Product::OpenLdap
        } else {
            Product::Other
        };
        let owned = |name: &str| entry.text(name).map(str::to_owned);
        Self {
            product,
            naming_contexts: entry
                .texts("namingContexts")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            default_context: owned("defaultNamingContext"),
            has_paging: has("supportedControl", super::control::PAGING),
            has_policy: has("supportedControl", super::control::POLICY),
            server: owned("dsServiceName").or_else(|| owned("dnsHostName")),
            highest_usn: entry
                .text("highestCommittedUSN")
                .and_then(|usn| usn.parse().ok()),
        }
    }
}
