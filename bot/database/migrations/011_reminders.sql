-- Reminders. A row is for everyone whom its subject («session:7», «themes», «campaign:3») concerns when it is due: who
-- joins later needs none. Rows with a participant are what someone asked for themselves. `about_at` is when the thing
-- takes place: a lead is used once for one such time, however often it is planned. `reached` is the last participant
-- who got it, while it is being put into the outbox; `state` is waiting, sent, dropped (missed) or moot.
CREATE TABLE reminders (
    id {id},
    subject TEXT NOT NULL,
    lead TEXT NOT NULL,
    about_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'waiting',
    reached BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT
);
CREATE UNIQUE INDEX reminders_for_all ON reminders (subject, lead, about_at) WHERE participant_id IS NULL;
CREATE INDEX reminders_by_subject ON reminders (subject, state);
CREATE INDEX reminders_by_time ON reminders (state, due_at, id);
CREATE INDEX reminders_by_participant ON reminders (participant_id) WHERE participant_id IS NOT NULL;

-- What people do not want to be reminded of: a session, or a kind of them («kind:meal»).
CREATE TABLE reminder_mutes (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    what TEXT NOT NULL,
    PRIMARY KEY (participant_id, what)
);
