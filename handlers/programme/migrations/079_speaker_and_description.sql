-- Who speaks or leads the session, as the team typed it; '' for nobody named.
ALTER TABLE sessions ADD COLUMN speaker TEXT NOT NULL DEFAULT '';
-- A few sentences about the session as JSON, a text by locale; {} for none.
ALTER TABLE sessions ADD COLUMN description TEXT NOT NULL DEFAULT '{}';
