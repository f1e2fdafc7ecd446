-- People, invitations and the portal.

-- People's own accounts ------------------------------------------------------------------------------------
-- The person whose own account it is; NULL for administrators and services. Name, address, language and unit of
-- such an account are those of the person: its own columns hold nothing.
ALTER TABLE account ADD COLUMN person_id TEXT REFERENCES person (id);
CREATE UNIQUE INDEX account_person ON account (person_id) WHERE person_id IS NOT NULL;
-- What an account that reaches nothing but the portal has; nobody else is given it.
INSERT INTO role (id, name, built_in, permissions, changed_at, created_at) VALUES ('portal', 'portal', 1, '[]', 0, 0);
-- When a password that an administrator gave ends, unless the person chose their own.
ALTER TABLE account ADD COLUMN temporary_until BIGINT;
-- Whether people sign in to the portal there, and the unit in which a first sign-in makes a person.
ALTER TABLE oidc_provider ADD COLUMN people BIGINT NOT NULL DEFAULT 0;
ALTER TABLE oidc_provider ADD COLUMN makes_people_in TEXT REFERENCES org_unit (id);
-- Who somebody at a provider is. Apart from account_identity: the same subject may be an administrator, too.
CREATE TABLE person_identity (
    provider_id TEXT NOT NULL REFERENCES oidc_provider (id),
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, subject)
);
CREATE INDEX person_identity_person ON person_identity (person_id);
-- When an address of the person was last replaced by another, while no password was chosen since: until then the
-- new box opens nothing.
ALTER TABLE person ADD COLUMN email_changed_at BIGINT;
-- Addresses that are still to be told that they were replaced.
CREATE TABLE person_email_notice (
    person_id TEXT NOT NULL REFERENCES person (id),
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, email)
);


-- Invitations ----------------------------------------------------------------------------------------------
-- Keyed hash of the eight characters that somebody types instead of the link.
ALTER TABLE invitation ADD COLUMN typed_hash TEXT;
CREATE UNIQUE INDEX invitation_typed ON invitation (typed_hash) WHERE typed_hash IS NOT NULL;
-- Link and typed code, for reminders; deleted when the invitation is over.
ALTER TABLE invitation ADD COLUMN secrets_sealed {blob};
CREATE INDEX invitation_secrets ON invitation (expires_at) WHERE secrets_sealed IS NOT NULL;
-- The invitation that took its place: the link of this one stopped then.
ALTER TABLE invitation ADD COLUMN replaced_by TEXT;
ALTER TABLE invitation ADD COLUMN batch_id TEXT;
CREATE INDEX invitation_of_batch ON invitation (batch_id, person_id) WHERE batch_id IS NOT NULL;
CREATE INDEX invitation_person ON invitation (person_id) WHERE person_id IS NOT NULL;
-- 'mail', 'shown' or 'none'; NULL for one that was made before there was a choice.
ALTER TABLE invitation ADD COLUMN pin_mode TEXT;
-- 'none', 'required' or 'password'.
ALTER TABLE invitation ADD COLUMN account_rule TEXT NOT NULL DEFAULT 'none';
-- The last mail that carried it, in the outbox.
ALTER TABLE invitation ADD COLUMN mail_id TEXT;
CREATE INDEX invitation_mail ON invitation (mail_id) WHERE mail_id IS NOT NULL;
-- When somebody first did something with it, and first gave the right PIN. Looking is not noted: mail scanners look.
ALTER TABLE invitation ADD COLUMN opened_at BIGINT;
ALTER TABLE invitation ADD COLUMN pin_proved_at BIGINT;
-- Times of reminders still to come, as JSON, and the first of them.
ALTER TABLE invitation ADD COLUMN remind_times TEXT NOT NULL DEFAULT '[]';
ALTER TABLE invitation ADD COLUMN remind_at BIGINT;
CREATE INDEX invitation_remind ON invitation (remind_at) WHERE remind_at IS NOT NULL;
ALTER TABLE invitation ADD COLUMN reminders BIGINT NOT NULL DEFAULT 0;
-- How often the person asked for a new PIN by mail.
ALTER TABLE invitation ADD COLUMN pin_mails BIGINT NOT NULL DEFAULT 0;
-- When its person was reminded of an attempt that they left unfinished.
ALTER TABLE attempt ADD COLUMN reminded_at BIGINT;

-- In the order in which they are taken: a thousand that wait are not sorted for each that goes.
DROP INDEX mail_outbox_due;
CREATE INDEX mail_outbox_next ON mail_outbox (urgent DESC, due_at, id) WHERE status = 'waiting';

