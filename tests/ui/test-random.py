#!/usr/bin/python3
"""A random operator at the window: keys, scans and clicks from a seed, whatever is open. What holds at every step:
no cycle starts while a FAIL is open, no tile shows PASS without its row, no site has two runs at a time.

    test-random.py [STEPS [SEED [LONGEST_S]]]      steps end early when LONGEST_S (0: never) have gone by"""
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Station, run, COMMAND
from fixture import Journal, write_station

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 500
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
LONGEST_S = float(sys.argv[3]) if len(sys.argv) > 3 else 0

KEYS = ["space", "space", "space", "r", "r", "Escape", "BackSpace", "Tab", "Return", "F1", "F2", "F3", "F12", "ctrl+e",
        "ctrl+u", "F9", "1", "9", "ctrl+t"]
SCANS = ["CMD:START", "CMD:START", "CMD:RETRY", "CMD:STOP", "CMD:UNDO", "CMD:ENDLOT", "BIN:scrap", "BIN:hold", "OP:OPERATOR",
         "OP:SUPERVISOR", "OP:NOBODY", "SITE:A2", "SITE:A9", "NONSENSE-77", "]C1xyz-0001", "LOT:L9,90", "JOB:/nowhere.yaml"]
CLICKS = ["Retry", "Fail bin", "START", "START LOT", "END LOT", "Retry failed", "Stop", "End lot", "Close", "Identify",
          "Back to the boards", "OK"]


def walk(journal):
    """The journal from its first row on, as it came about: what was open, what was at work."""
    at_work, failed = {}, {}
    events = [(at, 2, "run", *rest) for at, *rest in
              journal.ask("SELECT started_utc_us, site, run_id, cycle, retry_of IS NOT NULL FROM run")]
    events += [(at, 0, "result", *rest) for at, *rest in journal.ask(
        "SELECT ended_utc_us, site, run_id, cycle, verdict FROM result JOIN run USING (run_id)")]
    events += [(at, 1, "bin", *rest) for at, *rest in
               journal.ask("SELECT utc_us, site, run_id, 0, 0 FROM audit WHERE action = 'bin'")]
    for _, _, what, site, run_id, cycle, more in sorted(events, key=lambda event: event[:2]):
        if what == "run":
            assert site not in at_work, f"{site} has two runs at a time: {at_work[site]} and {run_id}"
            at_work[site] = run_id
            others = {other for other, since in failed.items() if since != cycle}
            assert more or not others, f"run {run_id} in {site} began while {others} stood open"
        elif what == "result":
            at_work.pop(site, None)
            if more == "fail":
                failed[site] = cycle
            elif more == "pass":
                failed.pop(site, None)
        else:
            failed.pop(site, None)
    return set(failed)


class Operator:
    def __init__(self, station, journal, job):
        self.station, self.journal, self.job = station, journal, job
        self.random = random.Random(SEED)
        self.lots = 0

    # ---- what holds ----

    def look(self, step):
        tiles = self.station.tiles()
        passed = {site: text for site, text in tiles.items() if ", passed" in text}
        for site, text in passed.items():
            serial = text.split("serial ")[1].split(",")[0].strip() if "serial " in text else None
            rows = self.journal.ask("SELECT result.serial FROM run JOIN result USING (run_id) WHERE site = ? AND verdict = 'pass'",
                                    site)
            assert serial is not None and (serial,) in rows, f"step {step}: {text} without a row: {rows[-3:]}"
        return walk(self.journal)

    # ---- what is done ----

    def act(self):
        kind = self.random.random()
        if kind < 0.40:
            self.station.key(self.random.choice(KEYS))
        elif kind < 0.75:
            self.station.scan(self.random.choice(SCANS))
        else:
            wanted = self.random.choice(CLICKS)
            if self.station.is_sensitive(wanted):
                self.station.press(wanted)

    def help(self):
        """What a sensible person does, so that the day goes on."""
        band = self.station.band()
        open_fails = walk(self.journal)
        self.station.key("Escape")
        if self.station.has("Scan your badge"):
            self.station.scan("OP:OPERATOR")
        elif "job" in band and "choose" in band:
            self.station.scan("JOB:" + self.job)
        elif "lot" in band.lower() and "START LOT" in band:
            self.lots += 1
            self.station.scan(f"LOT:R{SEED}-{self.lots},400")
        elif open_fails:
            for site in open_fails:
                self.station.scan("SITE:" + site)
                self.station.scan("BIN:scrap")
        elif "full" in band:
            self.station.key("ctrl+e")
            self.station.wait_for("the lot's end", lambda: self.station.is_sensitive("END LOT"))
            self.station.press("END LOT")
        else:
            self.station.scan("CMD:START")


def nothing_an_operator_does_breaks_the_promises():
    print(f"# seed {SEED}, {STEPS} steps", flush=True)
    until = time.monotonic() + LONGEST_S if LONGEST_S > 0 else None
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, "A2: [ dead-cell: 0x08000800 every ], A3: [ power-cut: 40 every ]", limits="retries: 1")
        journal = Journal(folder)
        with Station([], folder=folder, station=path) as station:
            operator = Operator(station, journal, job)
            station.wait_text("Scan your badge")
            done = 0
            for step in range(STEPS):
                if until is not None and time.monotonic() > until:
                    break
                if operator.random.random() < 0.3:
                    operator.help()
                else:
                    operator.act()
                if step % 4 == 0:
                    operator.look(step)
                assert station.process.poll() is None, station.output()
                done = step + 1
            station.wait_for("the end of what runs", journal.is_idle)
            operator.look(done)
            print(f"# {done} steps, {journal.runs()} runs, {operator.lots} lots", flush=True)
            assert journal.runs() > done / 50, "nothing ran"


run([nothing_an_operator_does_breaks_the_promises])
