use super::table::{QUERIES, Query};
use crate::platform::{DeviceFacts, OsVersion, Platform};
use crate::result;

/// Every query that may be asked of this channel, in a fixed order.
pub fn default_queries(facts: &DeviceFacts) -> Vec<&'static str> {
    QUERIES
        .iter()
        .filter(|query| may_ask(query, facts))
        .map(|query| query.name)
        .collect()
}

/// Version, enrollment type, ownership, channel and rights together.
pub fn may_ask(query: &Query, facts: &DeviceFacts) -> bool {
    let Some(first) = first_version(query, facts.platform) else {
        return false;
    };
    let version_fits = facts.os_version.is_none_or(|version| {
        version >= first && query.removed.is_none_or(|removed| version < removed)
    });
    let right = query.right.is_none_or(|right| facts.has_right(right));
    let channel = query.user_channel || facts.channel.is_device();
    version_fits && right && channel && may_know(query, facts)
}

fn may_know(query: &Query, facts: &DeviceFacts) -> bool {
    if facts.is_user_enrollment() {
        query.user_enrollment
    } else {
        query.personal || !facts.is_personal()
    }
}

fn first_version(query: &Query, platform: Platform) -> Option<OsVersion> {
    match platform {
        Platform::Ios | Platform::Ipados => query.ios,
        Platform::Macos => query.macos,
        Platform::Tvos => query.tvos,
        Platform::Visionos => query.visionos,
        Platform::Watchos => query.watchos,
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
