//! The check of a profile.

use tillsyn_apple::profile::check;

use super::Document;
use crate::profiles::Finding;

impl Document {
    /// What is wrong with it, or to be known.
    pub(crate) fn check(&self) -> Vec<Finding> {
        check::check(self.0.root()).into_iter().map(plain).collect()
    }
}

fn plain(finding: check::Finding) -> Finding {
    let at = finding.payload.as_ref();
    Finding {
        severity: finding.severity.as_str().to_owned(),
        code: finding.code.as_str().to_owned(),
        payload: at.map(|at| at.index),
        payload_type: at.map(|at| at.kind.clone()),
        payload_identifier: at.map(|at| at.identifier.clone()),
        path: finding.path.to_string(),
        allowed: finding.allowed.to_json(),
        text: finding.to_string(),
        found: finding.found,
    }
}
