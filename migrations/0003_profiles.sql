-- Profiles: org units and groups to assign to, versions, assignments, what each channel is to have and has,
-- plans, and the credentials that profiles carry. The tables of assignments and items are general: other
-- kinds of items (declarations, apps) and other platforms add rows, not columns.

-- ----------------------------------------------------------------------
-- Org units, static groups, people
-- ----------------------------------------------------------------------

ALTER TABLE org_unit ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
-- When an empty unit was removed; the row stays, since events are placed by it.
ALTER TABLE org_unit ADD COLUMN removed_at BIGINT;
CREATE INDEX org_unit_parent ON org_unit (parent_id);
CREATE UNIQUE INDEX org_unit_name ON org_unit (parent_id, name) WHERE removed_at IS NULL;

-- A static list of devices and people ("group" is a word of SQL).
CREATE TABLE device_group (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_group_name ON device_group (org_unit_id, name);

CREATE TABLE group_member (
    group_id TEXT NOT NULL REFERENCES device_group (id),
    -- 'device', or 'person' for every device that the person has.
    member_kind TEXT NOT NULL,
    member_id TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, member_kind, member_id)
);
CREATE INDEX group_member_of ON group_member (member_kind, member_id);

CREATE INDEX person_unit ON person (org_unit_id, id);
CREATE INDEX person_name ON person (name, id);
CREATE INDEX device_unit ON device (org_unit_id);
CREATE INDEX device_summary_person_id ON device_summary (person_id);

-- (end: units, groups, people)

-- ----------------------------------------------------------------------
-- Profiles and their versions
-- ----------------------------------------------------------------------

