-- A journal of schema step 2 as a program wrote it: see v1.sql.
PRAGMA application_id = 1397386860;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE about (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  kind TEXT NOT NULL CHECK (kind IN ('production', 'virtual')),
  journal_id TEXT NOT NULL,
  created_utc_us INTEGER NOT NULL
) STRICT;
INSERT INTO about VALUES(1,'virtual','01a203bc-2fc2-7031-9612-2e90b7fa7855',1795358994370269);
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
, retry_of TEXT) STRICT;
INSERT INTO run VALUES(1,2,'01a203bc-2fed-743a-9fae-3b5747f5053e',1795358994413771,26709173572683,'774f3adc-5618-4d92-9d19-50df7e056690','2026-11-22',NULL,'O1','L2','Line 1','A','A1',NULL,NULL,0,1,NULL,NULL,0,'Fixture',1,'043565c4b149cc15865bd2d25a140ad58f0abf4d15e7abc0f90496b8482c2625','e4281bc97c5b93f21e01267340af25887b0c74fd41b2cc234200166e787a2590','app=874b7012536c8010e65989b0eb2e3c362f80b50c633590f48b049b439e53fa26','STM32G071xB','compiled in','197ae002cf79be60107e413ecb08376bb8f9e6a43b17603c3c41ed8880c891bc','uart','uart=/dev/u1 nrst=c1.AC0 boot0=c1.AD0','boot-check: none','0.1.0',1,NULL);
INSERT INTO run VALUES(2,2,'01a203bc-2fed-743a-9fae-3ece0c591891',1795358994413831,26709173632355,'774f3adc-5618-4d92-9d19-50df7e056690','2026-11-22',NULL,'O1','L2','Line 1','A','A2',NULL,NULL,0,1,NULL,NULL,0,'Fixture',1,'043565c4b149cc15865bd2d25a140ad58f0abf4d15e7abc0f90496b8482c2625','e4281bc97c5b93f21e01267340af25887b0c74fd41b2cc234200166e787a2590','app=874b7012536c8010e65989b0eb2e3c362f80b50c633590f48b049b439e53fa26','STM32G071xB','compiled in','197ae002cf79be60107e413ecb08376bb8f9e6a43b17603c3c41ed8880c891bc','uart','uart=/dev/u2 nrst=c1.AC1 boot0=c1.AD1','boot-check: none','0.1.0',1,NULL);
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
INSERT INTO result VALUES(1,1,'01a203bc-2fed-743a-9fae-3ece0c591891',1795358994500862,26709260663786,'fail','verify-mismatch','A2: verify: 0x08000800: the flash does not hold what was written: expected 08, seen ff',134219776,'08','ff','S-0002',0,'be6842bc8e47414d44484449',1120,180,49,131072,'aafeffff55010000ffffffff0000000000ffff7fff000080ffffc0ff00003f00ffffc0ff00003f00ffffffff0000000000ffffffff000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffffffffffff',NULL,NULL,'355fed9b4cfeebc4250696b09b134ac306f4dc111164a813d110feb48825f7f5',NULL,NULL,3840,0,replace('26709.260441 /dev/u2 write 08 00 0a 00 02\n26709.260442 /dev/u2 read 79\n26709.260450 /dev/u2 write ff 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03 08 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 ff\n26709.260451 /dev/u2 read 79\n26709.260452 /dev/u2 write 31 ce\n26709.260452 /dev/u2 read 79\n26709.260453 /dev/u2 write 08 00 0b 00 03\n26709.260453 /dev/u2 read 79\n26709.260477 /dev/u2 write ff 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03 08 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 ff\n26709.260481 /dev/u2 read 79\n26709.260484 /dev/u2 write 31 ce\n26709.260485 /dev/u2 read 79\n26709.260486 /dev/u2 write 08 00 0c 00 04\n26709.260487 /dev/u2 read 79\n26709.260561 /dev/u2 write ff 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03 08 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 ff\n26709.260563 /dev/u2 read 79\n26709.260564 /dev/u2 write 31 ce\n26709.260565 /dev/u2 read 79\n26709.260566 /dev/u2 write 08 00 0d 00 05\n26709.260567 /dev/u2 read 79\n26709.260575 /dev/u2 write ff 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03 08 ff\n26709.260576 /dev/u2 read 79\n26709.260577 /dev/u2 write 31 ce\n26709.260577 /dev/u2 read 79\n26709.260578 /dev/u2 write 08 00 0e 00 06\n26709.260579 /dev/u2 read 79\n26709.260587 /dev/u2 write ff 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03 08 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 ff\n26709.260588 /dev/u2 read 79\n26709.260589 /dev/u2 write 31 ce\n26709.260589 /dev/u2 read 79\n26709.260590 /dev/u2 write 08 00 0f 00 07\n26709.260590 /dev/u2 read 79\n26709.260599 /dev/u2 write ff 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03 08 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a ff\n26709.260600 /dev/u2 read 79\n26709.260609 /dev/u2 write 11 ee\n26709.260610 /dev/u2 read 79\n26709.260611 /dev/u2 write 08 00 08 00 00\n26709.260612 /dev/u2 read 79\n26709.260617 /dev/u2 write ff 00\n26709.260620 /dev/u2 read 79\n26709.260621 /dev/u2 read ff 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03\n26709.260622 /dev/u2 write 11 ee\n26709.260623 /dev/u2 read 79\n26709.260624 /dev/u2 write 08 00 08 00 00\n26709.260625 /dev/u2 read 79\n26709.260628 /dev/u2 write ff 00\n26709.260631 /dev/u2 read 79\n26709.260631 /dev/u2 read ff 0d 12 17 1c 21 26 2b 30 35 3a 3f 44 49 4e 53 58 5d 62 67 6c 71 76 7b 80 85 8a 8f 94 99 9e a3 a8 ad b2 b7 bc c1 c6 cb d0 d5 da df e4 e9 ee f3 f8 fd 02 07 0c 11 16 1b 20 25 2a 2f 34 39 3e 43 48 4d 52 57 5c 61 66 6b 70 75 7a 7f 84 89 8e 93 98 9d a2 a7 ac b1 b6 bb c0 c5 ca cf d4 d9 de e3 e8 ed f2 f7 fc 01 06 0b 10 15 1a 1f 24 29 2e 33 38 3d 42 47 4c 51 56 5b 60 65 6a 6f 74 79 7e 83 88 8d 92 97 9c a1 a6 ab b0 b5 ba bf c4 c9 ce d3 d8 dd e2 e7 ec f1 f6 fb 00 05 0a 0f 14 19 1e 23 28 2d 32 37 3c 41 46 4b 50 55 5a 5f 64 69 6e 73 78 7d 82 87 8c 91 96 9b a0 a5 aa af b4 b9 be c3 c8 cd d2 d7 dc e1 e6 eb f0 f5 fa ff 04 09 0e 13 18 1d 22 27 2c 31 36 3b 40 45 4a 4f 54 59 5e 63 68 6d 72 77 7c 81 86 8b 90 95 9a 9f a4 a9 ae b3 b8 bd c2 c7 cc d1 d6 db e0 e5 ea ef f4 f9 fe 03\n','\n',char(10)));
INSERT INTO result VALUES(2,1,'01a203bc-2fed-743a-9fae-3b5747f5053e',1795358994582148,26709341949304,'pass',NULL,NULL,NULL,NULL,NULL,'S-0001',0,'be737b6a2f524f4342575450',1120,180,49,131072,'aafeffff55010000ffffffff0000000000ffff7fff000080ffffc0ff00003f00ffffc0ff00003f00ffffffff0000000000ffffffff000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffffffffffff','aafeffff55010000ffffffff0000000000ffff7fff000080ffffc0ff00003f00ffffc0ff00003f00ffffffff0000000000ffffffff000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffffffffffff',NULL,'031b0a69e0824c9ecfc54879ab2770cf2715bfb0e45ed004bd32f59d74888a35','option-reload',NULL,4096,4096,NULL);
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
INSERT INTO step VALUES(1,1,'power-on','pass',NULL,4518104,17973,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,2,'enter','pass',NULL,4536598,33018053,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,3,'identify','pass',NULL,37564249,165298,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,4,'admit','pass',NULL,37730158,19667971,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,5,'bind','pass',NULL,57399482,12884,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,6,'erase','pass',NULL,57412737,29191127,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,7,'program','pass',NULL,86612039,356164,1,3840,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(1,8,'verify','fail','verify-mismatch',86969626,53970,2,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,1,'power-on','pass',NULL,4629823,4518,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,2,'enter','pass',NULL,4634692,33184803,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,3,'identify','pass',NULL,37820588,91791,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,4,'admit','pass',NULL,37913040,19443723,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,5,'bind','pass',NULL,57362724,50725,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,6,'erase','pass',NULL,57414611,25134594,1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,7,'program','pass',NULL,82557861,232634,1,3840,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,8,'verify','pass',NULL,82791306,106108,1,2048,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,9,'first-block','pass',NULL,82897985,95468,1,2048,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step VALUES(2,10,'leave','pass',NULL,82994344,85371026,1,0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE void (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  serial TEXT NOT NULL,
  reason TEXT NOT NULL,
  operator_id TEXT
) STRICT;
CREATE TABLE disposition (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('rework', 'hold', 'release', 'scrap')),
  reason TEXT NOT NULL,
  operator_id TEXT
) STRICT;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  form INTEGER NOT NULL CHECK (form >= 1),
  utc_us INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  operator_id TEXT
, lot TEXT, site TEXT, run_id TEXT, old_value TEXT, new_value TEXT, reason TEXT, allowed_by TEXT) STRICT;
CREATE TABLE chain (
  sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
  kind TEXT NOT NULL CHECK (kind IN ('run', 'result', 'void', 'disposition', 'audit')),
  row INTEGER NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length (previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length (hash) = 32),
  UNIQUE (kind, row)
) STRICT;
INSERT INTO chain VALUES(1,'run',1,X'0000000000000000000000000000000000000000000000000000000000000000',X'897c4a731c50755c1ad6b02bb8d7ce89cbfa0a09d58534bd024fde6123551b5d');
INSERT INTO chain VALUES(2,'run',2,X'897c4a731c50755c1ad6b02bb8d7ce89cbfa0a09d58534bd024fde6123551b5d',X'3e2708c2325a75f3ff25d6c32b9c21c8223949cf070b13fee0ac73f2a37ab526');
INSERT INTO chain VALUES(3,'result',1,X'3e2708c2325a75f3ff25d6c32b9c21c8223949cf070b13fee0ac73f2a37ab526',X'1176b823b60388048d33b1daa8990002f0e59bd85a743a1c4ee19255f6f4eec1');
INSERT INTO chain VALUES(4,'result',2,X'1176b823b60388048d33b1daa8990002f0e59bd85a743a1c4ee19255f6f4eec1',X'87c7a75dabe7b38b9057102604914263583709224ee22e389c1537bb01aa9c39');
CREATE TABLE admission (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE REFERENCES run (run_id),
  uid TEXT NOT NULL,
  utc_us INTEGER NOT NULL
) STRICT;
INSERT INTO admission VALUES(1,'01a203bc-2fed-743a-9fae-3ece0c591891','be6842bc8e47414d44484449',1795358994451883);
INSERT INTO admission VALUES(2,'01a203bc-2fed-743a-9fae-3b5747f5053e','be737b6a2f524f4342575450',1795358994452696);
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
INSERT INTO write_window VALUES(1,'01a203bc-2fed-743a-9fae-3b5747f5053e','A1','mass erase',1795358994471315,26709231116785,'774f3adc-5618-4d92-9d19-50df7e056690',2080200000);
INSERT INTO write_window VALUES(2,'01a203bc-2fed-743a-9fae-3ece0c591891','A2','mass erase',1795358994480355,26709240155137,'774f3adc-5618-4d92-9d19-50df7e056690',2080200000);
INSERT INTO write_window VALUES(3,'01a203bc-2fed-743a-9fae-3b5747f5053e','A1','option bytes: the same again; had 1fff7800=aafeffff55010000ffffffff0000000000ffff7fff000080ffffc0ff00003f00ffffc0ff00003f00ffffffff0000000000ffffffff000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffffffffffff; gets 1fff7800=aafeffff55010000ffffffff0000000000ffff7fff000080ffffc0ff00003f00ffffc0ff00003f00ffffffff0000000000ffffffff000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000ffffffffffffffffffffffff',1795358994500298,26709260098752,'774f3adc-5618-4d92-9d19-50df7e056690',3100000000);
CREATE TABLE write_window_end (
  write_window INTEGER PRIMARY KEY REFERENCES write_window (id),
  closed_utc_us INTEGER NOT NULL
) STRICT;
INSERT INTO write_window_end VALUES(1,1795358994484346);
INSERT INTO write_window_end VALUES(2,1795358994496845);
INSERT INTO write_window_end VALUES(3,1795358994555757);
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
INSERT INTO serial_event VALUES(1,'Fixture/S-{seq:04}','S-0001',1,1,'leased','01a203bc-2fed-743a-9fae-3b5747f5053e','be737b6a2f524f4342575450',1795358994464717);
INSERT INTO serial_event VALUES(2,'Fixture/S-{seq:04}','S-0002',2,1,'leased','01a203bc-2fed-743a-9fae-3ece0c591891','be6842bc8e47414d44484449',1795358994464938);
INSERT INTO serial_event VALUES(3,'Fixture/S-{seq:04}','S-0002',2,2,'free',NULL,NULL,1795358994504886);
INSERT INTO serial_event VALUES(4,'Fixture/S-{seq:04}','S-0001',1,2,'used','01a203bc-2fed-743a-9fae-3b5747f5053e','be737b6a2f524f4342575450',1795358994582446);
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
INSERT INTO serial_now VALUES('Fixture/S-{seq:04}','S-0001',1,2,'used','01a203bc-2fed-743a-9fae-3b5747f5053e','be737b6a2f524f4342575450');
INSERT INTO serial_now VALUES('Fixture/S-{seq:04}','S-0002',2,2,'free',NULL,NULL);
CREATE TABLE write_window_now (
  write_window INTEGER PRIMARY KEY REFERENCES write_window (id),
  run_id TEXT NOT NULL
) STRICT;
CREATE TABLE fixture_count (
  fixture TEXT PRIMARY KEY,
  cycles INTEGER NOT NULL CHECK (cycles >= 0)
) STRICT, WITHOUT ROWID;
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
INSERT INTO unit_now VALUES('be6842bc8e47414d44484449','Fixture',1,2,2,1,'fail','fail','verify-mismatch','2026-11-22','A2','L2','O1');
INSERT INTO unit_now VALUES('be737b6a2f524f4342575450','Fixture',1,1,1,1,'pass','pass',NULL,'2026-11-22','A1','L2','O1');
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 VALUES('admission','admission_by_uid','2 1');
INSERT INTO sqlite_stat1 VALUES('admission','sqlite_autoindex_admission_1','2 1');
INSERT INTO sqlite_stat1 VALUES('result','result_by_failure','1 1');
INSERT INTO sqlite_stat1 VALUES('result','result_by_uid','2 1');
INSERT INTO sqlite_stat1 VALUES('result','result_by_serial','2 1');
INSERT INTO sqlite_stat1 VALUES('result','sqlite_autoindex_result_1','2 1');
INSERT INTO sqlite_stat1 VALUES('step','step','18 9 1');
INSERT INTO sqlite_stat1 VALUES('serial_event','serial_event_by_run','3 2');
INSERT INTO sqlite_stat1 VALUES('serial_event','serial_event_by_serial','4 2');
INSERT INTO sqlite_stat1 VALUES('serial_event','sqlite_autoindex_serial_event_1','4 4 2 1');
INSERT INTO sqlite_stat1 VALUES('run','run_by_start','2 1');
INSERT INTO sqlite_stat1 VALUES('run','run_by_site','2 1');
INSERT INTO sqlite_stat1 VALUES('run','run_by_day','2 2 1');
INSERT INTO sqlite_stat1 VALUES('run','run_by_lot','2 2 2');
INSERT INTO sqlite_stat1 VALUES('run','sqlite_autoindex_run_1','2 1');
INSERT INTO sqlite_stat1 VALUES('serial_now','serial_now_by_uid','1 1');
INSERT INTO sqlite_stat1 VALUES('serial_now','serial_now_by_run','1 1');
INSERT INTO sqlite_stat1 VALUES('serial_now','serial_now_free','1 1 1');
INSERT INTO sqlite_stat1 VALUES('serial_now','serial_now_one_text_a_number','2 2 1');
INSERT INTO sqlite_stat1 VALUES('serial_now','serial_now','2 2 1');
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
CREATE INDEX audit_by_action ON audit (action, subject);
CREATE INDEX audit_by_subject ON audit (subject) WHERE subject IS NOT NULL;
CREATE INDEX audit_by_lot ON audit (lot) WHERE lot IS NOT NULL;
CREATE INDEX audit_by_run ON audit (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX run_by_site ON run (site);
CREATE INDEX run_by_start ON run (started_utc_us);
CREATE INDEX unit_now_by_last ON unit_now (last_run);
CREATE INDEX unit_now_by_day ON unit_now (day, job_name, job_revision, first_verdict, last_verdict);
CREATE INDEX unit_now_by_lot ON unit_now (lot, first_verdict, last_verdict) WHERE lot IS NOT NULL;
COMMIT;
