#!/usr/bin/env python3
"""The command card, drawn by the program and read by another one's decoder: test-card.py STATIONCTL SOURCE, as TAP."""
import os
import subprocess
import sys
import tempfile

COMMAND, SOURCE = sys.argv[1:3]
STATION = os.path.join(SOURCE, "data/stations/virtual-8.yaml")
COMMANDS = [f"CMD:{name}" for name in "START RETRY STOP CANCEL UNDO ENDLOT SIGNOUT".split()]
SITES = [f"SITE:A{number}" for number in range(1, 9)]


def codes(folder, name, *options, **environment):
    path = os.path.join(folder, name + ".pdf")
    subprocess.run([COMMAND, "card", "--station", STATION, "--output", path, *options], check=True,
                   env=dict(os.environ, LC_ALL="C.UTF-8", **environment))
    # what a cheap scanner sees of paper: 150 dots an inch
    subprocess.run(["pdftoppm", "-r", "150", "-png", path, path[:-4]], check=True)
    pages = sorted(os.path.join(folder, page) for page in os.listdir(folder) if page.startswith(name + "-"))
    read = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Scode128.enable", *pages], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout
    info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    return sorted(read.split("\n")[:-1]), text, info


def every_code_is_read_by_another_decoder(folder):
    read, text, info = codes(folder, "plain", LANGUAGE="en")
    expected = COMMANDS + ["BIN:fail", "BIN:rework", "BIN:hold", "BIN:scrap"] + SITES
    assert read == sorted(expected), read
    assert "Start a cycle" in text and "A4" in info, (text, info)


def bins_of_a_shop_on_letter_paper(folder):
    read, text, info = codes(folder, "own", "--paper", "letter", "--bin", "scrap", "--bin", "Rack 7/b (ESD)", LANGUAGE="en")
    assert read == sorted(COMMANDS + ["BIN:scrap", "BIN:Rack 7/b (ESD)"] + SITES), read
    assert "Rack 7/b" in text and "letter" in info, (text, info)


def captions_are_german_and_codes_are_not(folder):
    read, text, _ = codes(folder, "german", LANGUAGE="de")
    assert "CMD:START" in read and "Durchgang starten" in text and "Start a cycle" not in text, text


def a_bin_that_no_scanner_sends_is_refused(folder):
    for name in ("", "Ausschuß", "x" * 41):
        path = os.path.join(folder, "bad.pdf")
        done = subprocess.run([COMMAND, "card", "--station", STATION, "--output", path, "--bin", name],
                              capture_output=True, text=True)
        assert done.returncode == 2 and not os.path.exists(path), (name, done)


tests = [every_code_is_read_by_another_decoder, bins_of_a_shop_on_letter_paper, captions_are_german_and_codes_are_not,
         a_bin_that_no_scanner_sends_is_refused]
print(f"1..{len(tests)}")
for number, test in enumerate(tests, 1):
    with tempfile.TemporaryDirectory() as temporary:
        try:
            test(temporary)
            print(f"ok {number} - {test.__name__}")
        except (AssertionError, subprocess.CalledProcessError) as problem:
            print(f"not ok {number} - {test.__name__}")
            print("\n".join("# " + line for line in str(problem).splitlines()))
