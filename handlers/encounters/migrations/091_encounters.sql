-- A session in which people sit in pairs, with somebody else in each seating. `seating` is the one that goes on, from 1;
-- 0 before it begins. `rooms` are the names of rooms, one in each line. `language` is what everybody understands, '' for none.
CREATE TABLE encounters (
    id {id},
    session_id BIGINT NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    seatings INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    rooms TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    seed INTEGER NOT NULL DEFAULT 0,
    score BIGINT NOT NULL DEFAULT 0,
    bound BIGINT NOT NULL DEFAULT 0,
    seating INTEGER NOT NULL DEFAULT 0,
    ends_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX encounters_that_end ON encounters (ends_at) WHERE ends_at IS NOT NULL;

-- Who takes part; `here` is 0 for who did not come or has left, 2 for who came although nobody expected it.
CREATE TABLE encounter_guests (
    encounter_id BIGINT NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    here INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (encounter_id, participant_id)
);
CREATE INDEX encounter_guests_of_person ON encounter_guests (participant_id);

-- Who sits where. A person without a table in a seating has nobody to sit with.
CREATE TABLE encounter_seats (
    encounter_id BIGINT NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    seating INTEGER NOT NULL,
    place INTEGER NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    broken TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (encounter_id, seating, participant_id)
);
CREATE INDEX encounter_seats_of_person ON encounter_seats (participant_id);

-- Pairs that organisers keep together or apart.
CREATE TABLE encounter_pairs (
    encounter_id BIGINT NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    first_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    second_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    PRIMARY KEY (encounter_id, first_id, second_id)
);
CREATE INDEX encounter_pairs_of_second ON encounter_pairs (second_id);
CREATE INDEX encounter_pairs_of_first ON encounter_pairs (first_id);
