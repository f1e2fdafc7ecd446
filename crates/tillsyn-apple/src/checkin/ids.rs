use plist::Dictionary;

use crate::WireError;
use crate::fields::{Build, Read};
use crate::ids::{
    ChannelName, EnrollmentIdApple, EnrollmentUserId, SHARED_IPAD_USER_ID, Udid, UserId,
};

/// The keys that say who sends. They only name the channel and must match what the enrollment
/// has on record: the certificate decides which enrollment it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ids {
    pub udid: Option<Udid>,
    /// Instead of the UDID in User Enrollment.
    pub enrollment_id: Option<EnrollmentIdApple>,
    pub user_id: Option<UserId>,
    pub user_short_name: Option<String>,
    pub user_long_name: Option<String>,
    pub enrollment_user_id: Option<EnrollmentUserId>,
}

impl Ids {
    /// The device channel of a device with this UDID.
    pub fn device(udid: Udid) -> Self {
        Self {
            udid: Some(udid),
            ..Self::default()
        }
    }

    /// The device channel of a User Enrollment.
    pub fn user_enrollment(enrollment_id: EnrollmentIdApple) -> Self {
        Self {
            enrollment_id: Some(enrollment_id),
            ..Self::default()
        }
    }

    /// The channel that these keys name within their enrollment.
    pub fn channel(&self) -> ChannelName {
        if self.udid.is_none()
            && let Some(user) = &self.enrollment_user_id
        {
            return ChannelName::User(user.to_string());
        }
        match (&self.user_id, &self.user_short_name) {
            (Some(user), Some(short_name)) if is_shared_ipad(user) => {
                ChannelName::User(short_name.clone())
            }
            (Some(user), _) => ChannelName::User(user.to_string()),
            (None, _) => ChannelName::Device,
        }
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        let ids = Self::read_lenient(dict)?;
        if ids.udid.is_none() && ids.enrollment_id.is_none() {
            return Err(WireError::malformed("neither UDID nor EnrollmentID"));
        }
        Ok(ids)
    }

    fn read_lenient(dict: &Dictionary) -> Result<Self, WireError> {
        // An empty text says as little as an absent key.
        let text = |key| {
            dict.opt_text(key)
                .map(|value| value.filter(|text| !text.is_empty()))
        };
        let ids = Self {
            udid: text("UDID")?.map(Udid::new).transpose()?,
            enrollment_id: text("EnrollmentID")?
                .map(EnrollmentIdApple::new)
                .transpose()?,
            user_id: text("UserID")?.map(UserId::new).transpose()?,
            user_short_name: text("UserShortName")?,
            user_long_name: text("UserLongName")?,
            enrollment_user_id: text("EnrollmentUserID")?
                .map(EnrollmentUserId::new)
                .transpose()?,
        };
        if ids.user_id.as_ref().is_some_and(is_shared_ipad) {
            let short_name = ids.user_short_name.as_deref().ok_or(WireError::Missing {
                key: "UserShortName",
            })?;
            // It becomes the name of the channel, so it obeys the rules of an identifier.
            UserId::new(short_name)?;
        }
        Ok(ids)
    }

    pub(crate) fn write(&self, build: Build) -> Build {
        build
            .opt("UDID", self.udid.as_ref().map(Udid::as_str))
            .opt(
                "EnrollmentID",
                self.enrollment_id.as_ref().map(EnrollmentIdApple::as_str),
            )
            .opt("UserID", self.user_id.as_ref().map(UserId::as_str))
            .opt("UserShortName", self.user_short_name.as_deref())
            .opt("UserLongName", self.user_long_name.as_deref())
            .opt(
                "EnrollmentUserID",
                self.enrollment_user_id
                    .as_ref()
                    .map(EnrollmentUserId::as_str),
            )
    }
}

fn is_shared_ipad(user: &UserId) -> bool {
    user.as_str().eq_ignore_ascii_case(SHARED_IPAD_USER_ID)
}
