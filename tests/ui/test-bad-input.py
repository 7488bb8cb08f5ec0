#!/usr/bin/python3
"""What is wrong is said in one sentence, with what to do about it, and nothing is lost by it."""
import contextlib
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Station, run, COMMAND
from fixture import Journal, write_station


def sum_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def begin(station, job, lot="L1,40", ready=True):
    station.wait_text("Scan your badge")
    station.scan("OP:OPERATOR")
    station.wait_text("Scan or choose the job")
    station.scan("JOB:" + job)
    station.wait_text("Scan or type the lot")
    station.scan("LOT:" + lot)
    if ready:
        station.wait_for("READY", lambda: station.is_sensitive("START"))


def a_journal_that_is_none_is_named_and_left_alone():
    with tempfile.TemporaryDirectory() as folder:
        path, _ = write_station(folder, sites=1)
        journal = os.path.join(folder, "journal.db")

        def notes():
            with open(journal, "wb") as file:
                file.write(b"somebody's notes, and no database at all\n" * 50)

        def foreign():
            with contextlib.closing(sqlite3.connect(journal)) as database:
                database.execute("CREATE TABLE song (title TEXT)")

        def newer():
            subprocess.run([COMMAND, "run", os.path.join(folder, "job.yaml"), "--station", path], check=True,
                           env=Station([], folder=folder, station=path).environment(), capture_output=True)
            with contextlib.closing(sqlite3.connect(journal)) as database:
                database.execute("PRAGMA user_version = 999")

        for make, word in ((notes, "journal.db"), (foreign, "journal.db"), (newer, "newer")):
            if os.path.exists(journal):
                os.remove(journal)
            make()
            before = sum_of(journal)
            with Station([], folder=folder, station=path) as station:
                station.wait_text("The station can’t be used")
                assert station.has(word), (make.__name__, station.texts())
                assert station.band().count("The station can't be used") <= 1, station.band()
                # nobody signs in over it
                station.scan("OP:OPERATOR")
                station.wait_for("the band", lambda: station.band() != "Scan your badge")
                assert not station.has("Scan or choose the job"), station.texts()
                print(f"# {make.__name__}: {station.texts()}")
            assert sum_of(journal) == before, make.__name__


def one_changed_byte_of_the_firmware_blocks_start():
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, sites=2)
        journal = Journal(folder)
        with Station([], folder=folder, station=path) as station:
            begin(station, job)
            station.key("space")
            station.wait_for("the cycle", lambda: journal.runs() == 2 and journal.is_idle())
            station.wait_for("START", lambda: station.is_sensitive("START"))
            with open(os.path.join(folder, "app.bin"), "r+b") as file:
                file.seek(2000)
                file.write(b"\x5a\xa5\x5a")
            time.sleep(0.8)  # a key that bounces is refused for half a second
            station.key("space")
            station.wait_text("Call the supervisor")
            print(f"# {station.band()}")
            assert journal.runs() == 2, "a changed firmware went into a board"


def a_bank_in_other_hands_is_said_and_waited_for():
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, sites=2, image_bytes=49152)
        journal = Journal(folder)
        with Station([], folder=folder, station=path) as station:
            beside = subprocess.Popen([COMMAND, "run", job, "--station", path], env=station.environment(),
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            station.wait_for("the other program's runs", lambda: journal.runs() == 2)
            begin(station, job, ready=False)
            station.wait_text("Wait, or end the other program")
            station.wait_text("REMOTE")
            print(f"# {station.band()}")
            station.key("space")
            station.wait_text("in use by")
            assert journal.runs() == 2, "two programs at one bank"
            assert beside.wait(120) == 0, "the program that had the bank was disturbed"
            # and then it goes on by itself: nobody has to ask again
            station.wait_for("START", lambda: station.is_sensitive("START"))
            station.key("space")
            station.wait_for("the cycle", lambda: journal.runs() == 4 and journal.is_idle())
            station.wait_for("two passed", lambda: all(", passed" in tile for tile in station.tiles().values()))


def codes_that_are_not_for_here_are_named():
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, sites=2)
        journal = Journal(folder)
        with Station([], folder=folder, station=path) as station:
            station.wait_text("Scan your badge")
            station.scan("OP:NOBODY")
            station.wait_text("This badge is not known")
            station.scan("OP:OPERATOR")
            station.wait_text("Scan or choose the job")
            station.scan("JOB:" + os.path.join(folder, "nowhere.yaml"))
            station.wait_text("nowhere.yaml")
            station.wait_text("Scan or choose the job")
            station.scan("JOB:" + job)
            station.wait_text("Scan or type the lot")
            station.scan("LOT:L1,nine")
            station.wait_text("nine")
            station.scan("LOT:L1,9")
            station.wait_for("READY", lambda: station.is_sensitive("START"))
            for code, said in (("SITE:Q7", "Q7"), ("BIN:scrap", "no board is waiting"), ("S-000001", "not scanned")):
                station.scan(code)
                station.wait_text(said)
            assert journal.runs() == 0 and len(station.tiles()) == 2


run([
    a_journal_that_is_none_is_named_and_left_alone,
    one_changed_byte_of_the_firmware_blocks_start,
    a_bank_in_other_hands_is_said_and_waited_for,
    codes_that_are_not_for_here_are_named,
])
