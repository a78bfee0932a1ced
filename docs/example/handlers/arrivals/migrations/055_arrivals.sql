-- The arrivals that participants announce: when and where.
CREATE TABLE arrivals (
    id {id},
    participant_id BIGINT NOT NULL UNIQUE REFERENCES participants (id) ON DELETE CASCADE,
    happens_at BIGINT NOT NULL,
    place TEXT NOT NULL
);
