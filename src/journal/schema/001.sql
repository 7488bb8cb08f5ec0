-- Step 1: the first schema.
--
-- Rows of history are inserted, never changed: triggers refuse UPDATE and DELETE. They stop accidents; against intent
-- there is the chain. Columns of chained tables are those of src/record/columns.h, in its order, after `id` and `form`.
-- CHECKs hold what is closed for good; failures and steps are lists that grow, so their names are not listed here.

CREATE TABLE about (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  kind TEXT NOT NULL CHECK (kind IN ('production', 'virtual')),
  journal_id TEXT NOT NULL,
  created_utc_us INTEGER NOT NULL
) STRICT;

-- chained history ----------------------------------------------------------------------------------------------------

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  run_id TEXT NOT NULL UNIQUE CHECK (length (run_id) > 0),
  started_utc_us INTEGER NOT NULL,
  started_mono_ns INTEGER NOT NULL,
  boot_id TEXT,
  production_day TEXT,
  shift TEXT,
  operator_id TEXT,
  lot TEXT,
  station TEXT,
  bank TEXT,
  site TEXT,
  fixture TEXT,
  fixture_revision TEXT,
  fixture_cycle INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  unit_scan TEXT,
  panel TEXT,
  panel_position INTEGER NOT NULL,
  job_name TEXT,
  job_revision INTEGER NOT NULL,
  job_hash TEXT,
  plan_hash TEXT,
  images TEXT,
  target TEXT,
  target_source TEXT,
  target_hash TEXT,
  engine TEXT,
  adapters TEXT,
  left_out TEXT,
  program_version TEXT,
  is_virtual INTEGER NOT NULL CHECK (is_virtual IN (0, 1))
) STRICT;
CREATE INDEX run_by_lot ON run (lot, job_name);
CREATE INDEX run_by_day ON run (production_day, site);

CREATE TABLE result (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  run_id TEXT NOT NULL UNIQUE REFERENCES run (run_id),
  ended_utc_us INTEGER NOT NULL,
  ended_mono_ns INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'fail', 'error', 'cancelled', 'empty', 'skipped')),
  failure TEXT CHECK (length (failure) > 0),
  message TEXT,
  address INTEGER,
  expected TEXT,
  seen TEXT,
  serial TEXT,
  serial_exposed INTEGER NOT NULL CHECK (serial_exposed IN (0, 1)),
  uid TEXT,
  product_id INTEGER,
  rom_version INTEGER,
  protocol_version INTEGER,
  flash_bytes INTEGER,
  options_before TEXT,
  options_after TEXT,
  protection TEXT,
  bound_hash TEXT,
  leave_way TEXT,
  boot_answer TEXT,
  bytes_written INTEGER NOT NULL,
  bytes_proved INTEGER NOT NULL,
  transcript TEXT
) STRICT;
CREATE INDEX result_by_serial ON result (serial) WHERE serial IS NOT NULL;
CREATE INDEX result_by_uid ON result (uid) WHERE uid IS NOT NULL;
CREATE INDEX result_by_failure ON result (failure) WHERE failure IS NOT NULL;

-- chained as a part of its result
CREATE TABLE step (
  result INTEGER NOT NULL REFERENCES result (id),
  position INTEGER NOT NULL CHECK (position >= 1),
  kind TEXT NOT NULL CHECK (length (kind) > 0),
  outcome TEXT NOT NULL
    CHECK (outcome IN ('unknown', 'pass', 'fail', 'error', 'cancelled', 'empty', 'skipped')),
  failure TEXT CHECK (length (failure) > 0),
  started_ns INTEGER NOT NULL,
  duration_ns INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  value INTEGER,
  low INTEGER,
  high INTEGER,
  unit TEXT,
  detail TEXT,
  PRIMARY KEY (result, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE void (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  serial TEXT NOT NULL,
  reason TEXT NOT NULL,
  operator_id TEXT
) STRICT;
CREATE INDEX void_by_serial ON void (serial);

CREATE TABLE disposition (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('rework', 'hold', 'release', 'scrap')),
  reason TEXT NOT NULL,
  operator_id TEXT
) STRICT;
CREATE INDEX disposition_by_uid ON disposition (uid);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  operator_id TEXT
) STRICT;

CREATE TABLE chain (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
  kind TEXT NOT NULL CHECK (kind IN ('run', 'result', 'void', 'disposition', 'audit')),
  row INTEGER NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length (previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length (hash) = 32),
  UNIQUE (kind, row)
) STRICT;

-- history beside the chain -------------------------------------------------------------------------------------------

-- which chip a run met, from before its first write: a run that never came to a result is still found by UID
CREATE TABLE admission (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE REFERENCES run (run_id),
  uid TEXT NOT NULL,
  utc_us INTEGER NOT NULL
) STRICT;
CREATE INDEX admission_by_uid ON admission (uid);

