#!/usr/bin/env python3
"""Keys of TLS 1.3 shared beforehand, with OpenSSL and GnuTLS, both ways; SHA-256, which is all that their programs do.

    psk13.py --program PATH

Status 0 when nothing failed, 77 when no peer is there."""
import argparse
import os
import shutil
import sys
import tempfile

from historic import KEY, GREETING, SECONDS, free_port, report_of
from process import Process, attempt

PRIORITY = "NONE:+VERS-TLS1.3:+AEAD:+AES-128-GCM:+CHACHA20-POLY1305:+GROUP-ALL:+ECDHE-PSK:+SIGN-ALL"

# How each is told; {port} is put in.
SERVERS = {
    "openssl": ("openssl s_server -accept 127.0.0.1:{port} -tls1_3 -nocert -rev -psk_identity us -psk " + KEY, "ACCEPT"),
    "gnutls-serv": ("gnutls-serv --port {port} --echo --pskpasswd psk.txt --priority " + PRIORITY, "IPv4.*done"),
}
CLIENTS = {
    "openssl": "openssl s_client -connect 127.0.0.1:{port} -tls1_3 -quiet -psk_identity us -psk " + KEY,
    "gnutls-cli": "gnutls-cli --port {port} 127.0.0.1 --pskusername us --pskkey " + KEY + " --priority " + PRIORITY,
}


def judge(report, opens):
    if not opens:
        return "opened by a wrong key" if report.get("opened") else ""
    if not report.get("opened"):
        return f"not opened: {report.get('failure')}"
    if report.get("psk_identity") != "us" or report.get("version") != "TLS 1.3":
        return f"shared key {report.get('psk_identity')}, {report.get('version')}"
    return ""


def words(right):
    return ["--psk13-file", "psk.txt" if right else "wrong.txt", "--json"]


def as_client(program, peer, right, folder, started):
    port = free_port()
    command, ready = SERVERS[peer]
    server = Process(command.format(port=port).split(), folder=folder)
    started.append(server)
    server.wait_for(ready, SECONDS)
    ours = Process([program, "connect", f"127.0.0.1:{port}", "--any-name", "--check", *words(right)], folder=folder)
    started.append(ours)
    ours.wait(SECONDS)
    return judge(report_of(ours.output), right)


def as_server(program, peer, right, folder, started):
    ours = Process([program, "serve", "--listen", "127.0.0.1:0", "--echo", *words(right)], folder=folder)
    started.append(ours)
    port = ours.wait_for(r"127\.0\.0\.1:(\d+)", SECONDS).group(1)
    client = Process(CLIENTS[peer].format(port=port).split(), stdin=GREETING + "\n", folder=folder)
    started.append(client)
    if right:
        client.wait_for(GREETING, SECONDS)
    client.close_input()
    ours.wait_for(r'"opened"', SECONDS)
    return judge(report_of(ours.output), right)


def run(program, direction, peer, right, folder):
    wrong, story = attempt(direction, program, peer, right, folder)
    print(f"{'FAILED' if wrong else 'passed'} {peer} {direction.__name__} {'right' if right else 'wrong'} key {wrong}")
    if wrong:
        print(story)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = os.path.abspath(parser.parse_args().program)
    cases = [(as_client, peer) for peer in SERVERS] + [(as_server, peer) for peer in CLIENTS]
    cases = [(direction, peer, right) for direction, peer in cases for right in (True, False) if shutil.which(peer)]
    if not cases:
        return 77
    with tempfile.TemporaryDirectory() as folder:
        for name, key in (("psk.txt", KEY), ("wrong.txt", KEY[::-1])):
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(f"us:{key}\n")
        results = [run(program, direction, peer, right, folder) for direction, peer, right in cases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
