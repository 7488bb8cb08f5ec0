#!/usr/bin/python3
"""A lot with a bad board in it, to its end; a program that is killed in mid-cycle."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Station, run, SOURCE

JOBS = ["--jobs", os.path.join(SOURCE, "data/jobs")]
ONE_BAD = os.path.join(SOURCE, "data/stations/virtual-8-one-bad.yaml")


def a_failed_board_is_retried_or_binned_before_the_next_start():
    with Station(JOBS, station=ONE_BAD) as station:
        station.go_to_run()
        station.run_cycle()
        station.wait_text("Failed boards")
        assert ", failed, verify mismatch, serial TH7-" in station.tiles()["A6"], station.tiles()
        assert not station.is_sensitive("START")
        station.key("space")
        station.scan("CMD:START")
        assert len(station.units()) == 8, station.units()
        # the key R runs it again, and it alone
        station.key("r")
        station.wait_for("its second run", lambda: len(station.units()) == 9 and station.button("Retry") is not None
                         and not station.is_sensitive("Retry"))
        rows = station.units()
        assert len(rows) == 9 and [row["site"] for row in rows].count("A6") == 2, rows
        assert not station.is_sensitive("Retry"), "one retry was all the job allows"
        assert not station.is_sensitive("START")
        station.scan("BIN:scrap")
        station.wait_for("START", lambda: station.is_sensitive("START"))
        # all eight are accounted for: the lot ends
        station.key("ctrl+e")
        station.wait_text("The lot balances")
        station.key("space")
        station.wait_text("Scan or type the lot")


def a_lot_with_an_open_board_does_not_end():
    with Station(JOBS, station=ONE_BAD) as station:
        station.go_to_run()
        station.run_cycle()
        assert not station.is_sensitive("End lot")
        station.key("ctrl+e")
        station.scan("CMD:ENDLOT")
        station.wait_for("the refusal", lambda: station.has("missing") or station.has("open"))
        assert not station.has("The lot balances"), station.texts()


def a_supervisor_needs_badge_reason_and_pin():
    with Station(JOBS) as station:
        station.go_to_run()
        station.key("F3")
        station.wait_text("Site A3")
        station.press("Switch off…")
        station.wait_text("Scan the supervisor")
        station.scan("OP:SUPERVISOR")
        station.wait_text("Badge SUPERVISOR")
        station.press("Worn or broken contact")
        station.wait_text("Will be recorded")
        for digit in "9999":
            station.press(digit)
        station.press("OK")
        station.wait_text("The PIN is wrong")
        assert not station.has("SUPERVISOR "), station.texts()
        for digit in "1234":
            station.press(digit)
        station.press("OK")
        station.wait_for("A3 off", lambda: ", off" in station.tiles().get("A3", ""))
        assert station.has("SUPERVISOR "), station.texts()
        station.run_cycle()
        assert len(station.units()) == 7, station.units()


def what_was_at_work_when_the_program_died_is_no_pass():
    with tempfile.TemporaryDirectory() as folder:
        with Station(JOBS, folder=folder) as station:
            station.go_to_run(lot="K1,8")
            station.key("space")
            station.wait_text("Working")
            station.wait_for("boards at work", lambda: any("Verifying" in text for text in station.tiles().values()))
            station.kill()
        with Station(JOBS, folder=folder) as station:
            station.wait_text("Scan your badge")
            station.scan("OP:OPERATOR")
            station.wait_for("what to do with them",
                             lambda: station.has("no result") or station.has("interrupted"))
            assert not any(", passed" in text for text in station.tiles().values()), station.tiles()
            rows = station.units()
            assert rows and all(row["verdict"] != "pass" for row in rows), rows


run([
    a_failed_board_is_retried_or_binned_before_the_next_start,
    a_lot_with_an_open_board_does_not_end,
    a_supervisor_needs_badge_reason_and_pin,
    what_was_at_work_when_the_program_died_is_no_pass,
])
