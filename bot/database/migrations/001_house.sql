-- Instants are microseconds since 1970 UTC, booleans 0 or 1, closed lists text.

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE participants (
    id {id},
    ref TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL DEFAULT '',
    search_key TEXT NOT NULL,
    email TEXT NOT NULL DEFAULT '',
    territory TEXT NOT NULL DEFAULT '',
    gender TEXT NOT NULL DEFAULT '',
    birth_year BIGINT,
    organisation TEXT NOT NULL DEFAULT '',
    locale TEXT,
    status TEXT NOT NULL DEFAULT 'invited',
    attends INTEGER NOT NULL DEFAULT 1,
    organises INTEGER NOT NULL DEFAULT 0,
    stopped INTEGER NOT NULL DEFAULT 0,
    preferred_account BIGINT,
    created_at BIGINT NOT NULL,
    joined_at BIGINT
);
CREATE INDEX participants_by_status ON participants (status);

CREATE TABLE accounts (
    id {id},
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    chat TEXT NOT NULL,
    name TEXT NOT NULL,
    locale TEXT,
    unreachable INTEGER NOT NULL DEFAULT 0,
    private_pushes INTEGER NOT NULL DEFAULT 0,
    linked_at BIGINT NOT NULL,
    UNIQUE (platform, native_id)
);
CREATE INDEX accounts_by_participant ON accounts (participant_id);

-- What opens a door, hashed: invitation codes, personal links, browser sessions, link codes, organiser links.
CREATE TABLE secrets (
    hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX secrets_by_participant ON secrets (participant_id, purpose);

CREATE TABLE attempts (
    platform TEXT NOT NULL,
    native_id TEXT NOT NULL,
    count INTEGER NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (platform, native_id)
);

-- `taken` is kept with each choice, so that a place is sold in one statement whatever the number of people.
CREATE TABLE themes (
    key TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    capacity BIGINT,
    taken BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE choices (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    theme TEXT REFERENCES themes (key),
    second_theme TEXT REFERENCES themes (key),
    chosen_at BIGINT NOT NULL
);
CREATE INDEX choices_by_theme ON choices (theme);

CREATE TABLE waiting (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    theme TEXT NOT NULL REFERENCES themes (key),
    since BIGINT NOT NULL
);
CREATE INDEX waiting_by_theme ON waiting (theme, since);

CREATE TABLE dialogues (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    action TEXT NOT NULL,
    step INTEGER NOT NULL,
    draft TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat)
);

CREATE TABLE inbox (
    platform TEXT NOT NULL,
    update_id TEXT NOT NULL,
    native_id TEXT NOT NULL,
    chat TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0,
    reference TEXT,
    text TEXT,
    PRIMARY KEY (platform, update_id)
);
CREATE INDEX inbox_by_time ON inbox (received_at);
CREATE INDEX inbox_unanswered ON inbox (platform, received_at) WHERE replied = 0;

CREATE TABLE deliveries (
    id {id},
    platform TEXT NOT NULL,
    kind TEXT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    urgent INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    native_id TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX deliveries_due ON deliveries (platform, urgent DESC, due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX deliveries_by_participant ON deliveries (participant_id);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE questions (
    id {id},
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answer TEXT,
    answered_at BIGINT,
    answered_by BIGINT
);

-- The journal: for ten minutes, the action that takes a change back, unless later changes touched the same `subject`.
CREATE TABLE journal (
    id {id},
    author_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    what TEXT NOT NULL,
    inverse TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX journal_by_subject ON journal (subject, done_at);
