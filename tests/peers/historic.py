#!/usr/bin/env python3
"""What practice has retired, with OpenSSL (security level 0), GnuTLS, wolfSSL and Mbed TLS, both ways: every suite of
src/registry/suites_on_request.def that the peer has, as client and as server, mutual by certificates or by a shared key;
with CBC also without encrypt-then-MAC where the peer can be told so; and over datagrams each kind of protection.

    historic.py --program PATH [--results FOLDER] [NAME…]    NAME: part of a case's name

Prints a table at the end. Status 0 when nothing failed, 77 when no peer is there."""
import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import interop
from certificates import NAMES, Maker
from process import Process, attempt

ROWS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/registry/suites_on_request.def")
KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
SWITCHES = "rsa-key-exchange,dhe,plain-psk,cbc,3des,null-encryption,sha1-signatures"
LEAF = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n" \
       "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
SECONDS = 15
GREETING = "hello from the other side"

Suite = collections.namedtuple("Suite", "name alias aead block mac exchange")
Case = collections.namedtuple("Case", "peer direction suite etm datagrams")


def suites():
    row = re.compile(r'HF_SUITE_ON_REQUEST\(0x\w+, "(\S+)", "(\S+)", 12, (\w+), (\w+), (\w+), \w+, (\w+), (\w+),')
    with open(ROWS, encoding="ascii") as file:
        return [Suite(*match.groups()[:6]) for match in row.finditer(file.read())]


def make_pki(folder):
    maker = Maker(folder)
    maker.authority("root", "historic root", "root")
    shutil.copy(maker.path("root.crt"), maker.path("root.pem"))
    for name, kind, usage in (("server-rsa", "rsa", "serverAuth"), ("server-p256", "p256", "serverAuth"),
                              ("client-rsa", "rsa", "clientAuth"), ("client-p256", "p256", "clientAuth")):
        maker.key(name, kind)
        leaf = LEAF if kind == "rsa" else LEAF.replace(",keyEncipherment", "")
        maker.certificate(name, name, "root", f"{leaf}extendedKeyUsage={usage}\nsubjectAltName={NAMES}\n")
        shutil.copy(maker.path(name + ".crt"), maker.path(name + ".pem"))
    maker.openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe3072", "-out", maker.path("dh.pem"))
    maker.write("psk.txt", f"us:{KEY}\n")


def has_psk(suite):
    return suite.exchange.endswith("PSK")


def certifies(suite):
    return not has_psk(suite) or suite.exchange == "RSA_PSK"


def client_stem(suite):
    return "client-p256" if "_ECDSA_" in suite.name else "client-rsa"


def is_for_datagrams(suite):
    """How records are protected is another matter than over streams; how keys are exchanged is not."""
    return suite.mac != "NONE" and suite.exchange in ("ECDHE", "PSK")


def server_stem(suite):
    return "server-p256" if "_ECDSA_" in suite.name else "server-rsa"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class OpenSSL:
    name = "openssl"
    datagrams = True

    @staticmethod
    def there():
        return bool(shutil.which("openssl"))

    def __init__(self):
        done = subprocess.run(["openssl", "ciphers", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, text=True,
                              check=False)
        self._has = set(done.stdout.strip().split(":"))

    def has(self, suite, etm):
        return suite.alias in self._has and etm

    @staticmethod
    def version(case):
        return "-dtls1_2" if case.datagrams else "-tls1_2"

    def server(self, case, port):
        suite = case.suite
        words = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", self.version(case), "-cipher",
                 suite.alias + ":@SECLEVEL=0", "-dhparam", "dh.pem", "-CAfile", "root.pem"]
        words += [] if case.datagrams else ["-rev"]
        words += ["-cert", server_stem(suite) + ".pem", "-key", server_stem(suite) + ".key"] if certifies(suite) else \
            ["-nocert"]
        return words + (["-psk", KEY, "-psk_identity", "us"] if has_psk(suite) else ["-Verify", "3"]), "ACCEPT"

    def client(self, case, port):
        suite = case.suite
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", self.version(case), "-cipher",
                 suite.alias + ":@SECLEVEL=0", "-CAfile", "root.pem", "-verify_return_error", "-quiet"]
        return words + (["-psk", KEY, "-psk_identity", "us"] if has_psk(suite) else
                        ["-cert", client_stem(suite) + ".pem", "-key", client_stem(suite) + ".key"])


