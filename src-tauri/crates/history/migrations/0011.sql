-- What is typed in place of a question and not sent.
CREATE TABLE edit (
    message TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    text    TEXT NOT NULL
) STRICT;
