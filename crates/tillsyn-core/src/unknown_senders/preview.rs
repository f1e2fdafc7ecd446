//! What taking devices in would do: nothing changes.

use std::sync::Arc;

use super::check::{AT_ONCE, Asked, Checks, authorized, push_missing};
use super::list::{UnknownSender, find_in};
use super::readopt::Readoption;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;

/// Senders that a preview names.
const SHOWN: usize = 200;

/// What [`readopt`](super::readopt::readopt) would do with the same request.
#[derive(Clone, Debug)]
pub struct ReadoptionPreview {
    /// Where they would go.
    pub unit_name: String,
    pub taken: usize,
    /// How many of them lose an enrollment that they have with an older certificate.
    pub replaced: usize,
    pub refused: usize,
    /// Those that cannot first, then those that lose an enrollment; not all of very many.
    pub senders: Vec<PreviewedSender>,
    /// When this was so, for [`Readoption::seen_at`].
    pub seen_at: i64,
    /// Without a push certificate nobody is taken in.
    pub push_missing: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct PreviewedSender {
    pub certificate_sha256: String,
    /// `None` when it does not knock here any more.
    pub known: Option<UnknownSender>,
    pub replaced: bool,
    pub refused: Option<&'static str>,
}

/// Looks at what [`readopt`](super::readopt::readopt) would do.
///
/// # Errors
/// As there, but for the fresh sign-in.
pub async fn preview_readopt(
    core: &Core,
    actor: &Actor,
    wanted: &Readoption,
) -> Result<ReadoptionPreview, Error> {
    let top = authorized(core, actor).await?;
    let asked = Asked::of(core, actor, &top, wanted).await?;
    let mut senders = Vec::with_capacity(asked.certificates.len());
    for chunk in asked.certificates.chunks(AT_ONCE) {
        senders.extend(checked(core, &asked.checks, chunk).await?);
    }
    let refused = senders.iter().filter(|s| s.refused.is_some()).count();
    let replaced = senders.iter().filter(|s| s.replaced).count();
    let taken = senders.len() - refused;
    senders.sort_by_key(|sender| (sender.refused.is_none(), !sender.replaced));
    senders.truncate(SHOWN);
    Ok(ReadoptionPreview {
        unit_name: asked.unit.name,
        taken,
        replaced,
        refused,
        senders: described(core, senders).await?,
        seen_at: core.now_ms(),
        push_missing: push_missing(core).await?,
    })
}

async fn checked(
    core: &Core,
    checks: &Arc<Checks>,
    certificates: &[String],
) -> Result<Vec<PreviewedSender>, Error> {
    let work = (Arc::clone(checks), certificates.to_vec());
    let found = core.db().read(work, |tx, (checks, certificates)| {
        Box::pin(async move {
            let mut found = Vec::with_capacity(certificates.len());
            for sha256 in certificates {
                let outcome = checks.one(tx, sha256).await?;
                found.push(PreviewedSender {
                    certificate_sha256: sha256.clone(),
                    known: None,
                    replaced: outcome.as_ref().is_ok_and(|sender| sender.replaces),
                    refused: outcome.err().map(|(code, _)| code),
                });
            }
            Ok::<_, Error>(found)
        })
    });
    found.await
}

/// The same with what they say of themselves.
async fn described(
    core: &Core,
    senders: Vec<PreviewedSender>,
) -> Result<Vec<PreviewedSender>, Error> {
    let found = core.db().read(senders, |tx, senders| {
        Box::pin(async move {
            let mut found = Vec::with_capacity(senders.len());
            for sender in senders {
                found.push(PreviewedSender {
                    known: find_in(tx, &sender.certificate_sha256).await?,
                    ..sender.clone()
                });
            }
            Ok::<_, Error>(found)
        })
    });
    found.await
}
