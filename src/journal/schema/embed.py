#!/usr/bin/env python3
"""Turns the numbered schema steps into a C table: embed.py OUTPUT STEP.sql ..."""
import sys


def main():
    output, steps = sys.argv[1], sys.argv[2:]
    with open(output, "w", encoding="ascii") as out:
        out.write('/* made by embed.py from the .sql files beside it */\n#include "src/journal/schema/schema.h"\n\n')
        for number, path in enumerate(steps, 1):
            if not path.endswith(f"{number:03}.sql"):
                sys.exit(f"{path}: step {number:03}.sql expected")
            with open(path, "rb") as file:
                data = file.read()
            # bytes, not a string literal: those have a length limit in the standard
            out.write(f"static const char step_{number:03}[] = {{\n")
            for place in range(0, len(data), 24):
                out.write("  " + ", ".join(str(byte) for byte in data[place : place + 24]) + ",\n")
            out.write("  0,\n};\n\n")
        out.write(f"const guint stn_schema_step_count = {len(steps)};\nconst char *const stn_schema_steps[] = {{\n")
        for number in range(1, len(steps) + 1):
            out.write(f"  step_{number:03},\n")
        out.write("};\n")


main()
