#!/usr/bin/python3
"""The window in a language that is none: every text half as long again, with accents and between brackets. What has no
brackets went past gettext; what leaves the window is cut off."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import driver
from driver import Station, run, SOURCE
from fixture import write_station

import pyatspi

ACCENTS = str.maketrans("aeiouncsyzAEIOUNCSYZ", "áéíóúñçšýžÁÉÍÓÚÑÇŠÝŽ")
KEPT = re.compile(r"%[-0-9.]*l*[a-zA-Z%]|<[^>]*>|&[a-z]+;|\\.|_(?=\w)")
# what is no text: numbers, times, names of sites, boards, chips, files; what stands for nothing
DATA = re.compile(r"^[\W\d_]*$|^[\d.:, ]+( ?(s|KiB|min|h|%))*$|^(Site )?A\d\b.*|^S-\d+$|^L\d+.*|^Shift( · \d+)?$|^[0-9a-fx…-]{8,}$|"
                  r"^OPERATOR$|^SUPERVISOR$|^Operator$|^Supervisor$|^STM32\S*$|^\d+\.\d+\S*$|^app.*|^S-\{seq.*|"
                  r"^Station \d.*|^boot-check: none$")


def pseudo(text):
    """'Fail bin' becomes '[Fáíl bíñ ~~~]'; what printf and markup read stays."""
    parts, at = [], 0
    for kept in KEPT.finditer(text):
        parts += [text[at:kept.start()].translate(ACCENTS), kept.group()]
        at = kept.end()
    parts.append(text[at:].translate(ACCENTS))
    return "[" + "".join(parts) + " " + "~" * max(1, len(text) * 2 // 5 - 3) + "]"


def write_catalogue(path):
    """From the German one, which is complete: every msgid, made longer."""
    entries = subprocess.run(["msgattrib", "--no-wrap", "--no-obsolete", os.path.join(SOURCE, "data/po/de.po")],
                             capture_output=True, text=True, check=True).stdout
    out = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=n != 1;\\n"\n']
    for entry in entries.split("\n\n"):
        texts = {name: "".join(re.findall(r'"(.*)"', body)) for name, body in
                 re.findall(r'^(msgctxt|msgid|msgid_plural) ((?:".*"\n?)+)', entry, re.M)}
        if not texts.get("msgid"):
            continue
        lines = [f'{name} "{text}"' for name, text in texts.items()]
        if "msgid_plural" in texts:
            lines += [f'msgstr[0] "{pseudo(texts["msgid"])}"', f'msgstr[1] "{pseudo(texts["msgid_plural"])}"']
        else:
            lines.append(f'msgstr "{pseudo(texts["msgid"])}"')
        out.append("\n".join(lines) + "\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out))


class Pseudo(Station):
    """The program finds its texts beside itself: a copy of it, with a folder of texts of its own."""

    def __init__(self, folder, station):
        super().__init__(["--kiosk"], folder=folder, station=station)
        build = os.path.dirname(os.path.dirname(driver.PROGRAM))
        texts = os.path.join(folder, "copy/data/po/en_XA/LC_MESSAGES")
        german = os.path.join(folder, "copy/data/po/de/LC_MESSAGES")
        for place in (texts, german, os.path.join(folder, "copy/ui")):
            os.makedirs(place)
        shutil.copy(os.path.join(build, "data/po/de/LC_MESSAGES/station.mo"), german)
        shutil.copy(os.path.join(build, "data/gschemas.compiled"), os.path.join(folder, "copy/data"))
        self.program = shutil.copy(driver.PROGRAM, os.path.join(folder, "copy/ui"))
        catalogue = os.path.join(folder, "pseudo.po")
        write_catalogue(catalogue)
        subprocess.run(["msgfmt", "-o", os.path.join(texts, "station.mo"), catalogue], check=True)

    def environment(self):
        return dict(super().environment(), LANGUAGE="en_XA")

    def start(self):
        usual, driver.PROGRAM = driver.PROGRAM, self.program
        try:
            super().start()
        finally:
            driver.PROGRAM = usual


ROLES = (pyatspi.ROLE_LABEL, pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_RADIO_BUTTON)


def problems(station, screen):
    """What is not translated and what is cut off on this screen."""
    found = []
    frame = next(window for window in station.app if window.getState().contains(pyatspi.STATE_ACTIVE))
    room = frame.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    for node in station.shown():
        if node.getRole() not in ROLES or not node.name:
            continue
        name = node.name.strip()
        if "[" not in name and not DATA.match(name):
            found.append(f"{screen}: not translated: {name!r}")
        place = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        if place.width > 1 and (place.x < 0 or place.x + place.width > room.width):
            found.append(f"{screen}: cut off: {name!r} from {place.x} to {place.x + place.width} of {room.width}")
    screen_width, screen_height = (int(text) for text in os.environ.get("STN_SCREEN_SIZE", "1920x1080").split("x"))
    if room.width > screen_width or room.height > screen_height:
        found.append(f"{screen}: the window takes {room.width}x{room.height} on {screen_width}x{screen_height}")
    return found


def every_text_is_translated_and_whole():
    with tempfile.TemporaryDirectory() as folder:
        path, job = write_station(folder, "A2: [ dead-cell: 0x08000800 every ]", limits="retries: 0")
        with Pseudo(folder, path) as station:
            found = []

            def see(screen, text):
                station.wait_text(pseudo(text)[1:-2].rstrip("~ ")[:24])
                found.extend(problems(station, screen))

            see("sign-in", "Scan your badge")
            station.scan("OP:OPERATOR")
            see("job", "Scan or choose the job")
            station.scan("JOB:" + job)
            see("lot", "Scan or type the lot, then START LOT")
            station.scan("LOT:L1,40")
            see("run", "Put the boards in and press START")
            station.key("F3")
            see("drawer", "Switch off…")
            station.key("Escape")
            station.key("ctrl+u")
            see("unlock", "Supervisor’s rights")
            station.key("Escape")
            station.key("space")
            see("failed", "Failed boards")
            station.scan("BIN:scrap")
            see("swap", "Swap the boards and press START")
            station.key("ctrl+e")
            see("lot end", "The lot balances")
            assert not found, "\n".join(dict.fromkeys(found))


run([every_text_is_translated_and_whole])
