use super::Certificate;
use crate::error::{Error, Result};

/// Whether the times of the certificates count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Check { skew_ms: i64 },
    Ignore,
}

const MAX_CERTIFICATES: usize = 8;
/// A bag of certificates under one name must not make us verify without end.
const MAX_SIGNATURES: usize = 32;

/// Finds a chain from `leaf` through `intermediates` to one of `roots` and returns it, leaf
/// first, root last. A leaf that is itself a root is a chain of one.
pub fn verify_chain(
    leaf: &Certificate,
    intermediates: &[Certificate],
    roots: &[Certificate],
    now_ms: i64,
    validity: Validity,
) -> Result<Vec<Certificate>> {
    let mut search = Search {
        intermediates,
        roots,
        now_ms,
        validity,
        signatures: 0,
        failure: UNKNOWN_ISSUER,
    };
    let mut chain = vec![leaf.clone()];
    if search.extend(&mut chain)? {
        Ok(chain)
    } else {
        Err(search.failure)
    }
}

const UNKNOWN_ISSUER: Error = Error::Untrusted {
    what: "no chain to a trusted root",
};

struct Search<'a> {
    intermediates: &'a [Certificate],
    roots: &'a [Certificate],
    now_ms: i64,
    validity: Validity,
    signatures: usize,
    /// Why the nearest attempt failed; better to report than a missing root.
    failure: Error,
}

impl Search<'_> {
    /// Whether the chain, whose last certificate is not checked yet, reaches a root.
    fn extend(&mut self, chain: &mut Vec<Certificate>) -> Result<bool> {
        let Some(last) = chain.last().cloned() else {
            return Ok(false);
        };
        if let Err(error) = self.check(&last, chain.len()) {
            self.failure = error;
            return Ok(false);
        }
        if self.roots.contains(&last) {
            return Ok(true);
        }
        if chain.len() >= MAX_CERTIFICATES {
            return Ok(false);
        }
        let candidates = self.roots.iter().chain(self.intermediates);
        for issuer in candidates.filter(|c| c.subject() == last.issuer()) {
            if chain.contains(issuer) {
                continue;
            }
            if self.signatures >= MAX_SIGNATURES {
                let limit = MAX_SIGNATURES;
                return Err(Error::TooLarge {
                    what: "number of chain signatures",
                    limit,
                });
            }
            self.signatures = self.signatures.saturating_add(1);
            if let Err(error) = last.verify_issued_by(issuer) {
                self.failure = error;
                continue;
            }
            chain.push(issuer.clone());
            if self.extend(chain)? {
                return Ok(true);
            }
            chain.pop();
        }
        Ok(false)
    }

    /// `position` is 1 for the leaf.
    fn check(&self, certificate: &Certificate, position: usize) -> Result<()> {
        if certificate.has_unknown_critical_extension() {
            return Err(Error::Untrusted {
                what: "unknown critical extension",
            });
        }
        // A path length of 0 allows only the leaf below. RFC 5280 §4.2.1.9.
        let cas_below = position.saturating_sub(2);
        if position > 1 && certificate.path_len().is_some_and(|max| cas_below > max) {
            return Err(Error::Untrusted {
                what: "path length exceeded",
            });
        }
        if let Validity::Check { skew_ms } = self.validity {
            if self.now_ms.saturating_add(skew_ms) < certificate.not_before_ms() {
                return Err(Error::NotYetValid);
            }
            if self.now_ms.saturating_sub(skew_ms) > certificate.not_after_ms() {
                return Err(Error::Expired);
            }
        }
        Ok(())
    }
}
