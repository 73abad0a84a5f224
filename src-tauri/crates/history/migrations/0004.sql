-- Runs with foreign keys off and the legacy ALTER TABLE, so that references to
-- `picture` and `video` go on meaning the tables of these names.

-- Pictures and videos are files under `pictures/`, named by their hash; here
-- stand their facts, which `old.rs` takes over row by row. What is not moved yet is
-- read from the renamed tables.
ALTER TABLE picture RENAME TO picture_blob;
CREATE TABLE picture (
    hash       TEXT PRIMARY KEY NOT NULL,
    mime       TEXT NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE video RENAME TO video_blob;
CREATE TABLE video (
    hash       TEXT PRIMARY KEY NOT NULL,
    mime       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Small pictures for lists, made once each.
CREATE TABLE small (
    picture TEXT PRIMARY KEY NOT NULL REFERENCES picture (hash) ON DELETE CASCADE,
    mime    TEXT NOT NULL,
    data    BLOB NOT NULL
) STRICT;

-- What was removed and still lies somewhere: files of pictures (`picture`),
-- conversations in the copies (`conversation`), copies with pictures in them
-- (`copies`).
CREATE TABLE gone (
    kind TEXT NOT NULL CHECK (kind IN ('picture', 'conversation', 'copies')),
    name TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
INSERT INTO gone VALUES ('copies', '');

-- Which run of the app owns a row: an answer that streams, a key in its memory,
-- a picture in its composer.
ALTER TABLE message ADD COLUMN run TEXT;
ALTER TABLE key ADD COLUMN run TEXT;
CREATE TABLE waiting (
    run   TEXT NOT NULL,
    hash  TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (run, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_hash ON waiting (hash);

-- An answer while it is written, in pieces in the order of their ids; they are
-- folded into its message when it ends. `moved`: all text before it was reasoning.
CREATE TABLE piece (
    id      INTEGER PRIMARY KEY NOT NULL,
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    kind    TEXT NOT NULL CHECK (kind IN ('text', 'reasoning', 'moved')),
    text    TEXT NOT NULL
) STRICT;
CREATE INDEX piece_message ON piece (message);

-- The hash of a conversation's first picture.
ALTER TABLE conversation ADD COLUMN thumbnail TEXT;
UPDATE conversation SET thumbnail = (
    SELECT part.picture FROM message m JOIN part ON part.message = m.id
    WHERE m.conversation = conversation.id AND part.picture IS NOT NULL
    ORDER BY m.seq, part.position LIMIT 1
);
DROP INDEX conversation_updated;
CREATE INDEX conversation_place ON conversation (updated_at, id);

-- The least recently used go first.
ALTER TABLE rendition ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rendition_used ON rendition (used_at);
