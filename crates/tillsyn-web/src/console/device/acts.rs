//! What this person may do with this device now.

use tillsyn_core::commands::{self, Request};
use tillsyn_core::{Kind, Permission};

use super::build::Build;
use super::page::{Act, Acts};
use crate::console::failure::Failure;
use crate::console::words;

/// Nothing can be asked of a device that is not enrolled.
pub(super) async fn acts(build: &Build<'_>) -> Result<Acts, Failure> {
    if build.device.row.enrollment_status.as_deref() != Some("active") {
        return Ok(Acts::default());
    }
    let retire = match retire_request(build) {
        Some(request) => act(build, request).await?,
        None => Act::Absent,
    };
    // A personal device is never erased by us: the act does not exist there (S41).
    let erase = match build.device.row.ownership.as_deref() {
        Some("personal") => Act::Absent,
        _ => act(build, erase_request(false)).await?,
    };
    let lock = Request::DeviceLock {
        message: None,
        phone_number: None,
    };
    Ok(Acts {
        refresh: build.visitor.may(Permission::DevicesQuery),
        lock: act(build, lock).await?,
        retire,
        erase,
        install_profile: build.visitor.may(Permission::ProfilesInstall),
    })
}

pub(super) fn erase_request(keep_esim: bool) -> Request {
    Request::EraseDevice {
        preserve_data_plan: keep_esim,
        disallow_proximity_setup: false,
    }
}

/// Removing its enrollment profile is what retires a device.
pub(super) fn retire_request(build: &Build<'_>) -> Option<Request> {
    let identifier = build.device.enrollment_profile_identifier.clone()?;
    Some(Request::RemoveProfile { identifier })
}

async fn act(build: &Build<'_>, request: Request) -> Result<Act, Failure> {
    let (visitor, l) = (build.visitor, build.visitor.texts);
    let targets = vec![build.device.row.id.clone()];
    let preview = commands::preview(visitor.core(), visitor.actor(), targets, request).await;
    match preview {
        Ok(preview) => {
            let refused = preview
                .targets
                .iter()
                .find_map(|target| target.refused_code);
            Ok(refused.map_or(Act::Allowed, |code| Act::Refused(words::incapable(l, code))))
        }
        Err(error) if error.kind == Kind::Forbidden => Ok(Act::Refused(l.t("refusal-role"))),
        Err(error) => Err(error.into()),
    }
}
