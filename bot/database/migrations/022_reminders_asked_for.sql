-- Some kinds of session are reminded of only where someone asks for it: `wanted` is 1 then, and 0 for what is turned off.
ALTER TABLE reminder_mutes ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;
