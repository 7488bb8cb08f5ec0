#!/usr/bin/env python3
"""Works out yields and failures of a journal without the program, and compares them with its reports.

Usage: independent.py JOURNAL FOLDER, where FOLDER has fpy-day.json, fpy-site.json, fpy-operator.json, fpy-firmware.json,
fpy-lot.json and pareto.json as the program made them."""
import collections
import json
import os
import sqlite3
import sys

journal, folder = sys.argv[1:]
base = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
base.row_factory = sqlite3.Row

runs = list(base.execute(
    "SELECT run.id, run.run_id, production_day AS day, site, operator_id AS operator, images AS firmware, lot, retry_of,"
    " unit_scan, job_name, job_revision, verdict, failure, serial, uid"
    " FROM run LEFT JOIN result ON result.run_id = run.run_id ORDER BY run.id"))
by_id = {row["run_id"]: row for row in runs}
judged = ("pass", "fail")

# which board each run with a verdict was: chip, else the board that the repeated run was, else its label, else itself
board_of = {}
members = collections.defaultdict(list)
for row in runs:
    if row["verdict"] not in judged:
        continue
    job = (row["job_name"], row["job_revision"])
    back, earlier = row["retry_of"], None
    while back is not None and earlier is None:
        earlier = board_of.get(back)
        back = by_id[back]["retry_of"] if back in by_id else None
    if row["uid"]:
        board = ("chip", row["uid"], job)
    elif earlier:
        board = earlier
    elif row["serial"] or row["unit_scan"]:
        board = ("label", row["serial"] or row["unit_scan"], job)
    else:
        board = ("run", row["run_id"], job)
    if earlier and earlier != board and earlier[0] != "chip":
        for other in members.pop(earlier):
            board_of[other["run_id"]] = board
            members[board].append(other)
    board_of[row["run_id"]] = board
    members[board].append(row)

problems = 0


def differ(what, mine, theirs):
    global problems
    if mine != theirs:
        problems += 1
        if problems < 20:
            print(f"{what}: worked out {mine}, reported {theirs}")


def report(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def short(images):
    return " ".join(f"{name}={value[:12]}…" for name, value in (word.split("=") for word in images.split()))


for key in ("day", "site", "operator", "firmware", "lot"):
    groups = collections.defaultdict(lambda: [0, 0, 0, 0, 0])
    for rows in members.values():
        rows = sorted(rows, key=lambda row: row["id"])
        first, last = rows[0], rows[-1]
        group = groups[short(first[key]) if key == "firmware" else first[key]]
        group[0] += 1
        group[1] += first["verdict"] == "pass"
        group[2] += first["verdict"] != "pass" and last["verdict"] == "pass"
        group[3] += last["verdict"] == "fail"
        group[4] += last["verdict"] == "pass"
    table = report(f"fpy-{key}.json")["tables"]["yield"]
    differ(f"{key}: keys", sorted(groups), sorted(row[key] for row in table))
    for row in table:
        mine = groups[row[key]]
        differ(f"{key} {row[key]}", mine[:4], [row[name] for name in ("units", "pass_first", "pass_after_retry", "fail")])
        differ(f"{key} {row[key]}: first-pass yield", round(mine[1] / mine[0], 9), round(row["fpy"], 9))
        differ(f"{key} {row[key]}: final yield", round(mine[4] / mine[0], 9), round(row["final_yield"], 9))

failures = collections.Counter(row["failure"] for row in runs if row["verdict"] == "fail")
table = report("pareto.json")["tables"]["failures"]
differ("failures", dict(failures), {row["failure"]: row["runs"] for row in table})
differ("order of failures", sorted(failures.values(), reverse=True), [row["runs"] for row in table])
total = 0
for row in table:
    total += row["runs"]
    differ(f"{row['failure']}: share", round(row["runs"] / sum(failures.values()), 9), round(row["share"], 9))
    differ(f"{row['failure']}: cumulative", round(total / sum(failures.values()), 9), round(row["cumulative"], 9))
places = collections.Counter((row["failure"], row["site"]) for row in runs if row["verdict"] == "fail")
differ("failures by site", dict(places),
       {(row["failure"], row["site"]): row["runs"] for row in report("pareto.json")["tables"]["failures_by_site"]})

print(f"{len(runs)} runs, {len(members)} boards, {sum(failures.values())} failed runs: {problems} differences")
sys.exit(1 if problems or not members or not failures else 0)
