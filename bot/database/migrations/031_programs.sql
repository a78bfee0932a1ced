-- Which of several programs answers an update: what one that has ended leaves unanswered, another answers.
ALTER TABLE inbox ADD COLUMN program TEXT;
