//! `POST /console/settings/self-service/own-devices`: whether people of a unit bring devices in by themselves.

use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::onboarding::{OwnDevices, OwnDevicesView, Ownership, set_unit_own_devices};
use tillsyn_core::{Error, Kind};

use super::self_service::shown;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{Choice, page, urls};

/// The section of the page.
#[derive(Clone, Debug)]
pub struct OwnDevicesForm {
    pub choices: Vec<Choice>,
    /// What holds in the unit, in words.
    pub holds: String,
    pub limit: String,
    pub limit_error: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OwnDevicesFields {
    unit: String,
    /// Empty for what is as above.
    ownership: String,
    limit: String,
}

fn name(l: Texts, ownership: Ownership) -> String {
    match ownership {
        Ownership::Off => l.t("own-devices-off"),
        Ownership::Personal => l.t("own-devices-personal"),
        Ownership::Corporate => l.t("own-devices-corporate"),
    }
}

impl OwnDevicesForm {
    pub(crate) fn new(l: Texts, view: &OwnDevicesView) -> Self {
        let said = view.own.map(|own| own.ownership);
        let above = (!view.root).then(|| Choice {
            value: String::new(),
            text: l.t("self-service-as-above"),
            chosen: said.is_none(),
        });
        let all = Ownership::ALL.map(|ownership| Choice {
            value: ownership.as_str().to_owned(),
            text: name(l, ownership),
            chosen: said == Some(ownership),
        });
        let holds = match view.effective.ownership {
            Ownership::Off => name(l, Ownership::Off),
            some => [
                name(l, some),
                l.tn("own-devices-most", view.effective.limit),
            ]
            .join(", "),
        };
        Self {
            choices: above.into_iter().chain(all).collect(),
            holds,
            limit: view.own.unwrap_or(view.effective).limit.to_string(),
            limit_error: String::new(),
        }
    }
}

impl OwnDevicesFields {
    /// `None` within for what is as above.
    fn setting(&self) -> Result<Option<OwnDevices>, Error> {
        let Some(ownership) = Ownership::parse(&self.ownership) else {
            return Ok(None);
        };
        let limit = self.limit.trim().parse().map_err(|_| {
            let text = "A person may have 1 to 50 devices.";
            Error::invalid("limit", "own_devices_limit", text)
        })?;
        Ok(Some(OwnDevices { ownership, limit }))
    }
}

pub(crate) async fn change_own_devices(
    filled: Filled<OwnDevicesFields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let unit = OrgUnitId::parse(&fields.unit);
    let unit = unit.ok_or_else(|| Error::not_found("organisational unit"))?;
    let done = match fields.setting() {
        Ok(setting) => {
            let (core, actor) = (visitor.core(), visitor.actor());
            set_unit_own_devices(core, actor, &unit, setting).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => {
            let to = urls::self_service(unit.as_str());
            Ok(go(visitor.state(), &to, Told::Saved))
        }
        Err(error) if error.kind == Kind::Invalid => {
            let l = visitor.texts;
            let mut again = shown(&visitor, unit.as_str()).await?;
            for choice in &mut again.own_devices.choices {
                choice.chosen = choice.value == fields.ownership;
            }
            again.own_devices.limit = fields.limit;
            again.own_devices.limit_error = l.t("own-devices-limit-wrong");
            Ok(page(AppError::from(error).status(), &again))
        }
        Err(error) => Err(error.into()),
    }
}
