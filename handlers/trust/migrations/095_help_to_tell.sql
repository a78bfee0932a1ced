-- When organisers are to be told of a request for help that came too soon after another of the same person, which they
-- were told of; NULL for nothing to tell.
ALTER TABLE safety_answers ADD COLUMN tell_at BIGINT;
CREATE INDEX safety_answers_to_tell ON safety_answers (tell_at) WHERE tell_at IS NOT NULL;
