//! What a kind of device makes of the profile.

use tillsyn_apple::ids::ChannelName;
use tillsyn_apple::platform::DeviceFacts;
use tillsyn_apple::profile::support::{self, support};

use super::Document;
use crate::platform::apple::capability::{Told, device_facts};
use crate::support::{Ignored, Judgement, Refusal, Traits};

impl Document {
    /// Judged from Apple's schema. What is not known of the device yet speaks for it.
    pub(crate) fn judge(&self, traits: &Traits, of_user: bool) -> Judgement {
        let Some(facts) = facts(traits, of_user) else {
            return Judgement::default();
        };
        let mut found = self.plain(&facts);
        // Only iPads are shared; until one says whether it is, it may be either.
        if found.refusal.is_some() && traits.shared_ipad.is_none() && facts.platform.is_ios() {
            let shared = DeviceFacts {
                shared_ipad: true,
                ..facts
            };
            if self.plain(&shared).refusal.is_none() {
                found.refusal = None;
            }
        }
        found
    }

    fn plain(&self, facts: &DeviceFacts) -> Judgement {
        let found = support(self.0.root(), facts);
        let refusal = found.refused.first().map(|refused| Refusal {
            code: refused.reason.as_str(),
            payload: refused.payload.as_ref().map(|at| at.kind.clone()),
        });
        let mut ignored: Vec<Ignored> = found.ignored.into_iter().map(ignored).collect();
        ignored.sort_unstable();
        ignored.dedup();
        Judgement { refusal, ignored }
    }
}

fn ignored(of: support::Ignored) -> Ignored {
    Ignored {
        payload: of.payload.kind,
        key: of.path.map(|path| path.to_string()),
        code: of.reason.as_str(),
        version: of.version.map(|version| version.to_string()),
    }
}

fn facts(traits: &Traits, of_user: bool) -> Option<DeviceFacts> {
    let channel = if of_user {
        ChannelName::User(String::new())
    } else {
        ChannelName::Device
    };
    device_facts(
        &traits.platform,
        traits.os_version.as_deref(),
        Some(traits.supervised.unwrap_or(true)),
        &traits.enrollment_type,
        "corporate",
        None,
        "",
        channel,
        Told::deciding(traits.shared_ipad, traits.user_approved),
    )
}
