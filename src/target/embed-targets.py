#!/usr/bin/env python3
"""Writes the given files as one C table: embed-targets.py OUTPUT HEADER TYPE NAME FOLDER FILE..."""
import pathlib
import sys

output, header, type_name, table, folder, *names = sys.argv[1:]
files = sorted((pathlib.Path(name) for name in names), key=lambda path: path.name)
lines = ['/* made by embed-targets.py */', f'#include "{header}"', '']
for number, path in enumerate(files):
    data = path.read_bytes()
    lines.append(f'static const unsigned char file_{number}[] = {{ /* {path.name} */')
    lines += ['  ' + ','.join(map(str, data[at:at + 32])) + ',' for at in range(0, len(data), 32)]
    lines += ['};', '']
lines.append(f'const {type_name} {table}[] = {{')
lines += [f'  {{ "{folder}/{path.name}", file_{number}, sizeof file_{number} }},'
          for number, path in enumerate(files)]
lines += ['  { NULL, NULL, 0 },', '};', '']
pathlib.Path(output).write_text('\n'.join(lines), encoding='utf-8')
