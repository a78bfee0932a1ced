-- The phases of a workshop. Words are JSON by locale; `collects` says what a phase makes: facts, challenge, solution,
-- territories, or ideas alone.
CREATE TABLE phases (
    key TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    instruction TEXT NOT NULL,
    example TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    collects TEXT NOT NULL
);

-- A phase as one group lives it. `state` is running, paused or ended; `ends_at` is NULL while paused, when `remaining`
-- holds the microseconds left. `length` is how long it lasts, breaks apart; who is in one longer than `warned_beyond` is
-- warned once, so long before the end as `warning` says (microseconds, all three).
CREATE TABLE phase_runs (
    id {id},
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    phase TEXT NOT NULL REFERENCES phases (key),
    state TEXT NOT NULL DEFAULT 'running',
    started_at BIGINT NOT NULL,
    started_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    ends_at BIGINT,
    remaining BIGINT,
    length BIGINT NOT NULL DEFAULT 0,
    warning BIGINT NOT NULL DEFAULT 0,
    warned_beyond BIGINT NOT NULL DEFAULT 0,
    warned INTEGER NOT NULL DEFAULT 0,
    revealed_at BIGINT,
    ended_at BIGINT,
    writer_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    UNIQUE (group_id, phase)
);
CREATE UNIQUE INDEX phase_runs_open ON phase_runs (group_id) WHERE state <> 'ended';
CREATE INDEX phase_runs_by_end ON phase_runs (ends_at) WHERE state = 'running';

-- What people say during a phase. It outlives its group and its author, then without them: `theme` and `territory` are
-- those of the time. `state` is live; late (came after the end, kept for its author), offered (to the facilitator),
-- homeless (its author had no group) or withdrawn. `stems` are its word forms cut down to what resembles, for likeness.
-- `chat` and `native_id` are the message it came as: editing that edits the idea. `album` joins photos sent together.
CREATE TABLE ideas (
    id {id},
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    theme TEXT REFERENCES themes (key) ON DELETE SET NULL,
    phase TEXT NOT NULL REFERENCES phases (key),
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    territory TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    stems TEXT NOT NULL DEFAULT '',
    anonymous INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'live',
    parent_id BIGINT REFERENCES ideas (id) ON DELETE SET NULL,
    merged_into BIGINT REFERENCES ideas (id) ON DELETE SET NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    platform TEXT NOT NULL DEFAULT '',
    chat TEXT NOT NULL DEFAULT '',
    native_id TEXT NOT NULL DEFAULT '',
    album TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    edited_at BIGINT
);
CREATE INDEX ideas_by_group ON ideas (group_id, phase, id);
CREATE INDEX ideas_by_theme ON ideas (theme, phase, id);
CREATE INDEX ideas_by_author ON ideas (author_id, phase);
CREATE INDEX ideas_by_parent ON ideas (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ideas_merged ON ideas (merged_into) WHERE merged_into IS NOT NULL;
CREATE UNIQUE INDEX ideas_by_message ON ideas (platform, chat, native_id) WHERE native_id <> '';

-- Photos and documents that came with an idea; the content is a file named by `digest` beside the database.
CREATE TABLE idea_files (
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    picture INTEGER NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (idea_id, position)
);
CREATE INDEX idea_files_by_digest ON idea_files (digest);

-- When a chat was last told what an idea may be: once a burst of what nobody can use.
CREATE TABLE idea_hints (
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (platform, chat)
);

CREATE TABLE idea_votes (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    PRIMARY KEY (participant_id, idea_id)
);
CREATE INDEX idea_votes_by_idea ON idea_votes (idea_id);

-- Who found an idea out of place; organisers learn of it, nobody else.
CREATE TABLE idea_reports (
    idea_id BIGINT NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (idea_id, participant_id)
);

-- What a group writes down at the end of a phase: each save is a row. `state` is current, rival (written at the same
-- time as the current one, from the same `based_on`) or past. `content` is JSON, its keys those of what is collected.
-- `posted_at` is when it was shown in the group's places.
CREATE TABLE syntheses (
    id {id},
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    phase TEXT NOT NULL REFERENCES phases (key),
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    based_on BIGINT REFERENCES syntheses (id) ON DELETE SET NULL,
    state TEXT NOT NULL DEFAULT 'current',
    created_at BIGINT NOT NULL,
    posted_at BIGINT
);
CREATE INDEX syntheses_by_group ON syntheses (group_id, phase, state);

CREATE TABLE synthesis_opinions (
    synthesis_id BIGINT NOT NULL REFERENCES syntheses (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    approves INTEGER NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,
    PRIMARY KEY (synthesis_id, participant_id)
);

-- What a member writes of their own country: what exists, what blocks, what must change, who could carry it.
CREATE TABLE territory_cards (
    id {id},
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    territory TEXT NOT NULL,
    present TEXT NOT NULL DEFAULT '',
    obstacle TEXT NOT NULL DEFAULT '',
    change TEXT NOT NULL DEFAULT '',
    carrier TEXT NOT NULL DEFAULT '',
    updated_at BIGINT NOT NULL,
    UNIQUE (group_id, participant_id)
);

-- Who runs phases, and for whom: `audience` is all, theme:KEY or group:ID.
CREATE TABLE facilitators (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    audience TEXT NOT NULL,
    PRIMARY KEY (participant_id, audience)
);
CREATE INDEX facilitators_by_audience ON facilitators (audience);

-- A group that calls for help; one call at a time. `escalate_at` is NULL once organisers were told.
CREATE TABLE calls (
    id {id},
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    caller_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    called_at BIGINT NOT NULL,
    taken_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    taken_at BIGINT,
    escalate_at BIGINT,
    closed_at BIGINT
);
CREATE UNIQUE INDEX calls_open ON calls (group_id) WHERE closed_at IS NULL;
CREATE INDEX calls_to_escalate ON calls (escalate_at) WHERE escalate_at IS NOT NULL AND closed_at IS NULL;

-- When someone was last asked in private to say something in their group.
CREATE TABLE nudges (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL
);

-- A group's deck, as it confirmed it before its turn; `digest` tells whether it changed since.
CREATE TABLE deck_confirmations (
    group_id BIGINT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    confirmed_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    confirmed_at BIGINT NOT NULL
);

-- A panel is pinned where the platform can; `pinned` is 1 when it is to be, 2 once it is.
ALTER TABLE screens ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
-- Every idea looks for the panels it changes.
CREATE INDEX screens_panels ON screens (account_id) WHERE key LIKE 'panel:%';
ALTER TABLE page_messages ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
