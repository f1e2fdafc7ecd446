//! Enrollment ids as these tools write them: the UDID, or the EnrollmentID of a User Enrollment; of a user's
//! channel that, a colon, and the user's id (of a Shared iPad the short name).

use std::collections::{BTreeMap, HashMap, HashSet};

use tillsyn_apple::checkin::Ids;
use tillsyn_apple::ids::{ChannelName, EnrollmentIdApple, Udid};
use tillsyn_db::{Tx, args};

use super::MOST_IDS;
use crate::error::Error;

/// A channel as these tools name it.
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    /// Of a user's channel its device's.
    pub(crate) parent: Option<String>,
}

impl Named {
    /// The channel that speaks.
    pub(crate) fn of(ids: &Ids) -> Self {
        let of_device = ids.udid.as_ref().map(Udid::as_str);
        let of_user_enrollment = ids.enrollment_id.as_ref().map(EnrollmentIdApple::as_str);
        let parent = of_device.or(of_user_enrollment).unwrap_or_default();
        let ChannelName::User(user) = ids.channel() else {
            let kind = match of_device {
                Some(_) => "Device",
                None => "User Enrollment (Device)",
            };
            return Self {
                id: parent.to_owned(),
                kind,
                parent: None,
            };
        };
        let kind = match (of_device, &ids.user_id) {
            (None, _) => "User Enrollment",
            // The short name stands for a Shared iPad's user, whose id is the same for all.
            (Some(_), Some(id)) if id.as_str() != user => "Shared iPad",
            (Some(_), _) => "User",
        };
        Self {
            id: format!("{parent}:{user}"),
            kind,
            parent: Some(parent.to_owned()),
        }
    }
}

/// The ids of a request, each once.
///
/// # Errors
/// Invalid when there are none or too many.
pub(super) fn read(list: &str) -> Result<Vec<String>, Error> {
    let mut ids: Vec<String> = list
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST_IDS {
        return Err(Error::invalid(
            "id",
            "targets",
            format!("Name 1 to {MOST_IDS} enrollments in one request."),
        ));
    }
    Ok(ids)
}

/// The enrollment and the channel that an id means.
fn parts(id: &str) -> (&str, String) {
    match id.split_once(':') {
        None => (id, "device".to_owned()),
        Some((parent, user)) => (parent, format!("user:{user}")),
    }
}

/// The channel of each id; those of nobody are missing. Whose they are is not asked here.
pub(super) async fn channels_in(
    tx: &Tx,
    ids: &[String],
) -> Result<BTreeMap<String, String>, Error> {
    const BY_UDID: &str = "SELECT e.udid, ch.name, ch.id FROM enrollment e \
        JOIN channel ch ON ch.enrollment_id = e.id AND ch.ended_at IS NULL \
        WHERE e.status = 'active' AND e.udid {ids}";
    const BY_ENROLLMENT_ID: &str = "SELECT e.apple_enrollment_id, ch.name, ch.id FROM enrollment e \
        JOIN channel ch ON ch.enrollment_id = e.id AND ch.ended_at IS NULL \
        WHERE e.status = 'active' AND e.udid IS NULL AND e.apple_enrollment_id {ids}";
    let mut parents: Vec<String> = ids.iter().map(|id| parts(id).0.to_owned()).collect();
    parents.sort_unstable();
    parents.dedup();
    let mut rows = tx.fetch_all_in(BY_UDID, parents.clone(), args![]).await?;
    // Whoever enrolls says their EnrollmentID: with somebody's UDID it would stand in that one's way.
    let mut udids = HashSet::new();
    for row in &rows {
        udids.insert(row.text(0)?);
    }
    parents.retain(|parent| !udids.contains(parent));
    rows.extend(tx.fetch_all_in(BY_ENROLLMENT_ID, parents, args![]).await?);
    let mut known: HashMap<(String, String), Option<String>> = HashMap::new();
    for row in &rows {
        // An id that two enrollments claim is nobody's.
        known
            .entry((row.text(0)?, row.text(1)?))
            .and_modify(|channel| *channel = None)
            .or_insert(Some(row.text(2)?));
    }
    let found = ids.iter().filter_map(|id| {
        let (parent, channel) = parts(id);
        let channel = known.get(&(parent.to_owned(), channel))?.clone()?;
        Some((id.clone(), channel))
    });
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_devices_and_of_their_users() {
        assert_eq!(parts("UDID-1"), ("UDID-1", "device".to_owned()));
        assert_eq!(parts("UDID-1:AA-BB"), ("UDID-1", "user:AA-BB".to_owned()));
        // A short name may have a colon of its own.
        assert_eq!(parts("U:a:b"), ("U", "user:a:b".to_owned()));
        assert_eq!(read(" B,A,,B ").ok(), Some(vec!["A".into(), "B".into()]));
        assert!(read(",").is_err());
        assert!(read(&"x,".repeat(2)).is_ok());
        let many: Vec<String> = (0..=MOST_IDS).map(|n| n.to_string()).collect();
        assert!(read(&many.join(",")).is_err());
    }
}
