#!/usr/bin/env python3
"""The rules of the tree that a compiler does not see, as TAP. Usage: check.py SOURCE_ROOT"""
import os
import re
import subprocess
import sys

root = sys.argv[1]

# who may include what, by folder: the layout table of the design. "A/b.h" allows one header, "*-wire.h" constants only.
MAY_INCLUDE = {
    "src/base": [],
    "src/record": ["src/base"],
    "src/image": ["src/base"],
    "src/target": ["src/base"],
    "src/link": ["src/base"],
    "protocols": ["src/base", "src/target", "src/link"],
    "src/job": ["src/base", "src/record", "src/image", "src/target", "src/link", "protocols"],
    "src/journal": ["src/base", "src/record"],
    "src/report": ["src/base", "src/record", "src/journal"],
    "src/central": ["src/base", "src/record", "src/journal"],
    "src/bench": ["src/base", "src/image", "src/target", "src/link", "protocols/*-wire.h"],
    "src/station": ["src/base", "src/record", "src/image", "src/target", "src/link", "protocols", "src/job",
                    "src/journal", "src/report", "src/central", "src/bench"],
    "src/cli": ["src/base", "src/record", "src/image", "src/target", "src/job", "src/journal/query.h", "src/report",
                "src/station"],
    "ui": ["src/base", "src/record", "src/image", "src/target", "src/job", "src/journal/query.h", "src/report",
           "src/station"],
}

# system headers that belong to some folders alone
OWNED = [
    (r"gtk/|gdk/", ["ui/", "tests/ui/"], "GTK"),
    (r"sqlite3\.h", ["src/journal/", "tests/journal/"], "SQLite"),
    (r"libusb|libserialport\.h|ftdi\.h", ["src/link/", "src/bench/", "tests/vm/"], "libusb, libserialport and libftdi"),
    (r"yaml\.h", ["src/base/"], "libyaml"),
    (r"sodium\.h", ["src/job/", "src/station/"], "libsodium"),
    (r"nettle/", ["src/record/"], "nettle"),
    (r"libelf\.h|gelf\.h", ["src/image/"], "libelf"),
    (r"json-glib/", ["src/cli/", "src/report/", "src/central/", "ui/", "tests/"], "json-glib"),
]

FOLDERS_WITH_README = ["data", "data/targets", "firmware_fixtures", "packaging", "tests"]
LINES_MOST = 900
COLUMNS_MOST = 140  # the formatter breaks at 120; what it can't break may stand out a little


def tracked():
    """Every file of the tree: from git where there is one, else what is not a build folder."""
    try:
        done = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                              check=True, capture_output=True)
        names = done.stdout.decode().split("\0")
        return sorted({name for name in names if name and os.path.isfile(os.path.join(root, name))})
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith((".git", "build"))]
            found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
        return sorted(found)


