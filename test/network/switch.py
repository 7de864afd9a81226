"""
A switch in user space: moves frames between TAP devices, each copy late, lost or doubled by chance.
Because every copy waits on its own, jitter puts frames out of order, as a real network may.

Usage: switch.py SEED TAP...; makes the devices, says "ready", then takes lines of JSON on standard
input: {"delayMs", "jitterMs", "loss", "duplicate"}. Ends with its standard input.
"""
import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
FRAME_BYTES_MAX = 65536
# Frames read from one device before others have their turn.
BURST = 64


def open_tap(name):
    tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


class Switch:
    def __init__(self, seed, taps):
        self.taps = taps
        self.place_of = {}
        self.waiting = []
        self.count = 0
        self.random = random.Random(seed)
        self.faults = {'delayMs': 0, 'jitterMs': 0, 'loss': 0, 'duplicate': 0}

    def take(self, tap):
        for _ in range(BURST):
            try:
                frame = os.read(tap, FRAME_BYTES_MAX)
            except BlockingIOError:
                return
            except OSError:
                return  # The device is down.
            self.place_of[frame[6:12]] = tap
            known = None if frame[0] & 1 else self.place_of.get(frame[0:6])
            for other in self.taps if known is None else [known]:
                if other != tap:
                    self.pass_on(other, frame)

    def pass_on(self, tap, frame):
        chance = self.random.random
        copies = 2 if chance() < self.faults['duplicate'] else 1
        for _ in range(copies):
            if chance() < self.faults['loss']:
                continue
            jitter = (chance() * 2 - 1) * self.faults['jitterMs']
            late = max(0, self.faults['delayMs'] + jitter) / 1000
            self.count += 1
            heapq.heappush(self.waiting, (time.monotonic() + late, self.count, tap, frame))

    def give(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, tap, frame = heapq.heappop(self.waiting)
            try:
                os.write(tap, frame)
            except OSError:
                pass  # Full or down: a switch drops.

    def run(self):
        text = b''
        while True:
            wait = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            ready, _, _ = select.select([0, *self.taps], [], [], wait)
            if 0 in ready:
                more = os.read(0, 4096)
                if not more:
                    return
                *lines, text = (text + more).split(b'\n')
                for line in lines:
                    self.faults.update(json.loads(line))
                    print('set', flush=True)
            for tap in ready:
                if tap != 0:
                    self.take(tap)
            self.give()


def main():
    seed, *names = sys.argv[1:]
    switch = Switch(int(seed), [open_tap(name) for name in names])
    print('ready', flush=True)
    switch.run()


if __name__ == '__main__':
    main()