class GnuTLS:
    name = "gnutls"
    datagrams = True
    exchanges = {"ECDHE": "ECDHE-{}", "DHE": "DHE-RSA", "RSA": "RSA", "PSK": "PSK", "DHE_PSK": "DHE-PSK",
                 "ECDHE_PSK": "ECDHE-PSK", "RSA_PSK": "RSA-PSK"}

    @staticmethod
    def there():
        return bool(shutil.which("gnutls-cli") and shutil.which("gnutls-serv"))

    def __init__(self):
        done = subprocess.run(["gnutls-cli", "--list"], capture_output=True, text=True, check=False)
        self._has = set(re.findall(r"^(TLS_\S+)", done.stdout, re.M))

    def has(self, suite, etm):
        name = suite.name.replace("TLS_", "").replace("_WITH", "").replace("_CBC_SHA", "_CBC_SHA")
        name = re.sub(r"_SHA$", "_SHA1", name)
        name = re.sub(r"((?:CCM|CCM_8|GCM|POLY1305))_SHA\d+$", r"\1", name)
        mine = {re.sub(r"((?:CCM|CCM_8|GCM|POLY1305))_SHA\d+$", r"\1", known[4:]) for known in self._has}
        return name in mine and (etm or suite.block != "NONE")

    def priority(self, case):
        suite = case.suite
        exchange = self.exchanges[suite.exchange].format("ECDSA" if "_ECDSA_" in suite.name else "RSA")
        cipher = suite.aead if suite.aead != "NONE" else suite.block if suite.block != "NONE" else "NULL"
        return f"NONE:+VERS-{'DTLS' if case.datagrams else 'TLS'}1.2:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:+CTYPE-X509:+{exchange}:" \
               f"+{cipher.replace('_', '-')}:+{'AEAD' if suite.mac == 'NONE' else suite.mac}" + ("" if case.etm else ":%NO_ETM")

    def server(self, case, port):
        suite = case.suite
        words = ["gnutls-serv", "--port", str(port), "--echo", "--priority", self.priority(case), "--x509cafile",
                 "root.pem"] + (["--udp"] if case.datagrams else [])
        if certifies(suite):
            words += ["--x509certfile", server_stem(suite) + ".pem", "--x509keyfile", server_stem(suite) + ".key"]
        return words + (["--pskpasswd", "psk.txt"] if has_psk(suite) else ["--require-client-cert"]), "IPv4.*done"

    def client(self, case, port):
        suite = case.suite
        words = ["gnutls-cli", "--port", str(port), "127.0.0.1", "--priority", self.priority(case), "--x509cafile",
                 "root.pem", "--verify-hostname", "localhost"] + (["--udp"] if case.datagrams else [])
        return words + (["--pskusername", "us", "--pskkey", KEY] if has_psk(suite) else
                        ["--x509certfile", client_stem(suite) + ".pem", "--x509keyfile", client_stem(suite) + ".key"])


class Interop:
    """A program of tests/interop."""
    datagrams = False

    def there(self):
        return bool(interop.program(self.name))

    def has(self, suite, etm):
        return suite.name in interop.abilities(interop.program(self.name))["suite"] and (etm or suite.block != "NONE")

    def words(self, case):
        words = ["--version", "1.2", "--suite", case.suite.name, "--ca", "root.pem"] + ["--no-etm"] * (not case.etm)
        return words + (["--psk", KEY] if has_psk(case.suite) else ["--auth", "mutual"])

    def server(self, case, port):
        stem = server_stem(case.suite)
        return [interop.program(self.name), "serve", "--port", str(port), *self.words(case),
                *(["--cert", stem + ".pem", "--key", stem + ".key"] if certifies(case.suite) else [])], "^listening"

    def client(self, case, port):
        stem = client_stem(case.suite)
        return [interop.program(self.name), "connect", "--port", str(port), "--name", "localhost", "--say", GREETING,
                *self.words(case), *([] if has_psk(case.suite) else ["--cert", stem + ".pem", "--key", stem + ".key"])]


class WolfSSL(Interop):
    """It has the suites of RFC 9150 too, but with nonces of 12 bytes where the RFC has the hash's length: no peer there.
    Its server (5.5.4) lists DHE_RSA with triple DES and matches no hello for it."""
    name = "wolfssl"

    def has(self, suite, etm):
        return super().has(suite, etm) and suite.name != "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"


class MbedTLS(Interop):
    name = "mbedtls"


PEERS = (OpenSSL, GnuTLS, WolfSSL, MbedTLS)


def own_words(case, side):
    suite = case.suite
    words = ["--dtls"] if case.datagrams else []
    words += ["--groups", "secp256r1"] if suite.exchange == "ECDHE_PSK" else []  # wolfSSL's client has no other there
    words += ["--historic", SWITCHES, "--suites", suite.name]
    words += ["--psk-file", "psk.txt"] if has_psk(suite) else []
    stem = (server_stem if side == "server" else client_stem)(suite)
    presents = certifies(suite) if side == "server" else not has_psk(suite)
    words += ["--cert", stem + ".pem", "--key", stem + ".key"] if presents else []
    trusts = certifies(suite) if side == "client" else not has_psk(suite)
    return words + (["--ca" if side == "client" else "--client-ca", "root.pem"] if trusts else [])


