-- Named beginnings of conversations: what prompt, parameters and model they begin with.
CREATE TABLE preset (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- The prompt is among them.
    params TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    pinned INTEGER NOT NULL
) STRICT;
-- The name of the preset that it began with: placeholders of its prompt are filled in.
ALTER TABLE conversation ADD COLUMN preset TEXT;
-- A question that was asked without what was said before it.
ALTER TABLE message ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