CREATE TABLE profile (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    platform TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    -- What devices know it by (PayloadIdentifier); never changes.
    identifier TEXT NOT NULL UNIQUE,
    -- 'active' or 'archived'.
    status TEXT NOT NULL,
    -- The newest published version; NULL while there is only a draft.
    current_version BIGINT,
    -- Rises with every change, so that two editors do not overwrite each other.
    revision BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX profile_name ON profile (name, id);

CREATE TABLE profile_version (
    id TEXT NOT NULL PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profile (id),
    number BIGINT NOT NULL,
    -- The template, a plain property list, sealed: it may hold passwords.
    content_sealed {blob} NOT NULL,
    -- The upload as it came (signed, binary), when it differs from the template.
    original_sealed {blob},
    -- What may be read without opening it, as JSON: payload types, variables, credentials, marks.
    summary TEXT NOT NULL,
    comment TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX profile_version_number ON profile_version (profile_id, number);

CREATE TABLE profile_draft (
    profile_id TEXT NOT NULL PRIMARY KEY REFERENCES profile (id),
    -- The version that it started from; NULL for a new profile.
    base_version BIGINT,
    content_sealed {blob} NOT NULL,
    original_sealed {blob},
    summary TEXT NOT NULL,
    comment TEXT,
    revision BIGINT NOT NULL DEFAULT 0,
    updated_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- (end: profiles)

-- ----------------------------------------------------------------------
-- Assignments and plans
-- ----------------------------------------------------------------------

CREATE TABLE assignment (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    -- 'profile'; other kinds come.
    kind TEXT NOT NULL,
    item_id TEXT NOT NULL,
    -- A fixed version; NULL follows the newest published one.
    version BIGINT,
    -- 'device', or 'users' for every managed user of it.
    channel TEXT NOT NULL,
    revision BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX assignment_item ON assignment (kind, item_id);

CREATE TABLE assignment_target (
    assignment_id TEXT NOT NULL REFERENCES assignment (id),
    -- 'include' or 'exclude'; what is excluded is not assigned, whatever includes it.
    mode TEXT NOT NULL,
    -- 'device', 'group' or 'org_unit' (with everything below it).
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (assignment_id, target_kind, target_id)
);
CREATE INDEX assignment_target_of ON assignment_target (target_kind, target_id);

-- How often a part of the configuration was changed: plans see whether the world moved, nodes whether what
-- they hold in memory still is true.
CREATE TABLE config_revision (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO config_revision (name, value) VALUES ('desired', 0);

CREATE TABLE plan (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    -- What is to be changed, as JSON.
    change TEXT NOT NULL,
    -- 'open', 'waiting' (for a second person), 'applied', 'overtaken', 'cancelled', 'expired'.
    status TEXT NOT NULL,
    -- Over the exact effects: device, channel, item, step, hash.
    digest TEXT NOT NULL,
    -- config_revision when it was made.
    revision BIGINT NOT NULL,
    -- Counts of the effects, findings and conflicts, as JSON.
    summary TEXT NOT NULL,
    -- Devices from which something is removed: what somebody removed lately is summed up.
    removes_from BIGINT NOT NULL DEFAULT 0,
    reason TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Who asked for a second person.
    asked_by TEXT,
    asked_at BIGINT,
    applied_by TEXT,
    applied_at BIGINT,
    -- What it made, as JSON: the number of a version, the id of an assignment.
    result TEXT
);
CREATE INDEX plan_created ON plan (created_at, id);
CREATE INDEX plan_applied ON plan (applied_by, applied_at);
CREATE INDEX plan_open ON plan (expires_at) WHERE status IN ('open', 'waiting');

-- (end: assignments and plans)

-- ----------------------------------------------------------------------
-- What each channel is to have, what it got, what it proved
-- ----------------------------------------------------------------------

CREATE TABLE item_state (
    channel_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What the device knows it by: of a profile its PayloadIdentifier.
    item TEXT NOT NULL,
    device_id TEXT NOT NULL,
    enrollment_id TEXT NOT NULL,
    -- The profile (declaration, app …) that it comes from.
    item_id TEXT NOT NULL,
    -- Desired: NULL when it is to be absent. The hash covers version, values of variables and identity of
    -- credentials, never expanded bytes.
    desired_version BIGINT,
    desired_hash TEXT,
    -- Ids of the assignments that want it, as JSON.
    assignments TEXT,
    -- What the device acknowledged last.
    delivered_version BIGINT,
    delivered_hash TEXT,
    delivered_at BIGINT,
    -- SHA-256 of the bytes that were sent.
    delivered_sha256 TEXT,
    -- What the device's own answer proved: the hash that is on it, NULL when none of ours is.
    confirmed_hash TEXT,
    confirmed_at BIGINT,
    -- 'profile_list', 'status_report', …: by what it was proved.
    proof TEXT,
    -- A word of "Item on a device": 'as_desired', 'behind', 'to_install', 'to_remove', 'refused', 'unverified'.
    state TEXT NOT NULL,
    -- Why it is not as desired, as a stable code, and more of it as JSON (error chain, missing variable).
    reason TEXT,
    reason_detail TEXT,
    -- The unfinished command that works on it, and what it installs; NULL when it removes.
    command_id TEXT,
    command_version BIGINT,
    command_hash TEXT,
    -- Failures in a row of this desired hash, and when it is tried again; NULL when only a change helps.
    failures BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    -- Times that the device lost or changed it by itself.
    drifts BIGINT NOT NULL DEFAULT 0,
    drifted_at BIGINT,
    -- Losses in a row, none of which it had kept for a day before: it is put back later and later.
    losses BIGINT NOT NULL DEFAULT 0,
    -- Versions whose bytes went out and of which the device never said what came of them, as JSON pairs of
    -- number and hash: each may be there until a list tells.
    unanswered TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, kind, item)
);
CREATE INDEX item_state_device ON item_state (device_id);
CREATE INDEX item_state_item ON item_state (item_id, device_id);
CREATE INDEX item_state_refused ON item_state (device_id) WHERE state = 'refused';
CREATE INDEX item_state_next ON item_state (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX item_state_command ON item_state (command_id) WHERE command_id IS NOT NULL;

-- Devices to look at: one row per device coalesces all causes.
CREATE TABLE reconcile_request (
    device_id TEXT NOT NULL PRIMARY KEY,
    due_at BIGINT NOT NULL,
    -- Rises with each new request, so that finishing an older look does not swallow a newer one.
    version BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX reconcile_request_due ON reconcile_request (due_at);

-- A change that concerns many: its devices are walked in chunks, in the order of their ids.
CREATE TABLE reconcile_sweep (
    id TEXT NOT NULL PRIMARY KEY,
    -- 'item' (all who have or are to have it), 'group', 'org_unit', 'all' (once a day, without an id).
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    plan_id TEXT,
    -- The last device done; NULL at the start.
    cursor TEXT,
    done BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX reconcile_sweep_open ON reconcile_sweep (created_at) WHERE finished_at IS NULL;

-- (end: items)

-- ----------------------------------------------------------------------
-- Credentials that profiles carry
-- ----------------------------------------------------------------------

-- One certificate of our own network authority for one payload on one channel.
CREATE TABLE credential (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    enrollment_id TEXT NOT NULL,
    profile_id TEXT NOT NULL,
    -- PayloadIdentifier of the payload in the template.
    payload TEXT NOT NULL,
    -- 'scep' or 'acme'.
    method TEXT NOT NULL,
    -- Its identity: rises when it is to be renewed, and with it the desired hash.
    generation BIGINT NOT NULL,
    -- 'waiting', 'valid', 'renewing', 'revoked'.
    status TEXT NOT NULL,
    certificate_sha256 TEXT,
    not_after BIGINT,
    renew_at BIGINT,
    -- When somebody is told next that it ends; NULL when there is nothing to tell.
    warn_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX credential_warn ON credential (warn_at) WHERE warn_at IS NOT NULL;
CREATE UNIQUE INDEX credential_payload ON credential (channel_id, profile_id, payload);
CREATE INDEX credential_device ON credential (device_id);
CREATE INDEX credential_renew ON credential (renew_at) WHERE renew_at IS NOT NULL;

-- A secret that went out in a profile; consumed by the first key that uses it.
CREATE TABLE credential_challenge (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    credential_id TEXT NOT NULL REFERENCES credential (id),
    generation BIGINT NOT NULL,
    -- Subject and alternative names as the payload that was sent has them, as JSON.
    names TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    key_sha256 TEXT
);
CREATE INDEX credential_challenge_credential ON credential_challenge (credential_id);
CREATE INDEX credential_challenge_expires ON credential_challenge (expires_at);

CREATE TABLE credential_certificate (
    sha256 TEXT NOT NULL PRIMARY KEY,
    credential_id TEXT NOT NULL REFERENCES credential (id),
    generation BIGINT NOT NULL,
    serial_number TEXT NOT NULL,
    der {blob} NOT NULL,
    key_sha256 TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    -- When it ends because a newer one is in use; NULL when none is.
    revoke_at BIGINT,
    revoked_at BIGINT,
    revoke_reason TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX credential_certificate_credential ON credential_certificate (credential_id);
CREATE INDEX credential_certificate_grace ON credential_certificate (revoke_at) WHERE revoke_at IS NOT NULL;
CREATE INDEX credential_certificate_revoked ON credential_certificate (revoked_at)
    WHERE revoked_at IS NOT NULL;

-- (end: credentials)
