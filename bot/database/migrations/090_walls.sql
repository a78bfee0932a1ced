-- What was put on a wall: a display that its link shows in place of the one that it was opened for. NULL: its own.
ALTER TABLE display_links ADD COLUMN shown_kind TEXT;
ALTER TABLE display_links ADD COLUMN shown_subject TEXT;
