"""DTLS through real UDP sockets of two network namespaces, over a path that loses, delays, doubles and overtakes:
`handfast serve --dtls` with `handfast connect --dtls` and with OpenSSL's programs, 1.2 and 1.3. See path.py.

    weather_test.py NAME…    only these; a failure prints the path's counts and what the programs said
"""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../peers"))

from handfast import reports
from path import Path, SERVER, Weather, enter
from process import Processes

PROGRAM = os.environ["HF_PROGRAM"]
CERTIFICATES = os.environ["HF_CERTIFICATES"]
SECONDS = 60
BAD = Weather(loss=0.15, double=0.1, overtake=0.2)
NARROW = Weather(longest=600)
NARROW_INTERFACE = Weather(mtu=700)
SEEDS = (1, 2)


def certificate(name):
    return os.path.join(CERTIFICATES, name)


ROOT = certificate("root.pem")


def identity(name):
    return ["--cert", certificate(name + ".pem"), "--key", certificate(name + ".key")]


def identity_of_openssl(name):
    chain = certificate(name + ".pem")
    return ["-cert", chain, "-cert_chain", chain, "-key", certificate(name + ".key"), "-CAfile", ROOT]


def only(version):
    return ["--min-version", version, "--max-version", version]


class OverAPath(unittest.TestCase):
    def serve(self, started, path, *flags):
        """Our server; its process and port."""
        process = started.run(path.server.command(
            PROGRAM, "serve", "--dtls", "--listen", SERVER + ":0", "--json", "--handshake-timeout", str(SECONDS),
            "--client-ca", ROOT, *identity("server-p256"), *flags))
        listening = process.wait_for(SERVER.replace(".", r"\.") + r":(\d+)", SECONDS)
        self.assertIsNotNone(listening, process.output)
        return process, listening.group(1)

    def connect(self, started, path, port, *flags):
        process = started.run(path.client.command(
            PROGRAM, "connect", f"{SERVER}:{port}", "--dtls", "--name", "server.test", "--ca", ROOT, "--check", "--json",
            "--timeout", str(SECONDS), *identity("client-p256"), *flags))
        process.close_input()
        self.assertEqual(process.wait(SECONDS + 5), 0, process.output)
        self.expect_open(process, "server-p256")

    def expect_open(self, process, peer):
        """It tells of one connection, open, with this peer."""
        process.wait_for(r'"opened"[^\n]*\n', SECONDS)
        told = reports(process.output)
        self.assertEqual([(one["opened"], one["peer"]["subject"]) for one in told], [(True, "CN=" + peer)],
                         process.output)

    def both_ours(self, version, weather, seed):
        with Path(weather, seed) as path, Processes() as started:
            server, port = self.serve(started, path, *only(version))
            self.connect(started, path, port, *only(version))
            self.expect_open(server, "client-p256")
            return path

    def test_bad_weather(self):
        lost = 0
        for version in ("1.2", "1.3"):
            for seed in SEEDS:
                with self.subTest(version=version, seed=seed):
                    lost += self.both_ours(version, BAD, seed).lost
        self.assertGreater(lost, 0)

    def test_a_narrow_path(self):
        """What is longer than the path takes is lost without a word; flights find that out (RFC 9147 4.4)."""
        for version in ("1.2", "1.3"):
            with self.subTest(version=version):
                path = self.both_ours(version, NARROW, seed=1)
                self.assertGreater(path.too_long, 0)

    def test_a_narrow_interface(self):
        """The kernel knows that less fits, and is not let cut datagrams itself."""
        for version in ("1.2", "1.3"):
            with self.subTest(version=version):
                path = self.both_ours(version, NARROW_INTERFACE, seed=1)
                self.assertEqual(path.pieces, 0)
                self.assertLessEqual(path.longest, NARROW_INTERFACE.mtu - 28)

    def test_s_client_with_us(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), Path(BAD, seed) as path, Processes() as started:
                server, port = self.serve(started, path, *only("1.2"))
                client = started.run(path.client.command(
                    "openssl", "s_client", "-connect", f"{SERVER}:{port}", "-dtls1_2",
                    "-verify_return_error", *identity_of_openssl("client-p256")))
                self.assertIsNotNone(client.wait_for(r"Verify return code: 0", SECONDS), client.output)
                self.expect_open(server, "client-p256")

    def test_us_with_s_server(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), Path(BAD, seed) as path, Processes() as started:
                server = started.run(path.server.command(
                    "openssl", "s_server", "-accept", f"{SERVER}:4433", "-dtls1_2", "-Verify", "3",
                    "-verify_return_error", *identity_of_openssl("server-p256")))
                self.assertIsNotNone(server.wait_for("ACCEPT", SECONDS), server.output)
                self.connect(started, path, "4433", *only("1.2"))


if __name__ == "__main__":
    enter()
    unittest.main(verbosity=1)
