-- What is published about women and men in a step that has ended: counts of everybody together, rounded shares in
-- percent, the band of chance. Nothing about a person, and no row where people are too few.
CREATE TABLE equality_steps (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    people BIGINT NOT NULL,
    done BIGINT NOT NULL,
    could BIGINT NOT NULL,
    did BIGINT NOT NULL,
    low BIGINT NOT NULL,
    high BIGINT NOT NULL,
    side TEXT NOT NULL,
    grain BIGINT NOT NULL,
    cautious INTEGER NOT NULL,
    published_at BIGINT NOT NULL
);

-- Steps that have ended and about which nothing may be published, and why: no figure at all.
CREATE TABLE equality_withheld (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- Who spoke in the room, as somebody counted them by sight; never a time. Off while there are no rows.
CREATE TABLE equality_room (
    seen TEXT PRIMARY KEY,
    times BIGINT NOT NULL
);
