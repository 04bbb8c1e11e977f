"""A slow link to a machine of tests/cli/hosts.sh: its network goes through this process, which keeps each frame for a while.

    delay.py SWITCH INDEX NAMESPACE ADDRESS MILLISECONDS...

Takes the machine's eth0 away and puts a TAP device in its place, with the same addresses; prints "ready", and relays until
it is ended, at SIGUSR1 with the next delay. As root. (Kernels have netem for this, but not all of them.)"""

import ctypes
import fcntl
import heapq
import os
import select
import signal
import struct
import subprocess
import sys
import time

NEW_NETWORK = 0x40000000
SET_DEVICE, TAP_WITHOUT_INFO = 0x400454CA, 0x1002


def ip(*words):
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout.split()


def tap(namespace, name):
    with open(f"/run/netns/{namespace}", "rb") as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), NEW_NETWORK):
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, SET_DEVICE, struct.pack("16sH22x", name.encode(), TAP_WITHOUT_INFO))
    return device


def main():
    switch, index, machine, address = sys.argv[1:5]
    delays = [float(text) / 1e3 for text in sys.argv[5:]]
    signal.signal(signal.SIGUSR1, lambda *_: delays.pop(0))
    hardware = ip("-n", machine, "-br", "link", "show", "eth0")[2]
    ip("-n", switch, "link", "del", f"p{index}")
    there, here = tap(switch, f"d{index}"), tap(machine, "eth0")
    ip("-n", switch, "link", "set", f"d{index}", "master", "br0")
    ip("-n", switch, "link", "set", f"d{index}", "up")
    ip("-n", machine, "link", "set", "eth0", "address", hardware)  # so that what the others know of it stays right
    ip("-n", machine, "addr", "add", address, "dev", "eth0")
    ip("-n", machine, "link", "set", "eth0", "up")
    print("ready", flush=True)
    waiting, number = [], 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, device, frame = heapq.heappop(waiting)
            try:
                os.write(device, frame)
            except OSError:  # as a full queue of a switch loses it
                pass
        left = max(0.0, waiting[0][0] - now) if waiting else None
        for device in select.select([there, here], [], [], left)[0]:
            try:
                while True:
                    number += 1
                    other = here if device == there else there
                    heapq.heappush(waiting, (time.monotonic() + delays[0], number, other, os.read(device, 65536)))
            except BlockingIOError:
                pass


if __name__ == "__main__":
    main()
