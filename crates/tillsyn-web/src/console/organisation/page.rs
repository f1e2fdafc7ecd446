//! The pages.

use askama::Template;

use crate::console::frame::{Bare, Emptiness, Frame, Pager};
use crate::ui::{Choice, Link, Status};

/// Why the last act on the page was not done.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    pub text: String,
    /// What it is about, line by line.
    pub list: Vec<String>,
    /// Where the plan is that does it; empty when there is none.
    pub plan: String,
}

/// A link with something to say beside it.
#[derive(Clone, Debug, Default)]
pub struct NotedLink {
    pub href: String,
    pub text: String,
    pub note: String,
}

/// `GET` and `POST /console/people`.
#[derive(Template)]
#[template(path = "console/people.html")]
pub struct PeoplePage {
    pub f: Frame,
    /// The list as a file.
    pub export: String,
    pub problem: Problem,
    pub find: String,
    pub rows: Vec<PersonRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_write: bool,
    pub form: PersonForm,
}

pub struct PersonRow {
    /// For the form that takes several; empty for whoever may not change people.
    pub pick: String,
    pub href: String,
    pub name: String,
    pub email: String,
    pub unit: String,
    pub devices: String,
    pub active: bool,
}

/// `GET` and `POST /console/devices/move` and `/console/people/move`.
#[derive(Template)]
#[template(path = "console/move.html")]
pub struct MovePage {
    pub f: Frame,
    pub people: bool,
    pub title: String,
    pub problem: Problem,
    /// Of all that is moved, for the form.
    pub ids: String,
    pub rows: Vec<NotedLink>,
    /// Said of those that the list does not name.
    pub more: String,
    pub units: Vec<Choice>,
    /// How many devices are theirs; `None` when none can go along.
    pub devices: Option<String>,
    pub with_devices: bool,
}

/// What was typed of a person.
#[derive(Clone, Debug, Default)]
pub struct PersonForm {
    pub name: String,
    pub email: String,
    pub languages: Vec<Choice>,
    pub units: Vec<Choice>,
}

/// `GET` and `POST /console/people/{id}`.
#[derive(Template)]
#[template(path = "console/person.html")]
pub struct PersonPage {
    pub f: Frame,
    pub problem: Problem,
    pub id: String,
    pub name: String,
    pub email: String,
    pub unit: String,
    pub active: bool,
    pub devices: Vec<NotedLink>,
    pub groups: Vec<NotedLink>,
    /// `None` when the role does not see invitations.
    pub invitations: Option<Vec<NotedLink>>,
    pub may_write: bool,
    /// May take everything that is held on the person, and erase them.
    pub may_erase: bool,
    pub form: PersonForm,
    pub sign_in: PersonSignIn,
    pub directories: PersonDirectories,
}

/// What directories say of a person.
#[derive(Default)]
pub struct PersonDirectories {
    pub known: Vec<DirectoryOfPerson>,
    /// What they say differently.
    pub differ: Vec<FieldOfDirectories>,
}

/// A directory that knows the person.
pub struct DirectoryOfPerson {
    pub name: String,
    /// What they are called there.
    pub known_as: String,
    pub status: Status,
    /// When it last named them, or since when it does not.
    pub seen: String,
}

/// A field with the names of directories and what they say; the first one counts.
pub struct FieldOfDirectories {
    pub field: String,
    pub said: Vec<(String, String)>,
}

/// How a person comes in to the portal.
#[derive(Clone, Debug, Default)]
pub struct PersonSignIn {
    pub way: String,
    pub notes: Vec<String>,
    /// Whether a password can be given, or a link sent.
    pub may_have_password: bool,
}

/// A temporary password, on the one answer that shows it.
#[derive(Template)]
#[template(path = "console/temporary_password.html")]
pub struct TemporaryPasswordPage {
    pub f: Bare,
    pub name: String,
    pub password: String,
    pub until: String,
    pub back: String,
}

/// `GET` and `POST /console/groups`.
#[derive(Template)]
#[template(path = "console/groups.html")]
pub struct GroupsPage {
    pub f: Frame,
    pub problem: Problem,
    pub find: String,
    pub rows: Vec<GroupRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_write: bool,
    pub form: GroupForm,
}

pub struct GroupRow {
    pub href: String,
    pub name: String,
    pub description: String,
    pub unit: String,
    pub reached: String,
    pub people: String,
}

/// What was typed of a group.
#[derive(Clone, Debug, Default)]
pub struct GroupForm {
    pub name: String,
    pub description: String,
    pub units: Vec<Choice>,
}

/// `GET` and `POST /console/groups/{id}`.
#[derive(Template)]
#[template(path = "console/group.html")]
pub struct GroupPage {
    pub f: Frame,
    pub problem: Problem,
    pub id: String,
    pub name: String,
    pub description: String,
    pub unit: String,
    pub reached: String,
    pub people: String,
    pub assignments: String,
    pub find: String,
    pub rows: Vec<MemberRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_write: bool,
    /// The list that was pasted and not taken.
    pub pasted: String,
    pub form: GroupForm,
}

pub struct MemberRow {
    pub id: String,
    pub href: String,
    pub name: String,
    /// Serial number or mail address.
    pub detail: String,
    pub kind: String,
    pub unit: String,
    pub outside: bool,
}

/// `GET` and `POST /console/settings/units`.
#[derive(Template)]
#[template(path = "console/units.html")]
pub struct UnitsPage {
    pub f: Frame,
    pub problem: Problem,
    pub rows: Vec<UnitRow>,
    pub may_write: bool,
    /// The unit that is to be changed.
    pub chosen: Option<ChosenUnit>,
    pub form: UnitForm,
}

pub struct UnitRow {
    /// The page with this unit to change.
    pub href: String,
    pub name: String,
    pub depth: i64,
    /// Names of the units above, for those who do not see the tree.
    pub above: String,
    /// How many, with everything below, and where they are listed.
    pub devices: Link,
    pub people: String,
    pub groups: String,
    pub chosen: bool,
}

pub struct ChosenUnit {
    pub id: String,
    pub name: String,
    /// Where it may go; none when it stays where it is.
    pub parents: Vec<Choice>,
}

#[derive(Clone, Debug, Default)]
pub struct UnitForm {
    pub name: String,
    pub units: Vec<Choice>,
}

/// Where a device belongs, on its page.
#[derive(Clone, Debug, Default)]
pub struct BelongsTo {
    pub unit: String,
    /// Where it may be moved; none when the role moves nothing.
    pub units: Vec<Choice>,
    pub person: Option<NotedLink>,
    pub may_give: bool,
    pub groups: Vec<NotedLink>,
    pub problem: Problem,
}
