-- Conversations are trees of messages; `head` is the newest leaf that is shown.
CREATE TABLE conversation (
    id         TEXT PRIMARY KEY NOT NULL,
    -- From the first question; `own_title` is the person's.
    title      TEXT NOT NULL,
    own_title  TEXT,
    head       TEXT REFERENCES message (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX conversation_updated ON conversation (updated_at);
CREATE INDEX conversation_head ON conversation (head);

-- `seq` is a stable row number: an index for full-text search can hang on it.
CREATE TABLE message (
    seq               INTEGER PRIMARY KEY NOT NULL,
    id                TEXT NOT NULL UNIQUE,
    conversation      TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    -- No cascade: SQLite ends one at a depth of 1,000, a long conversation is deeper.
    parent            TEXT REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    role              TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    state             TEXT NOT NULL
        CHECK (state IN ('streaming', 'complete', 'cut', 'interrupted', 'failed', 'stopped')),
    text              TEXT NOT NULL,
    reasoning         TEXT NOT NULL DEFAULT '',
    created_at        INTEGER NOT NULL,
    -- Who answered, and what it took; of an assistant's message.
    provider          TEXT,
    provider_name     TEXT,
    model             TEXT,
    answered_by       TEXT,
    key_label         TEXT,
    key_last4         TEXT,
    finish_reason     TEXT,
    prompt_tokens     INTEGER,
    completion_tokens INTEGER,
    total_tokens      INTEGER,
    reasoning_tokens  INTEGER,
    first_token_ms    INTEGER,
    reasoning_ms      INTEGER,
    total_ms          INTEGER,
    -- Why it failed, as JSON.
    error             TEXT
) STRICT;

CREATE INDEX message_conversation ON message (conversation, seq);
CREATE INDEX message_parent ON message (parent);
CREATE INDEX message_streaming ON message (state) WHERE state = 'streaming';

-- Pictures by what they are: the SHA-256 of the bytes that are sent.
CREATE TABLE picture (
    hash       TEXT PRIMARY KEY NOT NULL,
    mime       TEXT NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    data       BLOB NOT NULL
) STRICT;

-- What a message holds beside its text, in order.
CREATE TABLE part (
    message         TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    position        INTEGER NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('text', 'picture')),
    text            TEXT,
    picture         TEXT REFERENCES picture (hash),
    name            TEXT,
    original_width  INTEGER,
    original_height INTEGER,
    original_bytes  INTEGER,
    -- What was done to the picture, as a JSON list.
    done            TEXT,
    PRIMARY KEY (message, position),
    CHECK (kind <> 'text' OR text IS NOT NULL),
    CHECK (kind <> 'picture' OR picture IS NOT NULL)
) STRICT;

CREATE INDEX part_picture ON part (picture);

-- Providers that the person added, or changed copies of built-in ones.
CREATE TABLE provider (
    id         TEXT PRIMARY KEY NOT NULL,
    position   INTEGER NOT NULL,
    manifest   TEXT NOT NULL CHECK (json_valid(manifest)),
    created_at INTEGER NOT NULL
) STRICT;

-- What is known of keys. The keys themselves are in the system's keyring.
CREATE TABLE key (
    seq        INTEGER PRIMARY KEY NOT NULL,
    id         TEXT NOT NULL UNIQUE,
    provider   TEXT NOT NULL,
    origin     TEXT NOT NULL,
    label      TEXT NOT NULL,
    last4      TEXT NOT NULL CHECK (length(last4) <= 4),
    kept       TEXT NOT NULL CHECK (kept IN ('keyring', 'session')),
    chosen     INTEGER NOT NULL CHECK (chosen IN (0, 1)),
    created_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE INDEX key_provider ON key (provider);
CREATE UNIQUE INDEX key_chosen ON key (provider) WHERE chosen = 1;
