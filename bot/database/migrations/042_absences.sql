-- Who is absent on a day: a few of the hundred thousand people who are marked. Without it, PostgreSQL reads the marks of
-- all of them for each part of the people whom an announcement would reach.
CREATE INDEX attendance_absent ON attendance (day, participant_id) WHERE present = 0;
