-- Full-text search. Also run alone where the index is missing or damaged: all of it
-- is made anew, and filled beside the work (`search/index.rs`).
DROP TABLE IF EXISTS search;
DROP TABLE IF EXISTS search_todo;
DROP TABLE IF EXISTS search_stale;
DROP TABLE IF EXISTS search_title;
DROP TABLE IF EXISTS search_purge;

-- A row is a message, by its `seq`, or a title, by its number below zero. What is
-- put in was made of the text by `words.rs`: folded tokens with blanks between, each
-- character of scripts without blanks a token. The text itself is not kept here a
-- second time. `seen` waits for text that was read in pictures.
CREATE VIRTUAL TABLE search USING fts5(
    text, names, seen,
    tokenize = 'ascii tokenchars ''+#''',
    prefix = '2 3', content = '', columnsize = 0
);
-- What is removed from it is overwritten.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- Titles by number; the newest conversation has the largest.
CREATE TABLE search_title (
    number       INTEGER PRIMARY KEY NOT NULL,
    conversation TEXT NOT NULL UNIQUE
) STRICT;

-- Rows that are not in the index yet.
CREATE TABLE search_todo (
    number INTEGER PRIMARY KEY NOT NULL
) STRICT;

-- Rows that are in the index with this text, and shall not be. So a row is in the
-- index if it stands here, or if it is closed and does not stand in `search_todo`.
CREATE TABLE search_stale (
    number INTEGER PRIMARY KEY NOT NULL,
    text   TEXT NOT NULL,
    names  TEXT NOT NULL
) STRICT;

-- Stands there when something was removed since the index was written anew, page by
-- page: secure-delete leaves pieces of it between the rows of a page.
CREATE TABLE search_purge (
    due INTEGER PRIMARY KEY NOT NULL CHECK (due = 1)
) STRICT;

INSERT INTO search_title (conversation) SELECT id FROM conversation ORDER BY created_at, rowid;
INSERT INTO search_todo SELECT -number FROM search_title;
INSERT INTO search_todo SELECT seq FROM message WHERE state <> 'streaming';

-- Nothing is indexed in a trigger: a damaged index then fails no other change.
DROP TRIGGER IF EXISTS search_message_added;
CREATE TRIGGER search_message_added AFTER INSERT ON message
WHEN new.state <> 'streaming' BEGIN
    INSERT INTO search_todo VALUES (new.seq) ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_message_changes;
CREATE TRIGGER search_message_changes BEFORE UPDATE OF text, state ON message
WHEN old.state <> 'streaming' AND (new.state = 'streaming' OR new.text <> old.text)
    AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = old.seq) BEGIN
    INSERT INTO search_stale
    SELECT old.seq, old.text, (SELECT coalesce(group_concat(name, ' '), '') FROM part WHERE message = old.id)
    WHERE true ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_message_changed;
CREATE TRIGGER search_message_changed AFTER UPDATE OF text, state ON message
WHEN new.state <> 'streaming' AND (old.state = 'streaming' OR new.text <> old.text) BEGIN
    INSERT INTO search_todo VALUES (new.seq) ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_message_reopened;
CREATE TRIGGER search_message_reopened AFTER UPDATE OF state ON message
WHEN new.state = 'streaming' AND old.state <> 'streaming' BEGIN
    DELETE FROM search_todo WHERE number = new.seq;
END;

DROP TRIGGER IF EXISTS search_message_goes;
CREATE TRIGGER search_message_goes BEFORE DELETE ON message
WHEN old.state <> 'streaming'
    AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = old.seq) BEGIN
    INSERT INTO search_stale
    SELECT old.seq, old.text, (SELECT coalesce(group_concat(name, ' '), '') FROM part WHERE message = old.id)
    WHERE true ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_message_gone;
CREATE TRIGGER search_message_gone AFTER DELETE ON message BEGIN
    DELETE FROM search_todo WHERE number = old.seq;
END;

-- A message's names as they were before the first change of them.
DROP TRIGGER IF EXISTS search_part_added;
CREATE TRIGGER search_part_added BEFORE INSERT ON part
WHEN new.name IS NOT NULL BEGIN
    INSERT INTO search_stale
    SELECT m.seq, m.text, (SELECT coalesce(group_concat(name, ' '), '') FROM part WHERE message = m.id)
    FROM message m WHERE m.id = new.message AND m.state <> 'streaming'
        AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = m.seq)
    ON CONFLICT DO NOTHING;
    INSERT INTO search_todo SELECT seq FROM message WHERE id = new.message AND state <> 'streaming'
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_part_renamed;
CREATE TRIGGER search_part_renamed BEFORE UPDATE OF name ON part
WHEN new.name IS NOT old.name BEGIN
    INSERT INTO search_stale
    SELECT m.seq, m.text, (SELECT coalesce(group_concat(name, ' '), '') FROM part WHERE message = m.id)
    FROM message m WHERE m.id = old.message AND m.state <> 'streaming'
        AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = m.seq)
    ON CONFLICT DO NOTHING;
    INSERT INTO search_todo SELECT seq FROM message WHERE id = old.message AND state <> 'streaming'
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_part_goes;
CREATE TRIGGER search_part_goes BEFORE DELETE ON part
WHEN old.name IS NOT NULL BEGIN
    INSERT INTO search_stale
    SELECT m.seq, m.text, (SELECT coalesce(group_concat(name, ' '), '') FROM part WHERE message = m.id)
    FROM message m WHERE m.id = old.message AND m.state <> 'streaming'
        AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = m.seq)
    ON CONFLICT DO NOTHING;
    INSERT INTO search_todo SELECT seq FROM message WHERE id = old.message AND state <> 'streaming'
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_title_added;
CREATE TRIGGER search_title_added AFTER INSERT ON conversation BEGIN
    INSERT INTO search_title (conversation) VALUES (new.id);
    INSERT INTO search_todo
    SELECT -number FROM search_title WHERE conversation = new.id
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_title_changes;
CREATE TRIGGER search_title_changes BEFORE UPDATE OF title, own_title ON conversation
WHEN coalesce(new.own_title, new.title) <> coalesce(old.own_title, old.title) BEGIN
    INSERT INTO search_stale
    SELECT -number, coalesce(old.own_title, old.title), '' FROM search_title t
    WHERE conversation = old.id
        AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = -t.number)
    ON CONFLICT DO NOTHING;
    INSERT INTO search_todo
    SELECT -number FROM search_title WHERE conversation = old.id
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS search_title_goes;
CREATE TRIGGER search_title_goes BEFORE DELETE ON conversation BEGIN
    INSERT INTO search_stale
    SELECT -number, coalesce(old.own_title, old.title), '' FROM search_title t
    WHERE conversation = old.id
        AND NOT EXISTS (SELECT 1 FROM search_todo WHERE number = -t.number)
    ON CONFLICT DO NOTHING;
    DELETE FROM search_todo
    WHERE number = (SELECT -number FROM search_title WHERE conversation = old.id);
    DELETE FROM search_title WHERE conversation = old.id;
END;
