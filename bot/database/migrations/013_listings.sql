-- A session's entry in a platform's own calendar. An entry outlives its session until it is withdrawn, so `session_id`
-- refers to nothing; ids of sessions are never given twice. `title` and `starts_at` are what it was made under, or is
-- just being made under; `tried` is the session's revision it was last brought in step with, or failed to be, and 0 for a
-- session that is gone: any other revision is due at once, the same again at `due_at`.
CREATE TABLE listings (
    session_id BIGINT NOT NULL,
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    starts_at BIGINT,
    tried BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, platform)
);
