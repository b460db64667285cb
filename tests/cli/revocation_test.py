"""--crl, --ocsp, --revocation and --staple, with a CA, lists and responses that the openssl program made."""
import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from support import Case, Server, connect, main, objects, run

CONFIG = """
[ca]
default_ca = lab
[lab]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 30
certificate = ca.pem
private_key = ca.key
crl_extensions = ext
[ext]
authorityKeyIdentifier = keyid
"""


class Lab:
    """A CA in a folder, a server and two clients, of which the second was revoked."""

    def __init__(self):
        self.kept = tempfile.TemporaryDirectory()
        self.folder = self.kept.name
        self.write("ca.cnf", CONFIG)
        self.write("index.txt", "")
        self.write("crlnumber", "2a\n")
        self.issue("ca", "CN=Revoking Root", "keyUsage=critical,keyCertSign,cRLSign")
        for name, extension in (("server", "subjectAltName=DNS:server.test"), ("client", "subjectAltName=DNS:client"),
                                ("gone", "subjectAltName=DNS:gone")):
            self.issue(name, f"CN={name}", extension)
        self.openssl("ca", "-config", "ca.cnf", "-revoke", "gone.pem", "-crl_reason", "keyCompromise")
        self.openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", "lab.crl")
        self.respond("gone", "gone.ocsp")
        self.respond("client", "client.ocsp")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, subject, extension):
        by = [] if name == "ca" else ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"]
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                     "-subj", "/" + subject, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-addext", extension, *by)

    def respond(self, name, into):
        """An OCSP response out of the CA's database; who is not in it is made known there first."""
        if name != "gone":
            with open(self.path(f"{name}.pem"), encoding="utf-8") as file:
                serial = subprocess.run(["openssl", "x509", "-noout", "-serial"], stdin=file, capture_output=True,
                                        text=True, check=True, timeout=60).stdout.strip().split("=")[1]
            with open(self.path("index.txt"), "a", encoding="utf-8") as file:
                file.write(f"V\t491231235959Z\t\t{serial}\tunknown\t/CN={name}\n")
        self.openssl("ocsp", "-issuer", "ca.pem", "-cert", f"{name}.pem", "-reqout", "request")
        self.openssl("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin",
                     "request", "-respout", into, "-ndays", "2")

    def who(self, name):
        return ["--cert", self.path(f"{name}.pem"), "--key", self.path(f"{name}.key")]


class WithLab(Case):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()

    @classmethod
    def tearDownClass(cls):
        cls.lab.kept.cleanup()

    def server(self, *flags):
        return Server(*flags, who=self.lab.who("server"), ca=self.lab.path("ca.pem"))

    def connect(self, server, name, *flags):
        return connect(server, "--check", *flags, who=self.lab.who(name), ca=self.lab.path("ca.pem"))


class Revocation(WithLab):
    def test_a_revoked_client_is_refused(self):
        """H20 at both ends: which CA, when, why, by which list."""
        for source in (["--crl", self.lab.path("lab.crl")], ["--ocsp", self.lab.path("gone.ocsp")]):
            with self.server(*source) as server:
                self.expect(self.connect(server, "gone"), 24, r"\[H20\]", "revoked")
                line = server.line("refused")
                self.assertRegex(line, r"\[H20\]")
                self.assertRegex(line, r"revoked on .* \(keyCompromise\), says the (CRL|OCSP response) of .*Revoking Root")

    def test_a_client_that_is_fine_gets_in(self):
        with self.server("--crl", self.lab.path("lab.crl"), "--json") as server:
            self.expect(self.connect(server, "client"), 0)
            peer = objects(server.line('"opened"'))[0]["peer"]
        self.assertEqual(peer["revocation"], "good")
        self.assertIn("number 2a", peer["revocation_told"])

    def test_what_cannot_be_told(self):
        with self.server("--ocsp", self.lab.path("client.ocsp")) as server:  # hard: it is about another one
            self.expect(self.connect(server, "gone"), 20, "refused")
            self.assertRegex(server.line("refused"), r"about other certificates.*\[H20\]")
        with self.server("--revocation", "soft") as server:
            self.expect(self.connect(server, "gone"), 0)

    def test_a_client_judges_its_server(self):
        with self.server() as server:
            self.expect(self.connect(server, "client", "--crl", self.lab.path("lab.crl")), 0, "revocation +good: the CRL of")
            self.expect(self.connect(server, "client", "--ocsp", self.lab.path("client.ocsp")), 14, r"\[H20\]")

    def test_a_file_is_checked_offline(self):
        def check(name, *flags):
            return run("cert", "check", self.lab.path(f"{name}.pem"), "--ca", self.lab.path("ca.pem"), *flags)

        crl, none = self.lab.path("lab.crl"), self.lab.path("ca.pem")
        self.expect(check("gone"), 0)
        self.expect(check("gone", "--crl", crl), 14, r"\[H20\]", "revoked on .*says the CRL")
        self.expect(check("gone", "--ocsp", self.lab.path("gone.ocsp")), 14, r"\[H20\]", "says the OCSP response")
        self.expect(check("client", "--crl", crl), 0, "fine")
        self.expect(check("client", "--ocsp", self.lab.path("client.ocsp")), 0, "fine")
        self.expect(check("client", "--ocsp", self.lab.path("gone.ocsp")), 14, "could not be told", "other certificates")
        self.expect(check("client", "--crl", none), 51, "X509 CRL", "ca.pem")
        self.expect(check("client", "--crl", crl, "--ocsp", none), 51, "OCSP response", "ca.pem")
        self.expect(check("client", "--crl", self.lab.path("no.crl")), 51, "no.crl", "No such file")
        self.expect(run("cert", "check", self.lab.path("gone.pem"), "--crl", crl), 2, "--ca FILE")

    def test_files_that_are_none(self):
        with self.server() as server:
            self.expect(self.connect(server, "client", "--crl", self.lab.path("ca.pem")), 51, "X509 CRL")
            self.expect(self.connect(server, "client", "--ocsp", self.lab.path("ca.pem")), 51, "OCSP response")


