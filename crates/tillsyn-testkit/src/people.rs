//! Administrators beside the owner, for what needs two.

use tillsyn_core::approvals::{self, ApprovalFilter};
use tillsyn_core::ids::{AccountId, PushTopicId};
use tillsyn_core::push::{self, PushTopicView, PushUpload, PushUploaded};
use tillsyn_core::{Actor, Error};
use tillsyn_db::args;

use crate::TestApp;

impl TestApp {
    /// Another owner, freshly signed in and older than a day; `number` tells several apart.
    pub async fn second_owner(&self, number: u8) -> Actor {
        const INSERT: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, \
            status, created_at, role_changed_at, password_changed_at) \
            SELECT $1, org_unit_id, $2, $3, password_hash, role, status, created_at, role_changed_at, \
            password_changed_at FROM account WHERE id = $4 ON CONFLICT (id) DO NOTHING";
        let id = format!("0197c8a0-0000-7000-8000-0000000000{number:02x}");
        let name = format!("Second {number}");
        let owner = self.owner.account_id.as_ref().unwrap();
        let values = args![
            id.as_str(),
            format!("second-{number}@example.org"),
            name.as_str(),
            owner
        ];
        self.db().execute(INSERT, values).await.unwrap();
        let mut second = self.owner.clone();
        second.account_id = AccountId::parse(&id);
        second.name = name;
        second.id = id;
        second.fresh_at = Some(self.core.now_ms());
        second
    }

    /// Uploads a push certificate; a second owner agrees where one has to.
    pub async fn put_push(&self, upload: PushUpload) -> Result<PushTopicView, Error> {
        let id = match push::upload_certificate(&self.core, &self.owner, upload).await? {
            PushUploaded::Recorded(view) => return Ok(*view),
            PushUploaded::Waiting(id) => id,
        };
        let second = self.second_owner(99).await;
        let done = approvals::approve(&self.core, &second, &id, None).await?;
        let topic = PushTopicId::parse(done.change.subject()).unwrap();
        push::topic(&self.core, &self.owner, &topic).await
    }

    /// Approves everything that waits; returns how many.
    pub async fn approve_all(&self, by: &Actor) -> usize {
        let filter = ApprovalFilter {
            waiting: Some(true),
        };
        let page = approvals::list_approvals(&self.core, by, filter, None, None);
        let waiting = page.await.unwrap().items;
        for one in &waiting {
            approvals::approve(&self.core, by, &one.id, Some("Seen"))
                .await
                .unwrap();
        }
        waiting.len()
    }
}
