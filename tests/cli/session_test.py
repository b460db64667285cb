"""`connect` and `serve` with each other when all is well: what both tell, in text and as JSON."""
import os
import stat
import tempfile

from support import CLIENT, Case, Server, certificate, connect, identity, main, objects


class Told(Case):
    def test_a_session_as_text(self):
        with Server() as server:
            done = connect(server, "--check")
            self.expect(done, 0, "TLS 1.3", "TLS_AES_128_GCM_SHA256", "server.test", "CN=Lab Intermediate",
                        r"2 CN=Lab Root.*\(trusted\)", "verdict +accepted", "presented one", "it accepts +CN=Lab Root")
            self.assertEqual(done.out, "")
            line = server.line("opened")
            self.assertRegex(line, r"#1 [0-9a-f]{8} 127\.0\.0\.1:\d+ opened TLS 1\.3 .*client: CN=client-p256 for "
                                   r"spiffe://lab\.test/client-p256")
            self.assertIn(f"handshake {line.split()[1]}", done.err)  # both ends name the handshake alike
            self.assertEqual(server.stop(), 0)

    def test_a_session_as_json(self):
        for version in ("1.2", "1.3"):
            with Server("--json", "--alpn", "b:c") as server:
                done = connect(server, "--check", "--json", "--max-version", version, "--alpn", "a:b")
                self.expect(done, 0)
                self.assertEqual(done.err, "")
                told, = objects(done.out)
                opened, = objects(server.line('"opened"'))
            self.assertEqual(told["event"], "session")
            self.assertEqual(told["version"], f"TLS {version}")
            self.assertEqual(told["verdict"], "accepted")
            self.assertEqual(told["certificate_request"]["authorities"], ["CN=Lab Root"])
            self.assertTrue(told["certificate_request"]["answered"])
            self.assertEqual(told["peer"]["dns"], ["server.test", "localhost"])
            self.assertEqual([part["subject"] for part in told["peer"]["chain"]],
                             ["CN=server-p256", "CN=Lab Intermediate", "CN=Lab Root"])
            self.assertEqual(opened["peer"]["uri"], ["spiffe://lab.test/client-p256"])
            self.assertEqual(opened["peer"]["spiffe_id"], "spiffe://lab.test/client-p256")
            for name in ("handshake", "suite", "group", "version", "alpn"):
                self.assertEqual(told[name], opened[name], name)
            self.assertEqual(told["alpn"], "b")

    def test_quiet_and_verbose(self):
        with Server("--verbose") as server:
            done = connect(server, "--check", "--quiet")
            self.expect(done, 0)
            self.assertEqual(done.out + done.err, "")
            done = connect(server, "--check", "--verbose")
            self.expect(done, 0, "ClientHello", "EncryptedExtensions", "Finished")
            self.expect_narrow(done.err.split("connected")[0])
            server.stop()
            self.assertIn(b"ClientHello", server.err)

    def test_key_types_and_policy(self):
        with Server(who=identity("server-rsa")) as server:
            for key in ("rsa", "p384", "p521", "ed25519"):
                self.expect(connect(server, "--check", who=identity("client-" + key)), 0, "verdict +accepted")
            self.expect(connect(server, "--check", "--groups", "secp384r1", "--suites", "TLS_CHACHA20_POLY1305_SHA256"),
                        0, "TLS_CHACHA20_POLY1305_SHA256, keys by secp384r1")

    def test_several_identities(self):
        with Server("--sigalgs", "ed25519:ecdsa_secp256r1_sha256") as server:
            done = connect(server, "--check", who=[*identity("client-rsa"), *identity("client-ed25519")])
            self.expect(done, 0, "signing with ed25519")
            self.assertIn("client-ed25519", server.line("opened"))


class NotAsked(Case):
    def test_a_server_that_does_not_ask(self):
        with Server("--client-auth", "none", ca=None) as server:
            done = connect(server, "--check", who=[])
            self.expect(done, 0, "were not asked", "verdict +not needed")
            self.assertIn("client: not asked", server.line("opened"))

    def test_a_server_that_only_requests(self):
        with Server("--client-auth", "request") as server:
            self.expect(connect(server, "--check", who=[]), 0, "presented none", "verdict +accepted")
            self.assertIn("unauthenticated", server.line("#1 "))
            self.expect(connect(server, "--check"), 0, "presented one")
            self.assertIn("client-p256", server.line("#2 "))


class Once(Case):
    def test_the_exit_status_is_the_connection_s(self):
        with Server("--once") as server:
            self.expect(connect(server, "--check"), 0)
            self.assertEqual(server.process.wait(10), 0)
        with Server("--once") as server:
            self.expect(connect(server, "--check", who=[]), 20)
            self.assertEqual(server.process.wait(10), 10)


class Files(Case):
    def test_the_key_log(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "keys")
            with Server() as server:
                for count in (1, 2):
                    self.expect(connect(server, "--check", "--keylog", path), 0)
                    with open(path, encoding="ascii") as file:
                        lines = file.read().splitlines()
                    self.assertEqual(sum(line.startswith("CLIENT_TRAFFIC_SECRET_0 ") for line in lines), count)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_local_files(self):
        def status(*flags, who=CLIENT, **more):
            return connect("127.0.0.1:1", *flags, who=who, **more)

        self.expect(status(who=["--cert", "/nonexistent.pem"]), 51, "/nonexistent.pem", "H24")
        self.expect(status(ca="/nonexistent.pem"), 51, "/nonexistent.pem")
        self.expect(status(who=["--cert", certificate("client-p256.pem"), "--key", certificate("client-rsa.key")]), 50,
                    "H23")
        self.expect(status(who=["--cert", certificate("client-p256.pem")]), 51)  # no key in it
        self.expect(status("--keylog", "/nonexistent/keys"), 51, "/nonexistent/keys")
        self.expect(status("--passfile", "/nonexistent"), 51, "/nonexistent")

    def test_our_own_expired_certificate_is_told_first(self):
        self.expect(connect("127.0.0.1:1", who=identity("client-expired")), 52, "H17", "CN=client-expired")


main()
