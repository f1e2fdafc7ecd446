//! `tillsyn profile check`: needs no server, no configuration and no token.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tillsyn_core::profiles::{Finding, check_upload};

use super::super::Failure;
use super::super::table::plain;
use super::write::bytes_of;
use crate::output::say;

/// Checks every file, prints what is found, and fails when there is an error.
pub(super) fn run(files: &[PathBuf], as_json: bool) -> Result<(), Failure> {
    let mut reports = Vec::new();
    let mut errors = 0;
    for file in files {
        let bytes = bytes_of(file)?;
        let report = match check_upload(bytes.to_vec()) {
            Ok(checked) => {
                errors += checked.summary.findings.errors;
                if !as_json {
                    print(file, &checked.findings);
                    if let Some(signer) = &checked.summary.signer {
                        say!(
                            "  signed by {}",
                            plain(&Value::from(signer.subject.as_str()))
                        );
                    }
                }
                json!({ "file": file.display().to_string(), "identifier": checked.identifier,
                    "summary": checked.summary, "findings": checked.findings })
            }
            Err(error) => {
                errors += 1;
                if !as_json {
                    say!("{}: no profile", file.display());
                    say!("  error    {}", error.detail);
                }
                json!({ "file": file.display().to_string(), "code": error.code,
                    "detail": error.detail })
            }
        };
        reports.push(report);
    }
    if as_json {
        say!("{:#}", Value::Array(reports));
    }
    if errors > 0 {
        return Err(Failure::Found);
    }
    Ok(())
}

fn print(file: &Path, findings: &[Finding]) {
    let file = file.display();
    if findings.is_empty() {
        say!("{file}: good");
        return;
    }
    say!("{file}:");
    for finding in findings {
        say!(
            "  {:8} {} [{}]",
            finding.severity,
            plain(&Value::from(finding.text.as_str())),
            finding.code
        );
    }
}
