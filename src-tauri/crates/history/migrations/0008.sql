-- When it went into the bin; for thirty days it can be brought back.
ALTER TABLE conversation ADD COLUMN removed_at INTEGER;
-- When it was pinned: it stands before the others.
ALTER TABLE conversation ADD COLUMN pinned_at INTEGER;
-- When it was archived: it is out of the list, and found by search.
ALTER TABLE conversation ADD COLUMN archived_at INTEGER;
