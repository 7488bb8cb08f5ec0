"""A small station for the driven tests: four boards at the pace of a line, a job of 4 KiB, all in a folder of its own.
What stands in the journal is read from its file, so that a test can ask for it as often as it likes."""
import contextlib
import os
import sqlite3

STATION = """station: Shift
bench: {{ straight: {sites}, target: STM32G071CB, pace: {{ line: {paced}, flash: {paced} }}{faults} }}
journal: journal.db
controls:
{controls}banks:
  - name: A
    sites:
"""
CONTROL = "  c{0}: {{ ft232h: {{ serial: FTSHIFT{0} }}, buffered: true }}\n"
SITE = ("      - {{ name: A{0}, at: [{row}, {column}], nrst: c{control}.AC{line}, boot0: c{control}.AD{line}, "
        "uart: /dev/shift{0} }}\n")
JOB = """job: Shift
revision: 1
target: STM32G071xB
boot: {{ rom-entry: as-shipped }}
images:
  - {{ name: app, file: app.bin, address: 0x08000000 }}
unit:
  serial: {{ from: counter, pattern: "S-{{seq:06}}" }}
boot-check: none
limits: {{ {limits} }}
"""


def write_station(folder, faults="", sites=4, limits="retries: 1", image_bytes=4096, paced=True):
    """The station file's path and the job's. Eight sites to an adapter."""
    station, job = os.path.join(folder, "station.yaml"), os.path.join(folder, "job.yaml")
    with open(station, "w", encoding="utf-8") as file:
        file.write(STATION.format(sites=sites, paced="true" if paced else "false", faults=", faults: { " + faults + " }" if faults else "",
                                  controls="".join(CONTROL.format(i + 1) for i in range((sites + 7) // 8))))
        file.writelines(SITE.format(i + 1, row=i // 8, column=i % 8, control=i // 8 + 1, line=i % 8) for i in range(sites))
    with open(job, "w", encoding="utf-8") as file:
        file.write(JOB.format(limits=limits))
    image = bytearray((i * 5 + i // 256) & 255 for i in range(image_bytes))
    image[:8] = bytes.fromhex("0020002041000008")
    with open(os.path.join(folder, "app.bin"), "wb") as file:
        file.write(image)
    return station, job


class Journal:
    def __init__(self, folder):
        self.path = os.path.join(folder, "journal.db")

    def ask(self, sql, *values):
        if not os.path.exists(self.path):
            return []
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)) as database:
            try:
                return database.execute(sql, values).fetchall()
            except sqlite3.OperationalError as wrong:
                if "no such table" in str(wrong):
                    return []  # it is being made
                raise

    def runs(self):
        return self.ask("SELECT count(*) FROM run")[0][0] if os.path.exists(self.path) else 0

    def is_idle(self):
        """Every run has its result."""
        return not self.ask("SELECT 1 FROM run LEFT JOIN result USING (run_id) WHERE result.run_id IS NULL LIMIT 1")
