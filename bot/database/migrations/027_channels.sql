-- What a group has on a platform is called a channel, in code as in tables; what a calendar shows, an entry.
ALTER TABLE spaces RENAME TO channels;
ALTER TABLE admissions RENAME COLUMN space_id TO channel_id;
ALTER TABLE deliveries RENAME COLUMN space_id TO channel_id;
DROP INDEX spaces_due;
CREATE INDEX channels_due ON channels (platform, due_at);
DROP INDEX deliveries_by_space;
CREATE INDEX deliveries_by_channel ON deliveries (channel_id) WHERE channel_id IS NOT NULL;
ALTER TABLE listings RENAME TO calendar_entries;
