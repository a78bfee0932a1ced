-- Who saw a person in a safety check, and found them safe: the first who marked them. Also people whom the check could
-- not ask are marked. What the person answered stands beside it.
CREATE TABLE safety_marks (
    check_id BIGINT NOT NULL REFERENCES safety_checks (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    marked_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (check_id, participant_id)
);
CREATE INDEX safety_marks_of_person ON safety_marks (participant_id);
CREATE INDEX safety_marks_of_author ON safety_marks (marked_by);

-- Who was there, by half-day: `attendance` has the latest of a day's marks, on which everything else builds.
CREATE TABLE attendance_halves (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    afternoon INTEGER NOT NULL,
    present INTEGER NOT NULL,
    marked_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, day, afternoon)
);
CREATE INDEX attendance_halves_by_day ON attendance_halves (day, afternoon);
CREATE INDEX attendance_halves_of_author ON attendance_halves (marked_by);
INSERT INTO attendance_halves (participant_id, day, afternoon, present, marked_by, marked_at)
    SELECT participant_id, day, 0, present, marked_by, marked_at FROM attendance;
