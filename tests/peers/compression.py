#!/usr/bin/env python3
"""Compressed certificates (RFC 8879) with OpenSSL, 3.2 or later, both ways and of both ends, by every algorithm that it
was built with. Debian's GnuTLS is built without any.

    compression.py --program PATH

Status 0 when nothing failed, 77 when OpenSSL does none."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

from certificates import NAMES, Maker
from historic import GREETING, LEAF, SECONDS, free_port
from process import Process, attempt

ALGORITHMS = ("zlib", "brotli", "zstd")
SERVER = "openssl s_server -accept 127.0.0.1:{port} -tls1_3 -rev -cert_comp -Verify 3 -CAfile root.pem " \
         "-cert server.pem -key server.key"
CLIENT = "openssl s_client -connect 127.0.0.1:{port} -tls1_3 -quiet -CAfile root.pem -cert client.pem -key client.key"


def make_pki(folder):
    maker = Maker(folder)
    maker.authority("root", "compression root", "root")
    shutil.copy(maker.path("root.crt"), maker.path("root.pem"))
    for name, usage in (("server", "serverAuth"), ("client", "clientAuth")):
        maker.key(name, "rsa")
        maker.certificate(name, name, "root", f"{LEAF}extendedKeyUsage={usage}\nsubjectAltName={NAMES}\n")
        shutil.copy(maker.path(name + ".crt"), maker.path(name + ".pem"))


def libraries_of(library):
    """What a shared library of the system is linked with; "" when it is not there."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    found = re.search(rf"{re.escape(library)} .*=> (\S+)", listed)
    return subprocess.run(["ldd", found.group(1)], capture_output=True, text=True, check=False).stdout if found else ""


def does(by):
    """Whether OpenSSL was built with the algorithm."""
    name = {"zlib": "libz.so", "brotli": "libbrotli", "zstd": "libzstd"}[by]
    told = subprocess.run(["openssl", "s_client", "-help"], capture_output=True, text=True, check=False).stderr
    return "no_rx_cert_comp" in told and name in libraries_of("libcrypto.so.3")


def judge(told):
    """`told` is what our program says of each message."""
    for who, arrow in (("client", "──▶"), ("server", "◀──")):
        if not re.search(rf"client {arrow} server +CompressedCertificate", told):
            return f"the {who}'s certificate was not compressed"
    return "" if re.search(r"client ──▶ server +Finished", told) else "no Finished"


def words(end, by):
    return ["--cert-compression", by, "--verbose", "--cert", f"{end}.pem", "--key", f"{end}.key"]


def as_client(program, by, folder, started):
    port = free_port()
    server = Process(SERVER.format(port=port).split(), folder=folder)
    started.append(server)
    server.wait_for("ACCEPT", SECONDS)
    ours = Process([program, "connect", f"127.0.0.1:{port}", "--ca", "root.pem", "--check", *words("client", by)],
                   folder=folder)
    started.append(ours)
    ours.wait(SECONDS)
    return judge(ours.output)


def as_server(program, by, folder, started):
    ours = Process([program, "serve", "--listen", "127.0.0.1:0", "--echo", "--client-ca", "root.pem",
                    *words("server", by)], folder=folder)
    started.append(ours)
    port = ours.wait_for(r"127\.0\.0\.1:(\d+)", SECONDS).group(1)
    client = Process(CLIENT.format(port=port).split(), stdin=GREETING + "\n", folder=folder)
    started.append(client)
    client.wait_for(GREETING, SECONDS)
    client.close_input()
    ours.wait_for("client ──▶ server +Finished", SECONDS)  # what it says comes by a pipe
    return judge(ours.output)


def run(program, direction, by, folder):
    wrong, story = attempt(direction, program, by, folder)
    print(f"{'FAILED' if wrong else 'passed'} openssl {direction.__name__} {by} {wrong}")
    if wrong:
        print(story)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = os.path.abspath(parser.parse_args().program)
    cases = [(direction, by) for direction in (as_client, as_server) for by in ALGORITHMS if does(by)]
    if not cases:
        return 77
    with tempfile.TemporaryDirectory() as folder:
        make_pki(folder)
        results = [run(program, direction, by, folder) for direction, by in cases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
