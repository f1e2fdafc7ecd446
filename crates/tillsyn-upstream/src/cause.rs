//! What stands behind an error of a connection.

use std::error::Error as StdError;
use std::io;

/// Whether TLS failed: a certificate that is not trusted, a handshake that is none.
pub(crate) fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(found) = cause {
        if holds_tls(found) {
            return true;
        }
        cause = found.source();
    }
    false
}

/// An error of input and output does not name the one within it as its source, and may hold another such.
fn holds_tls(error: &(dyn StdError + 'static)) -> bool {
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| holds_tls(inner))
}
