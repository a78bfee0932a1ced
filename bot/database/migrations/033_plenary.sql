-- A plenary: the groups of a round present one after another, in the session of the programme `session_id`. Two plenaries
-- of one session take place in two rooms. Lengths are in seconds: of a talk, of its questions, of the change of groups
-- before it. `seed` is that with which the order was drawn, NULL before. `planned_end_at` is what was planned when it
-- began. `tick_at` is when the clocks that people see are due to change, NULL while none runs.
CREATE TABLE plenaries (
    id {id},
    round BIGINT NOT NULL REFERENCES rounds (number) ON DELETE CASCADE,
    session_id BIGINT REFERENCES sessions (id) ON DELETE SET NULL,
    room BIGINT NOT NULL DEFAULT 1,
    talk BIGINT NOT NULL,
    questions BIGINT NOT NULL,
    change BIGINT NOT NULL,
    seed BIGINT,
    began_at BIGINT,
    planned_end_at BIGINT,
    paused_at BIGINT,
    ended_at BIGINT,
    tick_at BIGINT
);
CREATE INDEX plenaries_by_tick ON plenaries (tick_at) WHERE tick_at IS NOT NULL;

-- The turn of one group. `state` is waiting, talk, questions, done or absent; `passed` is 1 once it was put last because
-- the group was away. A talk begins at `began_at`, which is ahead while groups change; `ends_at` is the end of the talk
-- or of the questions. All three move when a pause ends. `called_at` is when its presenters were told to come.
CREATE TABLE stage_turns (
    group_id BIGINT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    plenary_id BIGINT NOT NULL REFERENCES plenaries (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    passed INTEGER NOT NULL DEFAULT 0,
    began_at BIGINT,
    ends_at BIGINT,
    over_at BIGINT,
    called_at BIGINT
);
CREATE INDEX stage_turns_by_plenary ON stage_turns (plenary_id, position);

-- What a group wants for its turn: to present from afar, to get no questions.
CREATE TABLE stage_wishes (
    group_id BIGINT PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    remote INTEGER NOT NULL DEFAULT 0,
    declines INTEGER NOT NULL DEFAULT 0
);

-- Who presents for a group; `alternates` is 1 for who agreed that the order may alternate women and men.
CREATE TABLE presenters (
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    alternates INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (group_id, participant_id)
);
CREATE INDEX presenters_by_person ON presenters (participant_id);

-- Questions from the room to a group. `named` is 1 when the author's first name is shown. `stems` as of ideas; `views`
-- is how many were shown it, to choose quickly which come next. `asked_at` is when it was asked aloud, `told_at` when its
-- author was told so. The group can answer in writing.
CREATE TABLE stage_questions (
    id {id},
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    author_id BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    named INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL,
    stems TEXT NOT NULL DEFAULT '',
    views BIGINT NOT NULL DEFAULT 0,
    written_at BIGINT NOT NULL,
    asked_at BIGINT,
    told_at BIGINT,
    hidden_at BIGINT,
    hidden_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    merged_into BIGINT REFERENCES stage_questions (id) ON DELETE SET NULL,
    answer TEXT NOT NULL DEFAULT '',
    answered_by BIGINT REFERENCES participants (id) ON DELETE SET NULL,
    answered_at BIGINT
);
CREATE INDEX stage_questions_by_group ON stage_questions (group_id, id);
CREATE INDEX stage_questions_by_author ON stage_questions (author_id, group_id);

-- Who was shown a question, and who voted for it: its rank depends on both.
CREATE TABLE stage_views (
    question_id BIGINT NOT NULL REFERENCES stage_questions (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    PRIMARY KEY (question_id, participant_id)
);
CREATE INDEX stage_views_by_person ON stage_views (participant_id);

CREATE TABLE stage_votes (
    question_id BIGINT NOT NULL REFERENCES stage_questions (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    PRIMARY KEY (question_id, participant_id)
);
CREATE INDEX stage_votes_by_person ON stage_votes (participant_id);

-- How often someone applauded a group. A row each, so that nobody waits for another and none can clap for ever.
CREATE TABLE applause (
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    claps BIGINT NOT NULL,
    PRIMARY KEY (group_id, participant_id)
);
CREATE INDEX applause_by_person ON applause (participant_id);

-- «Chez moi aussi»: where else a group's solution is needed, and how who says so could help.
CREATE TABLE also_here (
    id {id},
    group_id BIGINT REFERENCES groups (id) ON DELETE SET NULL,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    territory TEXT NOT NULL,
    offer TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL,
    UNIQUE (group_id, participant_id)
);
CREATE INDEX also_here_by_person ON also_here (participant_id);
