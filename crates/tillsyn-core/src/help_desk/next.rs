//! What helps most now. A pure function of values: the page, the API and the command line say the same.

use crate::clock::DAY_MS;

/// A device that was not heard of for so long is asked to check in.
const QUIET_MS: i64 = DAY_MS;
/// And after so long it may be lost.
const LOST_MS: i64 = 7 * DAY_MS;

/// What is known of a person and what is theirs.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub now_ms: i64,
    /// False for somebody who left.
    pub active: bool,
    pub sign_in: Trouble,
    /// Whether a link can reach them.
    pub has_mail: bool,
    /// Newest first.
    pub invitations: Vec<InvitationFacts>,
    /// Cause of the newest attempt, when it failed, with its invitation.
    pub failed: Option<(String, String)>,
    pub devices: Vec<DeviceFacts>,
}

/// What keeps somebody from signing in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    #[default]
    None,
    /// Too many wrong tries.
    Locked,
    /// The password has to be changed before anything else.
    Expired,
}

/// One invitation.
#[derive(Clone, Debug, Default)]
pub struct InvitationFacts {
    pub id: String,
    /// `open`, `used`, `expired` or `revoked`.
    pub status: &'static str,
    pub pin_locked: bool,
    /// Somebody opened its link.
    pub opened: bool,
}

/// One device.
#[derive(Clone, Debug, Default)]
pub struct DeviceFacts {
    pub id: String,
    /// Its enrollment is active or rests.
    pub managed: bool,
    /// `reachable`, `unreachable` or `unhealthy`.
    pub contact: String,
    /// Our push certificate works for it.
    pub wakes: bool,
    pub supervised: bool,
    pub personal: bool,
    pub last_seen: Option<i64>,
}

/// The next useful act, with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextAct {
    /// Nothing is wrong.
    Nothing,
    /// They left; devices and invitations come after that.
    Activate,
    /// Takes back the failed tries.
    UnlockSignIn,
    /// A link with which they choose a password.
    SendPasswordLink,
    /// No mail address is known, so somebody has to give them a password.
    GivePassword,
    /// The PIN of an invitation was typed wrong too often.
    NewPin { invitation: String },
    /// The profile's time ran out; the same link gives a new one.
    NewProfile { invitation: String },
    /// The attempt failed for another cause, which the page names with its remedy.
    Remedy { cause: String, invitation: String },
    /// It is open and nobody came.
    ResendInvitation { invitation: String },
    /// They have no device and no invitation that works.
    Invite,
    /// Pushes do not reach the device: it has to be opened, and enrolled again if it was reset.
    EnrollAgain { device: String },
    /// The push certificate that the device listens to does not work.
    RenewPush { device: String },
    /// It was silent for a day.
    AskCheckIn { device: String },
    /// It was silent for a week and takes lost mode.
    LostMode { device: String },
}

impl NextAct {
    /// As the API names it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Activate => "activate",
            Self::UnlockSignIn => "unlock_sign_in",
            Self::SendPasswordLink => "send_password_link",
            Self::GivePassword => "give_password",
            Self::NewPin { .. } => "new_pin",
            Self::NewProfile { .. } => "new_profile",
            Self::Remedy { .. } => "remedy",
            Self::ResendInvitation { .. } => "resend_invitation",
            Self::Invite => "invite",
            Self::EnrollAgain { .. } => "enroll_again",
            Self::RenewPush { .. } => "renew_push",
            Self::AskCheckIn { .. } => "ask_check_in",
            Self::LostMode { .. } => "lost_mode",
        }
    }

    /// The invitation or device that it is about.
    pub fn object(&self) -> Option<&str> {
        match self {
            Self::NewPin { invitation }
            | Self::NewProfile { invitation }
            | Self::Remedy { invitation, .. }
            | Self::ResendInvitation { invitation } => Some(invitation),
            Self::EnrollAgain { device }
            | Self::RenewPush { device }
            | Self::AskCheckIn { device }
            | Self::LostMode { device } => Some(device),
            _ => None,
        }
    }
}

/// What helps most: first what keeps the person out, then what keeps a device from coming in, then what is
/// wrong with devices that are in.
pub fn next_act(facts: &Facts) -> NextAct {
    if !facts.active {
        return NextAct::Activate;
    }
    match facts.sign_in {
        Trouble::Locked => return NextAct::UnlockSignIn,
        Trouble::Expired if facts.has_mail => return NextAct::SendPasswordLink,
        Trouble::Expired => return NextAct::GivePassword,
        Trouble::None => {}
    }
    under_way(facts)
        .or_else(|| of_devices(facts))
        .unwrap_or(NextAct::Nothing)
}

/// What keeps a device from coming in.
fn under_way(facts: &Facts) -> Option<NextAct> {
    let open = facts.invitations.iter().find(|i| i.status == "open");
    if let Some(locked) = open.filter(|invitation| invitation.pin_locked) {
        let invitation = locked.id.clone();
        return Some(NextAct::NewPin { invitation });
    }
    if let Some((cause, invitation)) = &facts.failed {
        let works = facts
            .invitations
            .iter()
            .any(|found| found.id == *invitation && found.status == "open");
        return Some(match cause.as_str() {
            _ if !works => NextAct::Invite,
            "too_late" | "no_answer" => NextAct::NewProfile {
                invitation: invitation.clone(),
            },
            _ => NextAct::Remedy {
                cause: cause.clone(),
                invitation: invitation.clone(),
            },
        });
    }
    if let Some(open) = open {
        let invitation = open.id.clone();
        return Some(if open.opened {
            NextAct::NewProfile { invitation }
        } else {
            NextAct::ResendInvitation { invitation }
        });
    }
    let managed = facts.devices.iter().any(|device| device.managed);
    (!managed).then_some(NextAct::Invite)
}

/// What is wrong with the devices that are in; the worst first.
fn of_devices(facts: &Facts) -> Option<NextAct> {
    let managed = || facts.devices.iter().filter(|device| device.managed);
    let silent = |device: &DeviceFacts, most: i64| {
        device
            .last_seen
            .is_none_or(|seen| facts.now_ms - seen >= most)
    };
    if let Some(device) = managed().find(|device| !device.wakes) {
        let device = device.id.clone();
        return Some(NextAct::RenewPush { device });
    }
    if let Some(device) = managed().find(|device| device.contact == "unreachable") {
        let device = device.id.clone();
        return Some(NextAct::EnrollAgain { device });
    }
    let lost =
        |device: &&DeviceFacts| device.supervised && !device.personal && silent(device, LOST_MS);
    if let Some(device) = managed().find(lost) {
        let device = device.id.clone();
        return Some(NextAct::LostMode { device });
    }
    managed()
        .find(|device| silent(device, QUIET_MS) || device.contact == "unhealthy")
        .map(|device| NextAct::AskCheckIn {
            device: device.id.clone(),
        })
}
