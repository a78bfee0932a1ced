-- Who sat together in the seating that went on, before somebody came or went and tables were mended.
CREATE TABLE encounter_met (
    encounter_id BIGINT NOT NULL REFERENCES encounters (id) ON DELETE CASCADE,
    first_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    second_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    PRIMARY KEY (encounter_id, first_id, second_id)
);
CREATE INDEX encounter_met_of_first ON encounter_met (first_id);
CREATE INDEX encounter_met_of_second ON encounter_met (second_id);
