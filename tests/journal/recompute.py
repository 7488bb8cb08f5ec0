#!/usr/bin/env python3
"""Works the hash chain of a journal out again from nothing but the definition in src/record/canonical.h, over rows that
the sqlite3 command exported: recompute.py JOURNAL. Prints the number of entries and the last hash."""
import hashlib
import json
import struct
import subprocess
import sys

RUN = """run_id started_utc_us started_mono_ns boot_id production_day shift operator_id lot station bank site fixture
fixture_revision fixture_cycle cycle unit_scan panel panel_position job_name job_revision job_hash plan_hash images target
target_source target_hash engine adapters left_out program_version is_virtual retry_of predicted_ns""".split()
RESULT = """run_id ended_utc_us ended_mono_ns verdict failure message address expected seen serial serial_exposed uid
product_id rom_version protocol_version flash_bytes options_before options_after protection bound_hash leave_way
boot_answer bytes_written bytes_proved steps transcript""".split()
STEP = "kind outcome failure started_ns duration_ns tries bytes value low high unit detail predicted_ns".split()
FIELDS = {
    "run": RUN,
    "result": RESULT,
    "void": "utc_us serial reason operator_id".split(),
    "disposition": "utc_us uid kind reason operator_id".split(),
    "audit": "utc_us action subject detail operator_id lot site run_id old_value new_value reason allowed_by".split(),
}
# the form that a field came with, where it is not the first
LATER = {
    "run": {"retry_of": 2, "predicted_ns": 3},
    "step": {"predicted_ns": 2},
    "audit": dict.fromkeys("lot site run_id old_value new_value reason allowed_by".split(), 2),
}


def rows(journal, sql):
    text = subprocess.run(["sqlite3", "-json", journal, sql], check=True, capture_output=True).stdout
    return json.loads(text) if text.strip() else []


def value(item):
    if item is None:
        return b"n"
    if isinstance(item, int):
        return b"i" + struct.pack(">q", item)
    data = item.encode()
    return b"s" + struct.pack(">I", len(data)) + data


def main():
    journal = sys.argv[1]
    tables = {kind: {row["id"]: row for row in rows(journal, f"SELECT * FROM {kind}")} for kind in FIELDS}
    steps = {}
    for step in rows(journal, "SELECT * FROM step ORDER BY result, position"):
        steps.setdefault(step["result"], []).append(step)

    head = bytes(32)
    count = 0
    for entry in rows(journal, "SELECT sequence, kind, row, hex (hash) AS hash FROM chain ORDER BY sequence"):
        row = tables[entry["kind"]][entry["row"]]
        form = value(entry["kind"]) + value(row["form"])
        for field in FIELDS[entry["kind"]]:
            if field == "steps":
                mine = steps.get(row["id"], [])
                form += b"l" + struct.pack(">I", len(mine))
                names = [name for name in STEP if row["form"] >= LATER["step"].get(name, 1)]
                form += b"".join(value(step[name]) for step in mine for name in names)
            elif row["form"] >= LATER.get(entry["kind"], {}).get(field, 1):
                form += value(row[field])
        head = hashlib.sha256(b"stn1" + head + form).digest()
        if head.hex().upper() != entry["hash"]:
            sys.exit(f"entry {entry['sequence']}: {entry['kind']} row {entry['row']}: {head.hex()}")
        count += 1
    print(count, head.hex())


main()
