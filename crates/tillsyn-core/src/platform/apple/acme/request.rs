//! A signed request: its address, its key, its signature, its nonce, in this order; only then its content
//! is looked at (RFC 8555 §6.2).

use tillsyn_db::args;
use tillsyn_pki::jws::{Account, Jwk, Jws};

use super::nonce;
use super::problem::AcmeError;
use crate::core::Core;

/// Accounts are named by an address below this.
pub const ACCOUNT_PATH: &str = "/apple/acme/account/";

/// A POST as it arrived.
pub struct AcmePost<'a> {
    /// The path of the endpoint; its published address is made from the configuration.
    pub path: &'a str,
    pub body: &'a [u8],
    pub address: Option<String>,
}

/// What a verified request says.
pub(super) struct Verified {
    pub(super) payload: Vec<u8>,
}

impl Verified {
    /// No payload at all: only looking (POST-as-GET).
    pub(super) fn is_get(&self) -> bool {
        self.payload.is_empty()
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, AcmeError> {
        serde_json::from_slice(&self.payload)
            .map_err(|_| AcmeError::malformed("The payload is not what is expected here."))
    }
}

/// A request that carries its own key: a new account.
pub(super) async fn by_key(core: &Core, post: &AcmePost<'_>) -> Result<(Jwk, Verified), AcmeError> {
    let jws = open(core, post)?;
    let Account::Key(key) = jws.account() else {
        return Err(AcmeError::malformed(
            "A new account is asked for with `jwk`.",
        ));
    };
    let payload = jws.verify(key).map_err(AcmeError::of_jws)?.to_vec();
    let key = key.clone();
    nonce::spend(core, jws.nonce()).await?;
    Ok((key, Verified { payload }))
}

/// A request of an account; its id beside the content.
pub(super) async fn by_account(
    core: &Core,
    post: &AcmePost<'_>,
) -> Result<(String, Verified), AcmeError> {
    const FIND: &str = "SELECT jwk FROM acme_account WHERE id = $1";
    let jws = open(core, post)?;
    let Account::Url(url) = jws.account() else {
        return Err(AcmeError::malformed("This is asked for with `kid`."));
    };
    let prefix = format!("{}{ACCOUNT_PATH}", core.config().public_url);
    let unknown = || AcmeError::new("accountDoesNotExist", 400, "There is no such account.");
    let id = url.strip_prefix(&prefix).ok_or_else(unknown)?.to_owned();
    let row = core
        .db()
        .query_optional(FIND, args![id.as_str()])
        .await?
        .ok_or_else(unknown)?;
    let key = Jwk::from_json(&row.text(0)?).map_err(AcmeError::of_jws)?;
    let payload = jws.verify(&key).map_err(AcmeError::of_jws)?.to_vec();
    nonce::spend(core, jws.nonce()).await?;
    Ok((id, Verified { payload }))
}

fn open(core: &Core, post: &AcmePost<'_>) -> Result<Jws, AcmeError> {
    let jws = Jws::parse(post.body).map_err(AcmeError::of_jws)?;
    // The published address, never one rebuilt from the request: a proxy may rewrite Host.
    let published = format!("{}{}", core.config().public_url, post.path);
    if jws.url() != published {
        return Err(AcmeError::new(
            "unauthorized",
            403,
            "The request was signed for another address.",
        ));
    }
    Ok(jws)
}
