-- What people look for and bring, by codes; `shown` is 1 once others may see the card. `contact` is how to reach somebody,
-- for those with whom both want to keep in touch.
CREATE TABLE initiative_cards (
    participant_id BIGINT PRIMARY KEY REFERENCES participants (id) ON DELETE CASCADE,
    seeks TEXT NOT NULL DEFAULT '',
    offers TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    shown INTEGER NOT NULL DEFAULT 0
);

-- Whether a person wants to keep in touch with another one. Nobody else learns of it unless both do.
CREATE TABLE contact_answers (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    about_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    yes INTEGER NOT NULL,
    met TEXT NOT NULL,
    PRIMARY KEY (participant_id, about_id)
);
CREATE INDEX contact_answers_about ON contact_answers (about_id);
