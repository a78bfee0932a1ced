-- Which list of commands an account's chat shows besides everybody's goes with the account, and is no setting.
ALTER TABLE accounts ADD COLUMN command_list TEXT NOT NULL DEFAULT '';
DELETE FROM settings WHERE key = 'telegram_command_lists';
