-- Parameters of a conversation's next request, as JSON.
ALTER TABLE conversation ADD COLUMN params TEXT;

ALTER TABLE message ADD COLUMN request_id TEXT;
-- What should be known of how an answer came to be, as a JSON list.
ALTER TABLE message ADD COLUMN notes TEXT;

-- The order in which a provider's keys are tried; the first is the chosen one,
-- and before the others the newest comes first.
DROP INDEX key_chosen;
ALTER TABLE key ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE key SET position = -seq - CASE chosen WHEN 1 THEN (SELECT max(seq) FROM key) ELSE 0 END;
ALTER TABLE key DROP COLUMN chosen;
-- Given up lately: tried last until then.
ALTER TABLE key ADD COLUMN rests_until INTEGER;
ALTER TABLE key ADD COLUMN rests_because TEXT;

-- What is kept of any provider, built-in or not.
CREATE TABLE provider_state (
    provider         TEXT PRIMARY KEY NOT NULL,
    -- On a rate limit the next key takes over, too.
    share_rate_limit INTEGER NOT NULL DEFAULT 0 CHECK (share_rate_limit IN (0, 1)),
    -- The models that it listed, as JSON, and when.
    models           TEXT,
    models_at        INTEGER
) STRICT;

-- What is known of a model beside what its provider says.
CREATE TABLE model (
    provider  TEXT NOT NULL,
    id        TEXT NOT NULL,
    favourite INTEGER NOT NULL DEFAULT 0 CHECK (favourite IN (0, 1)),
    -- The person's word on what it takes.
    image     INTEGER CHECK (image IN (0, 1)),
    video     INTEGER CHECK (video IN (0, 1)),
    reasoning INTEGER CHECK (reasoning IN (0, 1)),
    -- Parameters of a new conversation with it, as JSON.
    defaults  TEXT,
    -- It refused a picture as such: learned, and forgotten when one goes through.
    blind     INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1)),
    used_at   INTEGER,
    PRIMARY KEY (provider, id)
) STRICT;

-- Videos by what they are: the SHA-256 of their bytes.
CREATE TABLE video (
    hash       TEXT PRIMARY KEY NOT NULL,
    mime       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    data       BLOB NOT NULL
) STRICT;

-- A table's checks cannot be changed in place.
CREATE TABLE new_part (
    message         TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('text', 'picture', 'video', 'link')),
    text            TEXT,
    picture         TEXT REFERENCES picture (hash),
    video           TEXT REFERENCES video (hash),
    -- Of a link, which names its host; a picture that was fetched from it stands
    -- in `picture`.
    url             TEXT,
    names_video     INTEGER NOT NULL DEFAULT 0 CHECK (names_video IN (0, 1)),
    name            TEXT,
    original_width  INTEGER,
    original_height INTEGER,
    original_bytes  INTEGER,
    -- What was done to the picture, as a JSON list.
    done            TEXT,
    -- A provider refused it: later requests leave it out.
    refused         INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)),
    PRIMARY KEY (message, position),
    CHECK (kind <> 'text' OR text IS NOT NULL),
    CHECK (kind <> 'picture' OR picture IS NOT NULL),
    CHECK (kind <> 'video' OR video IS NOT NULL),
    CHECK (kind <> 'link' OR url IS NOT NULL)
) STRICT;

INSERT INTO new_part (message, position, kind, text, picture, name, original_width,
                      original_height, original_bytes, done)
SELECT message, position, kind, text, picture, name, original_width, original_height,
       original_bytes, done
FROM part;
DROP TABLE part;
ALTER TABLE new_part RENAME TO part;
CREATE INDEX part_picture ON part (picture);
CREATE INDEX part_video ON part (video);
