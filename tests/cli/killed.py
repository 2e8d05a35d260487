#!/usr/bin/env python3
"""Kills a command at many random points, each time after CHECK said that what it leaves is whole.

usage: killed.py TIMES SEED CHECK COMMAND...

How long COMMAND takes is measured first; then it is begun TIMES times and gets
SIGKILL after a random part of that time, or of one and a half of it. CHECK is a
shell's text, run after each. Prints how many runs were killed and how many had
ended before, and fails when CHECK does, or when one of the two never happened.
"""
import random
import subprocess
import sys
import time

times, seed, check, command = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
began = time.monotonic()
subprocess.run(command, check=True)
takes = time.monotonic() - began
chance = random.Random(seed)
killed = ended = 0
for number in range(times):
    process = subprocess.Popen(command)
    try:
        process.wait(takes * 1.5 * chance.random())
    except subprocess.TimeoutExpired:
        process.kill()
    code = process.wait(60)
    if code not in (0, -9):
        sys.exit(f"run {number}: exit status {code}")
    killed += code == -9
    ended += code == 0
    if subprocess.run(["bash", "-c", check]).returncode != 0:
        sys.exit(f"run {number}, which was {'killed' if code else 'not killed'}: the check failed")
print(f"{killed} killed, {ended} ended before")
sys.exit(0 if killed and ended else "nothing was tried")
