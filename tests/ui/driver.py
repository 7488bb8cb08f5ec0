"""Drives the window as a person does: keys, scans and clicks, and reads it as assistive technology does.

    with Station(["--station", path]) as station:
        station.scan("OP:OPERATOR")
        station.wait_for("the first screen", lambda: station.band() == "Scan or choose the job")

Needs a screen, a session bus and a window manager (tests/ui/with-screen). Waits end when what is waited for is there; the
longest wait is only for when it never comes. TAP by `run (tests)`."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import pyatspi

LONGEST_S = float(os.environ.get("STN_LONGEST_S", "60"))
SOURCE = os.environ["STN_SOURCE_ROOT"]
PROGRAM = os.environ["STN_WINDOW"]
COMMAND = os.environ["STN_STATIONCTL"]


# stands for some seconds, over whatever is going on
NOT_YET = "The station is not ready for that yet"


class Timeout(Exception):
    pass


def name_of(node):
    """What a node is called; "" for one that was gone before it could say."""
    try:
        return node.name or ""
    except (LookupError, RuntimeError):
        return ""


def role_of(node):
    try:
        return node.getRole()
    except (LookupError, RuntimeError):
        return None


class Station:
    def __init__(self, arguments, folder=None, station=None):
        self.own = tempfile.TemporaryDirectory() if folder is None else None
        self.folder = folder or self.own.name
        self.station = station or os.path.join(SOURCE, "data/stations/virtual-8.yaml")
        self.arguments = arguments
        self.process = None
        self.app = None
        self.label = None

    # ---- life ----

    def environment(self):
        environment = dict(os.environ, XDG_DATA_HOME=self.folder + "/data", XDG_CONFIG_HOME=self.folder + "/config",
                           XDG_RUNTIME_DIR=self.folder + "/run", LC_ALL="C.UTF-8", LANGUAGE="en", NO_AT_BRIDGE="0",
                           GTK_MODULES="gail:atk-bridge")
        for name in ("data", "config", "run"):
            os.makedirs(self.folder + "/" + name, mode=0o700, exist_ok=True)
        environment.pop("NO_AT_BRIDGE")
        # a machine under load makes a slow scanner of xdotool
        environment["GSETTINGS_BACKEND"] = "keyfile"
        settings = self.folder + "/config/glib-2.0/settings"
        os.makedirs(settings, exist_ok=True)
        with open(settings + "/keyfile", "w", encoding="utf-8") as file:
            file.write("[io/stationctl/Station]\nscanner-gap=uint32 400\n")
        environment.pop("GTK_MODULES")
        return environment

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()
        if self.own is not None:
            self.own.cleanup()

    def start(self):
        self.log = open(os.path.join(self.folder, "window.log"), "ab")
        self.process = subprocess.Popen([PROGRAM, "--station", self.station, *self.arguments], env=self.environment(),
                                        stdout=self.log, stderr=self.log)
        self.wait_for("the window", self.find_app)
        # keys go to nobody before the window manager has given it the keyboard
        self.wait_for("the keyboard", lambda: any(window.getState().contains(pyatspi.STATE_ACTIVE) for window in self.app))

    def find_app(self):
        if self.process.poll() is not None:
            raise Timeout(f"the window ended with {self.process.returncode}: {self.output()}")
        desktop = pyatspi.Registry.getDesktop(0)
        for app in desktop:
            try:
                if app is not None and app.get_process_id() == self.process.pid and app.childCount > 0:
                    self.app = app
                    return True
            except Exception:
                continue
        return False

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def output(self):
        with open(os.path.join(self.folder, "window.log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    # ---- what is there ----

    def all(self, node=None, depth=0):
        node = node or self.app
        yield node
        if depth > 30:
            return
        try:
            children = list(node)
        except Exception:
            return
        for child in children:
            if child is not None:
                yield from self.all(child, depth + 1)

    def shown(self):
        for node in self.all():
            try:
                if node.getState().contains(pyatspi.STATE_SHOWING):
                    yield node
            except Exception:
                continue

    def texts(self):
        return [name for name in map(name_of, self.shown()) if name]

    def band(self):
        """What the instruction says; found once, for the whole tree is long to walk."""
        if self.label is None:
            for node in self.all():
                try:
                    if node.getRole() == pyatspi.ROLE_LABEL and node.get_accessible_id() == "instruction" and \
                            node.getState().contains(pyatspi.STATE_SHOWING):
                        self.label = node
                        break
                except (LookupError, RuntimeError):
                    continue  # it went away meanwhile
        if self.label is None:
            return ""
        try:
            self.label.clear_cache()
            return self.label.name
        except (LookupError, RuntimeError):
            self.label = None
            return ""

    def has(self, text):
        return any(text in name for name in self.texts())

    def tiles(self):
        """Site to the whole sentence of its tile."""
        found = {}
        for node in self.shown():
            name = name_of(node)
            if name.startswith("Site ") and "," in name:
                found[name.split(",")[0][5:]] = name
        return found

    def button(self, name):
        for node in self.shown():
            if role_of(node) == pyatspi.ROLE_PUSH_BUTTON and (name_of(node) == name or any(
                    name_of(child) == name for child in self.all(node) if child is not node)):
                return node
        return None

    def is_sensitive(self, name):
        button = self.button(name)
        return button is not None and self.is_usable(button)

    def is_usable(self, node):
        try:
            return node.getState().contains(pyatspi.STATE_SENSITIVE)
        except Exception:
            return False  # it went away meanwhile

    # ---- what a person does ----

    def click(self, node):
        """Moves the pointer there and presses it, as a hand does. False: the node stands nowhere any more."""
        try:
            place = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        except Exception:
            return False
        if place.width <= 1 or place.x < 0 or place.y < 0:
            return False
        subprocess.run(["xdotool", "mousemove", str(place.x + place.width // 2), str(place.y + place.height // 2), "click", "1"],
                       check=True)
        return True

    def press(self, name):
        button = self.button(name)
        assert button is not None, f"no button {name}: {self.texts()}"
        button.queryAction().doAction(0)

    def key(self, *names):
        subprocess.run(["xdotool", "key", *names], check=True)

    def scan(self, text):
        subprocess.run(["xdotool", "type", "--delay", "8", text], check=True)
        subprocess.run(["xdotool", "key", "Return"], check=True)

    def wait_for(self, what, condition, longest_s=LONGEST_S):
        until = time.monotonic() + longest_s
        while time.monotonic() < until:
            if self.process is not None and self.process.poll() is not None and self.app is not None:
                raise Timeout(f"the window ended with {self.process.returncode} while waiting for {what}: {self.output()}")
            try:
                if condition():
                    return
            except (LookupError, RuntimeError):
                pass
            time.sleep(0.05)
        if self.app is not None:
            subprocess.run(["import", "-window", "root", os.path.join(self.folder, "late.png")], check=False)
        raise Timeout(f"{what} did not come; the screen says {self.texts() if self.app else None}; {self.output()}")

    def wait_text(self, text):
        self.wait_for(repr(text), lambda: self.has(text))

    # ---- the whole way ----

    def go_to_run(self, lot="L17,40", job="data/jobs/demo.yaml"):
        self.wait_text("Scan your badge")
        self.scan("OP:OPERATOR")
        self.wait_text("Scan or choose the job")
        self.scan("JOB:" + os.path.join(SOURCE, job))
        self.wait_text("Scan or type the lot")
        self.scan("LOT:" + lot)
        self.wait_for("READY", lambda: self.is_sensitive("START"))

    def run_cycle(self, start=None):
        if start is None:
            self.wait_for("START", lambda: self.is_sensitive("START"))
        before = len(self.units())
        start = start or (lambda: self.key("space"))
        start()

        def has_begun():
            # on a slow machine the cycle may be over before the band is read: then its runs are on record
            if self.band().startswith(("Working", "Stopping")) or len(self.units()) > before:
                return True
            # a press that comes right behind the last cycle's end is no start, and the window says so: as a person, once more
            if self.band().startswith(NOT_YET):
                time.sleep(1)
                start()
            return False

        self.wait_for("the cycle", has_begun)
        self.wait_for("the end of the cycle", lambda: not self.band().startswith(("Working", "Stopping", NOT_YET)))

    # ---- the record ----

    def units(self):
        done = subprocess.run([COMMAND, "units", "--station", self.station, "--json", "--limit", "100000"], env=self.environment(),
                              capture_output=True, text=True, check=True)
        text = done.stdout.strip()
        if text.startswith("["):
            return json.loads(text)
        return [json.loads(line) for line in text.splitlines()]


def run(tests):
    print("TAP version 13")
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {test.__name__}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {test.__name__}")
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            sys.stdout.flush()
    sys.exit(failed > 0)
