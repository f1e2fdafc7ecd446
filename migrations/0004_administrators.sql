-- Administrators: roles as data, ways to sign in, approvals and campaigns of the guard, the sealed audit trail,
-- notifications and webhooks.

-- Roles ----------------------------------------------------------------------------------------------------
-- The built-in roles have rows too, so that settings of theirs can be kept; what they may is in the code.
CREATE TABLE role (
    -- The stable word of a built-in role, else a UUID; account.role names it.
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT REFERENCES org_unit (id),
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    built_in BIGINT NOT NULL DEFAULT 0,
    -- Names of permissions as JSON; '[]' for built-in roles.
    permissions TEXT NOT NULL,
    -- Whether accounts of this role must have a second factor.
    second_factor BIGINT NOT NULL DEFAULT 0,
    -- Raised at each change of what the role may.
    changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('owner', 'owner', 1, '[]', 0, 0);
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('administrator', 'administrator', 1, '[]', 0, 0);
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('help_desk', 'help_desk', 1, '[]', 0, 0);
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('auditor', 'auditor', 1, '[]', 0, 0);
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('read_only', 'read_only', 1, '[]', 0, 0);

-- 'person' or 'service': a service account has no way to sign in, only tokens.
ALTER TABLE account ADD COLUMN kind TEXT NOT NULL DEFAULT 'person';
-- NULL, or the one platform whose devices the account reaches.
ALTER TABLE account ADD COLUMN platform TEXT;
-- The person account that answers for a service account.
ALTER TABLE account ADD COLUMN owner_id TEXT;
ALTER TABLE account ADD COLUMN last_sign_in_at BIGINT;
-- A password set by somebody else is changed at first use.
ALTER TABLE account ADD COLUMN must_change_password BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN disabled_at BIGINT;
-- When it was opened by a link, and the account that had made that link: who may have used it.
ALTER TABLE account ADD COLUMN opened_at BIGINT;
ALTER TABLE account ADD COLUMN opened_by TEXT;

-- NULL, or the unit within its account's subtree that the token is limited to.
ALTER TABLE api_token ADD COLUMN org_unit_id TEXT;
-- The person who made it: of a service account's token somebody else than its account.
ALTER TABLE api_token ADD COLUMN created_by TEXT;

-- Sign-in --------------------------------------------------------------------------------------------------
ALTER TABLE session ADD COLUMN id TEXT;
ALTER TABLE session ADD COLUMN user_agent TEXT;
-- 'password', 'passkey', 'oidc' or 'break_glass'.
ALTER TABLE session ADD COLUMN method TEXT NOT NULL DEFAULT 'password';
-- Whether a second factor (or a passkey that verified its user) was shown.
ALTER TABLE session ADD COLUMN second_factor BIGINT NOT NULL DEFAULT 0;

CREATE TABLE account_totp (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    secret_sealed {blob} NOT NULL,
    -- NULL until the first right code.
    confirmed_at BIGINT,
    -- The last time step that was used: no code counts twice.
    last_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    code_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX recovery_code_account ON recovery_code (account_id);

CREATE TABLE passkey (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    -- Public key, counter and flags, as JSON.
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkey_account ON passkey (account_id);

-- What is open between two requests: of a sign-in, a passkey registration, a step-up, or a link that was made on the
-- server; used once.
CREATE TABLE ceremony (
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id TEXT,
    state_sealed {blob} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ceremony_expires ON ceremony (expires_at);

-- Browsers that signed in rightly before: failures elsewhere do not slow them down. One value per browser,
-- one row per account that it signed in to.
CREATE TABLE known_browser (
    token_hash TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, account_id)
);
CREATE INDEX known_browser_account ON known_browser (account_id);

-- Single sign-on -------------------------------------------------------------------------------------------
CREATE TABLE oidc_provider (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    issuer TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    client_secret_sealed {blob},
    -- JSON lists of words.
    scopes TEXT NOT NULL,
    algorithms TEXT NOT NULL,
    -- Hosts besides the issuer's own that its endpoints and keys may be on.
    hosts TEXT NOT NULL,
    groups_claim TEXT NOT NULL,
    -- Whether the provider's own second factor counts as ours, and what in amr or acr says that one was shown.
    trusts_second_factor BIGINT NOT NULL DEFAULT 0,
    second_factor_values TEXT NOT NULL,
    -- Whether a first sign-in may take over the account of the same verified mail address.
    links_existing BIGINT NOT NULL DEFAULT 0,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE oidc_mapping (
    provider_id TEXT NOT NULL REFERENCES oidc_provider (id),
    position BIGINT NOT NULL,
    group_value TEXT NOT NULL,
    role TEXT NOT NULL REFERENCES role (id),
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    PRIMARY KEY (provider_id, position)
);

CREATE TABLE account_identity (
    provider_id TEXT NOT NULL REFERENCES oidc_provider (id),
    subject TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, subject)
);
CREATE INDEX account_identity_account ON account_identity (account_id);

-- The guard ------------------------------------------------------------------------------------------------
CREATE TABLE approval (
    id TEXT NOT NULL PRIMARY KEY,
    -- 'commands', 'plan', 'account', 'role', 'guard', 'push_certificate', 'campaign', 'unfreeze', 'identity_provider'.
    kind TEXT NOT NULL,
    -- The batch, plan, account … that waits.
    subject_id TEXT NOT NULL,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    -- What the approver must hold beside guard.approve.
    permission TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Why a second person is needed: 'second_person', 'budget', 'new_account', 'rule'.
    cause TEXT NOT NULL,
    -- The change itself, as JSON without secrets; made when it is approved.
    change TEXT NOT NULL,
    -- Secrets of the change, sealed.
    change_sealed {blob},
    -- What the asker saw, as JSON.
    preview TEXT NOT NULL,
    digest TEXT NOT NULL,
    targets BIGINT NOT NULL DEFAULT 0,
    reason TEXT,
    asked_kind TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    -- The person who answers for it.
    asked_account_id TEXT,
    -- Everybody whose wish it is, as a JSON list of account ids: the account, its owner, the maker of the token.
    -- None of them can approve.
    people TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    decided_reason TEXT
);
CREATE UNIQUE INDEX approval_subject ON approval (kind, subject_id) WHERE status = 'waiting';
CREATE INDEX approval_waiting ON approval (expires_at) WHERE status = 'waiting';
CREATE INDEX approval_asked ON approval (asked_at, id);

CREATE TABLE campaign (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    -- 'erase' or 'retire'.
    act TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    targets BIGINT NOT NULL,
    targets_digest TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    approved_by TEXT,
    approved_at BIGINT
);

CREATE TABLE campaign_target (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    device_id TEXT NOT NULL REFERENCES device (id),
    command_id TEXT,
    used_at BIGINT,
    PRIMARY KEY (campaign_id, device_id)
);
CREATE INDEX campaign_target_device ON campaign_target (device_id);

-- After a panic stop nothing destructive begins in this unit's subtree until two people end it.
CREATE TABLE guard_freeze (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    reason TEXT,
    frozen_by TEXT NOT NULL,
    frozen_at BIGINT NOT NULL,
    ended_by TEXT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX guard_freeze_unit ON guard_freeze (org_unit_id) WHERE ended_at IS NULL;

-- Units with figures of their own that a device was moved out of: they count for it until then.
CREATE TABLE guard_left (
    device_id TEXT NOT NULL,
    org_unit_id TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (device_id, org_unit_id)
);

ALTER TABLE command_batch ADD COLUMN campaign_id TEXT;
ALTER TABLE guard_use ADD COLUMN campaign_id TEXT;
-- Whether a second person agreed to this act: it is no step of one person's.
ALTER TABLE guard_use ADD COLUMN agreed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX command_undelivered_acts ON command (status, id) WHERE finished = 0 AND act IS NOT NULL;

-- Audit ----------------------------------------------------------------------------------------------------
-- What names a person in an event (an address), apart from the event: the event carries only the salted hash,
-- so that erasing these rows leaves the chain whole.
CREATE TABLE event_identity (
    event_id TEXT NOT NULL PRIMARY KEY,
    -- The account or person whom it concerns.
    subject_id TEXT NOT NULL,
    salt TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX event_identity_subject ON event_identity (subject_id);
-- SHA-256 of salt and address in hex; NULL where there was no address, and on rows of before, which keep theirs
-- in the row.
ALTER TABLE event ADD COLUMN address_hash TEXT;

-- The chain: one row per sealed event, in the order of sealing.
CREATE TABLE audit_entry (
    position BIGINT NOT NULL PRIMARY KEY,
    event_seq BIGINT NOT NULL UNIQUE,
    hash TEXT NOT NULL
);

CREATE TABLE audit_checkpoint (
    position BIGINT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    -- The position of the checkpoint before: none can be left out unseen.
    previous BIGINT NOT NULL,
    authority_id TEXT NOT NULL,
    signature {blob} NOT NULL,
    created_at BIGINT NOT NULL
);

-- Work that one node does at a time. Whoever writes under a lease claims it in the same transaction.
CREATE TABLE worker_lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    -- How far the work has come.
    cursor BIGINT NOT NULL DEFAULT 0
);
INSERT INTO worker_lease (name, holder, lease_until) VALUES ('audit.seal', '', 0);
INSERT INTO worker_lease (name, holder, lease_until) VALUES ('audit.checkpoint', '', 0);
INSERT INTO worker_lease (name, holder, lease_until) VALUES ('audit.retain', '', 0);
INSERT INTO worker_lease (name, holder, lease_until) VALUES ('audit.syslog', '', 0);
INSERT INTO worker_lease (name, holder, lease_until) VALUES ('audit.syslog_heads', '', 0);

-- A verified segment that retention took away.
CREATE TABLE audit_cut (
    position BIGINT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    events BIGINT NOT NULL,
    cut_at BIGINT NOT NULL,
    actor_id TEXT NOT NULL
);

CREATE TABLE legal_hold (
    id TEXT NOT NULL PRIMARY KEY,
    -- NULL holds everything.
    subject_id TEXT,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_by TEXT,
    ended_at BIGINT
);

CREATE INDEX event_action ON event (action, seq);
CREATE INDEX event_actor ON event (actor_id, seq);

-- Notifications and webhooks -------------------------------------------------------------------------------
-- The organisation's own mail server: one row, 'smtp', or none.
CREATE TABLE mail_server (
    id TEXT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    -- 'implicit', 'starttls', or 'none' to a loopback address.
    tls TEXT NOT NULL,
    username TEXT,
    password_sealed {blob},
    sender TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- After it was not reached or refused the login nothing is tried until then; how often in a row.
    quiet_until BIGINT NOT NULL DEFAULT 0,
    quiet_step BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE mail_outbox (
    id TEXT NOT NULL PRIMARY KEY,
    dedup_key TEXT UNIQUE,
    -- The account that gets it; NULL for an address that is no account's.
    account_id TEXT,
    recipient TEXT NOT NULL,
    -- Template and arguments as JSON; the text is made when it is sent.
    template TEXT NOT NULL,
    language TEXT,
    body_sealed {blob} NOT NULL,
    -- 1 goes before everything else.
    urgent BIGINT NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX mail_outbox_due ON mail_outbox (due_at) WHERE status = 'waiting';

-- What an account chose to hear of by mail, where that is not the usual.
CREATE TABLE notification (
    account_id TEXT NOT NULL REFERENCES account (id),
    topic TEXT NOT NULL,
    by_mail BIGINT NOT NULL,
    PRIMARY KEY (account_id, topic)
);

-- Until when an account has seen its notifications.
CREATE TABLE notification_seen (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    seen_at BIGINT NOT NULL
);
INSERT INTO worker_lease (name, holder, lease_until) VALUES ('notifications', '', 0);

-- Events that were looked at for news by mail, for two days.
CREATE TABLE notification_event (
    event_id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Whom an event was told to, for two days.
CREATE TABLE notification_told (
    account_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- 'own' mail, 'waiting' for one about many, told by such a 'digest', or 'passed' over without a mail server.
    mail TEXT NOT NULL,
    PRIMARY KEY (account_id, event_id)
);
CREATE INDEX notification_told_at ON notification_told (at);
CREATE INDEX notification_told_waiting ON notification_told (account_id, topic) WHERE mail = 'waiting';

CREATE TABLE webhook (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    -- 'tillsyn' or 'nanomdm'.
    format TEXT NOT NULL,
    -- Actions (or topics of the nanomdm format) as a JSON list; 'device.*' takes all of a kind.
    events TEXT NOT NULL,
    key_sealed {blob} NOT NULL,
    status TEXT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    last_success_at BIGINT,
    -- Up to which event it was fanned out.
    cursor BIGINT NOT NULL DEFAULT 0,
    -- After a failed try nothing is sent until then; how many such times in a row.
    quiet_until BIGINT NOT NULL DEFAULT 0,
    quiet_step BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE webhook_delivery (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhook (id),
    -- The event's id, or of the nanomdm format the message's.
    event_id TEXT NOT NULL,
    size_bytes BIGINT NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    last_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- Empty once it was delivered. Last: what is looked through for one that is due lies before it.
    body_sealed {blob} NOT NULL
);
CREATE UNIQUE INDEX webhook_delivery_event ON webhook_delivery (webhook_id, event_id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at, lease_until, size_bytes)
    WHERE status = 'waiting';
CREATE INDEX webhook_delivery_created ON webhook_delivery (created_at);

-- Tools of the NanoMDM family -----------------------------------------------------------------------------
-- The CommandUUID that such a tool gave its command; devices hear it in place of our id. Several devices may have
-- the same one.
ALTER TABLE command ADD COLUMN given_id TEXT;
CREATE UNIQUE INDEX command_given ON command (given_id, channel_id) WHERE given_id IS NOT NULL;
-- How many a channel sent since it enrolled: these tools take the first one for a new enrollment.
ALTER TABLE channel ADD COLUMN token_updates BIGINT NOT NULL DEFAULT 0;
UPDATE channel SET token_updates = 1 WHERE push_token IS NOT NULL;
CREATE INDEX enrollment_apple_id ON enrollment (apple_enrollment_id) WHERE apple_enrollment_id IS NOT NULL;
-- Who answers the declarative management of an enrollment, with that of its users, when that is not us.
CREATE TABLE dm_forward (
    enrollment_id TEXT NOT NULL PRIMARY KEY REFERENCES enrollment (id),
    -- 'https://…/'; names of endpoints are written behind it.
    url TEXT NOT NULL,
    -- Signs questions and answers; NULL: neither is signed.
    key_sealed {blob},
    set_kind TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL
);

-- Imports --------------------------------------------------------------------------------------------------
-- A file of people, groups or units, and what became of it.
CREATE TABLE import_file (
    id TEXT NOT NULL PRIMARY KEY,
    -- Units in the file are named from here; nothing outside is reached.
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    -- 'people', 'groups' or 'units'.
    kind TEXT NOT NULL,
    -- 'open', 'waiting', 'running', 'done', 'failed' or 'cancelled'.
    status TEXT NOT NULL,
    -- The text of the file, until it was carried out.
    file_sealed {blob},
    -- What each row does, as JSON.
    preview_sealed {blob} NOT NULL,
    -- Over the preview: it is carried out only while it is still the same.
    digest TEXT NOT NULL,
    created_count BIGINT NOT NULL,
    changed_count BIGINT NOT NULL,
    same_count BIGINT NOT NULL,
    error_count BIGINT NOT NULL,
    -- Rows with errors are left out.
    leave_out BIGINT NOT NULL DEFAULT 0,
    -- Members that the file does not name are taken out of its groups, with plans.
    replace_members BIGINT NOT NULL DEFAULT 0,
    -- Rows, and of groups groups, that are done.
    position BIGINT NOT NULL DEFAULT 0,
    steps BIGINT NOT NULL DEFAULT 0,
    -- Rows that could not be carried out any more: JSON list of line and code.
    failures TEXT NOT NULL DEFAULT '[]',
    -- Plans that somebody has to look at: JSON list of ids.
    plans TEXT NOT NULL DEFAULT '[]',
    -- Why it failed as a whole.
    error TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    applied_kind TEXT,
    applied_by TEXT,
    applied_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX import_file_created ON import_file (created_at, id);
