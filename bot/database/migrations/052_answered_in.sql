-- Where a message of a page was the answer to what somebody did: '' in a browser that shows everything, the id of the
-- new browser if its owner had not confirmed it. NULL for what was delivered. What is confidential and was answered
-- elsewhere is not shown in a new browser.
ALTER TABLE page_messages ADD COLUMN answered_in TEXT;
UPDATE page_messages SET answered_in = '' WHERE delivery_id IS NULL;
