-- Who is absent on a day: a few of the hundred thousand people who are marked. Without it, PostgreSQL reads the marks of
-- all of them for each part of the people whom an announcement would reach.
CREATE INDEX attendance_absent ON attendance (day, participant_id) WHERE present = 0;

-- A report counts copies by what the index holds alone, also those whose notification rang.
DROP INDEX deliveries_by_announcement;
CREATE INDEX deliveries_by_announcement
    ON deliveries (announcement_id, state, platform, op, reason, repeated, due_at, rung_at)
    WHERE announcement_id IS NOT NULL;

-- Reminders that have not left, by their subject, which may be called off. Without it, all messages ever sent are read.
CREATE INDEX deliveries_reminding ON deliveries (kind) WHERE state = 'waiting' AND kind LIKE 'reminder %';
