"""A network of two namespaces of the kernel, and between them a path whose weather is made here.

Each namespace has one interface, a TUN device; what one sends this program hands to the other, or loses, delays, doubles
or overtakes it. So the programs use real UDP sockets over a real IP stack, and a seed tells what weather there is; `tc
netem` would do the same without a seed, where the kernel has it. Nothing of this needs privileges beyond namespaces:
enter() makes this very program start again in one of its own, where it is root.
"""
import ctypes
import dataclasses
import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import sys
import threading
import time

CLIENT, SERVER = "10.77.0.1", "10.77.0.2"
INSIDE = "HF_TESTS_IN_NAMESPACE"
SKIPPED = 77
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
PACKET_MAX = 65536
UDP = 17

LIBC = ctypes.CDLL(None, use_errno=True)


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def enter():
    """Goes on as root of a network namespace that ends with this program; skips the test where the kernel refuses."""
    if os.environ.get(INSIDE):
        return
    if not os.path.exists("/dev/net/tun"):
        skip("the kernel has no TUN devices (/dev/net/tun), out of which the network would be made")
    for how in (["--map-root-user", "--net"], ["--net"]):
        command = ["unshare", *how]
        try:
            tried = subprocess.run([*command, "ip", "tuntap", "add", "dev", "try0", "mode", "tun"], capture_output=True,
                                   text=True, check=False)
        except OSError as error:
            skip(f"no program {error.filename}")
        if tried.returncode == 0:
            os.execvpe("unshare", [*command, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    skip(f"the kernel refuses namespaces of the network: {tried.stderr.strip()}")


def call(number):
    if number != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


class Namespace:
    """One end of the path: a namespace with an address, and the descriptor of its TUN device."""

    def __init__(self, address, mtu):
        self.address = address
        call(LIBC.unshare(CLONE_NEWNET))
        self.file = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self.device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.device, TUNSETIFF, struct.pack("16sH22x", b"path0", IFF_TUN | IFF_NO_PI))
        for words in (["link", "set", "lo", "up"], ["addr", "add", address + "/24", "dev", "path0"],
                      ["link", "set", "path0", "mtu", str(mtu), "up"]):
            subprocess.run(["ip", *words], check=True)

    def command(self, *words):
        """A command that runs here."""
        return ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.file}", "--", *words]

    def close(self):
        os.close(self.device)
        os.close(self.file)


@dataclasses.dataclass(frozen=True)
class Weather:
    """Chances from 0 to 1; times in seconds; longest: of a datagram, in bytes of UDP payload, or 0 for any."""
    loss: float = 0
    double: float = 0
    overtake: float = 0
    delay: tuple = (0.002, 0.01)
    longest: int = 0
    mtu: int = 1500  # of the interfaces: what is longer is not silently lost, the kernel knows


class Path:
    """As a context: the two ends, and a thread that moves what they send."""

    def __init__(self, weather, seed):
        self._weather, self._random = weather, random.Random(seed)
        self._late, self._order = [], 0
        self.sent = self.lost = self.too_long = self.longest = self.pieces = 0

    def __enter__(self):
        self.client, self.server = (Namespace(address, self._weather.mtu) for address in (CLIENT, SERVER))
        self._stop, self._stopping = os.pipe()
        self._thread = threading.Thread(target=self._move, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        os.write(self._stopping, b"x")
        self._thread.join()
        for fd in (self._stop, self._stopping):
            os.close(fd)
        self.client.close()
        self.server.close()

    def _move(self):
        waiting = selectors.DefaultSelector()
        waiting.register(self.client.device, selectors.EVENT_READ, self.server.device)
        waiting.register(self.server.device, selectors.EVENT_READ, self.client.device)
        waiting.register(self._stop, selectors.EVENT_READ)
        while True:
            left = self._late[0][0] - time.monotonic() if self._late else None
            for key, _ in waiting.select(left if left is None else max(left, 0)):
                if key.data is None:
                    return
                self._take(os.read(key.fd, PACKET_MAX), key.data)
            while self._late and self._late[0][0] <= time.monotonic():
                _, _, packet, device = heapq.heappop(self._late)
                self._give(packet, device)

    @staticmethod
    def _give(packet, device):
        try:
            os.write(device, packet)
        except OSError:
            pass  # its queue is full, or it is just being set up: lost

    def _take(self, packet, device):
        if packet[0] >> 4 != 4 or packet[9] != UDP:
            return
        self.pieces += int.from_bytes(packet[6:8], "big") & 0x3FFF != 0  # more fragments, or an offset
        payload = len(packet) - 4 * (packet[0] & 15) - 8
        weather = self._weather
        self.sent += 1
        self.longest = max(self.longest, payload)
        if weather.longest and payload > weather.longest:
            self.too_long += 1
            return
        if self._random.random() < weather.loss:
            self.lost += 1
            return
        for _ in range(2 if self._random.random() < weather.double else 1):
            seconds = self._random.uniform(*weather.delay)
            seconds += weather.delay[1] * 2 if self._random.random() < weather.overtake else 0
            self._order += 1
            heapq.heappush(self._late, (time.monotonic() + seconds, self._order, packet, device))
