//! Samples of the page about what people may do to their own devices.

use tillsyn_core::self_service::{Level, Policy, SelfAct};

use super::frame::Place;
use super::samples::frame;
use super::settings::self_service_rows;
use super::settings::{OwnDevicesForm, SelfServicePage};
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, urls};

const UNIT: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";

impl Sample for SelfServicePage {
    const NAME: &'static str = "self-service";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let mut own = Policy::default();
        own.corporate.insert(SelfAct::Erase, Level::Off);
        let choice = |text: &str, chosen: bool| Choice {
            value: UNIT.to_owned(),
            text: text.to_owned(),
            chosen,
        };
        let own_devices = |limit: &str, wrong: bool| OwnDevicesForm {
            choices: vec![
                choice(&l.t("own-devices-off"), false),
                choice(&l.t("own-devices-personal"), true),
            ],
            holds: l.tn("own-devices-most", 2_usize),
            limit: limit.to_owned(),
            limit_error: if wrong {
                l.t("own-devices-limit-wrong")
            } else {
                String::new()
            },
        };
        let page = |may_change: bool| Self {
            own_devices: if may_change {
                own_devices("99", true)
            } else {
                own_devices("2", false)
            },
            f: frame(l, Place::SelfService, urls::SELF_SERVICE),
            units: vec![
                choice("Norrviks universitet", true),
                choice("Norrviks universitet / Hydrologi", false),
            ],
            unit: UNIT.to_owned(),
            unit_name: "Norrviks universitet".to_owned(),
            rows: self_service_rows(l, &own, &Policy::effective([&own])),
            may_change,
            password: may_change,
            password_error: String::new(),
            problem: if may_change {
                l.t("self-service-impossible")
            } else {
                String::new()
            },
        };
        vec![("all", page(true)), ("read", page(false))]
    }
}
