-- A later step that only the tests have: journals of earlier steps must come through it whole.
ALTER TABLE run ADD COLUMN work_order TEXT;
CREATE TABLE label (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL REFERENCES run (run_id)) STRICT;
CREATE TABLE last_of_the_step (id INTEGER PRIMARY KEY) STRICT;
