-- The Apple wire, complete: what the later messages, commands and certificates keep.

-- ----------------------------------------------------------------------
-- Check-in messages, channels of users, listeners, moved-in enrollments
-- ----------------------------------------------------------------------

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

-- (end: push certificates)

-- ----------------------------------------------------------------------
-- Inventory
-- ----------------------------------------------------------------------

-- (end: inventory)