class Stapling(WithLab):
    """An OCSP response beside our certificate, to our client, OpenSSL's and GnuTLS', and theirs to ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lab.respond("server", "server.ocsp")
        cls.staple = cls.lab.path("server.ocsp")

    def ask(self, *words):
        """What a client of another program prints, given the client's certificate and nothing to say."""
        done = subprocess.run(words, cwd=self.lab.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def test_ours_to_ours(self):
        with self.server("--staple", self.staple) as server:
            for version in ("1.2", "1.3"):
                done = self.connect(server, "client", "--max-version", version)
                self.expect(done, 0, "revocation +good: the OCSP response", r"stapled +an OCSP response of \d+ bytes\n")
            self.expect(self.connect(server, "client", "--revocation", "hard"), 0)
            told, = objects(self.connect(server, "client", "--json").out)
            self.assertEqual(told["peer"]["stapled_ocsp_bytes"], os.path.getsize(self.staple))
        with self.server("--staple", self.lab.path("client.ocsp")) as server:  # about somebody else
            self.expect(self.connect(server, "client"), 0, "stapled .* does not say that it is good")
            self.expect(self.connect(server, "client", "--revocation", "hard"), 14)
        with self.server() as server:
            self.assertNotIn("stapled", self.connect(server, "client").err)

    def test_ours_to_openssl(self):
        with self.server("--staple", self.staple) as server:
            for version in ("-tls1_2", "-tls1_3"):
                told = self.ask("openssl", "s_client", "-connect", server.address, "-servername", "server.test", "-status",
                                version, "-CAfile", "ca.pem", "-verify_return_error", "-cert", "client.pem", "-key",
                                "client.key")
                self.assertIn("OCSP Response Status: successful", told)
                self.assertIn("Cert Status: good", told)
        with self.server() as server:
            self.assertIn("no response sent", self.ask("openssl", "s_client", "-connect", server.address, "-status",
                                                       "-cert", "client.pem", "-key", "client.key"))

    @unittest.skipUnless(shutil.which("gnutls-cli"), "no gnutls-cli here")
    def test_ours_to_gnutls(self):
        with self.server("--staple", self.staple) as server:
            told = self.ask("gnutls-cli", "--x509cafile", "ca.pem", "--x509certfile", "client.pem", "--x509keyfile",
                            "client.key", "--save-ocsp", "saved.ocsp", "--port", str(server.port), "--sni-hostname",
                            "server.test", "--verify-hostname", "server.test", "127.0.0.1")
            server.line("opened")
        self.assertIn("OCSP", told)
        with open(self.staple, "rb") as sent, open(self.lab.path("saved.ocsp"), "rb") as saved:
            self.assertEqual(saved.read(), sent.read())

    def test_openssl_to_ours(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "server.pem", "-key",
                                   "server.key", "-status_file", "server.ocsp", "-quiet"], cwd=self.lab.folder,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            for version in ("1.2", "1.3"):
                self.expect(self.connect(f"127.0.0.1:{port}", "client", "--max-version", version, "--verdict-timeout", "0.2"),
                            0, "revocation +good: the OCSP response", "stapled")
        finally:
            server.terminate()
            server.wait(20)

    def test_what_makes_no_sense(self):
        who = self.lab.who("client")
        self.expect(run("connect", "127.0.0.1:1", "--staple", self.staple), 2, "1 --staple but 0 --cert")
        self.expect(run("connect", "127.0.0.1:1", *who, "--staple", self.lab.path("ca.pem")), 51, "OCSP response")
        self.expect(run("connect", "127.0.0.1:1", *who, "--staple", "/nowhere"), 51, "nowhere")


main()
