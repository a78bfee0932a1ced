-- Where people say that they are while a check for safety runs, each time anew: in words, as degrees, by a photo whose
-- file `digest` names ('' for none). `message` is the key of the message of a location that moves, or of an album.
CREATE TABLE safety_places (
    id {id},
    check_id BIGINT NOT NULL REFERENCES safety_checks (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    words TEXT NOT NULL DEFAULT '',
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    digest TEXT NOT NULL DEFAULT '',
    media_type TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    said_at BIGINT NOT NULL
);
CREATE INDEX safety_places_of_person ON safety_places (participant_id, check_id, said_at);
CREATE INDEX safety_places_of_check ON safety_places (check_id);
CREATE INDEX safety_places_by_age ON safety_places (said_at);
CREATE INDEX safety_places_by_digest ON safety_places (digest) WHERE digest <> '';
INSERT INTO safety_places (check_id, participant_id, words, said_at)
    SELECT check_id, participant_id, place, place_at FROM safety_answers WHERE place <> '' AND place_at IS NOT NULL;
ALTER TABLE safety_answers DROP COLUMN place;
ALTER TABLE safety_answers DROP COLUMN place_at;
