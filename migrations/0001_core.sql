-- The model: org units, keys, accounts, people, invitations, devices, enrollments, channels, facts, commands, events, jobs.
-- Ids are UUIDv7 text, times are milliseconds UTC, JSON is text. {blob} and {autoid} are replaced per engine.

CREATE TABLE org_unit (
    id TEXT NOT NULL PRIMARY KEY,
    parent_id TEXT REFERENCES org_unit (id),
    name TEXT NOT NULL,
    -- Ids from the root to this unit, each followed by '/': a subtree is one prefix comparison.
    path TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Certificate authorities and signers of ours; the key is sealed under the master key.
CREATE TABLE authority (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    certificate {blob} NOT NULL,
    key_sealed {blob} NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE INDEX authority_kind ON authority (kind);

CREATE TABLE push_topic (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    topic TEXT NOT NULL UNIQUE,
    certificate {blob} NOT NULL,
    key_sealed {blob} NOT NULL,
    serial_number TEXT NOT NULL,
    vendor_account TEXT,
    note TEXT,
    not_after BIGINT NOT NULL,
    -- Why this topic is stopped (APNs refused the certificate); NULL while it works.
    stopped_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    language TEXT,
    theme TEXT,
    created_at BIGINT NOT NULL,
    role_changed_at BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL
);

CREATE TABLE bootstrap_code (
    code_hash TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When the password was last typed in this session.
    fresh_at BIGINT NOT NULL,
    address TEXT
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE api_token (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

-- Failures per bounded key (account or address): how often, since when, closed until when.
CREATE TABLE guess_limit (
    subject TEXT NOT NULL PRIMARY KEY,
    window_start BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE idempotency_key (
    actor_id TEXT NOT NULL,
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    -- NULL while the first request is still running.
    status BIGINT,
    response TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_key_created ON idempotency_key (created_at);

CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    email TEXT,
    language TEXT,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_email ON person (email) WHERE email IS NOT NULL;

CREATE TABLE invitation (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    person_id TEXT REFERENCES person (id),
    label TEXT NOT NULL,
    code_hash TEXT NOT NULL UNIQUE,
    pin_hash TEXT,
    pin_expires_at BIGINT,
    pin_failures BIGINT NOT NULL DEFAULT 0,
    ownership TEXT NOT NULL,
    enrollment_type TEXT NOT NULL,
    language TEXT,
    uses_allowed BIGINT NOT NULL,
    -- May end the enrollment of a device that another person's or invitation's enrollment manages.
    may_replace BIGINT NOT NULL DEFAULT 0,
    uses BIGINT NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX invitation_created ON invitation (created_at, id);

CREATE TABLE device (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    platform TEXT NOT NULL,
    serial_number TEXT,
    imei TEXT,
    life_cycle TEXT NOT NULL,
    stolen BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_serial ON device (serial_number) WHERE serial_number IS NOT NULL;

-- One enrollment attempt: the flight recorder from the opened link to the enrolled device.
CREATE TABLE attempt (
    id TEXT NOT NULL PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES invitation (id),
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    platform TEXT,
    status TEXT NOT NULL,
    failed_step TEXT,
    cause TEXT,
    profile_hash TEXT UNIQUE,
    profile_expires_at BIGINT,
    enrollment_id TEXT,
    device_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX attempt_invitation ON attempt (invitation_id);
CREATE INDEX attempt_created ON attempt (created_at, id);
CREATE INDEX attempt_open ON attempt (expires_at) WHERE status NOT IN ('enrolled', 'ready', 'failed', 'expired', 'superseded');

CREATE TABLE attempt_step (
    seq {autoid},
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    cause TEXT,
    address TEXT
);
CREATE INDEX attempt_step_attempt ON attempt_step (attempt_id, seq);

-- One credential per profile download; consumed by the first key that uses it.
CREATE TABLE scep_challenge (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    voided_at BIGINT,
    key_sha256 TEXT,
    certificate_sha256 TEXT
);
CREATE INDEX scep_challenge_attempt ON scep_challenge (attempt_id);

-- Every device certificate that our CA issued: the issuance record.
CREATE TABLE certificate (
    sha256 TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    serial_number TEXT NOT NULL,
    authority_id TEXT NOT NULL REFERENCES authority (id),
    der {blob} NOT NULL,
    -- 'enrollment' (first certificate, names an attempt) or 'renewal' (names an enrollment).
    purpose TEXT NOT NULL,
    attempt_id TEXT REFERENCES attempt (id),
    enrollment_id TEXT,
    key_sha256 TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    revoked_at BIGINT,
    revoke_reason TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX certificate_enrollment ON certificate (enrollment_id);
CREATE INDEX certificate_attempt ON certificate (attempt_id);

CREATE TABLE enrollment (
    id TEXT NOT NULL PRIMARY KEY,
    -- NULL while pending: an enrollment that never completes leaves no device behind.
    device_id TEXT REFERENCES device (id),
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    attempt_id TEXT REFERENCES attempt (id),
    person_id TEXT REFERENCES person (id),
    platform TEXT NOT NULL,
    -- What Authenticate said of the device, as JSON: claims until the enrollment completes.
    claims TEXT NOT NULL,
    enrollment_type TEXT NOT NULL,
    ownership TEXT NOT NULL,
    status TEXT NOT NULL,
    -- SHA-256 of the certificate that this enrollment is pinned to.
    pin_sha256 TEXT NOT NULL,
    udid TEXT,
    apple_enrollment_id TEXT,
    topic TEXT NOT NULL,
    access_rights BIGINT,
    profile_identifier TEXT NOT NULL,
    -- Set once a retire was asked for; only then the removal answer may be given (S40).
    retired_at BIGINT,
    created_at BIGINT NOT NULL,
    enrolled_at BIGINT,
    ended_at BIGINT,
    end_reason TEXT,
    expires_at BIGINT
);
CREATE UNIQUE INDEX enrollment_one_active ON enrollment (device_id) WHERE status = 'active';
CREATE INDEX enrollment_device ON enrollment (device_id);
CREATE UNIQUE INDEX enrollment_pin ON enrollment (pin_sha256);
CREATE INDEX enrollment_udid ON enrollment (udid) WHERE udid IS NOT NULL;
CREATE INDEX enrollment_pending ON enrollment (expires_at) WHERE status = 'pending';
CREATE INDEX enrollment_topic ON enrollment (topic, status);

CREATE TABLE channel (
    id TEXT NOT NULL PRIMARY KEY,
    enrollment_id TEXT NOT NULL REFERENCES enrollment (id),
    device_id TEXT NOT NULL,
    -- 'device' or 'user:<id>'.
    name TEXT NOT NULL,
    topic TEXT NOT NULL,
    push_token {blob},
    push_magic TEXT,
    token_updated_at BIGINT,
    contact TEXT NOT NULL,
    awaiting_configuration BIGINT NOT NULL DEFAULT 0,
    user_short_name TEXT,
    last_push_at BIGINT,
    last_push_answer TEXT,
    pushes_unanswered BIGINT NOT NULL DEFAULT 0,
    unanswered_since BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX channel_name ON channel (enrollment_id, name);
CREATE INDEX channel_device ON channel (device_id);

-- Unlock tokens and lock PINs, sealed. They belong to the device and survive its enrollment.
CREATE TABLE escrow (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES device (id),
    enrollment_id TEXT,
    kind TEXT NOT NULL,
    sealed {blob} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX escrow_device ON escrow (device_id, kind, created_at);

-- Check-in bodies already accepted: a replay changes nothing (S37).
CREATE TABLE seen_message (
    enrollment_id TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (enrollment_id, body_hash)
);
CREATE INDEX seen_message_at ON seen_message (at);

-- Messages that no enrollment of ours sent: counted per day and kind.
CREATE TABLE stranger (
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    times BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (day, kind, subject)
);

-- The typed, indexed facts that lists filter and sort by; kept in the check-in transaction.
CREATE TABLE device_summary (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES device (id),
    org_unit_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    name TEXT,
    serial_number TEXT,
    imei TEXT,
    udid TEXT,
    model TEXT,
    model_name TEXT,
    os_version TEXT,
    build_version TEXT,
    status TEXT NOT NULL,
    ownership TEXT,
    enrollment_id TEXT,
    enrollment_type TEXT,
    enrollment_status TEXT,
    contact TEXT NOT NULL,
    person_id TEXT,
    person_name TEXT,
    supervised BIGINT,
    passcode_present BIGINT,
    encrypted BIGINT,
    battery_percent BIGINT,
    capacity_bytes BIGINT,
    available_bytes BIGINT,
    enrolled_at BIGINT,
    last_seen BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX device_summary_name ON device_summary (name, device_id);
CREATE INDEX device_summary_serial ON device_summary (serial_number);
CREATE INDEX device_summary_status ON device_summary (status, device_id);
CREATE INDEX device_summary_platform ON device_summary (platform, device_id);
CREATE INDEX device_summary_os ON device_summary (os_version, device_id);
CREATE INDEX device_summary_last_seen ON device_summary (last_seen, device_id);
CREATE INDEX device_summary_person ON device_summary (person_name, device_id);
CREATE INDEX device_summary_enrolled ON device_summary (enrolled_at, device_id);

-- Every fact with its source and age. value is JSON; an absent row is "not known".
CREATE TABLE fact (
    device_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    observed_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, name)
);

-- What the last ProfileList of a channel said.
CREATE TABLE installed_profile (
    channel_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    device_id TEXT NOT NULL,
    payload_uuid TEXT,
    name TEXT,
    managed BIGINT,
    encrypted BIGINT,
    removal_disallowed BIGINT,
    observed_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, identifier)
);
CREATE INDEX installed_profile_device ON installed_profile (device_id);

CREATE TABLE command_batch (
    id TEXT NOT NULL PRIMARY KEY,
    request_type TEXT NOT NULL,
    -- What the command is in the guard's table: 'erase', 'retire', 'lock', … or NULL for harmless ones.
    act TEXT,
    -- The request without its secrets, as JSON.
    request TEXT NOT NULL,
    -- The whole request, sealed, when it carries secrets or a profile.
    request_sealed {blob},
    targets BIGINT NOT NULL,
    targets_digest TEXT NOT NULL,
    reason TEXT,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE command (
    id TEXT NOT NULL PRIMARY KEY,
    batch_id TEXT NOT NULL REFERENCES command_batch (id),
    channel_id TEXT NOT NULL REFERENCES channel (id),
    enrollment_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    org_unit_id TEXT NOT NULL,
    request_type TEXT NOT NULL,
    act TEXT,
    -- Secrets of this one command (a lock PIN), sealed.
    secret_sealed {blob},
    status TEXT NOT NULL,
    status_reason TEXT,
    unreadable BIGINT NOT NULL DEFAULT 0,
    finished BIGINT NOT NULL DEFAULT 0,
    lane BIGINT NOT NULL,
    position BIGINT NOT NULL,
    deferred BIGINT NOT NULL DEFAULT 0,
    deliveries BIGINT NOT NULL DEFAULT 0,
    delivered_at BIGINT,
    held_until BIGINT,
    -- Identical unfinished queries of a channel are one command.
    intent TEXT,
    error_chain TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX command_pending ON command (channel_id, lane, position) WHERE finished = 0;
CREATE UNIQUE INDEX command_intent ON command (channel_id, intent) WHERE finished = 0 AND intent IS NOT NULL;
CREATE INDEX command_held ON command (held_until) WHERE status = 'held';
CREATE INDEX command_expiry ON command (expires_at) WHERE finished = 0;
CREATE INDEX command_device ON command (device_id, created_at);
CREATE INDEX command_created ON command (created_at, id);
CREATE INDEX command_batch_id ON command (batch_id);
CREATE INDEX command_finished ON command (updated_at) WHERE finished = 1;

CREATE TABLE command_transition (
    seq {autoid},
    command_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    actor_id TEXT
);
CREATE INDEX command_transition_command ON command_transition (command_id, seq);

-- The device's answer after secrets and disallowed keys were removed.
CREATE TABLE command_result (
    command_id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT,
    unreadable TEXT,
    size_bytes BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX command_result_received ON command_result (received_at);

-- Results whose CommandUUID we do not know.
CREATE TABLE orphan_result (
    enrollment_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    status TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (enrollment_id, command_id)
);

-- Destructive acts counted in the enqueue transaction (security S53).
CREATE TABLE guard_use (
    seq {autoid},
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    command_id TEXT NOT NULL
);
CREATE INDEX guard_use_at ON guard_use (at);

-- At most one waiting push per channel: the outbox that coalesces.
CREATE TABLE push_request (
    channel_id TEXT NOT NULL PRIMARY KEY,
    due_at BIGINT NOT NULL,
    -- Rises with each new request, so that finishing an older push does not swallow a newer one.
    version BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    worker TEXT
);
CREATE INDEX push_request_due ON push_request (due_at);

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dedup_key TEXT,
    payload TEXT NOT NULL,
    status TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT,
    worker TEXT,
    attempt BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_dedup ON job (kind, dedup_key) WHERE dedup_key IS NOT NULL AND status IN ('waiting', 'running');
CREATE INDEX job_due ON job (due_at) WHERE status IN ('waiting', 'running');

CREATE TABLE event (
    seq {autoid},
    id TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    org_unit_id TEXT NOT NULL,
    result TEXT NOT NULL,
    details TEXT NOT NULL,
    request_id TEXT
);
CREATE INDEX event_at ON event (at);
CREATE INDEX event_object ON event (object_kind, object_id, seq);
