//! Judges each version once for each kind of device, and remembers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

use tillsyn_db::{Tx, args};

use super::traits::{Judgement, Traits};
use crate::core::Core;
use crate::error::Error;
use crate::keys::KeyStore;
use crate::platform::apple::Document;

/// More than this many judgements are forgotten together: each is made again in less than a millisecond.
const REMEMBERED: usize = 20_000;

/// Traits of a device, and whether it is about a channel of a user.
type Kind = (Arc<Traits>, bool);
type ByKind = HashMap<Kind, Arc<Judgement>>;

/// A draft that is looked at as the version that it becomes.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) profile_id: String,
    pub(crate) revision: i64,
    /// Of the version.
    pub(crate) version_id: String,
}

impl Draft {
    /// A draft changes; its revision says which one was judged.
    fn name(&self) -> String {
        format!("{}#{}", self.profile_id, self.revision)
    }
}

/// What somebody wants to know: versions, and the kinds of devices that are to have them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(HashMap<String, HashSet<Kind>>);

impl Asked {
    pub(crate) fn add(&mut self, version_id: &str, traits: &Arc<Traits>, of_user: bool) {
        let kind = (traits.clone(), of_user);
        if let Some(kinds) = self.0.get_mut(version_id) {
            kinds.insert(kind);
        } else {
            self.0.insert(version_id.to_owned(), HashSet::from([kind]));
        }
    }
}

/// The answers.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(HashMap<String, ByKind>);

impl Verdicts {
    pub(crate) fn of(
        &self,
        version_id: &str,
        traits: &Arc<Traits>,
        of_user: bool,
    ) -> Option<&Arc<Judgement>> {
        self.0.get(version_id)?.get(&(traits.clone(), of_user))
    }
}

/// What this node judged: by version, or by draft with its revision.
#[derive(Default)]
pub(crate) struct Judgements(RwLock<HashMap<String, ByKind>>);

impl Judgements {
    /// The answers that are remembered, and what is not.
    fn recall(&self, asked: &Asked, draft: Option<&Draft>) -> (Verdicts, Asked) {
        let held = self
            .0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (mut known, mut open) = (Verdicts::default(), Asked::default());
        for (version, kinds) in &asked.0 {
            let held = held.get(&name(version, draft));
            let answers = known.0.entry(version.clone()).or_default();
            for kind in kinds {
                match held.and_then(|held| held.get(kind)) {
                    Some(judgement) => {
                        answers.insert(kind.clone(), judgement.clone());
                    }
                    None => open.add(version, &kind.0, kind.1),
                }
            }
        }
        (known, open)
    }

    fn remember(&self, name: String, judged: &ByKind) {
        let mut held = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.values().map(HashMap::len).sum::<usize>() > REMEMBERED {
            held.clear();
        }
        let judged = judged.iter().map(|(kind, it)| (kind.clone(), it.clone()));
        held.entry(name).or_default().extend(judged);
    }
}

/// Under which name a version is remembered.
fn name(version_id: &str, draft: Option<&Draft>) -> String {
    match draft.filter(|draft| draft.version_id == version_id) {
        Some(draft) => draft.name(),
        None => version_id.to_owned(),
    }
}

/// All answers; the store is read only for what was never judged here.
pub(crate) async fn verdicts_in(
    tx: &Tx,
    core: &Core,
    asked: &Asked,
    draft: Option<&Draft>,
) -> Result<Verdicts, Error> {
    let (mut known, open) = core.judgements().recall(asked, draft);
    for (version, kinds) in open.0 {
        let own = draft.filter(|draft| draft.version_id == version);
        // It went in this moment; nothing is claimed, and nothing remembered.
        let Some(content) = content_in(tx, &version, own).await? else {
            continue;
        };
        let document = content.open(core.keys());
        let judge = |kind: Kind| {
            let judgement = match &document {
                Some(document) => document.judge(&kind.0, kind.1),
                None => Judgement::unreadable(),
            };
            (kind, Arc::new(judgement))
        };
        let judged: ByKind = kinds.into_iter().map(judge).collect();
        if document.is_some() {
            core.judgements().remember(name(&version, own), &judged);
        }
        known.0.entry(version).or_default().extend(judged);
    }
    Ok(known)
}

/// These versions, opened; what went in this moment, or cannot be read, is missing.
pub(crate) async fn documents(
    core: &Core,
    versions: Vec<String>,
    draft: Option<Draft>,
) -> Result<HashMap<String, Document>, Error> {
    let contents = core
        .db()
        .read((versions, draft), |tx, (versions, draft)| {
            Box::pin(async move {
                let mut contents = Vec::new();
                for id in versions {
                    let own = draft.as_ref().filter(|draft| draft.version_id == *id);
                    if let Some(content) = content_in(tx, id, own).await? {
                        contents.push((id.clone(), content));
                    }
                }
                Ok::<_, Error>(contents)
            })
        })
        .await?;
    let open = |(id, content): (String, Content)| Some((id, content.open(core.keys())?));
    Ok(contents.into_iter().filter_map(open).collect())
}

/// A version or draft as it is stored.
struct Content {
    sealed: Vec<u8>,
    table: &'static str,
    id: String,
}

impl Content {
    /// One that cannot be read, whatever the cause, must not keep anything else waiting: it counts as refused
    /// until it can.
    fn open(&self, keys: &KeyStore) -> Option<Document> {
        let plain = keys.open(&self.sealed, self.table, "content_sealed", &self.id);
        match plain.and_then(|plain| Document::open(&plain)) {
            Ok(document) => Some(document),
            Err(error) => {
                tracing::error!(table = self.table, id = %self.id, error = %error,
                    "a version of a profile cannot be read; it is given to no device");
                metrics::counter!("tillsyn_profile_versions_unreadable_total").increment(1);
                None
            }
        }
    }
}

async fn content_in(
    tx: &Tx,
    version_id: &str,
    draft: Option<&Draft>,
) -> Result<Option<Content>, Error> {
    const VERSION: &str = "SELECT content_sealed FROM profile_version WHERE id = $1";
    const DRAFT: &str =
        "SELECT content_sealed FROM profile_draft WHERE profile_id = $1 AND revision = $2";
    let (row, table, id) = if let Some(draft) = draft {
        let values = args![draft.profile_id.as_str(), draft.revision];
        let row = tx.fetch_optional(DRAFT, values).await?;
        (row, "profile_draft", draft.profile_id.as_str())
    } else {
        let row = tx.fetch_optional(VERSION, args![version_id]).await?;
        (row, "profile_version", version_id)
    };
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(Content {
        sealed: row.blob(0)?,
        table,
        id: id.to_owned(),
    }))
}
