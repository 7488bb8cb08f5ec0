-- Step 3: what history and reports ask for among millions of runs, counted while it happens: derived by triggers, not
-- chained, and to be had again from run, result and unit_now by the statements that fill it here.

-- runs without a result ('unknown'), and those that came to another verdict than pass: the few among the many
CREATE TABLE run_not_passed (
  verdict TEXT NOT NULL,
  run INTEGER NOT NULL,
  day TEXT,
  site TEXT,
  lot TEXT,
  PRIMARY KEY (verdict, run)
) STRICT, WITHOUT ROWID;

-- runs by what reports filter and group by; those without a result are the rest of `runs`
CREATE TABLE run_tally (
  id INTEGER PRIMARY KEY,
  lot TEXT,
  day TEXT,
  site TEXT,
  operator_id TEXT,
  job_name TEXT,
  job_revision INTEGER NOT NULL,
  first_utc_us INTEGER NOT NULL, -- of the starts
  last_utc_us INTEGER NOT NULL,
  runs INTEGER NOT NULL,
  pass INTEGER NOT NULL DEFAULT 0,
  fail INTEGER NOT NULL DEFAULT 0,
  error INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  empty INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX run_tally_by_key ON run_tally (lot, day, site, operator_id, job_name, job_revision);

-- boards (rows of unit_now), likewise; a row may have come down to no board
CREATE TABLE unit_tally (
  id INTEGER PRIMARY KEY,
  lot TEXT,
  day TEXT,
  site TEXT,
  operator_id TEXT,
  job_name TEXT NOT NULL,
  job_revision INTEGER NOT NULL,
  images TEXT, -- of the first run
  units INTEGER NOT NULL DEFAULT 0,
  pass_first INTEGER NOT NULL DEFAULT 0,
  pass_after_retry INTEGER NOT NULL DEFAULT 0,
  fail INTEGER NOT NULL DEFAULT 0,
  passes_now INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX unit_tally_by_key ON unit_tally (lot, day, site, operator_id, job_name, job_revision);

CREATE TRIGGER run_is_tallied AFTER INSERT ON run
BEGIN
  INSERT INTO run_not_passed (verdict, run, day, site, lot)
  VALUES ('unknown', NEW.id, NEW.production_day, NEW.site, NEW.lot);
  UPDATE run_tally SET runs = runs + 1, first_utc_us = min (first_utc_us, NEW.started_utc_us),
    last_utc_us = max (last_utc_us, NEW.started_utc_us)
  WHERE lot IS NEW.lot AND day IS NEW.production_day AND site IS NEW.site AND operator_id IS NEW.operator_id
    AND job_name IS NEW.job_name AND job_revision = NEW.job_revision;
  INSERT INTO run_tally (lot, day, site, operator_id, job_name, job_revision, first_utc_us, last_utc_us, runs)
  SELECT NEW.lot, NEW.production_day, NEW.site, NEW.operator_id, NEW.job_name, NEW.job_revision, NEW.started_utc_us,
    NEW.started_utc_us, 1
  WHERE changes () = 0;
END;

CREATE TRIGGER result_is_tallied AFTER INSERT ON result
BEGIN
  DELETE FROM run_not_passed WHERE verdict = 'unknown' AND run = (SELECT id FROM run WHERE run_id = NEW.run_id);
  INSERT INTO run_not_passed (verdict, run, day, site, lot)
  SELECT NEW.verdict, id, production_day, site, lot FROM run WHERE run_id = NEW.run_id AND NEW.verdict <> 'pass';
  UPDATE run_tally SET pass = run_tally.pass + (NEW.verdict = 'pass'), fail = run_tally.fail + (NEW.verdict = 'fail'),
    error = run_tally.error + (NEW.verdict = 'error'), cancelled = run_tally.cancelled + (NEW.verdict = 'cancelled'),
    empty = run_tally.empty + (NEW.verdict = 'empty'), skipped = run_tally.skipped + (NEW.verdict = 'skipped')
  FROM run AS of
  WHERE of.run_id = NEW.run_id AND run_tally.lot IS of.lot AND run_tally.day IS of.production_day
    AND run_tally.site IS of.site AND run_tally.operator_id IS of.operator_id AND run_tally.job_name IS of.job_name
    AND run_tally.job_revision = of.job_revision;
END;

CREATE TRIGGER unit_is_tallied AFTER INSERT ON unit_now
BEGIN
  UPDATE unit_tally SET units = units + 1, pass_first = pass_first + (NEW.first_verdict = 'pass'),
    pass_after_retry = pass_after_retry + (NEW.first_verdict <> 'pass' AND NEW.last_verdict = 'pass'),
    fail = fail + (NEW.last_verdict <> 'pass'), passes_now = passes_now + (NEW.last_verdict = 'pass')
  WHERE lot IS NEW.lot AND day IS NEW.day AND site IS NEW.site AND operator_id IS NEW.operator_id
    AND job_name = NEW.job_name AND job_revision = NEW.job_revision
    AND images IS (SELECT images FROM run WHERE id = NEW.first_run);
  INSERT INTO unit_tally (lot, day, site, operator_id, job_name, job_revision, images, units, pass_first,
    pass_after_retry, fail, passes_now)
  SELECT NEW.lot, NEW.day, NEW.site, NEW.operator_id, NEW.job_name, NEW.job_revision,
    (SELECT images FROM run WHERE id = NEW.first_run), 1, NEW.first_verdict = 'pass',
    NEW.first_verdict <> 'pass' AND NEW.last_verdict = 'pass', NEW.last_verdict <> 'pass', NEW.last_verdict = 'pass'
  WHERE changes () = 0;
END;

CREATE TRIGGER unit_is_tallied_again AFTER UPDATE ON unit_now
WHEN OLD.first_run <> NEW.first_run OR OLD.first_verdict <> NEW.first_verdict OR OLD.last_verdict <> NEW.last_verdict
  OR OLD.lot IS NOT NEW.lot OR OLD.day IS NOT NEW.day OR OLD.site IS NOT NEW.site
  OR OLD.operator_id IS NOT NEW.operator_id
BEGIN
  UPDATE unit_tally SET units = units - 1, pass_first = pass_first - (OLD.first_verdict = 'pass'),
    pass_after_retry = pass_after_retry - (OLD.first_verdict <> 'pass' AND OLD.last_verdict = 'pass'),
    fail = fail - (OLD.last_verdict <> 'pass'), passes_now = passes_now - (OLD.last_verdict = 'pass')
  WHERE lot IS OLD.lot AND day IS OLD.day AND site IS OLD.site AND operator_id IS OLD.operator_id
    AND job_name = OLD.job_name AND job_revision = OLD.job_revision
    AND images IS (SELECT images FROM run WHERE id = OLD.first_run);
  INSERT INTO unit_tally (lot, day, site, operator_id, job_name, job_revision, images)
  SELECT NEW.lot, NEW.day, NEW.site, NEW.operator_id, NEW.job_name, NEW.job_revision,
    (SELECT images FROM run WHERE id = NEW.first_run)
  WHERE NOT EXISTS (SELECT 1 FROM unit_tally
    WHERE lot IS NEW.lot AND day IS NEW.day AND site IS NEW.site AND operator_id IS NEW.operator_id
      AND job_name = NEW.job_name AND job_revision = NEW.job_revision
      AND images IS (SELECT images FROM run WHERE id = NEW.first_run));
  UPDATE unit_tally SET units = units + 1, pass_first = pass_first + (NEW.first_verdict = 'pass'),
    pass_after_retry = pass_after_retry + (NEW.first_verdict <> 'pass' AND NEW.last_verdict = 'pass'),
    fail = fail + (NEW.last_verdict <> 'pass'), passes_now = passes_now + (NEW.last_verdict = 'pass')
  WHERE lot IS NEW.lot AND day IS NEW.day AND site IS NEW.site AND operator_id IS NEW.operator_id
    AND job_name = NEW.job_name AND job_revision = NEW.job_revision
    AND images IS (SELECT images FROM run WHERE id = NEW.first_run);
END;

CREATE TRIGGER unit_is_tallied_no_more AFTER DELETE ON unit_now
BEGIN
  UPDATE unit_tally SET units = units - 1, pass_first = pass_first - (OLD.first_verdict = 'pass'),
    pass_after_retry = pass_after_retry - (OLD.first_verdict <> 'pass' AND OLD.last_verdict = 'pass'),
    fail = fail - (OLD.last_verdict <> 'pass'), passes_now = passes_now - (OLD.last_verdict = 'pass')
  WHERE lot IS OLD.lot AND day IS OLD.day AND site IS OLD.site AND operator_id IS OLD.operator_id
    AND job_name = OLD.job_name AND job_revision = OLD.job_revision
    AND images IS (SELECT images FROM run WHERE id = OLD.first_run);
END;

-- what there is already
INSERT INTO run_not_passed (verdict, run, day, site, lot)
SELECT coalesce (verdict, 'unknown'), run.id, production_day, site, lot
FROM run LEFT JOIN result USING (run_id) WHERE verdict IS NULL OR verdict <> 'pass';

INSERT INTO run_tally (lot, day, site, operator_id, job_name, job_revision, first_utc_us, last_utc_us, runs, pass, fail,
  error, cancelled, empty, skipped)
SELECT lot, production_day, site, operator_id, job_name, job_revision, min (started_utc_us), max (started_utc_us),
  count (*), coalesce (sum (verdict = 'pass'), 0), coalesce (sum (verdict = 'fail'), 0),
  coalesce (sum (verdict = 'error'), 0), coalesce (sum (verdict = 'cancelled'), 0),
  coalesce (sum (verdict = 'empty'), 0), coalesce (sum (verdict = 'skipped'), 0)
FROM run LEFT JOIN result USING (run_id) GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO unit_tally (lot, day, site, operator_id, job_name, job_revision, images, units, pass_first,
  pass_after_retry, fail, passes_now)
SELECT unit_now.lot, day, unit_now.site, unit_now.operator_id, unit_now.job_name, unit_now.job_revision, images,
  count (*), sum (first_verdict = 'pass'), sum (first_verdict <> 'pass' AND last_verdict = 'pass'),
  sum (last_verdict <> 'pass'), sum (last_verdict = 'pass')
FROM unit_now JOIN run ON run.id = first_run GROUP BY 1, 2, 3, 4, 5, 6, 7;
