-- The copies of an announcement to many are made in slices: the last person looked at, NULL once everybody was; when
-- the copies are due. Likewise copies are called back in slices: «cancel», «remove» (none had left), '' once it is done.
ALTER TABLE announcements ADD COLUMN copied_to BIGINT;
ALTER TABLE announcements ADD COLUMN copies_due_at BIGINT;
ALTER TABLE announcements ADD COLUMN calling_back TEXT NOT NULL DEFAULT '';

-- A report counts copies by what the index holds alone.
DROP INDEX deliveries_by_announcement;
CREATE INDEX deliveries_by_announcement ON deliveries (announcement_id, state, platform, op, reason, repeated, due_at)
    WHERE announcement_id IS NOT NULL;
CREATE INDEX deliveries_tried ON deliveries (announcement_id)
    WHERE state = 'waiting' AND (native_id IS NOT NULL OR repeated = 1);
CREATE INDEX deliveries_calling ON deliveries (announcement_id) WHERE mentions <> '';
