-- Where an account's private messages are, on a platform where that is another id than the account's own; '' where that
-- is not known. On Discord asking for it costs a call.
ALTER TABLE accounts ADD COLUMN private_chat TEXT NOT NULL DEFAULT '';
CREATE INDEX accounts_by_private_chat ON accounts (platform, private_chat) WHERE private_chat <> '';
