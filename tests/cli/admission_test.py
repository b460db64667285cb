"""--admit: which rule lets a client in, and who is kept out; the dry run of `cert check` says the same."""
import tempfile

from support import Case, ROOT, Server, certificate, connect, main, objects, run

RULES = """# who may come in
spiffe://nobody.example/**
all(spiffe://**, issuer:"CN=Lab Root*")   # our own
"""


class Admission(Case):
    def rules(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".rules", encoding="utf-8")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        return file.name

    def test_the_rule_is_told(self):
        with Server("--json", "--admit", "@" + self.rules(RULES)) as server:
            self.expect(connect(server, "--check"), 0)
            told = objects(server.line('"opened"'))[0]
        self.assertEqual(told["admitted_by"], 'all(spiffe://**, issuer:"CN=Lab Root*")')

    def test_a_client_asks_for_its_server(self):
        with Server() as server:
            self.expect(connect(server, "--check", "--admit", "dns:*.test"), 0, r"admitted by +dns:\*\.test")
            self.expect(connect(server, "--check", "--admit", "not(dns:*.test)"), 15, r"\[H22\]")

    def test_a_flaw_is_told_with_its_line(self):
        rules = self.rules("dns:a\n\nall(dns:b\n")
        with Server() as server:
            self.expect(connect(server, "--check", "--admit", "@" + rules), 2, "line 4", "closing parenthesis")
            self.expect(connect(server, "--check", "--admit", "cn:server"), 2, "common names")
            self.expect(connect(server, "--check", "--admit", "cn:**", "--admit-common-names"), 0)

    def test_dry_run(self):
        client = certificate("client-p256.pem")
        rules = "@" + self.rules(RULES)
        self.expect(run("cert", "check", "--admit", rules, "--peer", client, "--ca", ROOT), 0, r"admitted by all\(spiffe")
        self.expect(run("cert", "check", client, "--admit", "dns:nobody"), 15, r"\[H22\]", "wanted: dns:nobody", "uri:spiffe")
        self.expect(run("cert", "check", client, "--admit", "nonsense"), 2, "line 1")
        self.expect(run("cert", "check", client, "--admit", "@/nowhere/rules"), 51)
        told, = objects(run("cert", "check", client, "--json", "--admit", rules).out)
        self.assertEqual((told["fine"], told["admitted_by"]), (True, 'all(spiffe://**, issuer:"CN=Lab Root*")'))


main()
