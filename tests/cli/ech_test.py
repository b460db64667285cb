"""handfast ech, --ech and --ech-old: keys are made, hellos encrypted to them, and clients told of newer ones."""
import os
import re
import stat
import tempfile
import unittest

from support import Case, Server, connect, main, objects, run


class EncryptedClientHello(Case):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        for number, name in enumerate(("one", "other"), 1):
            done = run("ech", "localhost", "--out", cls.path(name), "--id", str(number), "--longest", "64")
            assert done.status == 0, str(done)

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.kept.name, name + ".pem")

    def told(self, server, *flags, **more):
        done = connect(server, "--check", "--json", *flags, **more)
        return done, objects(done.out)[-1]

    def test_keys_are_made(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.path("one")).st_mode), 0o600)
        done = run("ech", "localhost")
        self.expect(done, 0)
        self.assertRegex(done.out, r"(?s)^-----BEGIN PRIVATE KEY-----\n.*-----BEGIN ECHCONFIG-----\n.*-----END ECHCONFIG-----\n$")
        self.expect(run("ech", "localhost", "--out", self.path("one")), 53, "is there already")
        for name in ("127.0.0.1", "a_b", ""):
            self.expect(run("ech", name), 2, "no name of a host")
        self.expect(run("ech"), 2, "NAME is missing")

    def test_a_hello_is_opened(self):
        with Server("--ech", self.path("other"), "--ech-old", self.path("one")) as server:
            for name in ("one", "other"):
                done, told = self.told(server, "--ech", self.path(name))
                self.expect(done, 0)
                self.assertEqual((told["ech"], told["ech_public_name"]), ("accepted", "localhost"))
            done = connect(server, "--check", "--ech", self.path("one"))
            self.expect(done, 0, "ECH +accepted; in the clear stands localhost")
            done, told = self.told(server, "--ech-grease")
            self.expect(done, 0)
            self.assertEqual(told["ech"], "greased")
            self.assertNotIn("ech", self.told(server)[1])

    def test_another_key_is_told_of(self):
        with Server("--ech", self.path("other"), "--client-auth", "request") as server:
            done = connect(server, "--check", "--ech", self.path("one"))
            self.expect(done, 33, "could not open our encrypted ClientHello")
            again = re.search(r"for one further try: --ech (\S+)\n", done.err)
            self.assertIsNotNone(again, str(done))
            done, told = self.told(server, "--ech", again.group(1))
            self.expect(done, 0)
            self.assertEqual(told["ech"], "accepted")
            server.line("key that this server does not have")
        with Server() as server:
            done = connect(server, "--check", "--ech", self.path("one"))
            self.expect(done, 33)
            self.assertNotIn("further try", done.err)

    def test_one_further_try_is_made(self):
        with Server("--ech", self.path("other"), "--client-auth", "request", "--echo") as server:
            done = connect(server, "--check", "--ech", self.path("one"), "--ech-retry")
            self.expect(done, 0, "ECH +accepted; in the clear stands localhost")
            self.assertIn("once more", done.err)
            self.assertNotIn("further try", done.err)
            server.line("key that this server does not have")
            done, told = self.told(server, "--ech", self.path("one"), "--ech-retry", "--quiet")
            self.expect(done, 0)
            self.assertEqual((told["event"], told["ech"]), ("session", "accepted"))
            self.assertEqual(done.err, "")
            done = connect(server, "--ech", self.path("one"), "--ech-retry", stdin=b"hello\n")
            self.expect(done, 0)
            self.assertEqual(done.out, "hello\n")
        with Server() as server:  # gives no other configuration: ECH is off, and nothing goes out in the clear
            self.expect(connect(server, "--check", "--ech", self.path("one"), "--ech-retry"), 33)
        self.expect(connect("127.0.0.1:1", "--ech-retry"), 2, "goes with --ech")
        self.expect(connect("127.0.0.1:1", "--ech", self.path("one"), "--ech-retry", "--diagnose"), 2, "without --diagnose")

    def test_what_cannot_be_used_is_told(self):
        self.expect(connect("127.0.0.1:1", "--ech", "not base64!"), 2, "ECHConfigList")
        self.expect(connect("127.0.0.1:1", "--ech", "AAm63QAFAQIDBAU="), 2, "can be used")
        self.expect(connect("127.0.0.1:1", "--ech", self.path("one"), "--max-version", "1.2"), 2, "TLS 1.3")
        self.expect(run("serve", "--listen", "127.0.0.1:0", "--ech", "/nowhere", "--cert", "x", "--client-ca", "x"), 51)
        for flag in ("--ech", "--ech-old"):
            done = run("serve", "--listen", "127.0.0.1:0", "--dtls", flag, self.path("one"), "--cert", "x", "--client-ca", "x")
            self.expect(done, 2, "go without --dtls")


main()
