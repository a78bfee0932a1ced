-- Who is absent on a day: a few of the hundred thousand people who are marked. Without it, PostgreSQL reads the marks of
-- all of them for each part of the people whom an announcement would reach.
CREATE INDEX attendance_absent ON attendance (day, participant_id) WHERE present = 0;

-- A report counts copies by what the index holds alone, also those whose notification rang.
DROP INDEX deliveries_by_announcement;
CREATE INDEX deliveries_by_announcement
    ON deliveries (announcement_id, state, platform, op, reason, repeated, due_at, rung_at)
    WHERE announcement_id IS NOT NULL;

-- Reminders that have not left, by their subject, which may be called off. Without it, all messages ever sent are read.
-- Of very many, those with the last ids up to `up_to` are deleted a part at a time.
CREATE INDEX deliveries_reminding ON deliveries (kind, id) WHERE state = 'waiting' AND kind LIKE 'reminder %';
CREATE TABLE reminders_called_back (
    subject TEXT NOT NULL PRIMARY KEY,
    up_to BIGINT NOT NULL
);

-- Changes of the programme that very many people are told of, a part at a time: everyone with an id up to `told_to` was,
-- and everyone up to `up_to` will be. `changes` is JSON: id, plan before and plan after of each session.
CREATE TABLE programme_news (
    id {id},
    changes TEXT NOT NULL,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    told_to BIGINT NOT NULL,
    up_to BIGINT NOT NULL
);
CREATE INDEX programme_news_by_author ON programme_news (author_id) WHERE author_id IS NOT NULL;
