"""When it fails, both ends say why, by the same numbers, and the exit status tells who refused whom."""
import os
import re
import socket
import struct
import subprocess
import tempfile
import time

from support import Case, Listener, ROOT, Server, certificate, connect, identity, main, objects, run


class Refused(Case):
    """The server refuses us: 20 to 29. In TLS 1.3 that comes after our handshake is done."""

    def check(self, status, ours, theirs, *flags, who=(), server_flags=()):
        for version in ("1.3", "1.2"):
            with Server(*server_flags) as server:
                done = connect(server, "--check", "--max-version", version, *flags, who=who)
                self.expect(done, status, *ours)
                line = server.line("refused")
                for pattern in theirs:
                    self.assertRegex(line, pattern)
                self.assertIn(line.split()[1], done.err)  # the name of the handshake

    def test_no_certificate(self):
        self.check(20, [r"\[H14\]", "it accepts +CN=Lab Root", "you have +no certificate"], [r"\[H14\]"])

    def test_another_ca(self):
        self.check(21, [r"\[H15\]", "Other Root", "it accepts +CN=Lab Root"], ["H14"], who=identity("client-wrong-ca"))

    def test_expired(self):
        self.check(22, [r"\[H17\]"], ["certificate expired", "CN=client-expired"], "--send-anyway",
                   who=identity("client-expired"))

    def test_not_admitted(self):
        self.check(25, [r"\[H22\]"], [r"\[H22\]", "client-p256"], who=identity("client-p256"),
                   server_flags=["--admit", "spiffe://lab.test/somebody"])

    def test_too_many_certificates(self):
        """H21: ten certificates, leaf to root, are one intermediate more than is looked at."""
        with tempfile.TemporaryDirectory(prefix="handfast-deep-") as folder:
            def path(name):
                return os.path.join(folder, name)

            for i in range(11):
                is_leaf, by = i == 10, ["-CA", path(f"{i - 1}.pem"), "-CAkey", path(f"{i - 1}.key")] if i > 0 else []
                uses = ["keyUsage=digitalSignature", "extendedKeyUsage=clientAuth", "subjectAltName=DNS:deep"] if is_leaf \
                    else ["keyUsage=critical,keyCertSign"]
                subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                                "-days", "9", "-subj", f"/CN=level {i}", "-keyout", path(f"{i}.key"), "-out",
                                path(f"{i}.pem"), *by, "-addext",
                                "basicConstraints=critical,CA:" + ("FALSE" if is_leaf else "TRUE"),
                                *(word for use in uses for word in ("-addext", use))], check=True, capture_output=True)
            with open(path("chain.pem"), "w", encoding="ascii") as chain:
                for i in range(10, 0, -1):
                    with open(path(f"{i}.pem"), encoding="ascii") as file:
                        chain.write(file.read())
            for version in ("1.3", "1.2"):
                with Server(ca=path("0.pem")) as server:
                    who = ["--cert", path("chain.pem"), "--key", path("10.key")]
                    self.expect(connect(server, "--check", "--max-version", version, who=who), 20, "bad_certificate",
                                "CN=level 10")
                    self.assertRegex(server.line("refused"), r"more certificates than this side accepts.*\[H21\]")

    def test_refused_while_relaying(self):
        """Data that was sent too early does not make it a success."""
        with Server("--echo") as server:
            done = connect(server, who=[], stdin=b"x" * 100000)
            self.expect(done, 20, "H14")
            self.assertEqual(done.out, "")

    def test_json(self):
        with Server("--json") as server:
            done = connect(server, "--json", "--check", who=[])
            told, = objects(done.out)
            theirs, = objects(server.line('"failed"'))
        self.assertEqual((done.status, told["event"], told["verdict"]), (20, "failed", "refused"))
        self.assertEqual((told["failure"]["reason"], theirs["failure"]["reason"]), (14, 14))
        self.assertEqual((told["failure"]["by"], theirs["failure"]["by"]), ("peer", "us"))
        self.assertEqual(theirs["failure"]["alert"], "certificate_required")
        self.assertEqual(told["handshake"], theirs["handshake"])
        self.assertFalse(theirs["opened"])


class WeRefuse(Case):
    """10 to 19, and never 0."""

    def check(self, status, who, ours, *flags, ca=ROOT):
        with Server("--send-anyway", who=identity(who)) as server:
            for version in ("1.3", "1.2"):
                done = run("connect", server.address, "--check", "--max-version", version, "--ca", ca,
                           *identity("client-p256"), *flags)
                self.expect(done, status, *ours)
            self.assertNotIn("opened", " ".join(line for line in server.lines if line))

    def test_unknown_ca(self):
        self.check(10, "server-p256", [r"\[H1\]", "CN=Lab Root", "CN=Other Root"], "--name", "server.test",
                   ca=certificate("other-root.pem"))

    def test_wrong_name(self):
        self.check(11, "server-p256", [r"\[H5\]", "elsewhere.test", "server.test"], "--name", "elsewhere.test")

    def test_the_host_is_the_name(self):
        with Server(who=identity("server-wrong-name")) as server:
            self.expect(run("connect", server.address, "--check", "--ca", ROOT, *identity("client-p256")), 11, "127.0.0.1")
            self.expect(run("connect", server.address, "--check", "--ca", ROOT, "--any-name", *identity("client-p256")), 0)

    def test_expired(self):
        self.check(12, "server-expired", [r"\[H8\]", "expired 3 days ago", "CN=server-expired"], "--name", "server.test")

    def test_not_admitted(self):
        self.check(15, "server-p256", [r"\[H22\]"], "--name", "server.test", "--admit", "dns:*.example")


