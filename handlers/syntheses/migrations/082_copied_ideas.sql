-- Whose ideas the versions of a group's text hold as they were given: the ideas may be given other words later, or go.
-- Of versions saved before, the ideas that still have their words.
CREATE TABLE copied_ideas (
    id {id},
    synthesis_id BIGINT NOT NULL REFERENCES syntheses (id) ON DELETE CASCADE,
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    words TEXT NOT NULL
);
CREATE INDEX copied_ideas_of_version ON copied_ideas (synthesis_id);
CREATE INDEX copied_ideas_of_person ON copied_ideas (participant_id);
INSERT INTO copied_ideas (synthesis_id, participant_id, words)
    SELECT DISTINCT s.id, i.author_id, i.text FROM syntheses s JOIN ideas i ON i.group_id = s.group_id
    WHERE i.author_id IS NOT NULL AND i.text <> '' AND COALESCE(i.edited_at, i.created_at) <= s.created_at
    AND REPLACE(s.content, i.text, '') <> s.content;
