-- A link, without a login, to a page that shows something live: a display. `hash` is that of its secret; `kind` and
-- `subject` say what it shows. A link of a participant lets them ask as well; all others are read only. A link that was
-- closed stays, so that whoever opens it reads that.
CREATE TABLE display_links (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    participant_id BIGINT REFERENCES participants (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX display_links_by_subject ON display_links (kind, subject);
CREATE INDEX display_links_by_person ON display_links (participant_id) WHERE participant_id IS NOT NULL;

-- The address of the captions of a plenary, for who follows from afar; '' for none.
ALTER TABLE plenaries ADD COLUMN captions TEXT NOT NULL DEFAULT '';

-- Whether a group agreed that its ideas show first names on the wall.
ALTER TABLE stage_wishes ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
