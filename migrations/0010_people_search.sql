-- The words that people are found by: beginnings of their names and mail addresses.
CREATE TABLE person_word (
    person_id TEXT NOT NULL REFERENCES person (id),
    -- Its order is that of its bytes: what begins so is one range.
    word {bytewise} NOT NULL,
    PRIMARY KEY (person_id, word)
);
CREATE INDEX person_word_word ON person_word (word, person_id);
-- When the words were brought to what name and address say; absent since either changed.
ALTER TABLE person ADD COLUMN words_at BIGINT;
CREATE INDEX person_wordless ON person (id) WHERE words_at IS NULL;
-- How many people are in each unit, from the index alone.
CREATE INDEX person_unit_status ON person (org_unit_id, status);
-- What failed of late, without a look at all that was done of late.
CREATE INDEX command_failed ON command (updated_at) WHERE status = 'error';
