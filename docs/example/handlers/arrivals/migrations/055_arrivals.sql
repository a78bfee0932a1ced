-- When and where participants arrive, as they say themselves.
CREATE TABLE arrivals (
    id {id},
    participant_id BIGINT NOT NULL UNIQUE REFERENCES participants (id) ON DELETE CASCADE,
    arrives_at BIGINT NOT NULL,
    place TEXT NOT NULL
);
