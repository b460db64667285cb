"""Asked later: `serve --ask-later` and `--historic renegotiation-ask/-follow`, with `connect` and with OpenSSL at either end.

OpenSSL's s_client follows a HelloRequest by itself; its s_server asks when its input has a line "R".
"""
import json
import re
import shutil
import subprocess
import unittest

from support import CLIENT, PROGRAM, ROOT, SERVER, Case, Server, Watched, certificate, connect, main, run

LATER = ["--max-version", "1.2", "--client-auth", "none", "--historic", "renegotiation-ask", "--ask-later", "--http"]
OPENSSL = shutil.which("openssl")
REQUEST = b"GET / HTTP/1.0\r\nHost: server.test\r\n\r\n"


def s_client(server, who, *more):
    """Its command line; who: whose certificate it has, None: nobody's."""
    words = [OPENSSL, "s_client", "-connect", server.address, "-servername", "server.test", "-CAfile", ROOT, "-tls1_2"]
    if who:
        pem = certificate(who + ".pem")
        words += ["-cert", pem, "-cert_chain", pem, "-key", certificate(who + ".key")]
    return [*words, *more]


class Later(Case):
    def test_connect_follows(self):
        with Server(*LATER) as server:
            words = [PROGRAM, "connect", server.address, "--name", "server.test", "--ca", ROOT, *CLIENT,
                     "--historic", "renegotiation-follow"]
            with Watched(words) as client:
                client.say(REQUEST)
                client.see(rb"spiffe://lab\.test/client-p256")

    def test_connect_declines_and_is_served_as_nobody(self):
        with Server(*LATER) as server:
            with Watched([PROGRAM, "connect", server.address, "--name", "server.test", "--ca", ROOT, *CLIENT]) as client:
                client.say(REQUEST)
                client.see(rb"HTTP/1")
                client.see(rb"</html>|\r\n\r\n")
                self.assertNotIn(b"spiffe://lab.test/client-p256", client.out)

    def test_both_ends_tell_that_it_was_declined(self):
        with Server(*LATER) as server:
            self.expect(connect(server, "--http", "/"), 0, r"declined +to say who we are.*\[H29\]", "renegotiation-follow")
            server.line(r"declined to say who it is.*\[H29\]")
            done = connect(server, "--http", "/", "--historic", "renegotiation-follow")
            self.expect(done, 0, "spiffe://lab.test/client-p256")
            self.assertNotIn("declined", done.err)
            self.assertNotIn("H29", connect(server, "--http", "/", "--quiet").err)
        with Server(*LATER, "--json") as server:
            done = connect(server, "--http", "/", "--json")
            told = [json.loads(line) for line in done.err.splitlines()]
            self.assertIn({"event": "declined", "reason": "H29"}, told)
            self.assertEqual(json.loads(server.line("declined")), {"event": "declined", "connection": 1, "reason": "H29"})

    def test_it_is_asked_for_by_name(self):
        done = run("serve", *SERVER, "--client-ca", ROOT, "--ask-later", "--max-version", "1.2")
        self.expect(done, 2, "--historic renegotiation-ask")
        done = run("serve", *SERVER, "--client-ca", ROOT, "--historic", "renegotiation-follow")
        self.assertNotEqual(done.status, 0)
        self.assertIn("RENEGOTIATION_FOLLOW", done.err)

    def test_later_needs_an_authority(self):
        self.expect(run("serve", *SERVER, *LATER), 2, "--client-ca")


@unittest.skipUnless(OPENSSL, "needs the openssl program")
class WithOpenssl(Case):
    def test_s_client_follows(self):
        for who in ("client-p256", "client-rsa"):
            with Server(*LATER) as server, Watched(s_client(server, who, "-quiet")) as client:
                client.say(REQUEST)
                client.see(rb"spiffe://lab\.test/" + who.encode())

    def test_s_client_without_a_certificate_or_a_will(self):
        for who, *flags in ((None,), ("client-p256", "-no_renegotiation")):
            with Server(*LATER) as server, Watched(s_client(server, who, "-quiet", *flags)) as client:
                client.say(REQUEST)
                client.see(rb"HTTP/1")
                self.assertNotIn(b"spiffe://lab.test/client", client.out)

    def s_server(self):
        return Watched([OPENSSL, "s_server", "-accept", "127.0.0.1:0", "-cert", certificate("server-p256.pem"), "-key",
                        certificate("server-p256.key"), "-cert_chain", certificate("server-p256.pem"), "-CAfile", ROOT,
                        "-tls1_2", "-verify_return_error"])

    def port_of(self, server):
        server.see(rb"ACCEPT [^\n]*:\d+")
        return int(re.search(rb"ACCEPT [^\n]*:(\d+)", server.out).group(1))

    def words(self, port, *more):
        return [PROGRAM, "connect", f"127.0.0.1:{port}", "--name", "server.test", "--ca", ROOT, *CLIENT, *more]

    def test_s_server_asks(self):
        with self.s_server() as server:
            with Watched(self.words(self.port_of(server), "--historic", "renegotiation-follow")) as client:
                client.say(b"before\n")
                server.see(rb"before")
                server.say(b"R\n")  # renegotiates, and asks for a certificate
                server.see(rb"CN ?= ?client-p256")
                client.say(b"behind\n")
                server.see(rb"behind")

    def test_s_server_is_declined(self):
        with self.s_server() as server:
            with Watched(self.words(self.port_of(server))) as client:
                client.say(b"before\n")
                server.see(rb"before")
                server.say(b"R\n")
                client.say(b"behind\n")
                server.see(rb"behind|no renegotiation")
                self.assertNotRegex(server.out, rb"CN ?= ?client-p256")


@unittest.skipUnless(OPENSSL, "needs the openssl program")
class Sessions(Case):
    def reconnect(self, *flags):
        """What s_client tells of one handshake and of five that try to resume it."""
        with Server("--max-version", "1.2", *flags) as server:
            done = subprocess.run(s_client(server, "client-p256", "-reconnect"), input=b"", stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=30, check=False)
            return done.stdout.decode(errors="replace")

    def test_kept_or_given_away(self):
        for flags in (["--session-cache", "16"], ["--session-cache", "16", "--tickets"]):
            told = self.reconnect(*flags)
            self.assertEqual(told.count("Reused, TLSv1.2"), 5, told)
            self.assertEqual("TLS session ticket:" in told, "--tickets" in flags)

    def test_none_unless_asked(self):
        told = self.reconnect()
        self.assertEqual((told.count("New, TLSv1.2"), told.count("Reused")), (6, 0), told)

    def test_tickets_need_a_place_for_certificates(self):
        done = run("serve", *SERVER, "--client-ca", ROOT, "--tickets")
        self.assertNotEqual(done.status, 0)
        self.assertIn("hf_builder_session_cache", done.err)


main()
