-- `asked` marks the answer to what someone asked for: it reaches who stopped all pushes too.
ALTER TABLE deliveries ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;

-- What a message carries besides its words, until every delivery of it is settled.
CREATE TABLE files (
    id {id},
    content BYTEA NOT NULL
);
ALTER TABLE deliveries ADD COLUMN file_id BIGINT REFERENCES files (id);
CREATE INDEX deliveries_by_file ON deliveries (file_id) WHERE file_id IS NOT NULL;

DROP INDEX deliveries_due;
CREATE INDEX deliveries_waiting ON deliveries (platform, urgent DESC, due_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_sending ON deliveries (platform) WHERE state = 'sending';
CREATE INDEX deliveries_kept ON deliveries (settled_at) WHERE content <> '';

-- Work too long for a transaction: a row until its result is told.
CREATE TABLE jobs (
    id {id},
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_by_participant ON jobs (participant_id);
