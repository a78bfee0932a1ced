-- The screen, confidential or for safety, that the owner of an account opened or pressed last: an encoded action.
-- '' after any other.
ALTER TABLE accounts ADD COLUMN screen TEXT NOT NULL DEFAULT '';

-- Nobody is asked any more whether a text that was stored is an idea. Its author still finds it, and can bring it back.
UPDATE ideas SET state = 'withdrawn' WHERE state = 'asked';

-- Words whose writer is asked what they are wait in no conversation, for a day.
DROP INDEX trust_messages_of_conversation;
ALTER TABLE trust_messages RENAME COLUMN conversation_id TO in_conversation;
ALTER TABLE trust_messages ADD COLUMN conversation_id BIGINT REFERENCES trust_conversations (id) ON DELETE CASCADE;
UPDATE trust_messages SET conversation_id = in_conversation;
ALTER TABLE trust_messages DROP COLUMN in_conversation;
CREATE INDEX trust_messages_of_conversation ON trust_messages (conversation_id);
CREATE INDEX trust_messages_waiting ON trust_messages (written_at) WHERE conversation_id IS NULL;
