-- The words that devices are found by: beginnings of what they are called, of their person's name and model, ends of
-- their numbers. The empty word says that a device has its words.
CREATE TABLE device_word (
    device_id TEXT NOT NULL REFERENCES device (id),
    -- Its order is that of its bytes: what begins so is one range.
    word {bytewise} NOT NULL,
    PRIMARY KEY (device_id, word)
);
CREATE INDEX device_word_word ON device_word (word, device_id);
CREATE INDEX device_summary_imei ON device_summary (imei) WHERE imei IS NOT NULL;
CREATE INDEX device_summary_udid ON device_summary (udid) WHERE udid IS NOT NULL;
-- The figures beside the menu.
CREATE INDEX command_waiting ON command (org_unit_id) WHERE finished = 0;
