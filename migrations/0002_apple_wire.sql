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

-- (end: device certificates)

-- ----------------------------------------------------------------------
-- Commands
-- ----------------------------------------------------------------------

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

-- (end: inventory)
