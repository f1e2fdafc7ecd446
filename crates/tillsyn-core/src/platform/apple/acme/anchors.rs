//! Whom an attestation has to come from: Apple's root, or the files that the configuration names.

use std::path::PathBuf;

use tillsyn_pki::attestation;
use tillsyn_pki::cert::Certificate;

use crate::core::Core;
use crate::error::Error;

/// The roots in force. Files are read each time: they are small, attestations are rare, and a root that is
/// replaced counts at once.
pub(super) async fn anchors(core: &Core) -> Result<Vec<Certificate>, Error> {
    let paths = core.config().attestation_roots.clone();
    if paths.is_empty() {
        return Ok(vec![attestation::apple_root()?]);
    }
    tokio::task::spawn_blocking(move || read(&paths))
        .await
        .map_err(|error| Error::internal("Reading a root was interrupted.").caused_by(error))?
}

fn read(paths: &[PathBuf]) -> Result<Vec<Certificate>, Error> {
    let mut roots = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let what = format!("The attestation root {} cannot be read.", path.display());
            Error::internal(what).caused_by(error)
        })?;
        roots.extend(Certificate::all_from_pem(&text)?);
    }
    if roots.is_empty() {
        return Err(Error::internal("The attestation roots are empty."));
    }
    Ok(roots)
}
