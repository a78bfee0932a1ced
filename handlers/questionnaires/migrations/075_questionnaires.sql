-- Questions about people, in their order; `words` is JSON by language, `options` a JSON list of what can be answered.
CREATE TABLE questionnaire_fields (
    id {id},
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    options TEXT NOT NULL DEFAULT '[]',
    place BIGINT NOT NULL
);

-- One row for each person and question. What is about health ends earlier than the rest: it has a table of its own.
CREATE TABLE private_answers (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    field_id BIGINT NOT NULL REFERENCES questionnaire_fields (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,
    PRIMARY KEY (participant_id, field_id)
);
CREATE INDEX private_answers_of_field ON private_answers (field_id);

CREATE TABLE health_answers (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    field_id BIGINT NOT NULL REFERENCES questionnaire_fields (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,
    PRIMARY KEY (participant_id, field_id)
);
CREATE INDEX health_answers_of_field ON health_answers (field_id);

-- Of whom something about health was ever kept: who is here and has agreed to nothing any more withdrew that.
CREATE TABLE health_told (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE
);
