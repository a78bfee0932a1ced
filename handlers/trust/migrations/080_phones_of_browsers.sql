-- Each new browser has its own number: what is left in one neither replaces nor deletes what was left in another.
ALTER TABLE emergency_phones RENAME TO emergency_phones_before;
CREATE TABLE emergency_phones (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    phone TEXT NOT NULL,
    browser TEXT NOT NULL DEFAULT '',
    CONSTRAINT emergency_phones_by_place PRIMARY KEY (participant_id, browser)
);
INSERT INTO emergency_phones (participant_id, phone, browser)
    SELECT participant_id, phone, browser FROM emergency_phones_before;
DROP TABLE emergency_phones_before;
