#!/usr/bin/env python3
"""Writes the given files as one C table: embed-targets.py OUTPUT HEADER TYPE NAME FOLDER FILE...

Of option files (StnOptionBuiltIn) the product ids in their line `chips: [...]` too.
"""
import pathlib
import re
import sys

output, header, type_name, table, folder, *names = sys.argv[1:]
files = sorted((pathlib.Path(name) for name in names), key=lambda path: path.name)
with_chips = type_name == 'StnOptionBuiltIn'
lines = ['/* made by embed-targets.py */', f'#include "{header}"', '']
for number, path in enumerate(files):
    data = path.read_bytes()
    lines.append(f'static const unsigned char file_{number}[] = {{ /* {path.name} */')
    lines += ['  ' + ','.join(map(str, data[at:at + 32])) + ',' for at in range(0, len(data), 32)]
    lines += ['};', '']
    if with_chips:
        chips = re.search(r'^chips: \[([^]]*)\]', data.decode(), re.MULTILINE).group(1)
        lines += [f'static const guint16 chips_{number}[] = {{ {chips}, 0 }};', '']
lines.append(f'const {type_name} {table}[] = {{')
for number, path in enumerate(files):
    chips = f', chips_{number}' if with_chips else ''
    lines.append(f'  {{ "{folder}/{path.name}", file_{number}, sizeof file_{number}{chips} }},')
lines += ['  { NULL, NULL, 0' + (', NULL' if with_chips else '') + ' },', '};', '']
pathlib.Path(output).write_text('\n'.join(lines), encoding='utf-8')
