//! The values that profiles may name: of the person, the device, the unit and the organisation.

use std::collections::{BTreeMap, HashMap};

use tillsyn_db::{Row, Tx, args};

use crate::error::Error;
use crate::settings::{self, Organisation};

/// One variable, as `{{name}}` in a text of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    /// Where its value comes from.
    pub meaning: &'static str,
}

const fn variable(name: &'static str, meaning: &'static str) -> Variable {
    Variable { name, meaning }
}

/// Every variable there is.
pub const VARIABLES: &[Variable] = &[
    variable("person.name", "Name of the person who has the device"),
    variable("person.email", "Mail address of that person"),
    variable("person.user_name", "The mail address up to the @"),
    variable("device.id", "Our own id of the device"),
    variable("device.name", "Name of the device, as it tells it"),
    variable(
        "device.serial_number",
        "Serial number; not known of personal devices with separated data",
    ),
    variable(
        "device.udid",
        "UDID; not known of personal devices with separated data",
    ),
    variable("device.imei", "IMEI; not known of personal devices"),
    variable("device.model", "Model identifier, such as iPhone17,3"),
    variable(
        "unit.name",
        "Organisational unit that the device belongs to",
    ),
    variable("organisation.name", "Name of the organisation"),
    variable(
        "user.short_name",
        "Account name of the user, in profiles for users",
    ),
    variable(
        "user.long_name",
        "Full name of the user, in profiles for users",
    ),
    variable(
        "credential.scep_url",
        "Address of our network authority, as the URL of a SCEP payload",
    ),
    variable(
        "credential.challenge",
        "One-time secret of that SCEP payload, made at delivery",
    ),
    variable(
        "credential.root",
        "Root certificate of our network authority, as the whole content of a certificate payload",
    ),
];

/// Whether there is a variable of this name.
pub fn is_variable(name: &str) -> bool {
    VARIABLES.iter().any(|variable| variable.name == name)
}

/// Whether its value belongs to the identity of what is installed: what is made anew at each delivery does
/// not.
pub(crate) fn is_identity(name: &str) -> bool {
    !name.starts_with("credential.")
}

/// Of the values of a channel those that a version names, for its desired hash; what is not known is absent.
pub(crate) fn used<'a>(
    values: &BTreeMap<String, String>,
    names: impl IntoIterator<Item = &'a str>,
) -> BTreeMap<String, String> {
    names
        .into_iter()
        .filter(|name| is_identity(name))
        .filter_map(|name| Some((name.to_owned(), values.get(name)?.clone())))
        .collect()
}

/// Of what a version names that for which there is no value.
pub(crate) fn missing<'a>(
    values: &BTreeMap<String, String>,
    names: impl IntoIterator<Item = &'a str>,
) -> Vec<&'a str> {
    let names = names.into_iter().filter(|name| is_identity(name));
    names.filter(|name| !values.contains_key(*name)).collect()
}

/// The values of a person; without one, of nobody.
pub(crate) fn of_person(
    name: Option<String>,
    email: Option<String>,
) -> [(&'static str, Option<String>); 3] {
    let user_name = email
        .as_deref()
        .and_then(|email| email.split_once('@'))
        .map(|(local, _)| local.to_owned());
    [
        ("person.name", name),
        ("person.user_name", user_name),
        ("person.email", email),
    ]
}

/// The value of a unit.
pub(crate) fn of_unit(name: String) -> (&'static str, Option<String>) {
    ("unit.name", Some(name))
}

/// The values of these channels, by their ids; what is not known is absent.
pub(crate) async fn values_in(
    tx: &Tx,
    channels: Vec<String>,
) -> Result<HashMap<String, BTreeMap<String, String>>, Error> {
    const FIND: &str = "SELECT ch.id, ch.name, ch.user_short_name, ch.user_long_name, d.id, \
        d.serial_number, s.name, s.udid, s.imei, s.model, u.name, p.name, p.email, \
        e.enrollment_type, e.ownership FROM channel ch \
        JOIN enrollment e ON e.id = ch.enrollment_id \
        JOIN device d ON d.id = ch.device_id \
        JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN device_summary s ON s.device_id = d.id \
        LEFT JOIN person p ON p.id = s.person_id WHERE ch.id {ids}";
    if channels.is_empty() {
        return Ok(HashMap::new());
    }
    let organisation: Organisation = settings::read_in(tx, settings::ORGANISATION).await?;
    tx.fetch_all_in(FIND, channels, args![])
        .await?
        .iter()
        .map(|row| Ok((row.text(0)?, decode(row, &organisation.name)?)))
        .collect()
}

fn decode(row: &Row, organisation: &str) -> Result<BTreeMap<String, String>, Error> {
    let separated = row.text(13)? == "account_driven_user";
    let personal = row.text(14)? == "personal";
    let of_user = row.text(1)? != "device";
    let person = of_person(row.opt_text(11)?, row.opt_text(12)?);
    let known = [
        of_unit(row.text(10)?),
        ("device.id", Some(row.text(4)?)),
        ("device.name", row.opt_text(6)?),
        (
            "device.serial_number",
            row.opt_text(5)?.filter(|_| !separated),
        ),
        ("device.udid", row.opt_text(7)?.filter(|_| !separated)),
        (
            "device.imei",
            row.opt_text(8)?.filter(|_| !separated && !personal),
        ),
        ("device.model", row.opt_text(9)?),
        ("organisation.name", Some(organisation.to_owned())),
        ("user.short_name", row.opt_text(2)?.filter(|_| of_user)),
        ("user.long_name", row.opt_text(3)?.filter(|_| of_user)),
    ];
    Ok(person
        .into_iter()
        .chain(known)
        .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|v| !v.is_empty())?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_uses_only_what_it_names() {
        let values = BTreeMap::from([
            ("device.name".to_owned(), "Hall".to_owned()),
            ("unit.name".to_owned(), "School".to_owned()),
            ("credential.challenge".to_owned(), "never".to_owned()),
        ]);
        let names = ["device.name", "person.email", "credential.challenge"];
        let expected = BTreeMap::from([("device.name".to_owned(), "Hall".to_owned())]);
        assert_eq!(used(&values, names), expected);
    }

    #[test]
    fn names_are_there_once() {
        let mut names: Vec<_> = VARIABLES.iter().map(|v| v.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), VARIABLES.len());
        assert!(is_variable("person.email") && !is_variable("person.shoe_size"));
    }
}
