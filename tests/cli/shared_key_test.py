"""A key shared beforehand beside certificates: `--psk13-and-cert` of `serve` and `connect` (RFC 8773bis)."""
import json
import os
import tempfile

from support import CLIENT, Case, Server, connect, main


class Both(Case):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def key(self, digit="1"):
        path = os.path.join(self.folder.name, digit)
        with open(path, "w", encoding="ascii") as file:
            file.write(f"us:{digit * 64}\n")
        return ["--psk13-file", path]

    def test_both_are_proven(self):
        for more in ([], ["--psk13-import"], ["--dtls"]):
            with Server(*self.key(), "--psk13-and-cert", "--json", *more) as server:
                done = connect(server, "--check", "--json", "--psk13-and-cert", *self.key(), *more)
                self.assertEqual(done.status, 0, str(done))
                report = json.loads(done.out)
                self.assertEqual((report["psk_identity"], report["version"][-3:]), ("us", "1.3"))
                self.assertIn("server.test", json.dumps(report["peer"]))
                self.assertIn("spiffe://lab.test/client-p256", server.line('"opened"'))

    def test_a_key_alone_over_datagrams(self):
        for more in ([], ["--psk13-hash", "sha384"], ["--psk13-import"]):
            with Server("--dtls", *self.key(), *more, who=[]) as server:
                self.expect(connect(server, "--dtls", "--check", *self.key(), *more, who=[]), 0, "us")

    def test_half_is_refused(self):
        with Server(*self.key(), "--psk13-and-cert") as server:
            self.expect(connect(server, "--check"), 30, "handshake_failure")
            server.line("opens by a shared key and certificates together.*no tls_cert_with_extern_psk")
            self.expect(connect(server, "--check", *self.key(), "--psk13-and-cert", who=[]), 2, "hf_builder_anonymous")

    def test_what_it_needs(self):
        with Server() as server:
            self.expect(connect(server, "--check", "--psk13-and-cert"), 2, "hf_builder_psk13 beside it")
            self.expect(connect(server, "--check", "--psk13-and-cert", *self.key()), 30, "certificates alone")


main()
