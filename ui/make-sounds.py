#!/usr/bin/env python3
"""Makes the three sounds: make-sounds.py FOLDER. 16 bits, 44.1 kHz, one channel; every note fades in and out, so that
nothing clicks. Pitches between 200 and 5000 Hz, where a hall lets them through."""
import array
import math
import os
import sys
import wave

RATE = 44100
# name: notes of (frequency in Hz, 0 for silence; length in ms)
SOUNDS = {
    "pass": [(1760, 130)],
    "fail": [(330, 190), (0, 90), (330, 190), (0, 90), (262, 340)],
    "action": [(784, 150), (0, 60), (1175, 240)],
}


def note(frequency, length_ms):
    count = RATE * length_ms // 1000
    fade = RATE * 12 // 1000
    samples = array.array("h")
    for i in range(count):
        level = 0.6 * min(1, i / fade, (count - i) / fade)
        # a little of the octave and the fifth above it: a plain sine is hard to place
        angle = 2 * math.pi * frequency * i / RATE
        value = (math.sin(angle) + 0.35 * math.sin(2 * angle) + 0.15 * math.sin(3 * angle)) / 1.5
        samples.append(int(32000 * level * value) if frequency else 0)
    return samples


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for name, notes in SOUNDS.items():
    with wave.open(os.path.join(folder, name + ".wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for frequency, length_ms in notes:
            samples = note(frequency, length_ms)
            if sys.byteorder == "big":
                samples.byteswap()
            file.writeframes(samples.tobytes())
