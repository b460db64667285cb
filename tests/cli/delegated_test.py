"""cert issue --delegation, cert delegate, --delegated and --take-delegated: whoever has no key of the certificate proves
himself by a credential (RFC 9345)."""
import os
import stat
import tempfile

from support import Case, Server, connect, main, objects, run

TAKES = ("--take-delegated", "ecdsa_secp256r1_sha256:ed25519")


class Delegated(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.make("cert", "ca", self.path("ca"))
        for role, name in (("server", "server.test"), ("client", "billing")):
            self.make("cert", "issue", role, name, *(["127.0.0.1"] if role == "server" else []), "--delegation",
                      "--ca", self.path("ca"), "--out", self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make(self, *words):
        done = run(*words)
        self.assertEqual(done.status, 0, str(done))
        return done

    def delegate(self, role, name, *flags):
        return self.make("cert", "delegate", role, self.path(name + ".pem"), *flags)

    def chain(self, name, delegated=True, key=False):
        words = ["--cert", self.path(name + ".pem")]
        if delegated:
            words += ["--delegated", self.path(name + ".delegated.pem")]
        return words + (["--key", self.path(name + ".key")] if key else [])

    def visit(self, server, *flags, who):
        return connect(server, "--check", "--json", "--ca", self.path("ca", "ca.pem"), *flags, ca=None, who=who)

    def test_both_ends_without_the_certificates_keys(self):
        self.delegate("server", "server.test", "--key-type", "ed25519")
        self.delegate("client", "billing", "--days", "1")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("billing.delegated.pem")).st_mode), 0o600)
        for name in ("server.test.key", "billing.key"):
            os.unlink(self.path(name))
        with Server("--json", *TAKES, who=self.chain("server.test"), ca=self.path("ca", "ca.pem")) as server:
            done = self.visit(server, *TAKES, who=self.chain("billing"))
            self.assertEqual(done.status, 0, str(done))
            told, = objects(done.out)
            self.assertTrue(told["peer_delegated"])
            self.assertEqual(told["peer_scheme"], "ed25519")
            of_server, = objects(server.line('"opened"'))
            self.assertTrue(of_server["peer_delegated"])

    def test_who_takes_none_gets_the_certificate(self):
        self.delegate("server", "server.test")
        with Server(who=self.chain("server.test", key=True), ca=self.path("ca", "ca.pem")) as server:
            for flags, delegated in (((), False), (TAKES, True)):
                told, = objects(self.visit(server, *flags, who=self.chain("billing", delegated=False, key=True)).out)
                self.assertEqual(told["peer_delegated"], delegated)

    def test_what_cannot_be(self):
        self.make("cert", "issue", "server", "other", "--ca", self.path("ca"), "--out", self.folder)
        self.expect(run("cert", "delegate", "server", self.path("other.pem")), 51, "DelegationUsage")
        self.expect(run("cert", "delegate", "server", self.path("server.test.pem"), "--days", "8"), 2, "days")
        self.expect(run("cert", "delegate", self.path("server.test.pem")), 2, "server FILE")
        self.delegate("client", "server.test")
        self.expect(run("serve", "--listen", "127.0.0.1:0", "--client-ca", self.path("ca", "ca.pem"),
                        *self.chain("server.test")), 51, "for this role")
        self.expect(run("connect", "127.0.0.1:1", "--delegated", self.path("server.test.delegated.pem")), 2, "--delegated")


main()
