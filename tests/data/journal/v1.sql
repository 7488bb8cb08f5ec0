-- A journal of schema step 1 as a program wrote it, for later programs to open: `sqlite3 journal.db .dump`, and the two
-- numbers that .dump leaves out. Never made again: a changed journal is a new file.
PRAGMA application_id = 1397386860;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE about (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  kind TEXT NOT NULL CHECK (kind IN ('production', 'virtual')),
  journal_id TEXT NOT NULL,
  created_utc_us INTEGER NOT NULL
) STRICT;
INSERT INTO about VALUES(1,'production','019b8cbd-af00-71f8-8a2d-3ac06e8e4b07',1767592800000000);
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
INSERT INTO run VALUES(1,1,'019b8c98-2800-7000-8000-000000000001',1767592800000000,1000,'b0070000-0000-4000-8000-000000000001','2026-01-05',NULL,NULL,'L1',NULL,NULL,'A3',NULL,NULL,0,0,NULL,NULL,0,'Thermostat',7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO run VALUES(2,1,'019b8c98-2800-7000-8000-000000000002',1767592800000000,1000,'b0070000-0000-4000-8000-000000000001','2026-01-05',NULL,NULL,'L1',NULL,NULL,'A3',NULL,NULL,0,0,NULL,NULL,0,'Thermostat',7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO run VALUES(3,1,'019b8c98-2800-7000-8000-000000000003',1767592800000000,1000,'b0070000-0000-4000-8000-000000000001','2026-01-05',NULL,NULL,'L1',NULL,NULL,'A3',NULL,NULL,0,0,NULL,NULL,0,'Thermostat',7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO run VALUES(4,1,'019b8c98-2800-7000-8000-000000000004',1767592800000000,1000,'b0070000-0000-4000-8000-000000000001','2026-01-05',NULL,NULL,'L1',NULL,NULL,'A3',NULL,NULL,0,0,NULL,NULL,0,'Thermostat',7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO run VALUES(5,1,'019b8c98-2800-7000-8000-000000000005',1767592800000000,1000,'b0070000-0000-4000-8000-000000000001','2026-01-05',NULL,NULL,'L1',NULL,NULL,'A3',NULL,NULL,0,0,NULL,NULL,0,'Thermostat',7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
INSERT INTO result VALUES(1,1,'019b8c98-2800-7000-8000-000000000001',1767592815000000,15000,'fail','verify-mismatch',NULL,NULL,NULL,NULL,'TH-000001',1,'00112233445566778899aabb',1120,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO result VALUES(2,1,'019b8c98-2800-7000-8000-000000000002',1767592815000000,15000,'pass',NULL,NULL,NULL,NULL,NULL,'TH-000002',1,'0011223344556677889900ff',1120,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO result VALUES(3,1,'019b8c98-2800-7000-8000-000000000003',1767592815000000,15000,'fail','verify-mismatch',NULL,NULL,NULL,NULL,'TH-000001',1,'00112233445566778899aabb',1120,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO result VALUES(4,1,'019b8c98-2800-7000-8000-000000000004',1767592815000000,15000,'empty',NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,1120,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
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
INSERT INTO step VALUES(1,1,'erase','pass',NULL,0,0,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,2,'verify','fail',NULL,0,0,1,0,812,0,1000,'ms',NULL);
INSERT INTO step VALUES(2,1,'erase','pass',NULL,0,0,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,2,'verify','pass',NULL,0,0,1,0,812,0,1000,'ms',NULL);
INSERT INTO step VALUES(3,1,'erase','pass',NULL,0,0,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(3,2,'verify','fail',NULL,0,0,1,0,812,0,1000,'ms',NULL);
INSERT INTO step VALUES(4,1,'erase','pass',NULL,0,0,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(4,2,'verify','empty',NULL,0,0,1,0,812,0,1000,'ms',NULL);
CREATE TABLE void (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  serial TEXT NOT NULL,
  reason TEXT NOT NULL,
  operator_id TEXT
) STRICT;
INSERT INTO void VALUES(1,1,1767592800000000,'TH-000003','label torn','o1');
CREATE TABLE disposition (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('rework', 'hold', 'release', 'scrap')),
  reason TEXT NOT NULL,
  operator_id TEXT
) STRICT;
INSERT INTO disposition VALUES(1,1,1767592800000000,'00112233445566778899aabb','rework','solder bridge','o1');
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  operator_id TEXT
) STRICT;
INSERT INTO audit VALUES(1,1,1767592800000000,'clock-set','3 s',NULL,NULL);
CREATE TABLE chain (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
  kind TEXT NOT NULL CHECK (kind IN ('run', 'result', 'void', 'disposition', 'audit')),
  row INTEGER NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length (previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length (hash) = 32),
  UNIQUE (kind, row)
) STRICT;
INSERT INTO chain VALUES(1,'run',1,X'0000000000000000000000000000000000000000000000000000000000000000',X'505c76699c22c2ad133abfb1c84d54d9ddb25d793b2e5d736e82ca31a1a47199');
INSERT INTO chain VALUES(2,'result',1,X'505c76699c22c2ad133abfb1c84d54d9ddb25d793b2e5d736e82ca31a1a47199',X'bf82c1dba473924eb41bdae16817b2c315a1d3eba33b25af0e3763bc5694e292');
INSERT INTO chain VALUES(3,'run',2,X'bf82c1dba473924eb41bdae16817b2c315a1d3eba33b25af0e3763bc5694e292',X'93164e283cf4c69965e1c07709b4e7c71372aabe4dc59ab05400cc99a8da5c86');
INSERT INTO chain VALUES(4,'result',2,X'93164e283cf4c69965e1c07709b4e7c71372aabe4dc59ab05400cc99a8da5c86',X'd0d4034b974ec64ac6131d62cae075cfb50bf07c5b52de9420ff2b43cd6b406a');
INSERT INTO chain VALUES(5,'run',3,X'd0d4034b974ec64ac6131d62cae075cfb50bf07c5b52de9420ff2b43cd6b406a',X'135eed9fec5cd63c11373e6574dc89e89d37a0a7b56b90895ed694c53ee22df1');
INSERT INTO chain VALUES(6,'result',3,X'135eed9fec5cd63c11373e6574dc89e89d37a0a7b56b90895ed694c53ee22df1',X'4bcf988ffbc8eb6d7177af63d066a43991e77919e603336b7065f1b8e8c8c0c9');
INSERT INTO chain VALUES(7,'void',1,X'4bcf988ffbc8eb6d7177af63d066a43991e77919e603336b7065f1b8e8c8c0c9',X'b14cc5d61d76878548f8a9a1fb1f4a9479ad75d520e0543d7d357208e7d42b71');
INSERT INTO chain VALUES(8,'disposition',1,X'b14cc5d61d76878548f8a9a1fb1f4a9479ad75d520e0543d7d357208e7d42b71',X'dfa29d71c2ae01259248a79cb3a4dc88db4cd20419a45cfd3e7bdc1b0b602293');
INSERT INTO chain VALUES(9,'audit',1,X'dfa29d71c2ae01259248a79cb3a4dc88db4cd20419a45cfd3e7bdc1b0b602293',X'd9505fd8d5013fc99669772b57f063bbd9a1b3df8551c45a68605cad35c39117');
INSERT INTO chain VALUES(10,'run',4,X'd9505fd8d5013fc99669772b57f063bbd9a1b3df8551c45a68605cad35c39117',X'fce6e85410754c42c8e02007ee9e6b459b6ae240537e92e86c1600ba06ab53f7');
INSERT INTO chain VALUES(11,'result',4,X'fce6e85410754c42c8e02007ee9e6b459b6ae240537e92e86c1600ba06ab53f7',X'4d84115386fd411f8e74ea8a4d4ce18eb274d2bde279eb86908acba7ca3dc7b8');
INSERT INTO chain VALUES(12,'run',5,X'4d84115386fd411f8e74ea8a4d4ce18eb274d2bde279eb86908acba7ca3dc7b8',X'0ee230a2ef136dc0c9df52501df32fa65d68aabc7f4a00d915c49ea5ba4471e7');
CREATE TABLE admission (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE REFERENCES run (run_id),
  uid TEXT NOT NULL,
  utc_us INTEGER NOT NULL
) STRICT;
INSERT INTO admission VALUES(1,'019b8c98-2800-7000-8000-000000000001','00112233445566778899aabb',1767592800000000);
INSERT INTO admission VALUES(2,'019b8c98-2800-7000-8000-000000000002','0011223344556677889900ff',1767592800000000);
INSERT INTO admission VALUES(3,'019b8c98-2800-7000-8000-000000000003','00112233445566778899aabb',1767592800000000);
INSERT INTO admission VALUES(4,'019b8c98-2800-7000-8000-000000000005','00112233445566778899aabb',1767592800000000);
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
INSERT INTO write_window VALUES(1,'019b8c98-2800-7000-8000-000000000005','A3','options',1767592800000000,1000000000,'b0070000-0000-4000-8000-000000000001',5000000);
CREATE TABLE write_window_end (
  write_window INTEGER PRIMARY KEY REFERENCES write_window (id),
  closed_utc_us INTEGER NOT NULL
) STRICT;
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
INSERT INTO serial_event VALUES(1,'TH','TH-000001',1,1,'leased','019b8c98-2800-7000-8000-000000000001','00112233445566778899aabb',1767592800000000);
INSERT INTO serial_event VALUES(2,'TH','TH-000001',1,2,'exposed','019b8c98-2800-7000-8000-000000000001','00112233445566778899aabb',1767592800000000);
INSERT INTO serial_event VALUES(3,'TH','TH-000002',2,1,'leased','019b8c98-2800-7000-8000-000000000002','0011223344556677889900ff',1767592800000000);
INSERT INTO serial_event VALUES(4,'TH','TH-000002',2,2,'exposed','019b8c98-2800-7000-8000-000000000002','0011223344556677889900ff',1767592800000000);
INSERT INTO serial_event VALUES(5,'TH','TH-000002',2,3,'used','019b8c98-2800-7000-8000-000000000002','0011223344556677889900ff',1767592800000000);
INSERT INTO serial_event VALUES(6,'TH','TH-000001',1,3,'exposed','019b8c98-2800-7000-8000-000000000003','00112233445566778899aabb',1767592800000000);
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
INSERT INTO serial_now VALUES('TH','TH-000001',1,3,'exposed','019b8c98-2800-7000-8000-000000000003','00112233445566778899aabb');
INSERT INTO serial_now VALUES('TH','TH-000002',2,3,'used','019b8c98-2800-7000-8000-000000000002','0011223344556677889900ff');
CREATE TABLE write_window_now (
  write_window INTEGER PRIMARY KEY REFERENCES write_window (id),
  run_id TEXT NOT NULL
) STRICT;
INSERT INTO write_window_now VALUES(1,'019b8c98-2800-7000-8000-000000000005');
CREATE TABLE fixture_count (
  fixture TEXT PRIMARY KEY,
  cycles INTEGER NOT NULL CHECK (cycles >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO fixture_count VALUES('FX-0012',1);
CREATE TABLE instance (
  id INTEGER PRIMARY KEY,
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  opened_utc_us INTEGER NOT NULL
) STRICT;
CREATE TABLE live_run (
  run_id TEXT PRIMARY KEY REFERENCES run (run_id),
  instance INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
  site TEXT,
  uid TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX run_by_lot ON run (lot, job_name);
CREATE INDEX run_by_day ON run (production_day, site);
CREATE INDEX result_by_serial ON result (serial) WHERE serial IS NOT NULL;
CREATE INDEX result_by_uid ON result (uid) WHERE uid IS NOT NULL;
CREATE INDEX result_by_failure ON result (failure) WHERE failure IS NOT NULL;
CREATE INDEX void_by_serial ON void (serial);
CREATE INDEX disposition_by_uid ON disposition (uid);
CREATE INDEX admission_by_uid ON admission (uid);
CREATE INDEX write_window_by_run ON write_window (run_id);
CREATE INDEX serial_event_by_serial ON serial_event (serial);
CREATE INDEX serial_event_by_run ON serial_event (run_id) WHERE run_id IS NOT NULL;
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
END
;
CREATE TRIGGER serial_event_is_now AFTER INSERT ON serial_event
BEGIN
  INSERT INTO serial_now (scheme, serial, number, turn, state, run_id, uid)
  VALUES (NEW.scheme, NEW.serial, NEW.number, NEW.turn, NEW.state, NEW.run_id, NEW.uid)
  ON CONFLICT (scheme, serial) DO UPDATE
  SET turn = excluded.turn, state = excluded.state, run_id = excluded.run_id, uid = excluded.uid;
END;
CREATE INDEX write_window_now_by_run ON write_window_now (run_id);
CREATE TRIGGER write_window_opens AFTER INSERT ON write_window
BEGIN INSERT INTO write_window_now (write_window, run_id) VALUES (NEW.id, NEW.run_id); END;
CREATE TRIGGER write_window_closes AFTER INSERT ON write_window_end
BEGIN DELETE FROM write_window_now WHERE write_window = NEW.write_window; END;
CREATE TRIGGER write_window_ends_with_its_run AFTER INSERT ON result
BEGIN DELETE FROM write_window_now WHERE run_id = NEW.run_id; END;
CREATE UNIQUE INDEX live_run_by_uid ON live_run (uid) WHERE uid IS NOT NULL;
CREATE INDEX live_run_by_instance ON live_run (instance);
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
COMMIT;
