-- What stands in chats and must not look live when it is no longer. Which screen an answer shows: sent anew, its older
-- copies say so. What a message that was sent tells of («phase:7»): when that changes, or is over, the message follows.
CREATE TABLE shown_screens (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL,
    screen TEXT NOT NULL,
    shown_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, native_id)
);
CREATE INDEX shown_screens_by_time ON shown_screens (shown_at);
ALTER TABLE deliveries ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_by_subject ON deliveries (subject) WHERE subject <> '';
