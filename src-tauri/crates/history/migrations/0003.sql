-- A picture of a message: what it was made of, what the person chose for it, and
-- the pieces that were sent instead of it, as JSON. Before this there are none.
ALTER TABLE part ADD COLUMN master TEXT REFERENCES picture (hash);
ALTER TABLE part ADD COLUMN options TEXT;
ALTER TABLE part ADD COLUMN tiles TEXT;
ALTER TABLE part ADD COLUMN tokens INTEGER;
CREATE INDEX part_master ON part (master);

-- What was made of a master for a target: one picture, or pieces of it in
-- reading order. A cache: it goes with its master.
CREATE TABLE rendition (
    master   TEXT NOT NULL REFERENCES picture (hash),
    -- The target's limits and the person's options.
    spec     TEXT NOT NULL,
    position INTEGER NOT NULL,
    picture  TEXT NOT NULL REFERENCES picture (hash),
    -- Which part of the master a piece shows.
    x        INTEGER NOT NULL,
    y        INTEGER NOT NULL,
    width    INTEGER NOT NULL,
    height   INTEGER NOT NULL,
    -- What was done to the master, as a JSON list.
    done     TEXT NOT NULL,
    PRIMARY KEY (master, spec, position)
) STRICT;
CREATE INDEX rendition_picture ON rendition (picture);
