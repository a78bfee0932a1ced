-- The programme. `title` and `place` are words per locale (JSON); `key` is the file's own name for a session and stays.
-- `revision` counts the changes: who edits says which one they saw.
CREATE TABLE sessions (
    id {id},
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    map_url TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    zone TEXT NOT NULL,
    audience TEXT NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX sessions_by_time ON sessions (starts_at);

-- A programme, read and found good, until an organiser presses «import»: the file itself is not kept.
CREATE TABLE pending_programmes (
    id {id},
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    plans TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX pending_programmes_by_time ON pending_programmes (created_at);
