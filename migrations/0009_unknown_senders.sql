-- Certificates of our own device authority that no issuance record knows: after a restore they are of devices that
-- enrolled since the backup. One row each until an administrator takes the device in again.
CREATE TABLE unknown_sender (
    sha256 TEXT NOT NULL PRIMARY KEY,
    der {blob} NOT NULL,
    -- The authority signed it once: what differs beside the signed part is the same certificate.
    serial_number TEXT NOT NULL UNIQUE,
    -- What the first message said; a certificate that ever says something else is never taken in.
    udid TEXT,
    apple_enrollment_id TEXT,
    contradicts BIGINT NOT NULL DEFAULT 0,
    -- Of its TokenUpdate, where it sent one.
    topic TEXT,
    address TEXT,
    times BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX unknown_sender_udid ON unknown_sender (udid) WHERE udid IS NOT NULL;
CREATE INDEX certificate_serial ON certificate (serial_number);
