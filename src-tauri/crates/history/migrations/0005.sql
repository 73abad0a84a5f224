-- An answer ended in it while it was not open.
ALTER TABLE conversation ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;

-- The name that the person gave it.
ALTER TABLE model ADD COLUMN label TEXT;

-- The conversation that was open; none for a new one, and when it was removed.
CREATE TABLE desk (
    id           INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    conversation TEXT REFERENCES conversation (id) ON DELETE SET NULL
) STRICT;
INSERT INTO desk (id) VALUES (1);

-- What is typed and not sent, in a conversation or in a new one (none).
CREATE TABLE draft (
    conversation TEXT UNIQUE REFERENCES conversation (id) ON DELETE CASCADE,
    text         TEXT NOT NULL
) STRICT;
CREATE INDEX desk_conversation ON desk (conversation);
