-- Practical information, in sections such as wifi or meals. `parts` is JSON: by name («title.fr», «text.fr», «link», …)
-- what organisers wrote, all of it optional.
CREATE TABLE practical_sections (
    key TEXT PRIMARY KEY,
    parts TEXT NOT NULL
);

-- Pictures and documents that sections and pending changes name by `id`; `position` is always 0. One that none names is
-- deleted a day after it was added, so that a change can be undone.
CREATE TABLE practical_files (
    id {id},
    position INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content BYTEA NOT NULL,
    added_at BIGINT NOT NULL
);

-- Who read a section and when, for a day: they are told when it changes. `told` is 1 from then until they read it
-- again. `answer` is what they said when it was offered as the answer to a question: yes, no, '' for nothing.
CREATE TABLE practical_readers (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    section TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (participant_id, section)
);
CREATE INDEX practical_readers_by_section ON practical_readers (section, read_at);

-- How often a section was offered as the answer to a question, how often it was the answer, and how often the question
-- went on to the team. Nothing about people.
CREATE TABLE practical_counts (
    section TEXT PRIMARY KEY,
    offered BIGINT NOT NULL DEFAULT 0,
    spared BIGINT NOT NULL DEFAULT 0,
    passed_on BIGINT NOT NULL DEFAULT 0
);

-- Changes that an organiser was shown and has not published yet, as JSON.
CREATE TABLE pending_sections (
    id {id},
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    changes TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX pending_sections_by_time ON pending_sections (created_at);
