//! Where a provider's endpoints are, by its own word. OpenID Connect Discovery 1.0 §3.

use reqwest::Url;
use serde::Deserialize;

use super::OidcError;

/// A provider's endpoints, checked.
#[derive(Debug, Clone)]
pub struct Discovery {
    pub issuer: String,
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) user_info: Option<Url>,
    /// How the client shows its secret: in the header unless the provider takes it in the body only.
    pub(super) secret_in_body: bool,
    /// Whether answers to the browser name the issuer. RFC 9207.
    pub names_issuer: bool,
}

#[derive(Deserialize)]
struct Raw {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// The address of an issuer: `https`, a host, perhaps a path, and nothing else.
///
/// # Errors
/// [`OidcError::Address`] for any other.
pub fn issuer_url(issuer: &str) -> Result<Url, OidcError> {
    let url = Url::parse(issuer).map_err(|_| OidcError::Address("issuer"))?;
    plain(url, "issuer")
}

fn plain(url: Url, what: &'static str) -> Result<Url, OidcError> {
    let plain = url.scheme() == "https"
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    // Endpoints may have a query (RFC 6749 §3.1), an issuer never has one.
    if !plain || (what == "issuer" && url.query().is_some()) {
        return Err(OidcError::Address(what));
    }
    Ok(url)
}

/// Where the document is: below the issuer, with its path.
pub(super) fn document_url(issuer: &str) -> Result<Url, OidcError> {
    issuer_url(issuer)?;
    let text = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    Url::parse(&text).map_err(|_| OidcError::Address("issuer"))
}

impl Discovery {
    /// Reads the document of this issuer. Its endpoints are on the issuer's host and port, or on one of `hosts`.
    pub(super) fn read(json: &[u8], issuer: &str, hosts: &[String]) -> Result<Self, OidcError> {
        let raw: Raw = serde_json::from_slice(json).map_err(|_| OidcError::NotJson("discovery"))?;
        if raw.issuer != issuer {
            return Err(OidcError::OtherIssuer);
        }
        let home = issuer_url(issuer)?;
        let endpoint = |text: &str, what: &'static str| {
            let url = Url::parse(text).map_err(|_| OidcError::Address(what))?;
            let url = plain(url, what)?;
            let at_home = url.host_str() == home.host_str()
                && url.port_or_known_default() == home.port_or_known_default();
            let named = hosts.iter().any(|host| {
                url.host_str()
                    .is_some_and(|found| found.eq_ignore_ascii_case(host))
            });
            if at_home || named {
                Ok(url)
            } else {
                Err(OidcError::ForeignHost(what))
            }
        };
        let user_info = raw.userinfo_endpoint.as_deref();
        let methods = raw.token_endpoint_auth_methods_supported;
        let secret_in_body = methods.is_some_and(|methods| {
            let takes = |name: &str| methods.iter().any(|method| method == name);
            takes("client_secret_post") && !takes("client_secret_basic")
        });
        Ok(Self {
            authorization: endpoint(&raw.authorization_endpoint, "authorization_endpoint")?,
            token: endpoint(&raw.token_endpoint, "token_endpoint")?,
            keys: endpoint(&raw.jwks_uri, "jwks_uri")?,
            user_info: user_info
                .map(|text| endpoint(text, "userinfo_endpoint"))
                .transpose()?,
            secret_in_body,
            names_issuer: raw.authorization_response_iss_parameter_supported,
            issuer: raw.issuer,
        })
    }

    /// Where the browser is sent, with these parameters.
    pub fn authorization_url(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = self.authorization.clone();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }

    pub fn has_user_info(&self) -> bool {
        self.user_info.is_some()
    }
}