def read(name):
    with open(os.path.join(root, name), encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def home(name):
    """The floor that a file stands on; None for tests, data and the like."""
    for folder in MAY_INCLUDE:
        if name.startswith(folder + "/"):
            return folder
    return None


files = tracked()
sources = [name for name in files if name.endswith((".c", ".h")) and not name.startswith("firmware_fixtures/")]
text_of = {name: read(name) for name in sources}


def includes(name):
    for number, line in enumerate(text_of[name].splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def is_allowed(folder, included):
    if included.startswith(folder + "/"):
        return True
    for rule in MAY_INCLUDE[folder]:
        if rule.endswith("*-wire.h"):
            if included.startswith("protocols/") and included.endswith("-wire.h"):
                return True
        elif rule.endswith(".h"):
            if included == rule:
                return True
        elif included.startswith(rule + "/"):
            return True
    return False


def a_folder_includes_only_the_floors_below_it():
    for name in sources:
        folder = home(name)
        if folder is None:
            continue
        for number, is_ours, included in includes(name):
            if is_ours and "/" in included and not is_allowed(folder, included):
                yield f"{name}:{number}: {folder} may not include {included}"


def headers_are_included_by_their_path_from_the_root():
    for name in sources:
        if home(name) is None:
            continue
        for number, is_ours, included in includes(name):
            if is_ours and not os.path.isfile(os.path.join(root, included)):
                # made while building: beside nothing in the tree
                yield f"{name}:{number}: {included} is no path from the root"


def private_headers_stay_in_their_folder():
    for name in sources:
        for number, is_ours, included in includes(name):
            if is_ours and included.endswith("-private.h") and not name.startswith("tests/") \
                    and not name.startswith(os.path.dirname(included) + "/"):
                yield f"{name}:{number}: {included} is another folder's own"


def libraries_are_used_where_they_belong():
    for name in sources:
        for number, is_ours, included in includes(name):
            for pattern, owners, words in OWNED:
                if not is_ours and re.match(pattern, included) and not name.startswith(tuple(owners)):
                    yield f"{name}:{number}: {words} belongs in {', '.join(owners)}"


def headers_are_guarded():
    for name in sources:
        if name.endswith(".h") and "#pragma once" not in text_of[name]:
            yield f"{name}: no #pragma once"


def public_headers_begin_with_an_essay():
    for name in sources:
        if name.endswith(".h") and home(name) is not None and not text_of[name].startswith("/*"):
            yield f"{name}: begins without a comment that says what it is for"


def no_source_file_is_too_long():
    for name in sources:
        lines = text_of[name].count("\n")
        if lines > LINES_MOST:
            yield f"{name}: {lines} lines, at most {LINES_MOST}"


def no_line_is_too_long():
    for name in sources:
        for number, line in enumerate(text_of[name].splitlines(), 1):
            if len(line) > COLUMNS_MOST:
                yield f"{name}:{number}: {len(line)} characters, at most {COLUMNS_MOST}"


def no_line_ends_in_space():
    endings = (".c", ".h", ".py", ".build", ".md", ".yaml", ".sql", ".options", ".sh")
    for name in files:
        if name.startswith("tests/data/") or name == "LICENSE" or not name.endswith(endings):
            continue
        for number, line in enumerate(read(name).split("\n"), 1):
            if line != line.rstrip():
                yield f"{name}:{number}: space at the end of the line"


def every_folder_has_a_readme():
    folders = {folder for folder in (home(name) for name in sources) if folder} | set(FOLDERS_WITH_README)
    for folder in sorted(folders):
        if os.path.isdir(os.path.join(root, folder)) and folder + "/README.md" not in files:
            yield f"{folder}: no README.md"


def no_constructors():
    for name in sources:
        if re.search(r"__attribute__\s*\(\(\s*(constructor|destructor)", text_of[name]):
            yield f"{name}: static libraries register by a call, in one list"


def scripts_stop_at_the_first_failure():
    for name in files:
        if not name.startswith((".ci/", "packaging/", "tests/")) or name.startswith("tests/data/"):
            continue
        with open(os.path.join(root, name), "rb") as file:
            start = file.readline()
        if start.startswith((b"#!/bin/bash", b"#!/usr/bin/env bash")) and "set -euo pipefail" not in read(name):
            yield f"{name}: no set -euo pipefail"


RULES = [
    a_folder_includes_only_the_floors_below_it,
    headers_are_included_by_their_path_from_the_root,
    private_headers_stay_in_their_folder,
    libraries_are_used_where_they_belong,
    headers_are_guarded,
    public_headers_begin_with_an_essay,
    no_source_file_is_too_long,
    no_line_is_too_long,
    no_line_ends_in_space,
    every_folder_has_a_readme,
    no_constructors,
    scripts_stop_at_the_first_failure,
]


def the_rules_see_what_they_forbid():
    """A rule that finds nothing ever is no rule: the include rule against lines that break it."""
    wrong = [("src/journal", "src/job/plan.h"), ("src/cli", "src/journal/journal.h"), ("src/cli", "src/bench/bench.h"),
             ("src/bench", "protocols/engine.h"), ("src/base", "src/record/record.h"), ("ui", "src/link/link.h")]
    right = [("src/cli", "src/journal/query.h"), ("src/bench", "protocols/uart/uart-wire.h"),
             ("src/station", "src/bench/bench.h"), ("src/job", "src/job/site.h")]
    for folder, included in wrong:
        if is_allowed(folder, included):
            yield f"{folder} was let include {included}"
    for folder, included in right:
        if not is_allowed(folder, included):
            yield f"{folder} was not let include {included}"
    if len(sources) < 50:
        yield f"only {len(sources)} source files were found"


RULES.append(the_rules_see_what_they_forbid)
print(f"TAP version 13\n1..{len(RULES)}")
for index, rule in enumerate(RULES, 1):
    found = list(rule())
    print(f"{'not ok' if found else 'ok'} {index} - {rule.__name__}")
    for line in found:
        print("# " + line)
sys.exit(0)
