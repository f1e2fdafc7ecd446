-- The Apple wire, complete: what the later messages, commands and certificates keep.

-- ----------------------------------------------------------------------
-- Check-in messages, channels of users, listeners, moved-in enrollments
-- ----------------------------------------------------------------------

-- What the enrollment profile announced, as JSON: an update may add and remove nothing of it.
ALTER TABLE attempt ADD COLUMN server_capabilities TEXT;
ALTER TABLE enrollment ADD COLUMN server_capabilities TEXT;
-- Where it comes from: 'invitation', 'authority' (a trusted authority's certificate was the grant), 'import'.
ALTER TABLE enrollment ADD COLUMN origin TEXT NOT NULL DEFAULT 'invitation';
ALTER TABLE enrollment ADD COLUMN device_authority_id TEXT;
-- 'proven'; of moved-in enrollments 'awaited' (no certificate known), 'provisional' (pinned at first
-- contact, nothing goes out yet), 'frozen' (two certificates claimed it).
ALTER TABLE enrollment ADD COLUMN trust TEXT NOT NULL DEFAULT 'proven';
ALTER TABLE enrollment ADD COLUMN rival_sha256 TEXT;
CREATE INDEX enrollment_trust ON enrollment (trust, id) WHERE trust <> 'proven';

-- Who uses a channel, as its messages say.
ALTER TABLE channel ADD COLUMN user_id TEXT;
ALTER TABLE channel ADD COLUMN user_long_name TEXT;

-- Authorities of others whose device certificates are accepted.
CREATE TABLE device_authority (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    certificate {blob} NOT NULL,
    sha256 TEXT NOT NULL,
    -- Whether one of its certificates may itself enroll a device.
    may_enroll BIGINT NOT NULL DEFAULT 0,
    ownership TEXT NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE UNIQUE INDEX device_authority_sha256 ON device_authority (sha256) WHERE removed_at IS NULL;

-- The last status reports of each channel (declarative management).
CREATE TABLE status_report (
    id TEXT NOT NULL PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES channel (id),
    device_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    full_report BIGINT NOT NULL,
    body TEXT NOT NULL,
    -- What the device could not do or say, as JSON; NULL when it complained of nothing.
    errors TEXT,
    body_hash TEXT NOT NULL,
    size_bytes BIGINT NOT NULL
);
CREATE INDEX status_report_channel ON status_report (channel_id, received_at, id);
CREATE INDEX status_report_device ON status_report (device_id, received_at, id);

-- (end: check-in messages)

-- ----------------------------------------------------------------------
-- Device certificates: ACME, renewal, revocation
-- ----------------------------------------------------------------------

-- How the certificate was asked for: 'scep', 'acme' or 'acme_attested'.
ALTER TABLE certificate ADD COLUMN method TEXT NOT NULL DEFAULT 'scep';
-- What Apple's attestation said of the device, as JSON.
ALTER TABLE certificate ADD COLUMN attested TEXT;
-- Address of the request.
ALTER TABLE certificate ADD COLUMN address TEXT;
-- When to ask for a renewal next; NULL once another certificate is in use.
ALTER TABLE certificate ADD COLUMN renew_at BIGINT;
ALTER TABLE certificate ADD COLUMN renewal_asked_at BIGINT;
ALTER TABLE certificate ADD COLUMN renewal_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN renewal_command_id TEXT;
-- Why the last try came to nothing: 'refused', 'not_used', 'not_fetched', 'not_fetched_in_time', 'not_asked'.
ALTER TABLE certificate ADD COLUMN renewal_problem TEXT;
-- When to warn next that it expires.
ALTER TABLE certificate ADD COLUMN warn_at BIGINT;
-- End of the time in which it is still admitted after its successor was seen.
ALTER TABLE certificate ADD COLUMN revoke_after BIGINT;
UPDATE certificate SET renew_at = not_after - 5184000000, warn_at = not_after - 2592000000;
CREATE INDEX certificate_renew ON certificate (renew_at) WHERE revoked_at IS NULL AND renew_at IS NOT NULL;
CREATE INDEX certificate_warn ON certificate (warn_at) WHERE revoked_at IS NULL AND warn_at IS NOT NULL;
CREATE INDEX certificate_grace ON certificate (revoke_after) WHERE revoked_at IS NULL AND revoke_after IS NOT NULL;
CREATE INDEX certificate_asked ON certificate (renewal_command_id) WHERE renewal_command_id IS NOT NULL;
CREATE INDEX certificate_created ON certificate (created_at, id);
CREATE INDEX certificate_revoked ON certificate (authority_id, revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX certificate_key ON certificate (key_sha256);

-- The credential of a profile download: a SCEP challenge, or an ACME ClientIdentifier.
ALTER TABLE scep_challenge ADD COLUMN method TEXT NOT NULL DEFAULT 'scep';
-- What a renewal has to repeat byte for byte, and the words that the person read.
ALTER TABLE scep_challenge ADD COLUMN base_url TEXT;
ALTER TABLE scep_challenge ADD COLUMN profile_name TEXT;
ALTER TABLE scep_challenge ADD COLUMN profile_description TEXT;
-- What a program said of the device before it enrolled, to choose the method.
ALTER TABLE attempt ADD COLUMN product TEXT;
ALTER TABLE attempt ADD COLUMN os_version TEXT;

-- The credential in a profile that renews an identity: good for an hour from its delivery.
CREATE TABLE renewal_grant (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    enrollment_id TEXT NOT NULL REFERENCES enrollment (id),
    -- The certificate to be replaced.
    replaces_sha256 TEXT NOT NULL,
    method TEXT NOT NULL,
    -- The command that carries the profile.
    command_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    key_sha256 TEXT,
    certificate_sha256 TEXT
);
CREATE INDEX renewal_grant_enrollment ON renewal_grant (enrollment_id);
CREATE INDEX renewal_grant_expires ON renewal_grant (expires_at);

CREATE TABLE acme_account (
    id TEXT NOT NULL PRIMARY KEY,
    -- RFC 7638, base64url.
    thumbprint TEXT NOT NULL UNIQUE,
    -- The public key as JWK.
    jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX acme_account_used ON acme_account (used_at);

-- Nonces that were used; one is a sealed time, so unused ones need no row.
CREATE TABLE acme_nonce (
    nonce_hash TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX acme_nonce_expires ON acme_nonce (expires_at);

-- An order with its one authorization and its one challenge.
CREATE TABLE acme_order (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    -- Hash of the ClientIdentifier: one order claims it.
    secret_hash TEXT NOT NULL UNIQUE,
    identifier_sealed {blob} NOT NULL,
    -- 'pending', 'ready', 'valid', 'invalid'.
    status TEXT NOT NULL,
    token TEXT NOT NULL,
    -- NULL while the challenge is pending; then when it was answered.
    answered_at BIGINT,
    -- Code of the reason when invalid.
    problem TEXT,
    attested TEXT,
    key_sha256 TEXT,
    certificate_sha256 TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX acme_order_account ON acme_order (account_id);
CREATE INDEX acme_order_key ON acme_order (key_sha256) WHERE key_sha256 IS NOT NULL;
CREATE INDEX acme_order_expires ON acme_order (expires_at);

-- The last signed revocation list of each authority.
CREATE TABLE revocation_list (
    authority_id TEXT NOT NULL PRIMARY KEY REFERENCES authority (id),
    number BIGINT NOT NULL,
    der {blob} NOT NULL,
    made_at BIGINT NOT NULL,
    next_update BIGINT NOT NULL
);

-- (end: device certificates)

-- ----------------------------------------------------------------------
-- Commands
-- ----------------------------------------------------------------------

-- What a newer command of the same key supersedes: 'profile:<identifier>', 'lost_mode', 'settings:…'.
ALTER TABLE command ADD COLUMN replaces TEXT;
-- How long it may wait once it is queued.
ALTER TABLE command ADD COLUMN life_ms BIGINT NOT NULL DEFAULT 604800000;
CREATE INDEX command_replaces ON command (channel_id, replaces) WHERE replaces IS NOT NULL;
CREATE INDEX command_unfinished ON command (device_id) WHERE finished = 0;

-- (end: commands)

-- ----------------------------------------------------------------------
-- Escrow, lost mode, activation lock
-- ----------------------------------------------------------------------

-- What the secret is of, when a kind has several: the account of an administrator password.
ALTER TABLE escrow ADD COLUMN label TEXT;
-- The message, command or person that brought it.
ALTER TABLE escrow ADD COLUMN source TEXT NOT NULL DEFAULT 'device';
-- 'kept'; or of a secret that a command of ours sets: 'proposed' until the device answers, then 'kept',
-- 'refused' or, when the command ended without an answer, 'uncertain'.
ALTER TABLE escrow ADD COLUMN state TEXT NOT NULL DEFAULT 'kept';
ALTER TABLE escrow ADD COLUMN command_id TEXT;
CREATE INDEX escrow_command ON escrow (command_id) WHERE command_id IS NOT NULL;

-- Who saw which secret, for its card and for the limits; the reason is in the event.
CREATE TABLE escrow_reveal (
    seq {autoid},
    escrow_id TEXT NOT NULL REFERENCES escrow (id),
    device_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The account behind a session or token, or 'server'.
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL
);
CREATE INDEX escrow_reveal_escrow ON escrow_reveal (escrow_id, at);
CREATE INDEX escrow_reveal_at ON escrow_reveal (at);

-- Lost mode as the device said it last; one row per device that ever was lost.
CREATE TABLE lost_mode (
    device_id TEXT NOT NULL PRIMARY KEY REFERENCES device (id),
    enrollment_id TEXT NOT NULL,
    message TEXT,
    phone_number TEXT,
    footnote TEXT,
    began_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- Where lost devices were; kept for seven days.
CREATE TABLE location (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL,
    command_id TEXT NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    longitude DOUBLE PRECISION NOT NULL,
    horizontal_accuracy DOUBLE PRECISION,
    vertical_accuracy DOUBLE PRECISION,
    altitude DOUBLE PRECISION,
    speed DOUBLE PRECISION,
    course DOUBLE PRECISION,
    device_time TEXT,
    received_at BIGINT NOT NULL
);
CREATE INDEX location_device ON location (device_id, id);
CREATE INDEX location_received ON location (received_at);

-- Calls that remove an activation lock: one row per ask, carried out by a job.
CREATE TABLE activation_unlock (
    id TEXT NOT NULL PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES device (id),
    org_unit_id TEXT NOT NULL,
    -- 'waiting', 'running', 'done', 'failed'
    status TEXT NOT NULL,
    -- Why it failed, as a stable word.
    reason TEXT,
    -- How the lock went: the kind of the code that Apple took.
    escrow_kind TEXT,
    tries BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    asked_reason TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX activation_unlock_due ON activation_unlock (due_at) WHERE status IN ('waiting', 'running');
CREATE INDEX activation_unlock_device ON activation_unlock (device_id, created_at);
CREATE UNIQUE INDEX activation_unlock_one ON activation_unlock (device_id)
    WHERE status IN ('waiting', 'running');

-- (end: escrow)

-- ----------------------------------------------------------------------
-- Push certificates
-- ----------------------------------------------------------------------

-- The certificate in use, so that a late refusal of an earlier one stops nothing.
ALTER TABLE push_topic ADD COLUMN certificate_id TEXT;
-- Who cares for it, in their own words: a person, a team, an address.
ALTER TABLE push_topic ADD COLUMN owner_contact TEXT;
-- 'production' or 'test'.
ALTER TABLE push_topic ADD COLUMN purpose TEXT;
-- 1: new enrollments of its unit use this topic; at most one per unit.
ALTER TABLE push_topic ADD COLUMN for_new BIGINT NOT NULL DEFAULT 1;
-- The last step of the expiry ladder that was told (60, 30, 14, 7, 1, 0 days); NULL: none yet.
ALTER TABLE push_topic ADD COLUMN ladder_step BIGINT;
-- APNs refuses what we send for a reason on our side; NULL while it does not.
ALTER TABLE push_topic ADD COLUMN alarm_reason TEXT;
ALTER TABLE push_topic ADD COLUMN alarm_since BIGINT;
-- Apple's id of the last accepted push.
ALTER TABLE channel ADD COLUMN last_push_apns_id TEXT;

-- Every certificate that a topic has had. The key of the one in use is with the topic; others have none.
CREATE TABLE push_certificate (
    id TEXT NOT NULL PRIMARY KEY,
    topic_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    serial_number TEXT NOT NULL,
    certificate {blob} NOT NULL,
    not_before BIGINT,
    not_after BIGINT NOT NULL,
    vendor_account TEXT,
    -- 'pair' (came with its key) or 'request' (its key was made here).
    key_origin TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    replaced_at BIGINT
);
CREATE INDEX push_certificate_topic ON push_certificate (topic_id, uploaded_at);

-- Certificate requests made here that wait for Apple's answer.
CREATE TABLE push_csr (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    -- The topic that it is to renew; NULL for a new one.
    topic_id TEXT,
    common_name TEXT NOT NULL,
    email TEXT NOT NULL,
    country TEXT NOT NULL,
    request {blob} NOT NULL,
    key_sealed {blob} NOT NULL,
    spki_sha256 TEXT NOT NULL UNIQUE,
    -- The file for Apple's portal, once a vendor certificate has signed the request.
    upload_file TEXT,
    -- 'own' or 'outside'.
    signed_by TEXT,
    signed_at BIGINT,
    created_by TEXT NOT NULL,
    -- When this person agreed that the request's data goes to Apple.
    consent_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The organisation's own MDM vendor certificate; at most one row.
CREATE TABLE push_vendor (
    id TEXT NOT NULL PRIMARY KEY,
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    chain_pem TEXT NOT NULL,
    key_sealed {blob} NOT NULL,
    subject TEXT NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE push_rehearsal (
    id TEXT NOT NULL PRIMARY KEY,
    topic_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    -- Who will renew it, as said at the rehearsal.
    responsible TEXT,
    candidate_serial TEXT,
    passed BIGINT NOT NULL,
    -- [{check, result, reason}] in JSON.
    checks TEXT NOT NULL
);
CREATE INDEX push_rehearsal_topic ON push_rehearsal (topic_id, at);

UPDATE push_topic SET certificate_id = id;
INSERT INTO push_certificate (id, topic_id, topic, serial_number, certificate, not_after,
    vendor_account, key_origin, uploaded_by, uploaded_at)
    SELECT id, id, topic, serial_number, certificate, not_after, vendor_account, 'pair', '', updated_at
    FROM push_topic;

-- (end: push certificates)

-- ----------------------------------------------------------------------
-- Inventory
-- ----------------------------------------------------------------------

-- What is asked of a channel again and again, when next, and how the last answer was.
CREATE TABLE inventory_item (
    channel_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    device_id TEXT NOT NULL,
    enrollment_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    asked_at BIGINT,
    answered_at BIGINT,
    -- Entries that were kept, and how many the answer had above the limit.
    kept BIGINT,
    left_out BIGINT,
    PRIMARY KEY (channel_id, kind)
);
CREATE INDEX inventory_item_due ON inventory_item (due_at);
CREATE INDEX inventory_item_device ON inventory_item (device_id);
CREATE INDEX inventory_item_enrollment ON inventory_item (enrollment_id);

-- A fact that became another: what it was, what it is, who said so.
CREATE TABLE fact_change (
    seq {autoid},
    device_id TEXT NOT NULL,
    name TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    source TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX fact_change_device ON fact_change (device_id, seq);
CREATE INDEX fact_change_at ON fact_change (at);

CREATE TABLE installed_app (
    channel_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    version TEXT NOT NULL,
    device_id TEXT NOT NULL,
    name TEXT,
    short_version TEXT,
    bundle_bytes BIGINT,
    data_bytes BIGINT,
    from_app_store BIGINT,
    installing BIGINT,
    update_available BIGINT,
    observed_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, identifier, version)
);
CREATE INDEX installed_app_device ON installed_app (device_id);
CREATE INDEX installed_app_identifier ON installed_app (identifier);

CREATE TABLE installed_certificate (
    channel_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    device_id TEXT NOT NULL,
    common_name TEXT NOT NULL,
    issuer TEXT,
    serial_number TEXT,
    not_before BIGINT,
    not_after BIGINT,
    is_identity BIGINT,
    observed_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, sha256)
);
CREATE INDEX installed_certificate_device ON installed_certificate (device_id);

-- Accounts on a Mac or a Shared iPad.
CREATE TABLE device_user (
    channel_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    device_id TEXT NOT NULL,
    full_name TEXT,
    guid TEXT,
    signed_in BIGINT,
    has_data_to_sync BIGINT,
    quota_bytes BIGINT,
    used_bytes BIGINT,
    secure_token BIGINT,
    observed_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, user_name)
);
CREATE INDEX device_user_device ON device_user (device_id);

CREATE TABLE available_update (
    channel_id TEXT NOT NULL,
    product_key TEXT NOT NULL,
    device_id TEXT NOT NULL,
    name TEXT,
    version TEXT,
    build TEXT,
    critical BIGINT,
    restart_required BIGINT,
    download_bytes BIGINT,
    observed_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, product_key)
);
CREATE INDEX available_update_device ON available_update (device_id);

-- (end: inventory)
