#!/usr/bin/python3
"""A random operator at the window: keys, scans and real pointer clicks from a seed, whatever is open; between them what a
sensible person does, so that hundreds of boards are run. What holds at every step: no cycle starts and none may be started
while a FAIL is open, no tile shows PASS without its row, no site has two runs at a time, no serial is on two boards; at the
end the journal's chain is whole.

    test-random.py [STEPS [SEED [LONGEST_S]]]      steps end early when LONGEST_S (0: never) have gone by"""
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Station, Timeout, run, COMMAND
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
        self.clicks = 0

    # ---- what holds ----

    def look(self, step):
        tiles = self.station.tiles()
        passed = {site: text for site, text in tiles.items() if ", passed" in text}
        for site, text in passed.items():
            serial = text.split("serial ")[1].split(",")[0].strip() if "serial " in text else None
            rows = self.journal.ask("SELECT result.serial FROM run JOIN result USING (run_id) WHERE site = ? AND verdict = 'pass'",
                                    site)
            assert serial is not None and (serial,) in rows, f"step {step}: {text} without a row: {rows[-3:]}"
        twice = self.journal.ask("SELECT serial FROM result WHERE verdict = 'pass' GROUP BY serial HAVING count(DISTINCT uid) > 1")
        assert not twice, f"step {step}: serials on two boards: {twice}"
        before = walk(self.journal)
        may_start = self.station.is_sensitive("START")
        # a board that failed and stands there since before START was looked at, and still does
        still = before & walk(self.journal) if may_start and self.journal.is_idle() else set()
        assert not still, f"step {step}: START is free while {still} stand open: {self.station.band()}"

    # ---- what is done ----

    def act(self):
        kind = self.random.random()
        if kind < 0.40:
            self.station.key(self.random.choice(KEYS))
        elif kind < 0.70:
            self.station.scan(self.random.choice(SCANS))
        else:
            # a hand, or assistive technology
            wanted = self.random.choice(CLICKS)
            node = self.station.button(wanted)
            if node is not None and self.station.is_usable(node):
                if self.random.random() < 0.6:
                    self.clicks += self.station.click(node)
                else:
                    try:
                        node.queryAction().doAction(0)
                    except (LookupError, RuntimeError):
                        pass  # it went away meanwhile

    def start(self, button):
        """One of the ways in which a cycle is started; mostly its end is awaited, sometimes something else is done."""
        way = self.random.random()
        if way < 0.35:
            self.station.key("space")
        elif way < 0.65:
            self.clicks += self.station.click(button)
        else:
            self.station.scan("CMD:START")
        if self.random.random() < 0.85:
            before = self.journal.runs()
            until = time.monotonic() + 1.5  # it may have been refused: that is no fault
            while self.journal.runs() == before and time.monotonic() < until:
                time.sleep(0.05)
            self.station.wait_for("the end of the cycle", self.journal.is_idle)

    def take_out(self):
        """Boards that stand on no site leave the lot: a supervisor with a reason and a PIN. What was on the screen a moment
        ago may be over, by an earlier scan: then this comes to nothing, which is no fault."""
        try:
            self.take_out_if_asked()
        except (Timeout, AssertionError, LookupError, RuntimeError):
            if self.station.process.poll() is not None:
                raise
            self.station.key("Escape")

    def take_out_if_asked(self):
        self.station.key("ctrl+e")
        self.station.wait_for("the lot's end", lambda: self.station.button("END LOT") is not None, 10)
        if self.station.is_sensitive("END LOT"):
            self.station.press("END LOT")
            return
        if not self.station.is_sensitive("Take them out…"):
            self.station.key("Escape")
            return
        self.station.press("Take them out…")
        self.station.wait_for("the supervisor's page", lambda: self.station.has("Supervisor"), 10)
        self.station.scan("OP:SUPERVISOR")
        self.station.wait_for("the badge", lambda: self.station.has("Badge SUPERVISOR"), 10)
        self.station.press("Agreed with engineering")
        self.station.wait_for("the PIN", lambda: self.station.has("PIN"), 10)
        self.station.key("1", "2", "3", "4", "Return")

    def help(self):
        """What a sensible person does, so that the day goes on. By what is on the screen: the band may still say what was
        refused a moment ago."""
        open_fails = walk(self.journal)
        if open_fails:
            for site in sorted(open_fails):
                if self.random.random() < 0.3:
                    self.station.scan("CMD:RETRY")
                else:
                    self.station.scan("SITE:" + site)
                    self.station.scan("BIN:scrap")
            return
        start = self.station.button("START")
        if start is not None and self.station.is_usable(start):
            self.start(start)
            return
        band = self.station.band()
        texts = self.station.texts()
        if any("Boards of this lot are missing" in text or "full" in text for text in (band, *texts)):
            self.take_out()
            return
        self.station.key("Escape")
        if "Scan your badge" in texts:
            self.station.scan("OP:OPERATOR")
        elif "START LOT" in texts:
            if "Chip" not in texts:
                self.station.scan("JOB:" + self.job)
            self.lots += 1
            self.station.scan(f"LOT:R{SEED}-{self.lots},400")


def nothing_an_operator_does_breaks_the_promises():
    print(f"# seed {SEED}, {STEPS} steps", flush=True)
    until = time.monotonic() + LONGEST_S if LONGEST_S > 0 else None
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, "A2: [ dead-cell: 0x08000800 every ], A3: [ power-cut: 40 ]",
                                  sites=16, limits="retries: 1")
        journal = Journal(folder)
        with Station([], folder=folder, station=path) as station:
            operator = Operator(station, journal, job)
            station.wait_text("Scan your badge")
            done = 0
            for step in range(STEPS):
                if until is not None and time.monotonic() > until:
                    break
                if operator.random.random() < 0.5:
                    operator.help()
                else:
                    operator.act()
                if step % 5 == 0:
                    operator.look(step)
                assert station.process.poll() is None, station.output()
                done = step + 1
            station.wait_for("the end of what runs", journal.is_idle)
            operator.look(done)
            print(f"# {done} steps, {journal.runs()} runs, {operator.lots} lots, {operator.clicks} clicks", flush=True)
            assert journal.runs() > done / 10, "hardly anything ran"
        # the whole record, by the command that QA uses
        verified = subprocess.run([COMMAND, "verify", "--journal", journal.path], capture_output=True, text=True)
        assert verified.returncode == 0, verified.stdout + verified.stderr


run([nothing_an_operator_does_breaks_the_promises])
