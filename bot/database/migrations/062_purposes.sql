-- Who agreed to a purpose for which data are kept beside taking part; its date is computed, never stored here.

CREATE TABLE purposes (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    agreed_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, purpose)
);
CREATE INDEX purposes_by_purpose ON purposes (purpose);

-- What is remembered of the end of taking part: when the team was warned of it, and that it came.
UPDATE settings SET key = 'purpose_warned.part' WHERE key = 'retention_plan';
UPDATE settings SET key = 'purpose_over.part' WHERE key = 'retention_over';
