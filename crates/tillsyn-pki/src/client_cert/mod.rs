//! The client certificate that a TLS-terminating proxy passes in a header, in the two forms in
//! use: RFC 9440 (`Client-Cert: :base64:`) and URL-escaped PEM (`$ssl_client_escaped_cert` of
//! nginx). Whether the proxy may be believed is for the caller to know.

mod header;
#[cfg(test)]
mod tests;

pub use header::{ClientCertError, escape_pem, parse_header, to_rfc9440};
