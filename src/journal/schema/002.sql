-- Step 2: what a shift does with its boards: repeated runs know each other, audit rows say what was before and after,
-- and every board's first and last verdict are at hand.

-- form 2 of run
ALTER TABLE run ADD COLUMN retry_of TEXT;
-- form 2 of audit
ALTER TABLE audit ADD COLUMN lot TEXT;
ALTER TABLE audit ADD COLUMN site TEXT;
ALTER TABLE audit ADD COLUMN run_id TEXT;
ALTER TABLE audit ADD COLUMN old_value TEXT;
ALTER TABLE audit ADD COLUMN new_value TEXT;
ALTER TABLE audit ADD COLUMN reason TEXT;
ALTER TABLE audit ADD COLUMN allowed_by TEXT;
CREATE INDEX audit_by_action ON audit (action, subject);
CREATE INDEX audit_by_subject ON audit (subject) WHERE subject IS NOT NULL;
CREATE INDEX audit_by_lot ON audit (lot) WHERE lot IS NOT NULL;
CREATE INDEX audit_by_run ON audit (run_id) WHERE run_id IS NOT NULL;

-- the last results of a site, the runs of the last hour
CREATE INDEX run_by_site ON run (site);
CREATE INDEX run_by_start ON run (started_utc_us);

-- One row a board and job revision that came to a verdict (pass or fail), kept with each result; derived, not chained.
-- day, site, lot and operator are those of its first run:
-- a unit belongs to the period of its first run, so that periods can be summed.
-- unit: the chip's UID; "sn:" and the serial, or "run:" and its first run, where no UID was read.
CREATE TABLE unit_now (
  unit TEXT NOT NULL,
  job_name TEXT NOT NULL,
  job_revision INTEGER NOT NULL,
  first_run INTEGER NOT NULL,
  last_run INTEGER NOT NULL,
  runs INTEGER NOT NULL CHECK (runs >= 1),
  first_verdict TEXT NOT NULL,
  last_verdict TEXT NOT NULL,
  first_failure TEXT,
  day TEXT,
  site TEXT,
  lot TEXT,
  operator_id TEXT,
  PRIMARY KEY (unit, job_name, job_revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_now_by_last ON unit_now (last_run);
CREATE INDEX unit_now_by_day ON unit_now (day, job_name, job_revision, first_verdict, last_verdict);
CREATE INDEX unit_now_by_lot ON unit_now (lot, first_verdict, last_verdict) WHERE lot IS NOT NULL;

INSERT INTO unit_now
SELECT unit, job_name, job_revision, first_run, last_run, runs, first_verdict, last_verdict, first_failure, day, site,
  lot, operator_id
FROM (
  SELECT unit, job_name, job_revision, production_day AS day, site, lot, operator_id,
    row_number () OVER w AS number, count (*) OVER w AS runs,
    first_value (run) OVER w AS first_run, last_value (run) OVER w AS last_run,
    first_value (verdict) OVER w AS first_verdict, last_value (verdict) OVER w AS last_verdict,
    first_value (failure) OVER w AS first_failure
  FROM (
    SELECT run.id AS run, coalesce (uid, 'sn:' || serial, 'run:' || run.run_id) AS unit,
      coalesce (job_name, '') AS job_name, job_revision, production_day, site, lot, operator_id, verdict, failure
    FROM run JOIN result USING (run_id) WHERE verdict IN ('pass', 'fail'))
  WINDOW w AS (PARTITION BY unit, job_name, job_revision ORDER BY run
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
WHERE number = 1;
