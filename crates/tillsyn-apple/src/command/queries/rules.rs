use super::table::{ALSO_ASKED, QUERIES, Query};
use crate::command::capability::row_fits;
use crate::command::schema::{self, Row, System};
use crate::platform::DeviceFacts;
use crate::result;

/// Every query that may be asked of this channel, in a fixed order.
pub fn default_queries(facts: &DeviceFacts) -> Vec<&'static str> {
    let names = QUERIES.iter().map(|query| query.name);
    names
        .chain(ALSO_ASKED)
        .filter(|name| may_ask(name, facts))
        .collect()
}

/// What the schema says, and what we ask of a personal device. A query that the schema does not
/// have is asked of nobody.
pub fn may_ask(name: &str, facts: &DeviceFacts) -> bool {
    let Some(row) = row(name, facts) else {
        return false;
    };
    let right = row.right().is_none_or(|right| facts.has_right(right));
    let ours = QUERIES.iter().find(|query| query.name == name);
    let personal = ours.is_none_or(|query| query.personal);
    right && row_fits(row, name, facts).is_ok() && (personal || !facts.is_personal())
}

fn row(name: &str, facts: &DeviceFacts) -> Option<&'static Row> {
    let system = System::from(facts.platform);
    schema::query(name).iter().find(|row| row.system == system)
}

fn may_know(query: &Query, facts: &DeviceFacts) -> bool {
    if facts.is_user_enrollment() {
        query.personal && row(query.name, facts).is_some_and(Row::user_enrollment)
    } else {
        query.personal || !facts.is_personal()
    }
}

/// Facts that come out of a query under another name.
const DERIVED: [(&str, &str); 2] = [("imeis", "imei"), ("eids", "service_subscriptions")];

/// Whether this fact may be stored at all: the check at ingestion, for answers nobody asked for.
/// Of a personal device only facts in a table may be kept.
pub fn fact_allowed(fact: &str, facts: &DeviceFacts) -> bool {
    let fact = DERIVED
        .iter()
        .find(|(derived, _)| *derived == fact)
        .map_or(fact, |(_, source)| source);
    if let Some(query) = QUERIES.iter().find(|query| query.fact == fact) {
        return may_know(query, facts);
    }
    if let Some(user_enrollment) = result::security_fact_in_user_enrollment(fact) {
        return user_enrollment || !facts.is_user_enrollment();
    }
    result::PROFILE_FACTS.contains(&fact) || !facts.is_personal()
}
