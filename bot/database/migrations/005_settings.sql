-- What people decide about themselves: the topics they muted (a JSON list), and that they are forgotten.

ALTER TABLE participants ADD COLUMN muted TEXT NOT NULL DEFAULT '[]';

-- Whom a message to someone else speaks of: it goes when that person goes.
ALTER TABLE deliveries ADD COLUMN about BIGINT REFERENCES participants (id) ON DELETE CASCADE;
CREATE INDEX deliveries_about ON deliveries (about) WHERE about IS NOT NULL;
CREATE INDEX deliveries_by_account ON deliveries (account_id);

-- Erasures committed, until they are written beside the database and their traces are gone.
CREATE TABLE erasures (
    id {id},
    person TEXT NOT NULL,
    texts INTEGER NOT NULL,
    erased_at BIGINT NOT NULL
);
