//! Which systems know a key, as tags beside it.

use tillsyn_apple::profile::catalogue::{Rule, Support, UserEnrollment, system_name};

use crate::i18n::Texts;

pub struct Tag {
    pub text: String,
    /// Something stands in the way.
    pub warn: bool,
}

/// Tags of what lies in something with a support of its own; a payload lies in nothing.
pub(in crate::console) fn tags(l: Texts, own: &Support, around: Option<&Support>) -> Vec<Tag> {
    let plain = |text: String| Tag { text, warn: false };
    let warn = |text: String| Tag { text, warn: true };
    if around == Some(own) {
        return Vec::new();
    }
    let mut tags = Vec::new();
    let same = around.is_some_and(|around| same_versions(own, around));
    if same {
        tags.push(plain(l.t("tag-as-payload")));
    } else {
        for (system, rule) in own.rules() {
            tags.push(plain(format!(
                "{} {}",
                system_name(system),
                rule.introduced
            )));
        }
        for (system, _) in around.into_iter().flat_map(Support::rules) {
            if own.on(system).is_none() {
                tags.push(warn(l.ta("tag-not-on", system_name(system))));
            }
        }
    }
    tags.extend(terms(l, own, around).into_iter().map(warn));
    tags
}

fn same_versions(own: &Support, around: &Support) -> bool {
    let versions = |support: &Support| -> Vec<_> {
        support
            .rules()
            .map(|(system, rule)| (system, rule.introduced))
            .collect()
    };
    versions(own) == versions(around)
}

/// What must be so for the key to count. What holds for the whole payload is said there once.
fn terms(l: Texts, own: &Support, around: Option<&Support>) -> Vec<String> {
    let mut words = Vec::new();
    let holds = |support: &Support, test: fn(&Rule) -> bool| -> Vec<&'static str> {
        support
            .rules()
            .filter(|(_, rule)| test(rule))
            .map(|(system, _)| system_name(system))
            .collect()
    };
    let all = own.rules().count();
    let mut term = |test: fn(&Rule) -> bool, everywhere: String, on: &dyn Fn(&str) -> String| {
        let systems = holds(own, test);
        if systems.is_empty() || around.is_some_and(|around| holds(around, test) == systems) {
            return;
        }
        words.push(if systems.len() == all {
            everywhere
        } else {
            on(&systems.join(", "))
        });
    };
    term(Rule::supervised, l.t("tag-supervised"), &|on| {
        l.ta("tag-supervised-on", on)
    });
    term(Rule::ade, l.t("tag-ade"), &|on| l.ta("tag-ade-on", on));
    term(Rule::user_approved, l.t("tag-user-approved"), &|on| {
        l.ta("tag-user-approved-on", on)
    });
    term(not_user_enrollment, l.t("tag-no-ue"), &|on| {
        l.ta("tag-no-ue-on", on)
    });
    for (system, rule) in own.rules() {
        let before = around.and_then(|around| around.on(system));
        if let Some(version) = rule.removed
            && before.and_then(|rule| rule.removed) != Some(version)
        {
            let version = format!("{} {version}", system_name(system));
            words.push(l.ta("tag-removed", version.as_str()));
        } else if let Some(version) = rule.deprecated
            && before.and_then(|rule| rule.deprecated) != Some(version)
        {
            let version = format!("{} {version}", system_name(system));
            words.push(l.ta("tag-deprecated", version.as_str()));
        }
    }
    words
}

fn not_user_enrollment(rule: &Rule) -> bool {
    matches!(
        rule.user_enrollment,
        UserEnrollment::Forbidden | UserEnrollment::Ignored
    )
}
