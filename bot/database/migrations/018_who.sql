-- Whom a message is for: 0 anyone, 2 who runs workshops, 3 organisers. It goes with the role. So does what a job makes.
ALTER TABLE page_messages ADD COLUMN who INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN who INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN who INTEGER NOT NULL DEFAULT 0;

-- Answers in a chat that hold files or ways in for such people: taken away again once their account, or they, may not
-- have them any more.
CREATE TABLE entrusted (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL,
    who INTEGER NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, native_id)
);
CREATE INDEX entrusted_by_time ON entrusted (said_at);
