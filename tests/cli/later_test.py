"""Asked later in TLS 1.3: `serve --ask-later` and `connect --post-handshake-auth`, with each other, over datagrams too, and
with OpenSSL and GnuTLS at either end.

OpenSSL's s_server asks when its input has a line "c"; GnuTLS' gnutls-serv --echo when its client sends "**REAUTH**".
"""
import json
import re
import shutil
import socket
import time
import unittest

from support import CLIENT, PROGRAM, ROOT, SERVER, Case, Server, Watched, certificate, connect, main, run

LATER = ["--client-auth", "none", "--ask-later", "--http"]
OPENSSL, GNUTLS_CLI, GNUTLS_SERV = shutil.which("openssl"), shutil.which("gnutls-cli"), shutil.which("gnutls-serv")
REQUEST = b"GET / HTTP/1.0\r\nHost: server.test\r\n\r\n"
PRESENT = ["--post-handshake-auth", "present"]
DECLINE = ["--post-handshake-auth", "decline"]
KNOWN = r"spiffe://lab\.test/client-p256"


class Later(Case):
    def test_present(self):
        with Server(*LATER) as server:
            done = connect(server, "--http", "/", *PRESENT)
            self.expect(done, 0, KNOWN)
            self.assertRegex(done.err, r"verdict +not needed")
            self.assertNotIn("H29", done.err)
            server.line("opened TLS 1.3.*client: not asked")
            server.line(f"answered client: .*{KNOWN}")

    def test_present_in_json(self):
        with Server(*LATER, "--json") as server:
            connect(server, "--http", "/", *PRESENT)
            self.assertEqual(json.loads(server.line("opened"))["unauthenticated"], False)
            self.assertIn("spiffe://lab.test/client-p256", server.line('"event": "answered"'))

    def test_present_over_datagrams(self):
        with Server("--dtls", *LATER) as server:
            self.expect(connect(server, "--dtls", "--http", "/", *PRESENT), 0, KNOWN)

    def test_present_without_a_certificate(self):
        with Server(*LATER) as server:
            done = connect(server, "--http", "/", *PRESENT, who=[])
            self.expect(done, 0, r"declined +to say who we are.*\[H29\]")
            server.line(r"declined to say who it is.*\[H29\]")

    def test_decline(self):
        with Server(*LATER, "--json") as server:
            done = connect(server, "--http", "/", "--json", *DECLINE)
            told = [json.loads(line) for line in done.err.splitlines()]
            self.assertIn({"event": "declined", "reason": "H29"}, told)
            self.assertEqual(json.loads(server.line("declined")), {"event": "declined", "connection": 1, "reason": "H29"})

    def test_not_offered(self):
        with Server(*LATER) as server:
            self.assertNotIn("H29", connect(server, "--http", "/").err)
            server.line(r"declined it cannot be asked later.*\[H29\]")

    def test_a_certificate_that_does_not_hold(self):
        with Server(*LATER) as server:
            self.expect(connect(server, "--http", "/", *PRESENT, "--send-anyway",
                                who=["--cert", certificate("client-expired.pem"), "--key", certificate("client-expired.key")]),
                        22, r"\[H17\]")
            server.line(r"cut .*expired.*\[H17\]")

    def test_it_needs_an_authority(self):
        self.expect(run("serve", *SERVER, *LATER), 2, "--client-ca")


def words_of_client(port, *more):
    return [PROGRAM, "connect", f"127.0.0.1:{port}", "--name", "server.test", "--ca", ROOT, *CLIENT, *more]


