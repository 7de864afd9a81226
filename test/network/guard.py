"""
The guard: removes the hosts of a run, with every process on them and the folder of the run, as soon
as the run is over, however it ended: it waits for the end of its standard input, which comes with
the death of who started it. It says "ready" when no signal ends it any more.

Usage: guard.py PREFIX FOLDER   wait, then remove the hosts whose names begin so, and the folder
       guard.py                 remove what the guards of dead runs left
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

# Hosts of a test are named by the process that made them.
OURS = re.compile(r'^gwtest(\d+)-')
# Killed processes may take so long to be gone.
GONE_S = 5


def hosts():
    listed = subprocess.run(['ip', 'netns', 'list'], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in listed.stdout.splitlines() if line.strip()]


def inhabitants(host):
    found = subprocess.run(
        ['ip', 'netns', 'pids', host], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def remove(names):
    deadline = time.monotonic() + GONE_S
    while time.monotonic() < deadline:
        alive = [pid for name in names for pid in inhabitants(name) if pid != os.getpid()]
        if not alive:
            break
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.05)
    for name in names:
        subprocess.run(['ip', 'netns', 'del', name], capture_output=True, check=False)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main():
    if len(sys.argv) == 1:
        left = [(name, OURS.match(name)) for name in hosts()]
        remove([name for name, found in left if found and not is_alive(int(found.group(1)))])
        return
    prefix, folder = sys.argv[1:3]
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    print('ready', flush=True)
    sys.stdin.buffer.read()
    remove([name for name in hosts() if name.startswith(prefix)])
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    main()
