use std::collections::BTreeMap;

use crate::fields::{answer, dictionary};

answer! {
    /// The answer to `Restrictions`.
    // Apple schema mdm/commands/device.restrictions.list.yaml
    #[derive(Eq)]
    pub struct RestrictionsResult {
        /// Everything together.
        global: Option<RestrictionSet> = "GlobalRestrictions",
        /// By identifier of the profile that brings them.
        by_profile: Option<BTreeMap<String, RestrictionSet>> = "ProfileRestrictions",
    }
}

dictionary! {
    /// The limits in force, by the way in which several of them combine.
    #[derive(Eq, Default)]
    pub struct RestrictionSet {
        booleans: Option<BTreeMap<String, RestrictedFlag>> = "restrictedBool",
        numbers: Option<BTreeMap<String, RestrictedNumber>> = "restrictedValue",
        intersections: Option<BTreeMap<String, RestrictedList>> = "intersection",
        unions: Option<BTreeMap<String, RestrictedList>> = "union",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct RestrictedFlag {
        value: bool = "value",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct RestrictedNumber {
        value: i64 = "value",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct RestrictedList {
        values: Vec<String> = "values",
    }
}
