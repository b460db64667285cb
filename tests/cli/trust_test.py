"""Whom to believe: a folder of CAs, CAs of SPIFFE trust domains, and the switches; what is wrong is told by file."""
import os
import shutil
import tempfile

from support import Case, ROOT, Server, certificate, connect, main, run


class Trust(Case):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        for name in ("red", "blue"):
            home = os.path.join(cls.kept.name, name)
            for words in (["ca", home, "--name", f"{name}.org"], ["issue", "client", "pay", "--ca", home, "--out", home]):
                done = run("cert", *words)
                assert done.status == 0, str(done)

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def path(self, *names):
        return os.path.join(self.kept.name, *names)

    def who(self, name):
        return ["--cert", self.path(name, "pay.pem"), "--key", self.path(name, "pay.key")]

    def folder(self, **files):
        made = tempfile.mkdtemp(dir=self.kept.name)
        for name, source in files.items():
            shutil.copy(source, os.path.join(made, name + ".pem"))
        return made

    def test_a_folder(self):
        both = self.folder(a=ROOT, b=self.path("red", "ca.pem"))
        with Server("--ca-dir", both, ca=None) as server:
            self.expect(connect(server, "--check"), 0)
            self.expect(connect(server, "--check", who=self.who("red")), 0)
            self.expect(connect(server, "--check", who=self.who("blue")), 21)
            self.expect(connect(server, "--check", "--ca-dir", both, ca=None), 0)

    def test_a_folder_with_a_flaw(self):
        flawed = self.folder(a=ROOT, b=__file__)
        for words in (["serve", "--listen", "127.0.0.1:0", "--cert", certificate("server-p256.pem"), "--key",
                       certificate("server-p256.key")], ["connect", "127.0.0.1:1"]):
            self.expect(run(*words, "--ca-dir", flawed), 51, r"b\.pem")
            self.expect(run(*words, "--ca-dir", self.path("nowhere")), 51, "nowhere")

    def test_trust_domains(self):
        domains = [f"--trust-domain={name}.org={self.path(name, 'ca.pem')}" for name in ("red", "blue")]
        crossed = [f"--trust-domain=red.org={self.path('blue', 'ca.pem')}",
                   f"--trust-domain=blue.org={self.path('red', 'ca.pem')}"]
        with Server(*domains, ca=None) as server:
            for name in ("red", "blue"):
                self.expect(connect(server, "--check", who=self.who(name)), 0)
        with Server(*crossed, ca=None) as server:
            for name in ("red", "blue"):
                self.expect(connect(server, "--check", who=self.who(name)), 21)
            told = server.line("spiffe|trust domain")
        self.assertRegex(told, r"trust domain red\.org")
        self.assertRegex(told, r"trust domain blue\.org")
        with Server("--client-ca", self.path("blue", "ca.pem"), domains[0], ca=None) as server:
            self.expect(connect(server, "--check", who=self.who("red")), 0)
            self.expect(connect(server, "--check", who=self.who("blue")), 21)

    def test_what_makes_no_sense(self):
        for flags, pattern in ((["--trust-domain", "red.org"], "DOMAIN=FILE"), (["--trust-domain", "=x"], "DOMAIN=FILE"),
                               (["--trust-domain", "Red=" + ROOT], "Red"), (["--rsa-min", "512"], "1024 to 16384"),
                               (["--max-intermediates", "15"], "14"),
                               (["--trust-domain", "a.org=" + ROOT, "--trust-domain", "b.org=" + ROOT], "domain"),
                               (["--ca", self.path("red", "client-ca.pem")], "partial chains")):
            self.expect(run("connect", "127.0.0.1:1", *flags), 2, pattern)

    def test_partial_chains(self):
        issuer = self.path("red", "client-ca.pem")
        with Server("--allow-partial-chains", "--client-ca", issuer, ca=None) as server:
            self.expect(connect(server, "--check", who=self.who("red")), 0)


main()
