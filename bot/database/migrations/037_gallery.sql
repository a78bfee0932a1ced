-- A gallery of tables: all groups present at once, each at the table of its turn's position. `gallery` is 1 for these
-- plenaries; `talk` is then the length of a round. Rounds have states and clocks as turns on stage have.
ALTER TABLE plenaries ADD COLUMN gallery INTEGER NOT NULL DEFAULT 0;
CREATE TABLE gallery_rounds (
    plenary_id BIGINT NOT NULL REFERENCES plenaries (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    began_at BIGINT,
    ends_at BIGINT,
    over_at BIGINT,
    PRIMARY KEY (plenary_id, number)
);

-- Who visits which table (that of a group) in each round, as it was when the gallery began. All others receive.
CREATE TABLE gallery_visits (
    plenary_id BIGINT NOT NULL REFERENCES plenaries (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (plenary_id, number, participant_id)
);
CREATE INDEX gallery_visits_by_person ON gallery_visits (participant_id);
CREATE INDEX gallery_visits_by_group ON gallery_visits (group_id);