CREATE TABLE write_window (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  site TEXT NOT NULL,
  what TEXT NOT NULL,
  opened_utc_us INTEGER NOT NULL,
  opened_mono_ns INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  longest_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX write_window_by_run ON write_window (run_id);

CREATE TABLE write_window_end (
  write_window INTEGER PRIMARY KEY REFERENCES write_window (id),
  closed_utc_us INTEGER NOT NULL
) STRICT;

-- the life of a serial, one row a change; turn counts the changes of one serial without a gap
CREATE TABLE serial_event (
  id INTEGER PRIMARY KEY,
  scheme TEXT NOT NULL,
  serial TEXT NOT NULL CHECK (length (serial) > 0),
  number INTEGER CHECK (number >= 0),
  turn INTEGER NOT NULL CHECK (turn >= 1),
  state TEXT NOT NULL CHECK (state IN ('free', 'leased', 'exposed', 'used', 'void')),
  run_id TEXT REFERENCES run (run_id),
  uid TEXT,
  utc_us INTEGER NOT NULL,
  UNIQUE (scheme, serial, turn),
  CHECK (run_id IS NOT NULL OR state IN ('free', 'void'))
) STRICT;
CREATE INDEX serial_event_by_serial ON serial_event (serial);
CREATE INDEX serial_event_by_run ON serial_event (run_id) WHERE run_id IS NOT NULL;

-- what can be worked out from the rows above, or lives only as long as a program -----------------------------------

-- the last change of each serial, kept by trigger
CREATE TABLE serial_now (
  scheme TEXT NOT NULL,
  serial TEXT NOT NULL,
  number INTEGER,
  turn INTEGER NOT NULL,
  state TEXT NOT NULL,
  run_id TEXT,
  uid TEXT,
  PRIMARY KEY (scheme, serial)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX serial_now_one_text_a_number ON serial_now (scheme, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX serial_now_one_a_run ON serial_now (run_id) WHERE state IN ('leased', 'exposed');
CREATE INDEX serial_now_free ON serial_now (scheme, number) WHERE state = 'free';
CREATE INDEX serial_now_leased ON serial_now (run_id) WHERE state = 'leased';
CREATE INDEX serial_now_nameless ON serial_now (run_id) WHERE state = 'exposed' AND uid IS NULL;
CREATE INDEX serial_now_by_run ON serial_now (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX serial_now_by_uid ON serial_now (uid) WHERE uid IS NOT NULL;

CREATE TRIGGER serial_event_follows BEFORE INSERT ON serial_event
BEGIN
  SELECT RAISE (ABORT, 'a serial: another change came first')
  WHERE NEW.turn <> 1 + coalesce ((SELECT turn FROM serial_now WHERE scheme = NEW.scheme AND serial = NEW.serial), 0);
  SELECT RAISE (ABORT, 'a serial: no such change of state')
  WHERE CASE coalesce ((SELECT state FROM serial_now WHERE scheme = NEW.scheme AND serial = NEW.serial), 'free')
    WHEN 'free' THEN NEW.state NOT IN ('leased', 'void')
    -- only the run that holds it goes on with it
    WHEN 'leased' THEN NEW.state = 'leased' OR (NEW.state IN ('exposed', 'used') AND NEW.run_id IS NOT
      (SELECT run_id FROM serial_now WHERE scheme = NEW.scheme AND serial = NEW.serial))
    -- on to another run only for the chip that it may be on
    WHEN 'exposed' THEN NEW.state NOT IN ('exposed', 'used', 'void') OR (NEW.state = 'used' AND NEW.run_id IS NOT
      (SELECT run_id FROM serial_now WHERE scheme = NEW.scheme AND serial = NEW.serial))
      OR (NEW.state = 'exposed' AND (NEW.uid IS NULL OR NEW.uid IS NOT
      (SELECT uid FROM serial_now WHERE scheme = NEW.scheme AND serial = NEW.serial)))
    WHEN 'used' THEN NEW.state NOT IN ('used', 'void') OR (NEW.state = 'used' AND (NEW.uid IS NULL OR NEW.uid IS NOT
      (SELECT uid FROM serial_now WHERE scheme = NEW.scheme AND serial = NEW.serial)))
    ELSE 1
  END;
END;

CREATE TRIGGER serial_event_is_now AFTER INSERT ON serial_event
BEGIN
  INSERT INTO serial_now (scheme, serial, number, turn, state, run_id, uid)
  VALUES (NEW.scheme, NEW.serial, NEW.number, NEW.turn, NEW.state, NEW.run_id, NEW.uid)
  ON CONFLICT (scheme, serial) DO UPDATE
  SET turn = excluded.turn, state = excluded.state, run_id = excluded.run_id, uid = excluded.uid;
END;

-- windows without an end whose run has no result, kept by trigger: what a start must look at before it moves a pin
CREATE TABLE write_window_now (
  write_window INTEGER PRIMARY KEY REFERENCES write_window (id),
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX write_window_now_by_run ON write_window_now (run_id);
CREATE TRIGGER write_window_opens AFTER INSERT ON write_window
BEGIN INSERT INTO write_window_now (write_window, run_id) VALUES (NEW.id, NEW.run_id); END;
CREATE TRIGGER write_window_closes AFTER INSERT ON write_window_end
BEGIN DELETE FROM write_window_now WHERE write_window = NEW.write_window; END;
CREATE TRIGGER write_window_ends_with_its_run AFTER INSERT ON result
BEGIN DELETE FROM write_window_now WHERE run_id = NEW.run_id; END;

CREATE TABLE fixture_count (
  fixture TEXT PRIMARY KEY,
  cycles INTEGER NOT NULL CHECK (cycles >= 0)
) STRICT, WITHOUT ROWID;

-- a program that has this file open; one that is gone without taking its row away ended uncleanly
CREATE TABLE instance (
  id INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  opened_utc_us INTEGER NOT NULL
) STRICT;

-- runs that have begun and not finished, and the chip that each holds
CREATE TABLE live_run (
  run_id TEXT PRIMARY KEY REFERENCES run (run_id),
  instance INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
  site TEXT,
  uid TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX live_run_by_uid ON live_run (uid) WHERE uid IS NOT NULL;
CREATE INDEX live_run_by_instance ON live_run (instance);

-- no history is changed ----------------------------------------------------------------------------------------------

CREATE TRIGGER about_is_not_updated BEFORE UPDATE ON about
BEGIN SELECT RAISE (ABORT, 'about: rows are never changed'); END;
CREATE TRIGGER about_is_not_deleted BEFORE DELETE ON about
BEGIN SELECT RAISE (ABORT, 'about: rows are never deleted'); END;
CREATE TRIGGER run_is_not_updated BEFORE UPDATE ON run
BEGIN SELECT RAISE (ABORT, 'run: rows are never changed'); END;
CREATE TRIGGER run_is_not_deleted BEFORE DELETE ON run
BEGIN SELECT RAISE (ABORT, 'run: rows are never deleted'); END;
CREATE TRIGGER result_is_not_updated BEFORE UPDATE ON result
BEGIN SELECT RAISE (ABORT, 'result: rows are never changed'); END;
CREATE TRIGGER result_is_not_deleted BEFORE DELETE ON result
BEGIN SELECT RAISE (ABORT, 'result: rows are never deleted'); END;
CREATE TRIGGER step_is_not_updated BEFORE UPDATE ON step
BEGIN SELECT RAISE (ABORT, 'step: rows are never changed'); END;
CREATE TRIGGER step_is_not_deleted BEFORE DELETE ON step
BEGIN SELECT RAISE (ABORT, 'step: rows are never deleted'); END;
CREATE TRIGGER void_is_not_updated BEFORE UPDATE ON void
BEGIN SELECT RAISE (ABORT, 'void: rows are never changed'); END;
CREATE TRIGGER void_is_not_deleted BEFORE DELETE ON void
BEGIN SELECT RAISE (ABORT, 'void: rows are never deleted'); END;
CREATE TRIGGER disposition_is_not_updated BEFORE UPDATE ON disposition
BEGIN SELECT RAISE (ABORT, 'disposition: rows are never changed'); END;
CREATE TRIGGER disposition_is_not_deleted BEFORE DELETE ON disposition
BEGIN SELECT RAISE (ABORT, 'disposition: rows are never deleted'); END;
CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'audit: rows are never changed'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'audit: rows are never deleted'); END;
CREATE TRIGGER chain_is_not_updated BEFORE UPDATE ON chain
BEGIN SELECT RAISE (ABORT, 'chain: rows are never changed'); END;
CREATE TRIGGER chain_is_not_deleted BEFORE DELETE ON chain
BEGIN SELECT RAISE (ABORT, 'chain: rows are never deleted'); END;
CREATE TRIGGER admission_is_not_updated BEFORE UPDATE ON admission
BEGIN SELECT RAISE (ABORT, 'admission: rows are never changed'); END;
CREATE TRIGGER admission_is_not_deleted BEFORE DELETE ON admission
BEGIN SELECT RAISE (ABORT, 'admission: rows are never deleted'); END;
CREATE TRIGGER write_window_is_not_updated BEFORE UPDATE ON write_window
BEGIN SELECT RAISE (ABORT, 'write_window: rows are never changed'); END;
CREATE TRIGGER write_window_is_not_deleted BEFORE DELETE ON write_window
BEGIN SELECT RAISE (ABORT, 'write_window: rows are never deleted'); END;
CREATE TRIGGER write_window_end_is_not_updated BEFORE UPDATE ON write_window_end
BEGIN SELECT RAISE (ABORT, 'write_window_end: rows are never changed'); END;
CREATE TRIGGER write_window_end_is_not_deleted BEFORE DELETE ON write_window_end
BEGIN SELECT RAISE (ABORT, 'write_window_end: rows are never deleted'); END;
CREATE TRIGGER serial_event_is_not_updated BEFORE UPDATE ON serial_event
BEGIN SELECT RAISE (ABORT, 'serial_event: rows are never changed'); END;
CREATE TRIGGER serial_event_is_not_deleted BEFORE DELETE ON serial_event
BEGIN SELECT RAISE (ABORT, 'serial_event: rows are never deleted'); END;
