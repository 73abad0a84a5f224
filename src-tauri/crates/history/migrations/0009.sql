-- An index for each list (`lists.rs`), in its order.
CREATE INDEX conversation_listed ON conversation (updated_at, id)
    WHERE pinned_at IS NULL AND archived_at IS NULL AND removed_at IS NULL;
CREATE INDEX conversation_pinned ON conversation (updated_at, id)
    WHERE pinned_at IS NOT NULL AND archived_at IS NULL AND removed_at IS NULL;
CREATE INDEX conversation_archived ON conversation (updated_at, id)
    WHERE archived_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX conversation_removed ON conversation (removed_at, id)
    WHERE removed_at IS NOT NULL;
