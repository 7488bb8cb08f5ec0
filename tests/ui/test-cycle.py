#!/usr/bin/python3
"""From the badge to a verdict and back to the record, by scans and Space alone."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Station, run, SOURCE

JOBS = ["--jobs", os.path.join(SOURCE, "data/jobs")]


def a_cycle_by_space_is_what_the_journal_says():
    with Station(JOBS) as station:
        station.go_to_run()
        station.run_cycle()
        tiles = station.tiles()
        assert len(tiles) == 8, tiles
        rows = station.units()
        assert len(rows) == 8, rows
        for row in rows:
            sentence = tiles[row["site"]]
            assert ", passed" in sentence and f"serial {row['serial']}" in sentence, (row, sentence)
            assert row["verdict"] == "pass", row
        # Space again: the next boards, and no site twice in one cycle
        station.run_cycle()
        rows = station.units()
        assert len(rows) == 16 and len({row["serial"] for row in rows}) == 16, rows


def a_scan_never_presses_what_has_the_focus():
    with Station(JOBS) as station:
        station.go_to_run()
        before = station.texts()
        for _ in range(12):
            station.key("Tab")
            station.scan("NONSENSE-123")
            station.wait_for("the refusal", lambda: not station.has("Put the boards in and press START"))
        assert not station.has("Working"), station.texts()
        assert len(station.tiles()) == 8, before
        assert not station.has("Close"), station.texts()  # no drawer came up


def keys_say_why_they_do_nothing():
    with Station(JOBS) as station:
        station.wait_text("Scan your badge")
        station.scan("OP:OPERATOR")
        station.wait_text("Scan or choose the job")
        station.key("space")
        assert not station.has("Working")
        station.scan("OP:NOBODY")
        station.wait_text("This badge is not known")


run([a_cycle_by_space_is_what_the_journal_says, a_scan_never_presses_what_has_the_focus, keys_say_why_they_do_nothing])
