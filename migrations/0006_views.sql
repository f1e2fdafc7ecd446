-- What lists need: orders and counts that an index answers, saved views, what somebody has chosen.

-- A page of the whole organisation is read in the order of its index; what is unknown sorts as nothing.
DROP INDEX device_summary_name;
DROP INDEX device_summary_platform;
DROP INDEX device_summary_status;
DROP INDEX device_summary_os;
DROP INDEX device_summary_last_seen;
DROP INDEX device_summary_person;
DROP INDEX device_summary_enrolled;
CREATE INDEX device_summary_by_name ON device_summary (COALESCE(name, ''), device_id);
CREATE INDEX device_summary_by_serial ON device_summary (COALESCE(serial_number, ''), device_id);
CREATE INDEX device_summary_by_model ON device_summary (COALESCE(model_name, model, ''), device_id);
CREATE INDEX device_summary_by_os ON device_summary (COALESCE(os_version, ''), device_id);
CREATE INDEX device_summary_by_person ON device_summary (COALESCE(person_name, ''), device_id);
CREATE INDEX device_summary_by_last_seen ON device_summary (COALESCE(last_seen, 0), device_id);
CREATE INDEX device_summary_by_enrolled ON device_summary (COALESCE(enrolled_at, 0), device_id);
-- Counts per value of a filter are read from here alone.
CREATE INDEX device_summary_facets ON device_summary
    (org_unit_id, platform, status, ownership, contact, os_version, COALESCE(model_name, model, ''));

-- A list of devices as somebody wants it again.
CREATE TABLE saved_view (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    -- Where its owner looked after devices when it was shared; whoever is there or below sees it.
    org_unit_id TEXT NOT NULL REFERENCES org_unit (id),
    name TEXT NOT NULL,
    -- 'me' or 'team'.
    audience TEXT NOT NULL,
    -- Filters, order and columns as they stand in the list's address.
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX saved_view_account ON saved_view (account_id);
CREATE INDEX saved_view_team ON saved_view (org_unit_id) WHERE audience = 'team';

-- How somebody wants lists to look, and the view that theirs begins with.
CREATE TABLE list_look (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    -- 'comfortable' or 'compact'.
    density TEXT NOT NULL,
    view_id TEXT
);

-- The devices that somebody has chosen across pages of a list; one of each session.
CREATE TABLE selection (
    id TEXT NOT NULL PRIMARY KEY,
    session_hash TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX selection_expires ON selection (expires_at);
CREATE TABLE selection_device (
    selection_id TEXT NOT NULL REFERENCES selection (id),
    device_id TEXT NOT NULL,
    PRIMARY KEY (selection_id, device_id)
);
