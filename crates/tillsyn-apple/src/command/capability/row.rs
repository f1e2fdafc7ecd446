//! One row of the schema's tables against one device.

use super::refusal::{Refusal, RefusalCode};
use crate::command::schema::{Row, SharedIpad, System};
use crate::platform::DeviceFacts;

pub(super) fn refuse<T>(code: RefusalCode, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        detail: detail.into(),
    })
}

/// The row of this device's system.
pub(super) fn of(rows: &'static [Row], facts: &DeviceFacts) -> Option<&'static Row> {
    let system = System::from(facts.platform);
    rows.iter().find(|row| row.system == system)
}

/// Everything that the row says but the right.
pub(crate) fn fits(row: &Row, what: &str, facts: &DeviceFacts) -> Result<(), Refusal> {
    if facts.is_user_enrollment() && !row.user_enrollment() {
        return refuse(
            RefusalCode::UserEnrollment,
            format!(
                "{what} is forbidden in User Enrollment on {}",
                facts.platform
            ),
        );
    }
    channel(row, what, facts)?;
    version(row, what, facts)?;
    if row.ade() && !facts.ade {
        return refuse(
            RefusalCode::Ade,
            format!("{what} needs Automated Device Enrollment"),
        );
    }
    if row.supervised() && !facts.supervised {
        return refuse(
            RefusalCode::Supervision,
            format!("{what} needs a supervised device"),
        );
    }
    if row.user_approved() && facts.user_approved == Some(false) {
        return refuse(
            RefusalCode::UserApproved,
            format!("{what} needs a management that the person approved on the Mac"),
        );
    }
    Ok(())
}

fn channel(row: &Row, what: &str, facts: &DeviceFacts) -> Result<(), Refusal> {
    let device = facts.channel.is_device();
    let allowed = match row.system {
        System::Macos if device => row.mac_device_channel(),
        System::Macos => row.mac_user_channel(),
        System::Ios => {
            match (row.shared_ipad(), facts.is_shared_ipad()) {
                (SharedIpad::Forbidden, true) => {
                    return refuse(
                        RefusalCode::SharedIpad,
                        format!("{what} is not for a Shared iPad"),
                    );
                }
                (SharedIpad::Required, false) => {
                    return refuse(
                        RefusalCode::SharedIpad,
                        format!("{what} is for a Shared iPad only"),
                    );
                }
                _ => {}
            }
            if !facts.is_shared_ipad() {
                true
            } else if device {
                row.shared_device_channel()
            } else {
                row.shared_user_channel()
            }
        }
        System::Tvos | System::Visionos | System::Watchos => device,
    };
    if allowed {
        return Ok(());
    }
    let other = if device { "a user" } else { "the device" };
    refuse(
        RefusalCode::Channel,
        format!("{what} goes to {other} channel only"),
    )
}

/// An unknown version passes, except where a version without it exists: the check is made again
/// when the command is sent.
fn version(row: &Row, what: &str, facts: &DeviceFacts) -> Result<(), Refusal> {
    let platform = facts.platform;
    match (facts.os_version, row.removed) {
        (Some(version), _) if version < row.introduced => refuse(
            RefusalCode::OsTooOld,
            format!("{what} needs {platform} {}", row.introduced),
        ),
        (Some(version), Some(removed)) if version >= removed => refuse(
            RefusalCode::OsTooNew,
            format!("{what} was removed in {platform} {removed}"),
        ),
        (None, Some(removed)) => refuse(
            RefusalCode::OsUnknown,
            format!(
                "{what} was removed in {platform} {removed}, and the version of this device is \
                 not known"
            ),
        ),
        _ => Ok(()),
    }
}

/// The right of the enrollment that the row needs.
pub(super) fn right(row: &Row, what: &str, facts: &DeviceFacts) -> Result<(), Refusal> {
    match row.right() {
        Some(right) if !facts.has_right(right) => refuse(
            RefusalCode::AccessRights,
            format!("{what} needs access right {}", right.bits()),
        ),
        _ => Ok(()),
    }
}
