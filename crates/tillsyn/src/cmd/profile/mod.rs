//! `tillsyn profile`.

mod payloads;

use super::{Failure, With};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum ProfileVerb {
    /// Lists the payload types that Apple's schema knows, or the keys of one; needs no server
    Payloads(payloads::Payloads),
}

pub(super) async fn run(with: With<ProfileVerb>) -> Result<(), Failure> {
    let json = with.connection.json;
    match with.verb {
        ProfileVerb::Payloads(what) => payloads::run(&what, json),
    }
}