def report_of(text):
    for match in re.finditer(r"^\{", text, re.M):
        value, _ = json.JSONDecoder().raw_decode(text[match.start():])
        if "opened" in value:
            return value
    return {}


def judge(case, report):
    """What is wrong with what we report; "" when nothing is."""
    if not report.get("opened"):
        return f"not opened: {report.get('failure')}"
    if report.get("suite") != case.suite.name:
        return f"suite {report.get('suite')}"
    if has_psk(case.suite) != (report.get("psk_identity") == "us"):
        return f"shared key {report.get('psk_identity')}"
    if (case.suite.block != "NONE" and case.etm) != report.get("encrypt_then_mac"):
        return f"encrypt-then-MAC {report.get('encrypt_then_mac')}"
    return ""


def as_client(program, peer, case, folder, started):
    port = free_port()
    command, ready = peer.server(case, port)
    server = Process(command, stdin=GREETING + "\n", folder=folder)
    started.append(server)
    server.wait_for(ready, SECONDS)
    ours = Process([*program, "connect", f"127.0.0.1:{port}", "--name", "localhost", "--check", "--json",
                    *own_words(case, "client")], folder=folder)
    started.append(ours)
    ours.wait(SECONDS)
    return judge(case, report_of(ours.output))


def as_server(program, peer, case, folder, started):
    ours = Process([*program, "serve", "--listen", "127.0.0.1:0", "--echo", "--json", *own_words(case, "server")],
                   folder=folder)
    started.append(ours)
    port = ours.wait_for(r"127\.0\.0\.1:(\d+)", SECONDS).group(1)
    client = Process(peer.client(case, port), stdin=GREETING + "\n", folder=folder)
    started.append(client)
    client.wait_for(GREETING, SECONDS)
    client.close_input()
    ours.wait_for(r'"opened"', SECONDS)
    return judge(case, report_of(ours.output))


def run(program, peer, case, folder):
    for last in (False, True):
        direction = as_client if case.direction == "client" else as_server
        wrong, story = attempt(direction, program, peer, case, folder)
        if not wrong or last:
            return case, wrong, story
    return case, "", ""


def all_cases(peers, wanted):
    for peer in peers:
        for direction in ("client", "server"):
            for suite in suites():
                for etm, datagrams in itertools.product((True, False), (False, True)):
                    case = Case(peer.name, direction, suite, etm, datagrams)
                    may = peer.has(suite, etm) and (not datagrams or (peer.datagrams and is_for_datagrams(suite)))
                    if may and all(word in name_of(case) for word in wanted):
                        yield peer, case


def name_of(case):
    return f"{case.peer}/{case.direction}/{case.suite.name}" + ("" if case.etm else "/mac-then-encrypt") + \
        ("/datagrams" if case.datagrams else "")


def table(results):
    rows = collections.defaultdict(lambda: [0, 0])
    for case, wrong, _ in results:
        protection = "AEAD" if case.suite.mac == "NONE" else "NULL" if case.suite.block == "NONE" else \
            "CBC, encrypt-then-MAC" if case.etm else "CBC, MAC-then-encrypt"
        carried = "datagrams" if case.datagrams else "stream"
        key = (case.peer, "we are the " + case.direction, carried, case.suite.exchange, protection)
        rows[key][1 if wrong else 0] += 1
    lines = [f"{peer:8} {side:18} {carried:9} {exchange:10} {protection:22} {good:3} passed {bad:3} failed"
             for (peer, side, carried, exchange, protection), (good, bad) in sorted(rows.items())]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--results")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    peers = [kind() for kind in PEERS if kind().there()]
    if not peers:
        return 77
    with tempfile.TemporaryDirectory() as folder:
        make_pki(folder)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(run, [os.path.abspath(options.program)], peer, case, folder)
                    for peer, case in all_cases(peers, options.names)]
            results = [job.result() for job in jobs]
    for case, wrong, story in results:
        if wrong:
            print(f"FAILED {name_of(case)}: {wrong}\n{story}\n")
    print(table(results))
    if options.results:
        os.makedirs(options.results, exist_ok=True)
        with open(os.path.join(options.results, "historic.txt"), "w", encoding="utf-8") as file:
            file.write(table(results) + "\n")
    return 1 if any(wrong for _, wrong, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
