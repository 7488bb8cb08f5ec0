#!/usr/bin/python3
"""History, a board's life, reports and wiring in the program itself, by keys and scans alone."""
import os
import sys

import pyatspi

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Station, run, SOURCE

JOBS = ["--jobs", os.path.join(SOURCE, "data/jobs")]


def rows(station):
    """Of the history; also those that are scrolled away."""
    return [node.name for node in station.all() if node.getRole() == pyatspi.ROLE_LIST_ITEM and ", Site A" in node.name]


def tab_to(station, is_wanted):
    for _ in range(40):
        for node in station.shown():
            if node.getState().contains(pyatspi.STATE_FOCUSED) and is_wanted(node):
                return
        station.key("Tab")
    raise AssertionError("Tab never came there")


def a_board_is_found_by_its_scan_and_its_life_told():
    with Station(JOBS) as station:
        station.go_to_run()
        station.run_cycle()
        serial = station.units()[3]["serial"]
        station.key("ctrl+h")
        station.wait_for("eight runs", lambda: len(rows(station)) == 8)
        assert station.has("HISTORY"), station.texts()
        # a scan looks for the board; it is not taken for the next serial
        station.scan(serial)
        station.wait_for("one run", lambda: len(rows(station)) == 1)
        assert serial in rows(station)[0] and rows(station)[0].startswith("PASS, "), rows(station)
        # Space presses, and starts nothing
        tab_to(station, lambda node: node.getRole() == pyatspi.ROLE_LIST_ITEM)
        station.key("space")
        station.wait_text("Run 1 of 1")
        assert station.has("On a board that passed"), station.texts()
        assert len(station.units()) == 8, station.units()
        station.key("Escape")
        station.wait_for("the list again", lambda: len(rows(station)) == 1)
        station.key("Escape")
        station.wait_for("the sites", lambda: len(station.tiles()) == 8)
        station.run_cycle()
        assert len(station.units()) == 16, station.units()


def a_lot_becomes_a_file():
    with Station(JOBS) as station:
        documents = os.path.join(station.folder, "documents")
        os.makedirs(documents)
        with open(os.path.join(station.folder, "config/user-dirs.dirs"), "w", encoding="utf-8") as file:
            file.write(f'XDG_DOCUMENTS_DIR="{documents}"\n')
        station.go_to_run()
        station.run_cycle()
        station.key("ctrl+r")
        station.wait_text("Show the report")
        lot = [row["lot"] for row in station.units()][0]
        station.scan("LOT:" + lot)
        for kind, head in (("PDF", b"%PDF-"), ("CSV", b"")):
            button = "Save as " + kind
            station.wait_for(button, lambda: any(node.name == button and node.getState().contains(pyatspi.STATE_SENSITIVE)
                                                 for node in station.shown()))
            tab_to(station, lambda node: node.name == button)
            station.key("space")
            station.wait_text("Saved: ")
            station.wait_for("the file", lambda: any(name.endswith("." + kind.lower()) for name in
                                                     os.listdir(os.path.join(documents, "Station"))))
            name = [name for name in os.listdir(os.path.join(documents, "Station")) if name.endswith(kind.lower())][0]
            with open(os.path.join(documents, "Station", name), "rb") as file:
                assert file.read(5).startswith(head), name
        assert len(station.units()) == 8, station.units()


def the_wiring_is_told_site_by_site():
    with Station(JOBS) as station:
        station.wait_text("Scan your badge")
        station.key("ctrl+w")
        station.wait_text("not checked")
        tab_to(station, lambda node: node.name == "CHECK THE WIRING")
        station.key("space")
        station.wait_text("8 proved · 0 wrong")
        tab_to(station, lambda node: node.name.startswith("Let site A3 blink. PROVED"))
        station.key("space")
        station.wait_text("The board in A3 blinks")
        station.key("Escape")
        station.wait_text("Scan your badge")


run([a_board_is_found_by_its_scan_and_its_life_told, a_lot_becomes_a_file, the_wiring_is_told_site_by_site])
