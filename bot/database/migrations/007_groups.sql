-- Rounds of groups, one a day. Times people read are set before a round is published, and told with it.
CREATE TABLE rounds (
    number BIGINT PRIMARY KEY,
    day TEXT NOT NULL,
    meets_at BIGINT,
    published_at BIGINT
);

-- `number` counts within the theme; a dissolved group's number is not given again in its round.
CREATE TABLE groups (
    id {id},
    round BIGINT NOT NULL REFERENCES rounds (number),
    theme TEXT NOT NULL REFERENCES themes (key),
    number BIGINT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    room TEXT NOT NULL DEFAULT '',
    locked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (round, theme, number)
);

CREATE TABLE members (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    round BIGINT NOT NULL REFERENCES rounds (number),
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    pinned INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (participant_id, round)
);
CREATE INDEX members_by_group ON members (group_id);

-- Two people who must, or must not, be in one group. `first_id` is the smaller id: a pair is there once.
CREATE TABLE pairs (
    first_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    second_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id)
);
CREATE INDEX pairs_by_second ON pairs (second_id);

-- Who was there, day by day (a local date); nobody marked: no row.
CREATE TABLE attendance (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    present INTEGER NOT NULL,
    marked_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, day)
);
CREATE INDEX attendance_by_day ON attendance (day);

-- Groups computed and shown, until an organiser keeps them; the last ones kept say how the present groups came about.
CREATE TABLE proposals (
    id {id},
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    kept_at BIGINT
);
