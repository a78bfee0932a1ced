-- A list of people, read and found good, until an organiser presses «import»: the file itself is not kept.
CREATE TABLE pending_imports (
    id {id},
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    people TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX pending_imports_by_time ON pending_imports (created_at);
