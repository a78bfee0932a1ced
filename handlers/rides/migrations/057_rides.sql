-- Rides that participants offer to the gathering (`back` is 0) or from it (1), and who has a seat or asked for one.
CREATE TABLE rides (
    id {id},
    driver_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    back INTEGER NOT NULL,
    place TEXT NOT NULL,
    leaves_at BIGINT NOT NULL,
    seats INTEGER NOT NULL
);
CREATE INDEX rides_of_driver ON rides (driver_id);
CREATE INDEX rides_by_time ON rides (leaves_at);

CREATE TABLE ride_passengers (
    ride_id BIGINT NOT NULL REFERENCES rides (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    accepted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ride_id, participant_id)
);
CREATE INDEX ride_passengers_of_person ON ride_passengers (participant_id);
