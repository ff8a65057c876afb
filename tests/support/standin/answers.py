"""Tells when a mount stops and starts to answer, to the tenth of a millisecond.

For every line on standard input it reads the file given as its argument again and again: first
until that fails, then until it succeeds, and prints the wall clock in nanoseconds of the first
success. It never opens a file that hangs: it is for daemons that die.
"""

import sys
import time


def answers():
    try:
        with open(sys.argv[1], "rb") as file:
            return file.read(1) != b""
    except OSError:
        return False


for line in sys.stdin:
    while answers():
        time.sleep(0.0001)
    print("down", flush=True)
    while not answers():
        time.sleep(0.0001)
    print(time.time_ns(), flush=True)
