//! The decision.

use std::cmp::Reverse;

use super::answers::{Answers, Holder, Platform, SetUpBy, State};

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One invitation: link, QR code and short code.
    Invitation,
    /// Invitations by mail to many.
    Batch,
    /// People bring their devices in by themselves.
    OwnDevices,
    /// From another server, without touching a device.
    Moving,
    /// Automated Device Enrollment.
    Automated,
    Android,
    Windows,
}

/// How well it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Not a part of this program yet.
    NotThere,
    /// An answer rules it out.
    RuledOut,
    Possible,
    Best,
}

/// What speaks for a method, against it, or rules it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing on the device is erased.
    KeepsData,
    /// The person needs nobody beside them.
    PersonAlone,
    /// No mail address is needed: the code is shown or printed.
    NoMail,
    /// Many at once, with reminders and a count of who is where.
    ManyAtOnce,
    /// Nobody has to prepare anything per device.
    NothingPerDevice,
    /// Nobody touches a device.
    NothingTouched,
    /// What is private stays private.
    PrivateStays,
    /// The person can remove the management.
    NotSupervised,
    /// Each device is taken in hand.
    OneByOne,
    /// Each person needs a mail address, and the server mail.
    NeedsMail,
    /// The other server's profile must be removed first.
    LeaveFirst,
    /// Records and push certificate of the other server are needed.
    OtherServersRecords,
    /// For one device a single invitation is quicker.
    MadeForMany,
    /// The unit must allow it, and people need an account.
    UnitAllows,
    /// Ruled out: for another platform.
    OtherPlatform,
    /// Ruled out: no other server manages them.
    NotManaged,
    /// Ruled out: people do it, and staff has them in hand.
    StaffHasThem,
    /// Ruled out: the device belongs to the person.
    Personal,
    /// Ruled out: in use, and it begins with an erase.
    MustNotErase,
    /// It is not a part of this program yet.
    NotThereYet,
}

impl Reason {
    /// Whether it speaks for the method.
    pub const fn is_good(self) -> bool {
        matches!(
            self,
            Self::KeepsData
                | Self::PersonAlone
                | Self::NoMail
                | Self::ManyAtOnce
                | Self::NothingPerDevice
                | Self::NothingTouched
                | Self::PrivateStays
        )
    }
}

/// A method and how it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    pub method: Method,
    pub fit: Fit,
    pub reasons: Vec<Reason>,
}

/// All methods, best first; what does not fit says which answer rules it out.
pub fn advise(answers: Answers) -> Vec<Advice> {
    let mut all = match answers.platform {
        Platform::Android => vec![not_there(Method::Android)],
        Platform::Windows => vec![not_there(Method::Windows)],
        Platform::Iphone | Platform::Ipad | Platform::Mac => Vec::new(),
    };
    let ways = [
        invitation(answers),
        batch(answers),
        own_devices(answers),
        moving(answers),
        automated(answers),
    ];
    all.extend(ways.into_iter().map(|way| of_platform(answers, way)));
    // What would be the one for this platform comes first, though it is not there.
    let foreign = |advice: &Advice| matches!(advice.method, Method::Android | Method::Windows);
    all.sort_by_key(|advice| (Reverse(foreign(advice)), Reverse(advice.fit)));
    all
}

fn not_there(method: Method) -> Advice {
    Advice {
        method,
        fit: Fit::NotThere,
        reasons: vec![Reason::NotThereYet],
    }
}

fn of_platform(answers: Answers, way: Advice) -> Advice {
    if !matches!(answers.platform, Platform::Android | Platform::Windows) {
        return way;
    }
    ruled_out(way.method, Reason::OtherPlatform)
}

fn ruled_out(method: Method, reason: Reason) -> Advice {
    Advice {
        method,
        fit: Fit::RuledOut,
        reasons: vec![reason],
    }
}

/// What holds for every profile that is installed by hand.
fn by_hand(answers: Answers) -> Vec<Reason> {
    let mut reasons = vec![Reason::KeepsData];
    match answers.holder {
        Holder::Person => reasons.push(Reason::PrivateStays),
        Holder::Organisation => reasons.push(Reason::NotSupervised),
    }
    if answers.state == State::Managed {
        reasons.push(Reason::LeaveFirst);
    }
    reasons
}

fn invitation(answers: Answers) -> Advice {
    let many = answers.count > 1;
    let staff = answers.set_up_by == SetUpBy::Staff;
    let mut reasons = by_hand(answers);
    reasons.push(Reason::NoMail);
    if many {
        reasons.push(Reason::OneByOne);
    }
    let best = answers.state != State::Managed && (staff || !many);
    Advice {
        method: Method::Invitation,
        fit: if best { Fit::Best } else { Fit::Possible },
        reasons,
    }
}

fn batch(answers: Answers) -> Advice {
    if answers.set_up_by == SetUpBy::Staff {
        return ruled_out(Method::Batch, Reason::StaffHasThem);
    }
    let many = answers.count > 1;
    let mut reasons = by_hand(answers);
    reasons.extend([Reason::PersonAlone, Reason::NeedsMail]);
    reasons.push(if many {
        Reason::ManyAtOnce
    } else {
        Reason::MadeForMany
    });
    let best = many && answers.state != State::Managed;
    Advice {
        method: Method::Batch,
        fit: if best { Fit::Best } else { Fit::Possible },
        reasons,
    }
}

fn own_devices(answers: Answers) -> Advice {
    if answers.set_up_by == SetUpBy::Staff {
        return ruled_out(Method::OwnDevices, Reason::StaffHasThem);
    }
    let mut reasons = by_hand(answers);
    reasons.extend([
        Reason::PersonAlone,
        Reason::NothingPerDevice,
        Reason::UnitAllows,
    ]);
    Advice {
        method: Method::OwnDevices,
        fit: Fit::Possible,
        reasons,
    }
}

fn moving(answers: Answers) -> Advice {
    if answers.state != State::Managed {
        return ruled_out(Method::Moving, Reason::NotManaged);
    }
    Advice {
        method: Method::Moving,
        fit: Fit::Best,
        reasons: vec![
            Reason::KeepsData,
            Reason::NothingTouched,
            Reason::OtherServersRecords,
        ],
    }
}

/// Named so that nobody looks for it; the answers that would rule it out anyway come first.
fn automated(answers: Answers) -> Advice {
    match (answers.holder, answers.state) {
        (Holder::Person, _) => ruled_out(Method::Automated, Reason::Personal),
        (Holder::Organisation, State::InUse | State::Managed) => {
            ruled_out(Method::Automated, Reason::MustNotErase)
        }
        (Holder::Organisation, State::New) => not_there(Method::Automated),
    }
}
