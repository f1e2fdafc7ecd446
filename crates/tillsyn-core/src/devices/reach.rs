//! Whether an object exists for an actor, before anything of their request is read (S02).

use tillsyn_db::args;

use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::ids::DeviceId;
use crate::platform::apple;

/// A device within the actor's scope.
pub struct Reached {
    enrollment_profile: Option<String>,
}

impl Reached {
    pub(super) fn of(enrollment_profile: Option<String>) -> Self {
        Self { enrollment_profile }
    }

    /// Identifier of the profile whose removal is a retire.
    ///
    /// # Errors
    /// Not capable when the device has no active enrollment, or one that was moved in and whose profile
    /// nobody has named yet.
    pub fn enrollment_profile(self) -> Result<String, Error> {
        let identifier = self.enrollment_profile.ok_or_else(|| {
            Error::new(
                Kind::NotCapable,
                "not_enrolled",
                "The device is not enrolled.",
            )
        })?;
        if identifier.is_empty() {
            let (code, why) = apple::own_profile_unknown();
            return Err(Error::new(Kind::NotCapable, code, why));
        }
        Ok(identifier)
    }
}

/// Finds a device in the actor's scope; what may be done with it is decided where it is done.
///
/// # Errors
/// Not found when there is none, or not for this actor.
pub async fn reach(core: &Core, actor: &Actor, id: &DeviceId) -> Result<Reached, Error> {
    const FIND: &str = "SELECT u.path, e.profile_identifier, d.platform FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN enrollment e ON e.device_id = d.id AND e.status = 'active' WHERE d.id = $1";
    let row = core
        .db()
        .query_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("device"))?;
    if !actor.reaches_device(row.str(0)?, row.str(2)?) {
        return Err(Error::not_found("device"));
    }
    Ok(Reached::of(row.opt_text(1)?))
}
