-- Reports that come by mail. ---------------------------------------------------------------------------------
CREATE TABLE report_schedule (
    id TEXT NOT NULL PRIMARY KEY,
    -- Whose report it is: it counts what they reach when it is sent.
    account_id TEXT NOT NULL REFERENCES account (id),
    report TEXT NOT NULL,
    -- Of which devices, as JSON.
    filter TEXT NOT NULL,
    -- 'daily', 'weekly' or 'monthly'.
    rhythm TEXT NOT NULL,
    -- 1 is Monday.
    weekday BIGINT NOT NULL,
    month_day BIGINT NOT NULL,
    -- In the time zone of the organisation.
    hour BIGINT NOT NULL,
    paused BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    sent_at BIGINT,
    failed_at BIGINT,
    failure TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX report_schedule_due ON report_schedule (due_at) WHERE paused = 0;
CREATE INDEX report_schedule_account ON report_schedule (account_id, id);

CREATE TABLE report_recipient (
    schedule_id TEXT NOT NULL REFERENCES report_schedule (id),
    account_id TEXT NOT NULL REFERENCES account (id),
    PRIMARY KEY (schedule_id, account_id)
);

-- Who came and left since a day.
CREATE INDEX enrollment_enrolled ON enrollment (enrolled_at) WHERE enrolled_at IS NOT NULL;
CREATE INDEX enrollment_ended ON enrollment (ended_at) WHERE ended_at IS NOT NULL;
