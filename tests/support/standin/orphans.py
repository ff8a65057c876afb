"""Leaves N processes behind that end as orphans, and prints how many it made.

Each is a child of a child that ends first; the exit codes differ, so that a reaper that takes an
orphan's status for the daemon's shows.
"""

import os
import sys
import time

wanted = int(sys.argv[1])
made = 0
while made < wanted:
    batch = min(50, wanted - made)
    parent = os.fork()
    if parent == 0:
        for number in range(batch):
            if os.fork() == 0:
                time.sleep(0.005 + 0.001 * (number % 10))
                os._exit(100 + number % 100)
        os._exit(0)
    os.waitpid(parent, 0)
    made += batch
print(made, flush=True)
