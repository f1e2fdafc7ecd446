//! The way from one device to the next in the list that one came from.

use tillsyn_core::Kind;
use tillsyn_core::devices::neighbours;
use tillsyn_core::ids::DeviceId;

use super::filters::{self, KEPT};
use super::page::Around;
use crate::console::failure::Failure;
use crate::console::visitor::Visitor;
use crate::ui::urls;

/// The parameter that carries the list.
const FROM: &str = "from";

/// The devices before and behind this one, when its address says in which list.
pub(crate) async fn around(visitor: &Visitor, id: &DeviceId) -> Result<Around, Failure> {
    let Some(from) = visitor.query.get(FROM) else {
        return Ok(Around {
            list: urls::DEVICES.to_owned(),
            ..Around::default()
        });
    };
    let list = filters::canonical(&urls::Query::parse(from)).only(&KEPT);
    let filter = filters::filter(&list, visitor.zone.now_ms);
    let (core, within) = (visitor.core(), visitor.within());
    let found = neighbours(core, &within, &filter, filters::sort(&list), id).await;
    let (before, behind) = match found {
        // It is shown, and lies outside of the part that the list was of.
        Err(error) if error.kind == Kind::NotFound && visitor.scope().is_some() => (None, None),
        found => found?,
    };
    let link = |found: Option<DeviceId>| {
        found.map_or_else(String::new, |id| urls::device_of(id.as_str(), &list))
    };
    Ok(Around {
        list: list.url(urls::DEVICES),
        previous: link(before),
        next: link(behind),
        from: urls::Query::default().with(FROM, &list.text()).url(""),
    })
}
