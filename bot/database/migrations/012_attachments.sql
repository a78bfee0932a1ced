-- Several pictures and documents of one message, in their order.
ALTER TABLE page_files RENAME TO page_files_before;
CREATE TABLE page_files (
    message_id BIGINT NOT NULL REFERENCES page_messages (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    alt TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT page_files_in_order PRIMARY KEY (message_id, position)
);
INSERT INTO page_files (message_id, position, kind, name, media_type, alt, content)
    SELECT message_id, CASE WHEN kind = 'picture' THEN 0 ELSE 1 END, kind, name, media_type, alt, content
    FROM page_files_before;
DROP TABLE page_files_before;

-- Parts of an album that came so far, each by itself, until it is whole. `state` says why content is missing.
CREATE TABLE albums (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    album TEXT NOT NULL,
    place BIGINT NOT NULL,
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    picture INTEGER NOT NULL,
    state TEXT NOT NULL,
    content BYTEA NOT NULL,
    came_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat, album, place)
);
