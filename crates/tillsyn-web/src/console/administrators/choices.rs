//! What can be chosen on these pages.

use tillsyn_core::accounts::PLATFORMS;
use tillsyn_core::roles::{RoleView, list_roles};
use tillsyn_core::{Permission, Rights};

use super::page::{PermissionBox, PermissionGroup};
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::Choice;

/// The roles that the visitor may give: those that may no more than they.
pub(in crate::console) async fn roles(
    visitor: &Visitor,
    chosen: &str,
) -> Result<Vec<Choice>, Failure> {
    let found = list_roles(visitor.core(), visitor.actor()).await?;
    let own = visitor.actor().rights();
    let can = |role: &&RoleView| role.rights.without(own).is_empty() || role.id == chosen;
    let choice = |role: &RoleView| Choice {
        value: role.id.clone(),
        text: words::role(visitor.texts, &role.id, &role.name),
        chosen: role.id == chosen,
    };
    Ok(found.iter().filter(can).map(choice).collect())
}

pub(super) fn platforms(visitor: &Visitor, chosen: &str) -> Vec<Choice> {
    let l = visitor.texts;
    let own = visitor.actor().platform.as_deref();
    let every = Choice {
        value: String::new(),
        text: l.t("administrators-platform-all"),
        chosen: chosen.is_empty(),
    };
    let choice = |platform: &&str| Choice {
        value: (*platform).to_owned(),
        text: words::platform_family(l, platform),
        chosen: *platform == chosen,
    };
    let one = PLATFORMS
        .iter()
        .filter(|platform| own.is_none_or(|own| own == **platform))
        .map(choice);
    own.is_none()
        .then_some(every)
        .into_iter()
        .chain(one)
        .collect()
}

pub(super) fn kinds(l: Texts, chosen: &str) -> Vec<Choice> {
    let choice = |value: &str, text: String| Choice {
        value: value.to_owned(),
        text,
        chosen: value == chosen,
    };
    vec![
        choice("person", l.t("administrators-person")),
        choice("service", l.t("administrators-service")),
    ]
}

/// Every permission by what it is about.
pub(super) fn permissions(l: Texts, chosen: Rights, held: Rights) -> Vec<PermissionGroup> {
    words::permission_groups(l)
        .into_iter()
        .map(|(id, title, members)| PermissionGroup {
            id,
            title,
            boxes: members
                .iter()
                .map(|permission| PermissionBox {
                    value: permission.as_str(),
                    text: words::permission(l, permission.as_str()),
                    chosen: chosen.holds(*permission),
                    held: held.holds(*permission),
                })
                .collect(),
        })
        .collect()
}

/// The permissions whose boxes were ticked.
pub(super) fn ticked(values: &[String]) -> Rights {
    Rights::of(values.iter().filter_map(|name| Permission::parse(name)))
}
