-- Roles beside the ladder, each for a scope or for none (''): a word that the capability which declares the role
-- understands. When roles were given that were moved here from `facilitators` is not known.
CREATE TABLE roles (
    participant_id BIGINT NOT NULL REFERENCES participants (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    given_at BIGINT,
    PRIMARY KEY (participant_id, role, scope)
);
CREATE INDEX roles_by_scope ON roles (role, scope);
INSERT INTO roles (participant_id, role, scope) SELECT participant_id, 'facilitator', audience FROM facilitators;
INSERT INTO roles (participant_id, role, scope, given_at) SELECT participant_id, 'trust', '', named_at
    FROM trusted_people;
DROP TABLE facilitators;
ALTER TABLE trusted_people DROP COLUMN named_at;

-- Which role may have what is for a role; `who` is the lowest rung of the ladder that may have it besides.
ALTER TABLE page_messages ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE entrusted ADD COLUMN role TEXT NOT NULL DEFAULT '';
