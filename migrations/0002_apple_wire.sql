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
    actor_name TEXT NOT NULL,
    event_id TEXT NOT NULL
);
CREATE INDEX escrow_reveal_escrow ON escrow_reveal (escrow_id, at);
CREATE INDEX escrow_reveal_at ON escrow_reveal (at);

-- (end: escrow)

-- ----------------------------------------------------------------------
-- Push certificates
-- ----------------------------------------------------------------------

-- (end: push certificates)

-- ----------------------------------------------------------------------
-- Inventory
-- ----------------------------------------------------------------------

-- (end: inventory)
