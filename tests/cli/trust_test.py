"""Whom to believe: a folder of CAs, CAs of SPIFFE trust domains, and the switches; what is wrong is told by file."""
import json
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

    def bundle(self, name, keys):
        path = self.path(f"{name}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"spiffe_sequence": 1, "spiffe_refresh_hint": 600, "keys": keys}, file)
        return path

    def base64(self, *names):
        with open(self.path(*names), encoding="ascii") as file:
            return "".join(line for line in file.read().splitlines() if not line.startswith("-----"))

    def test_spiffe_bundles(self):
        """X509-SVID 6.2: other uses and entries without x5c are passed by, and so is all of x5c but its first value."""
        nothing = self.bundle("nothing", [])
        if "CERTIFICATE block" in run("connect", "127.0.0.1:1", "--trust-domain", "a=" + nothing).err:
            self.skipTest("built without jansson: bundles are not read")
        red, blue = self.base64("red", "ca.pem"), self.base64("blue", "ca.pem")
        bundle = self.bundle("red-bundle", [
            {"kty": "EC", "use": "jwt-svid", "x5c": [blue]}, {"kty": "EC", "x5c": [blue]}, {"kty": "EC", "use": "x509-svid"},
            {"kty": "EC", "use": "x509-svid", "x5c": []}, {"kty": "EC", "use": "x509-svid", "x5c": [red, blue]}])
        with Server("--trust-domain", "red.org=" + bundle, ca=None) as server:
            self.expect(connect(server, "--check", who=self.who("red")), 0)
            self.expect(connect(server, "--check", who=self.who("blue")), 21)
        for number, (keys, pattern) in enumerate((
                ([], "no such key"), ("none", 'without "keys"'), ([{"use": "jwt-svid", "x5c": [red]}], "no such key"),
                ([{"use": "x509-svid", "x5c": ["-----END CERTIFICATE-----"]}], "no base64"),
                ([{"use": "x509-svid", "x5c": ["AAAA"]}], "trust_domain|line|certificate"),
                ([{"use": "x509-svid", "x5c": [7]}], "no such key"))):
            bad = self.bundle(f"bad-{number}", keys)
            self.expect(run("connect", "127.0.0.1:1", "--trust-domain", "red.org=" + bad), 51, pattern)
        broken = self.path("broken.json")
        for text in ('{"keys": [', '{"keys": [], "keys": []}'):
            with open(broken, "w", encoding="utf-8") as file:
                file.write(text)
            self.expect(run("connect", "127.0.0.1:1", "--trust-domain", "red.org=" + broken), 51, r"line 1: .*broken\.json")

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
