//! `UserAuthenticate`: a network user logs in to a Mac and asks whether to be managed (core sheet §4).

use tillsyn_apple::checkin::UserAuthenticate;
use tillsyn_apple::ids::SHARED_IPAD_USER_ID;
use tillsyn_db::Tx;

use super::answer::DeviceAnswer;
use crate::error::Error;
use crate::settings::{self, APPLE_DEVICES, AppleDevices};

pub(super) async fn run(tx: &Tx, message: &UserAuthenticate) -> Result<DeviceAnswer, Error> {
    let settings: AppleDevices = settings::read_in(tx, APPLE_DEVICES).await?;
    Ok(answer(message, settings.manage_network_users))
}

fn answer(message: &UserAuthenticate, manage: bool) -> DeviceAnswer {
    let ids = &message.ids;
    let shared = ids
        .user_id
        .as_ref()
        .is_some_and(|user| user.as_str().eq_ignore_ascii_case(SHARED_IPAD_USER_ID));
    // Neither a User Enrollment nor a Shared iPad sends it.
    if ids.udid.is_none() || shared {
        return DeviceAnswer::BadRequest;
    }
    if !manage {
        return DeviceAnswer::Gone;
    }
    match &message.digest_response {
        // An empty challenge: manage this user without a token.
        None => DeviceAnswer::Plist(UserAuthenticate::challenge_reply("")),
        // No challenge of ours has an answer, so no password can be right.
        Some(_) => DeviceAnswer::Plist(UserAuthenticate::token_reply("")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tillsyn_apple::Sensitive;
    use tillsyn_apple::checkin::Ids;
    use tillsyn_apple::ids::{EnrollmentIdApple, Udid, UserId};

    use super::*;

    fn message(user: &str) -> UserAuthenticate {
        UserAuthenticate {
            ids: Ids {
                user_id: Some(UserId::new(user).unwrap()),
                user_short_name: Some("elin".to_owned()),
                ..Ids::device(Udid::new("1").unwrap())
            },
            digest_response: None,
        }
    }

    #[test]
    fn a_network_user_is_managed_without_a_token_or_not_at_all() {
        let first = message("A");
        assert_eq!(
            answer(&first, true),
            DeviceAnswer::Plist(UserAuthenticate::challenge_reply(""))
        );
        assert_eq!(answer(&first, false), DeviceAnswer::Gone);
        let second = UserAuthenticate {
            digest_response: Some(Sensitive::new("x".to_owned())),
            ..first
        };
        assert_eq!(
            answer(&second, true),
            DeviceAnswer::Plist(UserAuthenticate::token_reply(""))
        );
    }

    #[test]
    fn who_cannot_send_it_is_told_so() {
        let shared = message(SHARED_IPAD_USER_ID);
        assert_eq!(answer(&shared, true), DeviceAnswer::BadRequest);
        let mut user_enrollment = message("A");
        user_enrollment.ids.udid = None;
        user_enrollment.ids.enrollment_id = Some(EnrollmentIdApple::new("E").unwrap());
        assert_eq!(answer(&user_enrollment, true), DeviceAnswer::BadRequest);
    }
}
