//! Where an uploaded certificate belongs: the topic may not change under enrolled devices (core
//! sheet §8, test 10). Pure.

use serde_json::json;

use crate::error::Error;
use crate::ids::PushTopicId;

/// A topic on record.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: PushTopicId,
    pub(super) topic: String,
    /// Enrollments that depend on it, pending ones too.
    pub(super) enrollments: i64,
}

/// What the uploader asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    /// The certificate on record that this one renews.
    pub(super) renews: Option<PushTopicId>,
    /// It is a further topic beside those on record.
    pub(super) further: bool,
    /// The topic of the renewed one may change; possible only while nothing is enrolled on it.
    pub(super) change_topic: bool,
}

/// What the upload does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The first certificate, or one beside the others.
    New,
    /// The topic on record gets a new certificate.
    Renew(PushTopicId),
    /// The record gets another topic.
    Retopic(PushTopicId),
}

pub(super) fn place(topic: &str, known: &[Known], wish: &Wish) -> Result<Place, Error> {
    let by_id = |id: &PushTopicId| known.iter().find(|k| k.id == *id);
    let renewed = match &wish.renews {
        Some(id) => Some(by_id(id).ok_or_else(|| Error::not_found("push certificate"))?),
        None => None,
    };
    let same = known.iter().find(|k| k.topic == topic);
    let old = match (same, renewed) {
        (Some(same), None) => return Ok(Place::Renew(same.id.clone())),
        (Some(same), Some(old)) if same.id == old.id => return Ok(Place::Renew(old.id.clone())),
        // It is on record as another one: taking it for this one would mix two topics.
        (Some(_), Some(old)) => return Err(changed(old)),
        (None, Some(old)) => old,
        (None, None) => match known {
            [] => return Ok(Place::New),
            _ if wish.further => return Ok(Place::New),
            [only] => only,
            _ => {
                return Err(Error::conflict(
                    "topic_choice",
                    "Several push certificates are on record. Say which one this renews, or that \
                     it is a further one.",
                ));
            }
        },
    };
    if old.enrollments > 0 {
        return Err(changed(old));
    }
    if wish.change_topic {
        return Ok(Place::Retopic(old.id.clone()));
    }
    Err(Error::conflict(
        "topic_change_unconfirmed",
        "This certificate has a different topic from the one on record. Nothing is enrolled on \
         that one, so it may be exchanged: confirm that the topic changes, or add this as a further one.",
    )
    .with_data(json!({ "devices": 0, "topic_on_record": old.topic })))
}

fn changed(old: &Known) -> Error {
    Error::conflict(
        "topic_change",
        format!(
            "This certificate has a different topic: every device would have to enroll again, {} in \
             all. Renew the certificate on record (press Renew, not Create, with the same account at \
             Apple).",
            old.enrollments
        ),
    )
    .with_data(json!({ "devices": old.enrollments, "topic_on_record": old.topic }))
}

#[cfg(test)]
mod tests;
