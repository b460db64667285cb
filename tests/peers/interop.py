"""wolfSSL and Mbed TLS as peers: the programs of tests/interop, which all take the same flags and say what they can."""
import functools
import os
import shutil
import subprocess

from programs import NAME, SECONDS, Peer, Said


def folder():
    """Where the build put the programs (set by tests/peers/CMakeLists.txt)."""
    return os.environ.get("HF_INTEROP", "")


@functools.lru_cache(maxsize=None)
def abilities(path):
    """What a program says it can, as sets: {"version": {"1.2"}, "suite": {…}, …}; nothing when it is not built."""
    found = {"library": "", "version": set(), "dtls": set(), "key": set(), "group": set(), "suite": set(), "etm": set()}
    if not path:
        return found
    said = subprocess.run([path, "abilities"], stdout=subprocess.PIPE, text=True, timeout=30, check=True).stdout
    for line in said.splitlines():
        what, *value = line.split(" ", 1)
        if what == "library":
            found[what] = value[0]
        else:
            found[what].add(value[0] if value else "yes")
    return found


def program(library):
    return shutil.which("interop_" + library, path=folder()) or ""


class Interop(Peer):
    schemes = False
    library = ""

    def there(self):
        return bool(program(self.library))

    def absence(self):
        return f"interop_{self.library} is not built: its library is missing"

    def version(self):
        return abilities(program(self.library))["library"]

    def able(self):
        return abilities(program(self.library))

    def groups(self):
        return sorted(self.able()["group"])

    def can(self, case):
        if not self.there():
            return True  # skipped, and told so
        able = self.able()
        versions = able["dtls" if self.datagrams else "version"]
        needs = [case.key in able["key"], not case.group or case.group in able["group"],
                 not case.suite or case.suite in able["suite"], (case.version or "1.3") in versions]
        return all(needs)

    def words(self, case, side):
        words = ["--auth", case.auth, "--ca", self.root()] + ["--dtls"] * self.datagrams
        words += ["--version", case.version] if case.version else []
        files = self.files(case, side)
        words += ["--cert", files[0], "--key", files[1]] if files else []
        words += ["--suite", case.suite] if case.suite else []
        if case.retry and side == "client":
            return words + ["--group", "x25519", "--also", case.group]
        return words + (["--group", case.group] if case.group else [])

    def serve(self, started, case):
        process = started.run([program(self.library), "serve", *self.words(case, "server")])
        return int(process.wait_for(r"^listening on .*:(\d+)", SECONDS).group(1)), process

    def connect(self, started, case, port):
        process = started.run([program(self.library), "connect", "--port", port, "--name", NAME,
                               *self.words(case, "client")])
        status = process.wait(SECONDS)
        return Said(status == 0 and " 200 " in process.output, process.output)


class WolfSSL(Interop):
    name = library = "wolfssl"


class MbedTLS(Interop):
    name = library = "mbedtls"
    refuses_unreadably = True  # 3.6


class WolfSSLDatagrams(WolfSSL):
    name = "wolfssl-dtls"
    datagrams = True


class MbedTLSDatagrams(MbedTLS):
    name = "mbedtls-dtls"
    datagrams = True


PEERS = {peer.name: peer for peer in (WolfSSL, MbedTLS, WolfSSLDatagrams, MbedTLSDatagrams)}