@unittest.skipUnless(OPENSSL, "needs the openssl program")
class WithOpenssl(Case):
    def s_client(self, server, who, *more):
        words = [OPENSSL, "s_client", "-connect", server.address, "-servername", "server.test", "-CAfile", ROOT, "-tls1_3",
                 "-quiet"]
        if who:
            pem = certificate(who + ".pem")
            words += ["-cert", pem, "-cert_chain", pem, "-key", certificate(who + ".key")]
        return Watched([*words, *more])

    def test_s_client_answers(self):
        for who in ("client-p256", "client-rsa"):
            with Server(*LATER) as server, self.s_client(server, who, "-enable_pha") as client:
                client.say(REQUEST)
                client.see(rb"spiffe://lab\.test/" + who.encode())

    def test_s_client_has_none(self):
        with Server(*LATER) as server, self.s_client(server, None, "-enable_pha") as client:
            client.say(REQUEST)
            client.see(rb"HTTP/1")
            self.assertNotIn(b"spiffe://lab.test/client", client.out)
            server.line(r"declined to say who it is.*\[H29\]")

    def test_s_client_does_not_offer_it(self):
        with Server(*LATER) as server, self.s_client(server, "client-p256") as client:
            client.say(REQUEST)
            client.see(rb"HTTP/1")
            server.line(r"declined it cannot be asked later.*\[H29\]")

    def test_s_client_after_new_keys(self):
        """Its line "K" is a KeyUpdate that asks for one: the answer is under the second keys."""
        with Server(*LATER) as server:
            words = [OPENSSL, "s_client", "-connect", server.address, "-servername", "server.test", "-CAfile", ROOT, "-tls1_3",
                     "-cert", certificate("client-p256.pem"), "-cert_chain", certificate("client-p256.pem"), "-key",
                     certificate("client-p256.key"), "-enable_pha", "-crlf"]
            with Watched(words) as client:
                client.see(rb"Verify return code|read R BLOCK|Verification: OK")
                client.say(b"K\n")
                time.sleep(0.5)
                client.say(b"GET / HTTP/1.0\n\n")
                client.see(KNOWN.encode())

    def s_server(self, *more):
        return Watched([OPENSSL, "s_server", "-accept", "127.0.0.1:0", "-cert", certificate("server-p256.pem"), "-key",
                        certificate("server-p256.key"), "-cert_chain", certificate("server-p256.pem"), "-CAfile", ROOT,
                        "-tls1_3", "-verify_return_error", *more])

    def port_of(self, server):
        server.see(rb"ACCEPT [^\n]*:\d+")
        return int(re.search(rb"ACCEPT [^\n]*:(\d+)", server.out).group(1))

    def test_s_server_asks(self):
        for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"):
            with self.s_server("-ciphersuites", suite) as server:
                with Watched(words_of_client(self.port_of(server), *PRESENT)) as client:
                    client.say(b"before\n")
                    server.see(rb"before")
                    server.say(b"c\n")
                    server.see(rb"CN ?= ?client-p256")
                    client.say(b"behind\n")
                    server.see(rb"behind")
                    server.say(b"c\n")  # again: who is known proves it once more
                    time.sleep(0.3)
                    client.say(b"and again\n")
                    server.see(rb"and again")

    def test_s_server_is_declined(self):
        with self.s_server() as server:
            with Watched(words_of_client(self.port_of(server), *DECLINE)) as client:
                client.say(b"before\n")
                server.see(rb"before")
                server.say(b"c\n")
                time.sleep(0.3)
                client.say(b"behind\n")
                server.see(rb"behind")
                self.assertNotRegex(server.out, rb"CN ?= ?client-p256")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@unittest.skipUnless(GNUTLS_CLI and GNUTLS_SERV, "needs gnutls-bin")
class WithGnutls(Case):
    def test_gnutls_cli_answers(self):
        with Server(*LATER) as server:
            words = [GNUTLS_CLI, "--post-handshake-auth", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "--x509cafile", ROOT,
                     "--x509certfile", certificate("client-p256.pem"), "--x509keyfile", certificate("client-p256.key"),
                     "--verify-hostname", "server.test", "--sni-hostname", "server.test", "-p", str(server.port), "127.0.0.1"]
            with Watched(words) as client:
                client.see(rb"Simple Client Mode")
                client.say(REQUEST)
                client.see(KNOWN.encode())

    def test_gnutls_serv_asks(self):
        port = free_port()
        words = [GNUTLS_SERV, "--echo", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "--x509cafile", ROOT, "--x509certfile",
                 certificate("server-p256.pem"), "--x509keyfile", certificate("server-p256.key"), "--verify-client-cert", "-p",
                 str(port)]
        with Watched(words) as server:
            server.see(rb"listening on|Echo Server")
            with Watched(words_of_client(port, *PRESENT)) as client:
                client.say(b"before\n")
                client.see(rb"before")
                client.say(b"**REAUTH**\n")
                time.sleep(0.5)
                client.say(b"behind\n")
                client.see(rb"behind")


main()
