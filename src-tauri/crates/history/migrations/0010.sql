-- Named beginnings of conversations, in the person's order, as JSON: what prompt, parameters
-- and model they begin with. They are few; a table of their own could not be made in a file
-- of which a page is damaged.
ALTER TABLE desk ADD COLUMN presets TEXT;
-- Attachments of the composer that are kept over a restart until they are sent, as JSON.
ALTER TABLE desk ADD COLUMN unsent TEXT;
-- The name of the preset that it began with: placeholders of its prompt are filled in.
ALTER TABLE conversation ADD COLUMN preset TEXT;
-- A question that was asked without what was said before it.
ALTER TABLE message ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
