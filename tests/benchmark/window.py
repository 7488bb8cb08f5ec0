"""How fast the window is: 32 sites at the pace of a line, driven by keys. With `memory`: whether it grows over many cycles,
of eight sites as fast as they go. Prints figures; asserts nothing. Run by tests/benchmark/window."""
import os
import sys
import tempfile
import threading
import time

SOURCE = os.environ["STN_SOURCE_ROOT"]
sys.path.insert(0, os.path.join(SOURCE, "tests/ui"))
from driver import Station
from fixture import Journal, write_station

IS_MEMORY = len(sys.argv) > 1 and sys.argv[1] == "memory"
SITES = 8 if IS_MEMORY else 32
CYCLES = int(sys.argv[-1]) if sys.argv[-1].isdigit() else 2000 if IS_MEMORY else 5
TICKS = os.sysconf("SC_CLK_TCK")


class Measured(Station):
    """Its log is read as it is written, each line with the time when it came."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.lines = []

    def environment(self):
        return dict(super().environment(), G_MESSAGES_DEBUG="all")

    def start(self):
        self.began = time.monotonic()
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        path = os.path.join(self.folder, "window.log")
        open(path, "wb").close()
        self.watcher.start()
        super().start()

    def watch(self):
        with open(os.path.join(self.folder, "window.log"), encoding="utf-8", errors="replace") as file:
            while True:
                line = file.readline()
                if line:
                    self.lines.append((time.monotonic(), line))
                else:
                    time.sleep(0.005)

    def first(self, text):
        return next((at for at, line in list(self.lines) if text in line), None)

    def stalls_us(self):
        return [int(line.rsplit(":", 1)[1].split()[0]) for _, line in list(self.lines) if "longest stall" in line]

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def main_cpu_s(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self, name):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith(name))


def measure_memory(station, journal):
    seen = []
    for cycle in range(1, CYCLES + 1):
        runs = journal.runs()
        while journal.runs() < runs + SITES:
            # a press before the last state came to the window is refused
            station.key("space")
            until = time.monotonic() + 0.5
            while journal.runs() < runs + SITES and time.monotonic() < until:
                time.sleep(0.02)
        station.wait_for("the cycle's end", journal.is_idle, 600)
        if cycle in (CYCLES // 20, CYCLES // 4, CYCLES // 2, CYCLES * 3 // 4, CYCLES) or CYCLES < 20:
            seen.append(f"{station.memory_mib('VmRSS'):.1f} MiB after {cycle}")
            print(f"resident: {seen[-1]} cycles, {journal.runs()} runs", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, sites=SITES, image_bytes=4096 if IS_MEMORY else 32768, paced=not IS_MEMORY)
        journal = Journal(folder)
        with Measured([], folder=folder, station=path) as station:
            station.wait_for("the first paint", lambda: station.first("the window is drawn") is not None)
            print(f"first paint after the program's start: {1000 * (station.first('the window is drawn') - station.began):.0f} ms")
            station.wait_text("Scan your badge")
            station.scan("OP:OPERATOR")
            station.wait_text("Scan or choose the job")
            station.scan("JOB:" + job)
            station.wait_text("Scan or type the lot")
            station.scan("LOT:BENCH,1000000")
            station.wait_for("READY", lambda: station.is_sensitive("START"))
            if IS_MEMORY:
                measure_memory(station, journal)
                return
            keys_ms, memory, shares, window_shares = [], [], [], []
            for cycle in range(CYCLES):
                time.sleep(1)
                runs, cpu, main_cpu, began = journal.runs(), station.cpu_s(), station.main_cpu_s(), time.monotonic()
                pressed_us = time.time_ns() // 1000
                station.key("space")
                station.wait_for("the cycle's end", lambda: journal.runs() >= runs + SITES and journal.is_idle(), 600)
                shares.append((station.cpu_s() - cpu) / (time.monotonic() - began))
                window_shares.append((station.main_cpu_s() - main_cpu) / (time.monotonic() - began))
                (started_us,), = journal.ask("SELECT min(started_utc_us) FROM run WHERE id > (SELECT max(id) FROM run) - ?", SITES)
                keys_ms.append((started_us - pressed_us) / 1000)
                memory.append(station.memory_mib("VmRSS"))
                # the log's line of this cycle
                station.wait_for("the log", lambda: len(station.stalls_us()) > cycle)
            print(f"cycles of {SITES} sites: {CYCLES}")
            print(f"longest stall of the main loop while they ran: {max(station.stalls_us()) / 1000:.0f} ms")
            print(f"of one core, the window's own thread: {100 * max(window_shares):.1f} % at most, "
                  f"{100 * sum(window_shares) / CYCLES:.1f} % on average")
            print(f"of one core, all of the program with sites and bench: {100 * max(shares):.1f} % at most")
            print(f"resident: {memory[0]:.0f} MiB after the first cycle, {memory[-1]:.0f} after the last, "
                  f"{station.memory_mib('VmHWM'):.0f} at most")
            print(f"key to the run's row in the journal, xdotool's start included: {sorted(keys_ms)[len(keys_ms) // 2]:.0f} ms "
                  f"(median), {max(keys_ms):.0f} ms at most")


main()
