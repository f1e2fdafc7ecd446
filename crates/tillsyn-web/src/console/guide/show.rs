use axum::response::Response;
use http::StatusCode;
use tillsyn_core::enrollment_guide::{Answers, Holder, Platform, SetUpBy, State};
use tillsyn_core::{mail, onboarding, push};

use super::page::{GuidePage, Site};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::server::address_fits;
use crate::ui::page;

/// The answers stand in the address; nothing is made here.
pub(crate) async fn guide(visitor: Visitor) -> Result<Response, Failure> {
    let answers = answers(&visitor);
    let site = site(&visitor).await?;
    let f = visitor.frame(Place::Invitations, "").await?;
    let may = |permission| visitor.may(permission);
    Ok(page(
        StatusCode::OK,
        &GuidePage::of(f, answers, &site, &may),
    ))
}

fn answers(visitor: &Visitor) -> Answers {
    let asked = |name: &str| visitor.query.get(name).unwrap_or_default();
    let usual = Answers::default();
    Answers {
        platform: Platform::parse(asked("platform")).unwrap_or(usual.platform),
        holder: Holder::parse(asked("owner")).unwrap_or(usual.holder),
        state: State::parse(asked("state")).unwrap_or(usual.state),
        set_up_by: SetUpBy::parse(asked("by")).unwrap_or(usual.set_up_by),
        count: Answers::count_of(asked("count")),
    }
}

async fn site(visitor: &Visitor) -> Result<Site, Failure> {
    let core = visitor.core();
    let until = push::enrollment_until(core).await?;
    Ok(Site {
        push_until: until.map(|at| visitor.texts.date(at, &visitor.zone)),
        address_good: address_fits(visitor.state()).await,
        mail: mail::has_server(core).await?,
        own_devices: onboarding::somebody_brings_devices(core).await?,
    })
}