class Disagree(Case):
    """30 to 39: both ends list what they have."""

    def check(self, reason, server_flags, *flags):
        with Server(*server_flags) as server:
            self.expect(connect(server, "--check", *flags), 30, rf"\[H{reason}\]")
            self.assertIn(f"[H{reason}]", server.line("#1 "))

    def test_versions(self):
        self.check(26, ["--min-version", "1.3"], "--max-version", "1.2")
        self.check(26, ["--max-version", "1.2"], "--min-version", "1.3")

    def test_suites(self):
        self.check(27, ["--suites", "TLS_AES_256_GCM_SHA384", "--min-version", "1.3"], "--suites",
                   "TLS_AES_128_GCM_SHA256", "--min-version", "1.3")

    def test_groups(self):
        self.check(27, ["--groups", "secp384r1"], "--groups", "x25519")


class Network(Case):
    """40 to 49."""

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.expect(run("connect", f"127.0.0.1:{port}", "--ca", ROOT), 40, f"127.0.0.1:{port}", "Connection refused")

    def test_no_such_host(self):
        self.expect(run("connect", "no-such-host.invalid:1", "--ca", ROOT), 40, "no-such-host.invalid")

    def test_plain_text(self):
        for said, guess in ((b"HTTP/1.1 400 Bad Request\r\n\r\n", "plain HTTP"), (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
                            (b"220 mail.example ESMTP\r\n", "SMTP")):
            def behave(peer, said=said):
                peer.sendall(said)
                peer.recv(65536)
                time.sleep(0.2)

            with Listener(behave) as server:
                done = connect(server.address, "--check")
                self.expect(done, 40, r"\[H25\]", guess)
                self.assertIn(said.split(b"\r")[0].decode()[:10], done.err)

    def test_first_bytes_in_json(self):
        with Listener(lambda peer: peer.sendall(b"+OK POP3 ready\r\n")) as server:
            told, = objects(connect(server.address, "--check", "--json").out)
            self.assertIn("+OK POP3", told["first_bytes"])
            self.assertEqual(told["failure"]["reason"], 25)

    def test_cut(self):
        def reset(peer):
            peer.recv(65536)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        for behave in (lambda peer: peer.recv(65536), reset):
            with Listener(behave) as server:
                self.expect(connect(server.address, "--check"), 41, r"\[H31\]", r"our ClientHello \(\d+ bytes\)")

    def test_silence(self):
        with Listener(lambda peer: time.sleep(3)) as server:
            began = time.monotonic()
            self.expect(connect(server.address, "--check", "--timeout", "0.5"), 42, "ClientHello")
            self.assertLess(time.monotonic() - began, 3)


class LocalFiles(Case):
    """50 and 51: told before anything goes over the wire, with the file and what it holds instead (H23, H24)."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="handfast-files-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name, *words):
        """A file made by the openssl program; without words, an empty one."""
        path = os.path.join(self.folder.name, name)
        if words:
            subprocess.run(["openssl", *words, "-out", path], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        else:
            with open(path, "wb"):
                pass
        return path

    def refused(self, cert, key, status, *patterns, flags=()):
        for words in (["connect", "127.0.0.1:1", "--check", "--ca", ROOT],
                      ["serve", "--listen", "127.0.0.1:0", "--client-ca", ROOT]):
            self.expect(run(*words, "--cert", cert, "--key", key, *flags), status, *patterns)

    def test_other_formats(self):
        chain, key = certificate("client-p256.pem"), certificate("client-p256.key")
        der = self.path("client.der", "x509", "-in", chain, "-outform", "DER")
        bag = self.path("client.p12", "pkcs12", "-export", "-in", chain, "-inkey", key, "-passout", "pass:x")
        self.refused(der, key, 51, r"\[H24\]", "client.der", "DER")
        self.refused(bag, key, 51, r"\[H24\]", "client.p12", "PKCS#12")
        self.refused(self.path("empty.pem"), key, 51, r"\[H24\]", "empty.pem", "an empty file")
        self.refused(chain, os.path.join(self.folder.name, "none.key"), 51, r"\[H24\]", "none.key", "No such file")

    def test_swapped(self):
        self.refused(certificate("client-p256.key"), certificate("client-p256.pem"), 51, r"\[H24\]", "swapped")

    def test_a_key_that_is_encrypted(self):
        chain = certificate("client-p256.pem")
        key = self.path("locked.key", "pkcs8", "-topk8", "-in", certificate("client-p256.key"), "-passout", "pass:right")
        wrong, right = os.path.join(self.folder.name, "wrong"), os.path.join(self.folder.name, "right")
        for path in (wrong, right):
            with open(path, "w", encoding="ascii") as file:
                file.write(os.path.basename(path) + "\n")
        self.refused(chain, key, 51, r"\[H24\]", "locked.key", "encrypted", "--passfile")
        self.refused(chain, key, 51, r"\[H24\]", "locked.key", "does not open", flags=["--passfile", wrong])
        with Server() as server:
            self.expect(connect(server, "--check", "--passfile", right, who=["--cert", chain, "--key", key]), 0)

    def test_the_wrong_order_and_the_wrong_key(self):
        with open(certificate("client-p256.pem"), encoding="ascii") as file:
            first, second = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----\n", file.read(), re.S)
        turned = self.path("turned.pem")
        with open(turned, "w", encoding="ascii") as file:
            file.write(second + first)
        self.refused(turned, certificate("client-p256.key"), 50, r"\[H23\]", "turned.pem", "wrong order",
                     r"#2 \(CN=client-p256\)", "handfast cert sort")
        self.refused(certificate("client-p256.pem"), certificate("client-rsa.key"), 50, r"\[H23\]", "client-p256.pem and ",
                     "CN=client-p256")


main()
