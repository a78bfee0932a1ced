-- What organisers say to many. `content` holds the words by locale ('' for every other one), JSON; `revision` counts
-- corrections. A copy is a row of deliveries whose life goes on after it arrived: corrected, or taken back.
CREATE TABLE announcements (
    id {id},
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    kind TEXT NOT NULL DEFAULT 'announcement',
    content TEXT NOT NULL,
    audience TEXT NOT NULL DEFAULT 'all',
    urgent INTEGER NOT NULL DEFAULT 0,
    asks_seen INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'draft',
    revision BIGINT NOT NULL DEFAULT 1,
    due_at BIGINT,
    deadline_at BIGINT,
    created_at BIGINT NOT NULL,
    released_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX announcements_by_state ON announcements (state, due_at);

-- What an announcement carries, once for all its copies, in order.
CREATE TABLE announcement_files (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    alt TEXT NOT NULL DEFAULT '',
    content BYTEA NOT NULL,
    PRIMARY KEY (announcement_id, position)
);

CREATE TABLE acknowledgements (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, participant_id)
);

ALTER TABLE deliveries ADD COLUMN announcement_id BIGINT REFERENCES announcements (id) ON DELETE CASCADE;
-- «send», «edit» or «delete»: what is to be done with the copy; `revision` is the one it shows.
ALTER TABLE deliveries ADD COLUMN op TEXT NOT NULL DEFAULT 'send';
ALTER TABLE deliveries ADD COLUMN revision BIGINT;
-- When a copy first arrived; whether a program ended while it was sent, so that it may be there twice.
ALTER TABLE deliveries ADD COLUMN sent_at BIGINT;
ALTER TABLE deliveries ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;
-- A channel that is no group's place, and who is called by name in a shared place («&» before a role), with commas.
ALTER TABLE deliveries ADD COLUMN place TEXT;
ALTER TABLE deliveries ADD COLUMN mentions TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_by_announcement ON deliveries (announcement_id, state) WHERE announcement_id IS NOT NULL;

-- Messages that change while they are looked at: a progress bar, a panel. Delivery edits them to the latest revision.
CREATE TABLE screens (
    id {id},
    key TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    native_id TEXT NOT NULL DEFAULT '',
    wanted BIGINT NOT NULL DEFAULT 1,
    shown BIGINT NOT NULL DEFAULT 0,
    digest TEXT NOT NULL DEFAULT '',
    not_before BIGINT NOT NULL DEFAULT 0,
    UNIQUE (key, account_id)
);
CREATE INDEX screens_by_account ON screens (account_id);
CREATE INDEX screens_behind ON screens (not_before) WHERE wanted > shown;
