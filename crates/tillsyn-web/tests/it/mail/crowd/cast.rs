//! Who is invited, and what becomes of each.

use std::fmt::Write as _;

/// Every fate comes once among so many people; the rest of them have nothing to tell.
const ROUND: usize = 40;

/// What becomes of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Opens the link, types the PIN, installs.
    Straight,
    /// Types the short code in the place of the link.
    Types,
    /// Gives a wrong PIN first.
    Mistypes,
    /// Gives wrong ones until it is locked; the administrator writes again.
    Locked,
    /// The same, and asks for a new PIN themselves.
    LockedAlone,
    /// Lets the profile lapse and comes back.
    Lapses,
    /// Lets it lapse and does not come back.
    LapsesForGood,
    /// Installs it when it is too late, and comes back.
    TooLate,
    /// Downloads it twice.
    DownloadsTwice,
    /// Does not agree.
    Declines,
    /// Cancels on the device, and goes on later.
    CancelsFirst,
    /// Another server manages the device.
    AnotherServer,
    /// Has an Android phone.
    WrongPlatform,
    /// Never opens the mail.
    Silent,
    /// Opens it when reminded.
    Reminded,
    /// The address is nobody's.
    NoSuchAddress,
    /// The same, until somebody corrects it.
    Corrected,
    /// The mail server is busy at the first try.
    Busy,
    /// Has a device from before.
    HadDevice,
    /// Gets another device meanwhile, and may have one.
    AtLimit,
    /// Tries the link on a second device as well.
    Shares,
    /// Both devices begin before either is done.
    Races,
    /// The row cannot be used.
    WrongRow,
    /// Leaves between the preview and the mail.
    Leaves,
}

const SPECIAL: [Fate; 23] = [
    Fate::Types,
    Fate::Mistypes,
    Fate::Locked,
    Fate::LockedAlone,
    Fate::Lapses,
    Fate::LapsesForGood,
    Fate::TooLate,
    Fate::DownloadsTwice,
    Fate::Declines,
    Fate::CancelsFirst,
    Fate::AnotherServer,
    Fate::WrongPlatform,
    Fate::Silent,
    Fate::Reminded,
    Fate::NoSuchAddress,
    Fate::Corrected,
    Fate::Busy,
    Fate::HadDevice,
    Fate::AtLimit,
    Fate::Shares,
    Fate::Races,
    Fate::WrongRow,
    Fate::Leaves,
];

/// A step with its cause, as the batch tells it.
pub(super) type Told = (&'static str, Option<&'static str>);

impl Fate {
    /// Before anybody came back or was written to again.
    pub(super) fn midway(self) -> Told {
        match self {
            Self::Locked | Self::LockedAlone => ("opened", Some("pin_locked")),
            Self::Lapses | Self::TooLate => ("failed", Some("profile_lapsed")),
            Self::CancelsFirst => ("failed", Some("cancelled")),
            Self::Reminded => ("mail_sent", None),
            Self::Corrected => ("mail_refused", Some("refused_550")),
            _ => self.late(),
        }
    }

    /// When everybody did what they will do, and the invitations are still open.
    pub(super) fn late(self) -> Told {
        match self {
            Self::LapsesForGood => ("failed", Some("profile_lapsed")),
            Self::Declines => ("failed", Some("cancelled")),
            Self::AnotherServer => ("failed", Some("another_mdm")),
            Self::WrongPlatform => ("failed", Some("wrong_platform")),
            Self::AtLimit => ("failed", Some("limit_reached")),
            Self::Silent => ("mail_sent", None),
            Self::NoSuchAddress => ("mail_refused", Some("refused_550")),
            Self::HadDevice => ("skipped", Some("has_device")),
            Self::WrongRow => ("wrong", Some("email")),
            Self::Leaves => ("not_invited", Some("person_inactive")),
            _ => ("ready", None),
        }
    }

    /// When the invitations are over: what was open expired, and why it stayed open is still told.
    pub(super) fn end(self) -> Told {
        match self.late() {
            ("failed" | "mail_sent" | "mail_refused", cause) => ("expired", cause),
            told => told,
        }
    }

    /// Whether an invitation was made.
    pub(super) fn is_invited(self) -> bool {
        !matches!(self, Self::HadDevice | Self::WrongRow | Self::Leaves)
    }

    /// Mails that reach the person in the end, reminders among them.
    pub(super) fn mails(self) -> usize {
        match self {
            Self::HadDevice | Self::WrongRow | Self::Leaves | Self::NoSuchAddress => 0,
            // Reminded of the profile, and then of the invitation.
            Self::LapsesForGood => 3,
            // The new link or the new PIN; a reminder.
            Self::Locked
            | Self::LockedAlone
            | Self::Declines
            | Self::AnotherServer
            | Self::WrongPlatform
            | Self::AtLimit
            | Self::Silent
            | Self::Reminded => 2,
            _ => 1,
        }
    }
}

/// Somebody of the crowd.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) number: usize,
    pub(super) fate: Fate,
    pub(super) email: String,
}

impl Member {
    fn new(number: usize) -> Self {
        let fate = SPECIAL.get(number % ROUND).copied();
        let fate = fate.unwrap_or(Fate::Straight);
        let email = match fate {
            Fate::WrongRow => format!("nowhere{number:04}"),
            _ => format!("p{number:04}@example.org"),
        };
        Self {
            number,
            fate,
            email,
        }
    }

    pub(super) fn name(&self) -> String {
        match self.language() {
            "sv" => format!("Åsa Ek {:04}", self.number),
            "ja" => format!("佐藤 花 {:04}", self.number),
            _ => format!("Ann Lee {:04}", self.number),
        }
    }

    /// One of so many: each fate meets each of them in turn.
    pub(super) fn turn(&self, of: usize) -> usize {
        (self.number + self.number / ROUND) % of
    }

    pub(super) fn language(&self) -> &'static str {
        ["en", "sv", "ja"][self.turn(3)]
    }

    /// Whether the list of people has them before they are invited: a third does, and is in a group.
    pub(super) fn is_known(&self) -> bool {
        match self.fate {
            Fate::WrongRow => false,
            Fate::HadDevice | Fate::Leaves => true,
            _ => (self.number / ROUND).is_multiple_of(3),
        }
    }
}

pub(super) fn crowd(count: usize) -> Vec<Member> {
    (0..count).map(Member::new).collect()
}

/// The file that invites them all; the first ones stand in it a second time.
pub(super) fn file(crowd: &[Member], twice: usize) -> String {
    let mut text = "name,email,language\n".to_owned();
    for member in crowd.iter().chain(&crowd[..twice]) {
        let (name, language) = (member.name(), member.language());
        writeln!(text, "{name},{},{language}", member.email).unwrap();
    }
    text
}
