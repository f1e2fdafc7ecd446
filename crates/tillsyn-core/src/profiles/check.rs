//! Checks a profile without keeping it: for the editor, for programs, and for the command line without a
//! server.

use super::{Finding, Summary};
use crate::error::Error;
use crate::platform::apple::Document;

/// What the check says of an upload.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Checked {
    pub identifier: String,
    pub summary: Summary,
    pub findings: Vec<Finding>,
}

/// Checks an upload: plain or signed, XML or binary.
///
/// # Errors
/// Invalid for what is no profile or over a limit: then there is nothing to find anything in.
pub fn check_upload(bytes: Vec<u8>) -> Result<Checked, Error> {
    let upload = Document::upload(bytes)?;
    let findings = upload.document.check();
    let mut summary = upload.document.summary(&findings);
    summary.signer = upload.signer;
    Ok(Checked {
        identifier: upload.document.identifier().to_owned(),
        summary,
        findings,
    })
}
