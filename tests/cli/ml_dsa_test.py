"""Certificates by `cert --key-type mldsa...` at both ends: ours with each other, and with OpenSSL. Needs libcrypto 3.5."""
import os
import re
import subprocess
import tempfile
import unittest

from support import PROGRAM, Case, Server, connect, main

TYPES = ("mldsa44", "mldsa65", "mldsa87")


def make(folder, key_type):
    """A CA, a server and a client of this type. The status: 51 where libcrypto has no ML-DSA."""
    for words in (("ca", "ca", "--key-type", key_type, "--name", "lab"),
                  ("pair", "server.test", "--key-type", key_type)):
        done = subprocess.run([PROGRAM, "cert", *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            return done.returncode, done.stdout + done.stderr
    return 0, ""


def has_ml_dsa():
    with tempfile.TemporaryDirectory() as folder:
        return make(folder, "mldsa44")[0] == 0


@unittest.skipUnless(has_ml_dsa(), "the libcrypto here has no ML-DSA: it came with 3.5")
class MlDsa(Case):
    def setUp(self):
        self.kept = tempfile.TemporaryDirectory()
        self.addCleanup(self.kept.cleanup)

    def path(self, *names):
        return os.path.join(self.kept.name, *names)

    def make(self, key_type):
        status, told = make(self.kept.name, key_type)
        self.assertEqual(status, 0, told)

    def who(self, name):
        return ["--cert", self.path(name + ".pem"), "--key", self.path(name + ".key")]

    def ask(self, *words):
        done = subprocess.run(words, cwd=self.kept.name, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def test_ours_with_each_other(self):
        for key_type in TYPES:
            with self.subTest(key_type):
                self.setUp()
                self.make(key_type)
                with Server(who=self.who("server.test"), ca=self.path("ca", "ca.pem")) as server:
                    done = connect(server, "--check", who=self.who("client"), ca=self.path("ca", "ca.pem"))
                    self.expect(done, 0, "CN=server.test")
                    server.line("opened")

    def test_openssl_as_the_client(self):
        for key_type in TYPES:
            with self.subTest(key_type):
                self.setUp()
                self.make(key_type)
                with Server(who=self.who("server.test"), ca=self.path("ca", "ca.pem")) as server:
                    told = self.ask("openssl", "s_client", "-connect", server.address, "-servername", "server.test",
                                    "-CAfile", "ca/ca.pem", "-verify_return_error", "-cert", "client.pem",
                                    "-cert_chain", "client.pem", "-key", "client.key")
                    self.assertRegex(told, re.compile("Verification: OK"))
                    server.line("opened")


main()
