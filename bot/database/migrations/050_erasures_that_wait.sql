-- Who erased a profile a moment ago, as a salted hash of their account, for an hour: where anybody may register, the
-- next one waits until the hour is over, so that nobody makes the program erase all day.
CREATE TABLE erased_accounts (
    salt TEXT NOT NULL,
    hash TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE TABLE erasures_later (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    texts INTEGER NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX erasures_later_by_time ON erasures_later (due_at);
