-- The child that was shown last, by its row number: who steps back to a message sees
-- what was seen under it. Where there is none, the newest is shown.
ALTER TABLE message ADD COLUMN shown INTEGER;
-- When it was removed with all that follows it; until it is forgotten it can be
-- brought back.
ALTER TABLE message ADD COLUMN removed_at INTEGER;
CREATE INDEX message_removed ON message (removed_at) WHERE removed_at IS NOT NULL;
-- The versions of a first question.
CREATE INDEX message_first ON message (conversation) WHERE parent IS NULL;

-- Messages that were removed and may lie in the copies are gone, too. A table's
-- checks cannot be changed in place.
CREATE TABLE new_gone (
    kind TEXT NOT NULL CHECK (kind IN ('picture', 'conversation', 'message', 'copies')),
    name TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO new_gone SELECT kind, name FROM gone;
DROP TABLE gone;
ALTER TABLE new_gone RENAME TO gone;
