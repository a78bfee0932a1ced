-- When each person got the last messages to many: after two on a day, others wait. Without it, previewing an announcement
-- reads and sorts everything that each person of the audience was ever sent.
CREATE INDEX deliveries_to_many ON deliveries (participant_id, sent_at)
    WHERE sent_at IS NOT NULL AND (announcement_id IS NOT NULL OR urgent = -1);
