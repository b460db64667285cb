"""--raw-key and --trust-key: both ends prove themselves by bare public keys (RFC 7250), to ours and to other programs."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from support import Case, Server, connect, main, objects, run

OPENSSL = tuple(int(n) for n in re.match(r"OpenSSL (\d+)\.(\d+)", subprocess.run(
    ["openssl", "version"], capture_output=True, text=True, check=True).stdout).groups())
GNUTLS_KEYS = "NORMAL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK"


class RawKeys(Case):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        for name in ("server", "client", "stranger"):
            cls.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name + ".key")
            cls.openssl("pkey", "-in", name + ".key", "-pubout", "-out", name + ".pub")

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    @classmethod
    def openssl(cls, *words):
        subprocess.run(["openssl", *words], cwd=cls.kept.name, check=True, capture_output=True, timeout=60)

    def path(self, name):
        return os.path.join(self.kept.name, name)

    def server(self, *flags, trusts="client"):
        return Server("--trust-key", self.path(trusts + ".pub"), *flags, who=["--raw-key", self.path("server.key")], ca=None)

    def connect(self, server, *flags, who="client", trusts="server"):
        return connect(server, "--check", "--trust-key", self.path(trusts + ".pub"), *flags, ca=None,
                       who=["--raw-key", self.path(who + ".key")])

    def ask(self, *words):
        done = subprocess.run(words, cwd=self.kept.name, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def test_both_ends_know_each_other(self):
        with self.server("--json") as server:
            for version in ("1.2", "1.3"):
                done = self.connect(server, "--max-version", version)
                self.expect(done, 0, "server +raw public key, SHA-256 [0-9a-f]{64}\\n")
            told, = objects(server.line('"opened"'))
        self.assertFalse(told["unauthenticated"])

    def test_strangers_are_refused_at_either_end(self):
        with self.server() as server:
            for version in ("1.2", "1.3"):
                done = self.connect(server, "--max-version", version, who="stranger")
                self.assertIn(done.status, range(20, 30), str(done))
                self.expect(self.connect(server, "--max-version", version, trusts="stranger"), 10, "not among the known ones")
            server.line("refused.*not among the known ones")

    def test_files_that_are_none(self):
        self.expect(run("connect", "127.0.0.1:1", "--trust-key", self.path("client.key")), 51, r"client\.key")
        self.expect(run("connect", "127.0.0.1:1", "--raw-key", self.path("client.pub")), 51, r"client\.pub")
        self.expect(run("connect", "127.0.0.1:1", "--raw-key", "/nowhere"), 51, "nowhere")

    @unittest.skipUnless(OPENSSL >= (3, 2), "this openssl has no raw public keys: they came with 3.2")
    def test_openssl(self):
        self.openssl("req", "-x509", "-key", "client.key", "-subj", "/CN=only its key counts", "-out", "client.pem")
        with self.server() as server:
            for number, version in enumerate(("-tls1_2", "-tls1_3"), 1):
                self.ask("openssl", "s_client", "-connect", server.address, version, "-enable_server_rpk",
                         "-enable_client_rpk", "-cert", "client.pem", "-key", "client.key")
                server.line(f"#{number} .*opened")

    @unittest.skipUnless(shutil.which("gnutls-cli"), "no gnutls-cli here")
    def test_gnutls(self):
        with self.server() as server:
            for version in ("VERS-TLS1.2", "VERS-TLS1.3"):
                told = self.ask("gnutls-cli", "--priority", f"{GNUTLS_KEYS}:-VERS-ALL:+{version}", "--rawpkfile",
                                "client.pub", "--rawpkkeyfile", "client.key", "--insecure", "--port", str(server.port),
                                "127.0.0.1")
                self.assertIn("Handshake was completed", told)
            server.line("#2 .*opened")


main()
