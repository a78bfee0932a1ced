-- What people tell of their initiative: needs also in own words, in the language `locale`. `state` is '', 'reported'
-- (hidden until the team looks at it) or 'off' (the team took it off). Mail, phone and handle are what a person gives to
-- whom they keep in touch with, in place of `contact`. Nobody has said yet that a card with these words may be shown.
ALTER TABLE initiative_cards ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN sentence TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN territory TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN link TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN seeks_words TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN offers_words TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN locale TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN stems TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN state TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE initiative_cards ADD COLUMN handle TEXT NOT NULL DEFAULT '';
UPDATE initiative_cards SET shown = 0,
    mail = CASE WHEN contact LIKE '%_@_%._%' AND contact NOT LIKE '% %' THEN contact ELSE '' END,
    handle = CASE WHEN contact LIKE '%_@_%._%' AND contact NOT LIKE '% %' THEN '' ELSE contact END;
ALTER TABLE initiative_cards DROP COLUMN contact;

-- What a person was given of another one when both had said yes. It stays if the other one takes their yes back.
CREATE TABLE contacts (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    about_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    mail TEXT NOT NULL,
    phone TEXT NOT NULL,
    handle TEXT NOT NULL,
    met TEXT NOT NULL,
    PRIMARY KEY (participant_id, about_id)
);
CREATE INDEX contacts_about ON contacts (about_id);
INSERT INTO contacts (participant_id, about_id, mail, phone, handle, met)
    SELECT a.participant_id, a.about_id, COALESCE(c.mail, ''), '', COALESCE(c.handle, ''), a.met FROM contact_answers a
    JOIN contact_answers b ON b.participant_id = a.about_id AND b.about_id = a.participant_id AND b.yes = 1
    LEFT JOIN initiative_cards c ON c.participant_id = a.about_id WHERE a.yes = 1;

-- Who does not want to see, or be seen by, whom. `reported` is 1 while the team has to look at the card, 2 afterwards.
CREATE TABLE contact_blocks (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    about_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    reported INTEGER NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (participant_id, about_id)
);
CREATE INDEX contact_blocks_about ON contact_blocks (about_id);
