#!/usr/bin/env python3
"""A shift that meets what a factory has: a program that is killed in the middle of a cycle, a journal that can't be written,
a disk that is full. test-shift-trouble.py STATIONCTL, as TAP. In real time, with a journal on a real disk."""
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

COMMAND = sys.argv[1]
PATIENCE_S = 60

STATION = """station: Trouble
bench: { straight: 2, target: STM32G071CB, pace: { line: true, flash: true } }
journal: %s/journal.db
controls: { c1: { ft232h: { serial: FTTROUBLE }, buffered: true } }
banks:
  - name: A
    sites:
      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/t1 }
      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, uart: /dev/t2 }
"""
JOB = """job: Trouble
revision: 1
target: STM32G071xB
boot: { rom-entry: as-shipped }
images:
  - { name: app, file: app.bin, address: 0x08000000 }
unit: { serial: { from: counter, pattern: "T-{seq:04}" } }
boot-check: none
limits: { retries: 1 }
"""


class Shift:
    """`stationctl shift --json`, a line at a time."""

    def __init__(self, folder, journal_folder):
        self.folder, self.journal = folder, os.path.join(journal_folder, "journal.db")
        with open(os.path.join(folder, "station.yaml"), "w", encoding="utf-8") as file:
            file.write(STATION % journal_folder)
        with open(os.path.join(folder, "job.yaml"), "w", encoding="utf-8") as file:
            file.write(JOB)
        with open(os.path.join(folder, "app.bin"), "wb") as file:
            file.write(bytes.fromhex("0020002041000008") + bytes((i * 5 + i // 256) & 255 for i in range(8, 24576)))

    def begin(self):
        environment = dict(os.environ, XDG_RUNTIME_DIR=self.folder, XDG_DATA_HOME=self.folder)
        self.program = subprocess.Popen([COMMAND, "shift", "--json", "--station", os.path.join(self.folder, "station.yaml")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, args=(self.program, self.lines), daemon=True).start()

    @staticmethod
    def read(program, lines):
        for line in program.stdout:
            lines.put(json.loads(line))
        lines.put(None)

    def say(self, line):
        self.program.stdin.write(line + "\n")
        self.program.stdin.flush()

    def take(self, is_it, what):
        """The next line that fits; those before it are kept."""
        until = time.monotonic() + PATIENCE_S
        passed = []
        while time.monotonic() < until:
            try:
                line = self.lines.get(timeout=1)
            except queue.Empty:
                continue
            assert line is not None, f"{what}: the program ended after {passed[-5:]}"
            if is_it(line):
                return line
            passed.append(line)
        raise AssertionError(f"{what} did not come; {passed[-8:]}")

    def ask(self, line):
        self.say(line)
        return self.take(lambda said: said.get("notice") == "answer", f"the answer to {line}")

    def do(self, line):
        answer = self.ask(line)
        assert "failure" not in answer or answer["failure"] is None, (line, answer)

    def state(self):
        self.say("state")
        return self.take(lambda line: "state" in line, "the state")["state"]

    def until(self, is_it, what):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            state = self.state()
            if is_it(state):
                return state
            time.sleep(0.1)
        raise AssertionError(f"{what} did not come; {state}")

    def open_lot(self):
        self.do("sign-in OPERATOR")
        self.do("open-job " + os.path.join(self.folder, "job.yaml"))
        self.do("open-lot L1")
        self.until(lambda state: state["block"] != "loading", "the lot")

    def end(self):
        self.program.stdin.close()
        return self.program.wait(PATIENCE_S)

    def rows(self, sql):
        text = subprocess.run(["sqlite3", "-json", "-readonly", self.journal, sql], check=True, capture_output=True).stdout
        return json.loads(text) if text.strip() else []

    def verify(self):
        done = subprocess.run([COMMAND, "verify", "--journal", self.journal], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done


def sites(state):
    return {site["site"]: site["state"] for site in state["sites"]}


def a_killed_program_leaves_no_pass_behind(folder):
    shift = Shift(folder, folder)
    shift.begin()
    shift.open_lot()
    shift.do("start")
    shift.take(lambda line: line.get("ev") == "unit.step" and line.get("step") == "erase", "a board that is erased")
    shift.program.send_signal(signal.SIGKILL)
    shift.program.wait()
    begun = {row["run_id"] for row in shift.rows("SELECT run_id FROM run")}
    assert len(begun) == 2 and not shift.rows("SELECT 1 FROM result"), "killed too late"

    shift.begin()
    state = shift.until(lambda seen: seen["block"] == "sign-in", "the next start")
    assert set(sites(state).values()) == {"unknown"}, state
    shift.open_lot()
    state = shift.state()
    assert state["block"] == "unknown" and set(sites(state).values()) == {"unknown"}, state
    answer = shift.ask("start")
    assert answer["failure"] == "failed-board-open", answer
    assert not shift.rows("SELECT 1 FROM result"), "a start went over boards that nobody knows"
    # a proof of its own, and only that, makes a PASS of them
    shift.do("retry")
    state = shift.until(lambda seen: "unknown" not in sites(seen).values() and "run" not in sites(seen).values(), "the retry")
    assert set(sites(state).values()) <= {"pass", "pass-after-retry"}, state
    passed = {row["run_id"] for row in shift.rows("SELECT run_id FROM result WHERE verdict = 'pass'")}
    assert len(passed) == 2 and not passed & begun, (passed, begun)
    serials = [row["serial"] for row in shift.rows("SELECT serial FROM result WHERE serial IS NOT NULL")]
    assert len(serials) == len(set(serials)), serials
    assert state["open"] == 0 and state["passed"] == 2, state
    shift.do("end-lot")
    shift.end()
    shift.verify()


def a_journal_that_can_not_be_written_is_one_sentence(folder):
    shift = Shift(folder, folder)
    shift.begin()
    shift.open_lot()
    shift.do("leave-lot")
    shift.end()
    # by a mount of its own: the rights of a file mean nothing to root
    journal_folder = os.path.join(folder, "disk")
    os.mkdir(journal_folder)
    for name in os.listdir(folder):
        if name.startswith("journal.db"):
            shutil.copy(os.path.join(folder, name), journal_folder)
    subprocess.run(["mount", "--bind", journal_folder, journal_folder], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", journal_folder], check=True)
    shift = Shift(folder, journal_folder)
    shift.begin()
    code = shift.program.wait(PATIENCE_S)
    assert code == 4, code
    subprocess.run(["mount", "-o", "remount,bind,rw", journal_folder], check=True)
    shift.begin()
    shift.open_lot()
    shift.do("start")
    state = shift.until(lambda seen: set(sites(seen).values()) == {"pass"}, "the cycle")
    assert state["passed"] == 2, state
    shift.end()
    shift.verify()
    subprocess.run(["umount", journal_folder], check=True)


def a_full_disk_loses_nothing_and_goes_on_when_there_is_room(folder):
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=True)
    shift = Shift(folder, disk)
    shift.begin()
    shift.open_lot()
    shift.do("start")
    shift.until(lambda seen: set(sites(seen).values()) == {"pass"}, "the first cycle")
    time.sleep(0.6)
    shift.do("start")
    shift.take(lambda line: line.get("ev") == "unit.step" and line.get("step") == "erase", "the second cycle")
    filler = os.path.join(disk, "filler")
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    state = shift.until(lambda seen: "run" not in sites(seen).values() and seen["block"] != "running", "the cycle's end")
    # nothing is told as passed that is not on disk
    told = {site for site, what in sites(state).items() if what == "pass"}
    on_disk = {row["site"] for row in shift.rows("SELECT site FROM run JOIN result USING (run_id) WHERE cycle = 2 "
                                                 "AND verdict = 'pass'")}
    assert told <= on_disk, (told, on_disk)
    if told != {"A1", "A2"}:
        assert state["block"] == "not-recorded" and "not saved" in state["instruction"], state
        answer = shift.ask("start")
        assert answer["failure"] is not None, answer
    os.unlink(filler)
    # whoever presses START again finds the results saved; boards that stand open are run again
    for _ in range(4):
        state = shift.state()
        if state["open"] == 0 and state["block"] in ("none", None):
            break
        shift.ask("retry" if "unknown" in sites(state).values() or "fail" in sites(state).values() else "start")
        shift.until(lambda seen: "run" not in sites(seen).values() and seen["block"] != "running", "the cycle")
        time.sleep(0.6)
    state = shift.state()
    assert state["open"] == 0 and state["passed"] >= 4, state
    serials = [row["serial"] for row in shift.rows("SELECT serial FROM result WHERE verdict = 'pass'")]
    assert len(serials) == len(set(serials)) == state["passed"], (serials, state)
    shift.do("end-lot")
    shift.end()
    shift.verify()
    subprocess.run(["umount", disk], check=True)


def main():
    may_mount = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
    if may_mount and "--inside" not in sys.argv:
        # mounts that nobody else sees, gone with this program
        os.execvp("unshare", ["unshare", "-m", sys.executable, os.path.abspath(__file__), COMMAND, "--inside"])
    tests = [(a_killed_program_leaves_no_pass_behind, False), (a_journal_that_can_not_be_written_is_one_sentence, True),
             (a_full_disk_loses_nothing_and_goes_on_when_there_is_room, True)]
    print(f"1..{len(tests)}")
    for number, (test, needs_mount) in enumerate(tests, 1):
        if needs_mount and not may_mount:
            print(f"ok {number} - {test.__name__} # SKIP this machine lets no mount be made")
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                test(folder)
                print(f"ok {number} - {test.__name__}", flush=True)
            except (AssertionError, subprocess.SubprocessError, OSError) as problem:
                print(f"not ok {number} - {test.__name__}")
                print("\n".join("# " + line for line in str(problem).splitlines()), flush=True)


main()