CREATE TABLE invitation_batch (
    id TEXT NOT NULL PRIMARY KEY,
    -- What whoever made it reached: who reaches all of that sees it.
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    label TEXT NOT NULL,
    -- 'people', 'group' or 'file'.
    source TEXT NOT NULL,
    -- 'open' while it is only a preview, then 'waiting', 'running', 'done', 'failed' or 'cancelled'.
    status TEXT NOT NULL,
    skip_open BIGINT NOT NULL,
    skip_enrolled BIGINT NOT NULL,
    digest TEXT NOT NULL,
    error TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    begun_kind TEXT,
    begun_by TEXT,
    begun_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX invitation_batch_unit ON invitation_batch (org_unit_id, id);

CREATE TABLE invitation_batch_item (
    batch_id TEXT NOT NULL REFERENCES invitation_batch (id),
    line BIGINT NOT NULL,
    person_id TEXT,
    -- Name, address and what is wrong with a row, sealed; gone when the person is there.
    row_sealed {blob},
    -- 'ready', 'new' (the person is made first), 'skip' or 'error' in the preview; then 'invited', 'failed' or
    -- 'cancelled'. 'again' waits to be sent anew.
    outcome TEXT NOT NULL,
    cause TEXT,
    invitation_id TEXT,
    -- The PIN of somebody to whom it is handed over, until somebody took it away to do so, or it lapsed.
    pin_sealed {blob},
    pin_until BIGINT,
    PRIMARY KEY (batch_id, line)
);
CREATE UNIQUE INDEX invitation_batch_person ON invitation_batch_item (batch_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX invitation_batch_item_person ON invitation_batch_item (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX invitation_batch_item_invitation ON invitation_batch_item (invitation_id) WHERE invitation_id IS NOT NULL;
CREATE INDEX invitation_batch_item_pin ON invitation_batch_item (pin_until) WHERE pin_until IS NOT NULL;
CREATE INDEX invitation_batch_item_waiting ON invitation_batch_item (batch_id, line) WHERE outcome IN ('ready', 'new', 'again');


-- Enrollment by the portal ---------------------------------------------------------------------------------
-- Every version of terms that was ever set, under the hash of its language and text: a consent names it for good.
CREATE TABLE terms_text (
    hash TEXT NOT NULL PRIMARY KEY,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What a person agreed to before they got a profile.
CREATE TABLE consent (
    id TEXT NOT NULL PRIMARY KEY,
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    invitation_id TEXT NOT NULL REFERENCES invitation (id),
    person_id TEXT REFERENCES person (id),
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    at BIGINT NOT NULL,
    -- NULL where the unit has no terms.
    terms_sha256 TEXT REFERENCES terms_text (hash),
    -- What was shown as set up, required, possible, seen and never, as JSON.
    ledger TEXT NOT NULL,
    ownership TEXT NOT NULL,
    platform TEXT,
    enrollment_type TEXT NOT NULL,
    language TEXT NOT NULL,
    -- SHA-256 over all of it, as the page named it.
    shown_sha256 TEXT NOT NULL,
    address TEXT
);
CREATE INDEX consent_attempt ON consent (attempt_id);
CREATE INDEX consent_person ON consent (person_id) WHERE person_id IS NOT NULL;

-- Begun on a page: no profile before a consent. A program in the person's place is not asked.
ALTER TABLE attempt ADD COLUMN asks_consent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN consent_id TEXT;

-- Made by the person themselves, signed in, at /go.
ALTER TABLE invitation ADD COLUMN self_made BIGINT NOT NULL DEFAULT 0;
-- Made to set this one device up again: no other comes in by it.
ALTER TABLE invitation ADD COLUMN for_device_id TEXT;

-- From one device of a person to another: once, for ten minutes.
CREATE TABLE hand_over (
    code_hash TEXT NOT NULL PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitation (id),
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    -- The code in the invitation's link: the table of invitations has its hash alone.
    link_sealed {blob} NOT NULL,
    -- Whether the PIN had been proven where it was made.
    pin_proven BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX hand_over_invitation ON hand_over (invitation_id);
CREATE INDEX hand_over_expires ON hand_over (expires_at);


-- My devices -----------------------------------------------------------------------------------------------
-- What people may do to their own devices, as JSON by ownership and act; what a unit leaves out is as above it.
CREATE TABLE self_service_policy (
    org_unit_id TEXT NOT NULL PRIMARY KEY REFERENCES org_unit (id),
    policy TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What a person calls their own device. It is theirs: whoever has the device next does not see it.
CREATE TABLE device_label (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES device (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    label TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX device_label_person ON device_label (person_id);

-- The person who asked for it on a device of their own; it goes only while the device is theirs.
ALTER TABLE command_batch ADD COLUMN own_person_id TEXT;


-- Branding and enrollment statuses -------------------------------------------------------------------------
-- What a unit says of itself to people; NULL comes from the nearest unit above.
CREATE TABLE branding_mark (
    -- SHA-256 of the file as it is served.
    hash TEXT NOT NULL PRIMARY KEY,
    content_type TEXT NOT NULL,
    bytes {blob} NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE branding (
    org_unit_id TEXT NOT NULL PRIMARY KEY REFERENCES org_unit (id),
    name TEXT,
    mark_hash TEXT REFERENCES branding_mark (hash),
    accent_light TEXT,
    accent_dark TEXT,
    support_mail TEXT,
    support_phone TEXT,
    support_text TEXT,
    support_hours TEXT,
    help_url TEXT,
    -- Hash of the text by language, as JSON.
    terms TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);


-- Directories ----------------------------------------------------------------------------------------------
-- Where people and groups come from besides this console: an LDAP server, a SCIM connector, an OpenID provider.
CREATE TABLE directory_source (
    id TEXT NOT NULL PRIMARY KEY,
    -- People and groups of it are made here.
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    -- 'ldap', 'scim' or 'oidc'.
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The lowest number owns a field that several sources know.
    priority BIGINT NOT NULL,
    -- 'active', 'paused' or 'removed'.
    status TEXT NOT NULL,
    -- Keys of people who were erased are kept only as hashes under it.
    salt TEXT NOT NULL,
    -- Why it cannot be read at present, as a code.
    ill_code TEXT,
    ill_since BIGINT,
    -- Attributes that came and are not read, as JSON: name and how often.
    diagnostics TEXT NOT NULL,
    lease_holder TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    last_run_at BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX directory_source_name ON directory_source (org_unit_id, name) WHERE status <> 'removed';

CREATE TABLE directory_token (
    id TEXT NOT NULL PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES directory_source (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX directory_token_source ON directory_token (source_id);

-- Whom a source calls what: by its own unchanging key, never by a name or an address.
CREATE TABLE directory_link (
    id TEXT NOT NULL PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES directory_source (id),
    external_key TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    -- What one signs in with there, in lower case.
    login TEXT,
    external_id TEXT,
    -- 'active', 'suspended' or 'leaving', as the source has it.
    state TEXT NOT NULL,
    -- What made it so, in the source's words.
    raw_state TEXT,
    missing_since BIGINT,
    -- What the source says of the person, as JSON; what it does not say is not in it.
    fields TEXT NOT NULL,
    -- The resource of a SCIM connector as it was sent, as JSON.
    resource TEXT,
    digest TEXT NOT NULL,
    -- An unlinked person who has the same mail address.
    suggested_person_id TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX directory_link_key ON directory_link (source_id, external_key);
CREATE UNIQUE INDEX directory_link_person ON directory_link (source_id, person_id);
CREATE UNIQUE INDEX directory_link_login ON directory_link (source_id, login) WHERE login IS NOT NULL;
CREATE INDEX directory_link_external ON directory_link (source_id, external_id);
CREATE INDEX directory_link_of ON directory_link (person_id);
CREATE INDEX directory_link_page ON directory_link (source_id, created_at, id);

CREATE TABLE directory_group (
    id TEXT NOT NULL PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES directory_source (id),
    external_key TEXT NOT NULL,
    -- The group that things are assigned to.
    group_id TEXT NOT NULL UNIQUE REFERENCES device_group (id),
    name TEXT NOT NULL,
    -- The name as SCIM compares names, whatever the case of its letters and however they are composed.
    name_key TEXT NOT NULL,
    external_id TEXT,
    -- Members that the source names and nobody here is.
    unresolved BIGINT NOT NULL DEFAULT 0,
    -- Members of it who belong to another unit than the group.
    outside BIGINT NOT NULL DEFAULT 0,
    missing_since BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX directory_group_key ON directory_group (source_id, external_key);
CREATE INDEX directory_group_page ON directory_group (source_id, created_at, id);
CREATE INDEX directory_group_name ON directory_group (source_id, name_key);

-- Direct members as the source has them.
CREATE TABLE directory_group_member (
    directory_group_id TEXT NOT NULL REFERENCES directory_group (id),
    -- 'person' (a link) or 'group' (another of these).
    member_kind TEXT NOT NULL,
    member_id TEXT NOT NULL,
    PRIMARY KEY (directory_group_id, member_kind, member_id)
);
CREATE INDEX directory_group_member_of ON directory_group_member (member_kind, member_id);

-- Who is in a group by all of its groups within groups.
CREATE TABLE directory_effective (
    group_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (group_id, person_id)
);
CREATE INDEX directory_effective_of ON directory_effective (person_id);

-- Whom a source took out of which of its groups lately: small steps add up to what is looked at first.
CREATE TABLE directory_removal (
    group_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id)
);
CREATE INDEX directory_removal_of ON directory_removal (source_id, at);

-- One reading of a source, or something of it that waits for an administrator.
CREATE TABLE directory_run (
    id TEXT NOT NULL PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES directory_source (id),
    -- 'sync', 'suspensions' (many at once by SCIM) or 'members' (many at once out of a group).
    kind TEXT NOT NULL,
    -- 'applied', 'held', 'released', 'declined', 'overtaken' or 'failed'.
    status TEXT NOT NULL,
    complete BIGINT NOT NULL,
    -- Numbers as JSON.
    counts TEXT NOT NULL,
    -- What waits, as JSON: why, and ids.
    held TEXT,
    plan_id TEXT,
    code TEXT,
    decided_by TEXT,
    decided_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX directory_run_source ON directory_run (source_id, created_at, id);
CREATE INDEX directory_run_held ON directory_run (source_id, kind) WHERE status = 'held';

-- Keys of people who are not made again.
CREATE TABLE directory_tombstone (
    source_id TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    -- 'erased' or 'left'.
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- Whose key it was, while they are in the list of people.
    person_id TEXT,
    PRIMARY KEY (source_id, key_hash)
);

-- Which source a field of a person is from; without a row it was typed here.
CREATE TABLE person_field (
    person_id TEXT NOT NULL REFERENCES person (id),
    field TEXT NOT NULL,
    source_id TEXT NOT NULL,
    PRIMARY KEY (person_id, field)
);

-- Addresses that somebody had before, so that they are found.
CREATE TABLE person_alias (
    person_id TEXT NOT NULL REFERENCES person (id),
    email TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (person_id, email)
);
CREATE INDEX person_alias_email ON person_alias (email);

-- Where a person of a directory stands there.
CREATE TABLE person_life (
    person_id TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
    -- 'active', 'suspended', 'leaving' or 'deleted'.
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    source_id TEXT NOT NULL,
    run_id TEXT,
    raw_state TEXT,
    -- While this waits for an administrator nothing happens to their devices.
    held_run_id TEXT,
    -- When an administrator agreed to it: it is not counted among those that wait any more.
    released_at BIGINT,
    -- When the devices were dealt with.
    acted_at BIGINT,
    -- The batch that removes management from their own devices.
    batch_ids TEXT
);
CREATE INDEX person_life_due ON person_life (state, since);

-- What becomes of the devices of somebody who left, by unit; the nearest above counts.
CREATE TABLE leaver_policy (
    org_unit_id TEXT NOT NULL PRIMARY KEY REFERENCES org_unit (id),
    grace_days BIGINT NOT NULL,
    -- 'retire' or 'keep'.
    personal TEXT NOT NULL,
    -- 'lock' or 'keep'.
    corporate TEXT NOT NULL,
    -- After so many days somebody who is suspended counts as leaving; NULL never.
    suspended_days BIGINT,
    updated_at BIGINT NOT NULL
);
INSERT INTO worker_lease (name, holder, lease_until, cursor) VALUES ('leavers', '', 0, 0);


-- LDAP -----------------------------------------------------------------------------------------------------
-- How a directory is reached and read, and how that went.
CREATE TABLE ldap_source (
    source_id TEXT NOT NULL PRIMARY KEY REFERENCES directory_source (id),
    -- Servers, bases, filters, attributes, as JSON; no secret is in it.
    settings TEXT NOT NULL,
    password_sealed {blob} NOT NULL,
    -- What the server said it is.
    product TEXT,
    -- Up to where it was read, as JSON; of one server alone.
    delta TEXT,
    last_full_at BIGINT,
    last_run_at BIGINT,
    -- Why the last run was incomplete or failed.
    last_code TEXT,
    people_count BIGINT,
    group_count BIGINT,
    -- References to other servers, which are not followed.
    refs BIGINT NOT NULL,
    full_due_at BIGINT NOT NULL,
    run_due_at BIGINT NOT NULL,
    lease_holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);


