"""--crl, --ocsp and --revocation, with a CA, lists and responses that the openssl program made."""
import os
import subprocess
import tempfile

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


class Revocation(Case):
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


main()
