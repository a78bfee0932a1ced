-- What both sides said on a personal page. `revision` counts the changes of one person's page: whoever saw revision n
-- has missed what is above it.
CREATE TABLE page_messages (
    id {id},
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    toast TEXT,
    revision BIGINT NOT NULL,
    delivery_id BIGINT UNIQUE,
    said_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    seen_at BIGINT
);
CREATE INDEX page_messages_by_revision ON page_messages (participant_id, revision);

-- A document or picture of a message. SQLite keeps bytes as they are in a column of this type.
CREATE TABLE page_files (
    message_id BIGINT NOT NULL REFERENCES page_messages (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    alt TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (message_id, kind)
);
