//! New profiles: from an upload, a template of ours, another profile, or empty. Each begins as a draft.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::store::{self, Content};
use super::{limits, templates};
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{OrgUnitId, ProfileId};
use crate::org;
use crate::platform::apple::Document;

/// What a new profile begins with.
pub enum Origin {
    Empty,
    /// A `.mobileconfig`: plain or signed, XML or binary.
    Upload(Vec<u8>),
    /// A key of [`templates::list`].
    Template(String),
    /// Another profile: its draft, or its newest version when it has none.
    Clone(ProfileId),
    /// One version of another profile.
    CloneVersion(ProfileId, i64),
}

/// A profile to make.
pub struct NewProfile {
    /// What it is called here; of an upload its own display name unless given.
    pub name: Option<String>,
    pub description: Option<String>,
    /// The actor's own unit unless given.
    pub unit: Option<OrgUnitId>,
    pub origin: Origin,
}

/// Makes a profile with a draft.
///
/// # Errors
/// Invalid for what is no profile or over a limit; conflict `identifier_taken` when another profile has its
/// identifier (`data` names it where the actor may know it).
pub async fn create_profile(
    core: &Core,
    actor: &Actor,
    new: NewProfile,
) -> Result<ProfileId, Error> {
    crate::actor::may(actor, Permission::ProfilesWrite)?;
    let unit = match &new.unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::ProfilesWrite, &unit.path)
        .map_err(|_| Error::not_found("organisational unit"))?;
    let now_ms = core.now_ms();
    let id = ProfileId::new(now_ms);
    let made = make(core, actor, &id, &new).await?;
    let shown = made.content.summary.display_name.clone();
    let name = match (&new.name, shown) {
        (Some(name), _) => limits::name(name)?,
        (None, Some(shown)) if limits::name(&shown).is_ok() => limits::name(&shown)?,
        _ => made.identifier.chars().take(200).collect(),
    };
    let work = Work {
        keys: core.keys().clone(),
        actor: actor.clone(),
        unit_id: unit.id.as_str().to_owned(),
        description: limits::free("description", new.description.as_deref())?
            .filter(|text| !text.is_empty()),
        id: id.clone(),
        name,
        made,
        now_ms,
    };
    core.db()
        .write(work, |tx, work| Box::pin(async move { work.run(tx).await }))
        .await?;
    Ok(id)
}

struct Made {
    identifier: String,
    content: Content,
    from: &'static str,
}

async fn make(core: &Core, actor: &Actor, id: &ProfileId, new: &NewProfile) -> Result<Made, Error> {
    let now_ms = core.now_ms();
    let own = format!("se.tillsyn.profile.{id}");
    let named = |document: &mut Document| -> Result<(), Error> {
        if let Some(name) = &new.name {
            document.set_display_name(&limits::name(name)?);
        }
        Ok(())
    };
    let (document, signer, original, from) = match &new.origin {
        Origin::Empty => {
            let name = new.name.as_deref().unwrap_or_default();
            (
                Document::empty(&own, &limits::name(name)?, now_ms)?,
                None,
                None,
                "empty",
            )
        }
        Origin::Upload(bytes) => {
            let mut upload = Document::upload(bytes.clone())?;
            // A mask in it hides what nobody here knows.
            let nothing = Document::empty(&own, "", now_ms)?;
            upload.document.keep_secrets(&nothing)?;
            (upload.document, upload.signer, upload.original, "upload")
        }
        Origin::Template(key) => {
            let template = templates::find(key).ok_or_else(|| {
                Error::invalid("template", "template", "There is no template of this key.")
            })?;
            let mut document = Document::open(template.plist.as_bytes())?;
            document.adopt(&own, now_ms);
            named(&mut document)?;
            (document, None, None, "template")
        }
        Origin::Clone(_) | Origin::CloneVersion(..) => {
            let plain = source(core, actor, &new.origin).await?;
            let mut document = Document::open(&plain)?;
            document.adopt(&own, now_ms);
            named(&mut document)?;
            (document, None, None, "clone")
        }
    };
    Ok(Made {
        identifier: document.identifier().to_owned(),
        content: document.content(signer, original)?,
        from,
    })
}

/// The content of the profile that is copied; its secrets go along, sealed as they were.
async fn source(
    core: &Core,
    actor: &Actor,
    origin: &Origin,
) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    let (id, number) = match origin {
        Origin::CloneVersion(id, number) => (id.clone(), Some(*number)),
        Origin::Clone(id) => (id.clone(), None),
        _ => return Err(Error::internal("Nothing to copy.")),
    };
    let input = (core.keys().clone(), actor.clone(), id, number);
    core.db()
        .read(input, |tx, (keys, actor, id, number)| {
            Box::pin(async move {
                let profile = store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                if number.is_none()
                    && let Some(draft) = store::draft_in(tx, keys, id).await?
                {
                    return Ok(draft.content.plain);
                }
                let number = number.or(profile.current_version);
                let number = number.ok_or_else(|| Error::not_found("version of this profile"))?;
                let version = store::version_in(tx, keys, id, number).await?;
                Ok::<_, Error>(version.content.plain)
            })
        })
        .await
}

/// What the transaction needs; it may run more than once.
struct Work {
    keys: crate::keys::KeyStore,
    actor: Actor,
    unit_id: String,
    id: ProfileId,
    name: String,
    description: Option<String>,
    made: Made,
    now_ms: i64,
}

impl Work {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const ADD: &str = "INSERT INTO profile (id, org_unit_id, platform, name, description, \
            identifier, status, current_version, revision, created_by, created_at, updated_at) \
            VALUES ($1, $2, 'apple', $3, $4, $5, 'active', NULL, 1, $6, $7, $7)";
        refuse_taken(tx, &self.actor, &self.made.identifier).await?;
        let by = store::author(&self.actor);
        let values = args![
            &self.id,
            self.unit_id.as_str(),
            self.name.as_str(),
            self.description.as_deref(),
            self.made.identifier.as_str(),
            by.as_str(),
            self.now_ms
        ];
        tx.execute(ADD, values).await?;
        let draft = store::NewDraft {
            profile_id: &self.id,
            base_version: None,
            content: &self.made.content,
            comment: None,
            revision: 1,
            by: &by,
            now_ms: self.now_ms,
        };
        store::put_draft_in(tx, &self.keys, draft).await?;
        let summary = &self.made.content.summary;
        let event = NewEvent::done("profile.create", "profile", self.id.as_str(), &self.unit_id)
            .with(
                json!({ "from": self.made.from, "identifier": self.made.identifier,
                    "payloads": summary.payloads.len(), "signer": summary.signer }),
            );
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// Two profiles of one identifier would replace each other on a device.
async fn refuse_taken(tx: &Tx, actor: &Actor, identifier: &str) -> Result<(), Error> {
    const TAKEN: &str = "SELECT p.id, p.name, u.path FROM profile p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.identifier = $1";
    let Some(row) = tx.fetch_optional(TAKEN, args![identifier]).await? else {
        return Ok(());
    };
    let code = "identifier_taken";
    if !actor.reaches(&row.text(2)?) {
        return Err(Error::conflict(
            code,
            "Another profile has this identifier already. Give the upload another PayloadIdentifier.",
        ));
    }
    let (id, name) = (row.text(0)?, row.text(1)?);
    Err(Error::conflict(
        code,
        format!(
            "The profile “{name}” has this identifier already. Upload it there as a new version, or give \
             it another PayloadIdentifier."
        ),
    )
    .with_data(json!({ "profile_id": id, "name": name, "identifier": identifier })))
}
