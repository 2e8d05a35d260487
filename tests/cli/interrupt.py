#!/usr/bin/env python3
"""Runs a command and sends it a signal after some seconds.

usage: interrupt.py SIGNAL SECONDS COMMAND...

The signals that a shell lets background jobs ignore are the default again.
Exits as a shell would: with 128 + the signal when one ended the command.
"""
import signal
import subprocess
import sys


def restore():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


process = subprocess.Popen(sys.argv[3:], preexec_fn=restore)
try:
    process.wait(float(sys.argv[2]))
except subprocess.TimeoutExpired:
    process.send_signal(getattr(signal, sys.argv[1]))
    process.wait(60)
sys.exit(128 - process.returncode if process.returncode < 0 else process.returncode)
