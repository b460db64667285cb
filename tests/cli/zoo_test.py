"""`serve --bad N` fails in way N, and `connect --diagnose` says so: what it tells, what the server tells, the status."""
import os
import re
import shlex
import shutil
import tempfile

from support import CLIENT, ROOT, Case, Server, certificate, connect, identity, main, run

# Number: exit status, what the client says, what the server's line says (None: it says nothing of TLS). Who leaves out an
# intermediate sends the root here: that shows that something lies between (H2, H16), as a lone certificate does not.
ROWS = {
    1: (10, [r"\[H1\]", "we find +the certificate's issuer is not", "CN=zoo Root CA", "CN=other Root CA"], r"\[H1\]"),
    2: (10, [r"\[H2\]", "issuer CN=zoo Server CA", "the peer must send the CA CN=zoo Server CA"], r"\[H1\]"),
    3: (10, [r"\[H3\]", "CN=other Root CA"], r"\[H1\]"),
    4: (10, [r"\[H4\]", "CN=zoo Root CA", "made anew"], r"\[H1\]"),
    5: (11, [r"\[H5\]", "for DNS:elsewhere.test", "server.test"], r"\[H5\]"),
    6: (11, [r"\[H6\]", "127.0.0.1", "for DNS:server.test\n"], r"\[H5\]"),
    7: (11, [r"\[H7\]", "CN=server.test", "common names are not names of hosts"], r"\[H5\]"),
    8: (12, [r"\[H8\]", "expired 3 days ago", "our clock .*AFTER the last day"], r"expired.*\[H17\]"),
    9: (12, [r"\[H9\]", "our clock .*BEFORE the first day"], r"not valid yet.*\[H17\]"),
    10: (12, [r"\[H10\]", "CN=zoo Server CA", "expired 3 days ago", "our clock .*AFTER the last day"],
         r"expired 3 days ago.*CN=zoo Server CA.*\[H17\]"),
    11: (13, [r"\[H11\]", "CN=client"], r"\[H18\]"),
    12: (13, [r"\[H12\]", "elsewhere.test", "server.test"], r"bad_certificate.*\[H5\]"),
    13: (20, ["bad_certificate", "CN=client"], r"wanted: RSA of 4096 to .*got: RSA of 2048 bits.*\[H13\]"),
    14: (20, [r"\[H14\]", "it asks for +a certificate", "issued by +CN=zoo Root CA", "we present +no certificate"],
         r"\[H14\]"),
    15: (21, [r"\[H15\]", "CN=other Client CA", "not fitting +CN=other Client CA is issued by CN=other Root CA; the peer "
              "takes CN=zoo Root CA"], r"\[H15\]"),
    16: (21, [r"\[H16\]", "CN=zoo Client CA", "CN=zoo Root CA"],
         r"the peer must send the CA CN=zoo Client CA.*\[H16\]"),
    17: (22, [r"\[H17\]", "CN=client", "expired 3 days ago"], r"\[H17\]"),
    18: (22, [r"\[H18\]", "CN=server.test"], r"\[H18\]"),
    19: (23, [r"\[H19\]", "signed by +rsa_pss_rsae_sha256\n", "not fitting +CN=client has a key of type P-256"], r"\[H14\]"),
    20: (20, ["certificate_unknown", "CN=client"], r"revoked could not be told.*\[H20\]"),
    21: (20, ["bad_certificate", "CN=client"], r"at most 0 intermediates.*\[H21\]"),
    22: (25, [r"\[H22\]", "does not admit us", "CN=client"], r"\[H22\]"),
    25: (40, [r"\[H25\]", "TLS 1.3 +no: the peer does not speak TLS", "HTTP/1.1 400"], None),
    26: (30, [r"\[H26\]", "TLS 1.3 +no", "TLS 1.2 +no", "TLS 1.2 to TLS 1.3"], None),
    27: (30, [r"\[H27\]", "TLS_AES_128_GCM_SHA256"], r"\[H2[67]\]"),
    28: (31, [r"\[H28\]", "server.test"], None),
    29: (0, [r"declined +to say who we are.*\[H29\]", "--post-handshake-auth present", "renegotiation-follow", "HTTP/1.0 200"], r"declined.*\[H29\]"),
    30: (0, [r"\[H30\]", "it asks for +no certificate", "load balancer", "verdict +not needed"], "opened"),
    31: (41, [r"\[H31\]", r"our ClientHello \(\d+ bytes\)"], None),
    32: (42, [r"\[H32\]", r"our ClientHello \(\d+ bytes\)", "again and again"], None),
}


class Zoo(Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="handfast-zoo-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def meet(self, number):
        status, ours, theirs = ROWS[number]
        with Server("--bad", str(number), "--bad-dir", os.path.join(self.folder, str(number)), who=[], ca=None) as server:
            self.assertIn(f"H{number}: ", server.line("^H"))
            words = shlex.split(server.line("^try: ").removeprefix("try: handfast "))
            done = run(*words, "--timeout", "5" if number != 32 else "1")
            flat = re.sub(r"\n {13}", " ", done.out) if number not in (6, 19) else done.out
            self.assertEqual(done.status, status, str(done))
            for pattern in ours:
                self.assertRegex(flat + done.err, pattern)
            if theirs:
                server.line(theirs)
        self.expect_narrow(done.out)

    def test_every_row(self):
        for number in ROWS:
            with self.subTest(number=number):
                self.meet(number)

    def test_asked_later_by_each_version(self):
        """H29 of a client that did not offer it in TLS 1.3, and of one that does not renegotiate in TLS 1.2."""
        for flags, told, theirs in (((), None, r"cannot be asked later.*\[H29\]"),
                                    (("--max-version", "1.2"), r"declined +to say who we are.*\[H29\]", r"declined.*\[H29\]")):
            with Server("--bad", "29", "--bad-dir", os.path.join(self.folder, "29"), who=[], ca=None) as server:
                words = shlex.split(server.line("^try: ").removeprefix("try: handfast "))
                at = words.index("--post-handshake-auth")
                done = run(*words[:at], *words[at + 2:], *flags)
                self.assertEqual(done.status, 0, str(done))
                if told:
                    self.assertRegex(done.err, told)
                else:
                    self.assertNotIn("H29", done.err)
                server.line(theirs)

    def test_rows_that_are_not_there(self):
        done = run("serve", "--bad", "23", "--bad-dir", os.path.join(self.folder, "23"))
        self.expect(done, 2, " 1 2 3 4 ", " 21 22 25 ", " 30 31 32")
        self.assertFalse(os.path.exists(os.path.join(self.folder, "23")))

    def test_it_makes_its_own_papers(self):
        self.expect(run("serve", "--bad", "1", *identity("server-p256")), 2, "its own certificates")


class Diagnose(Case):
    def test_all_is_well(self):
        with Server() as server:
            done = connect(server, "--diagnose")
            self.expect(done, 0, "TLS 1.3 +yes, TLS_AES_128", "TLS 1.2 +yes, TLS_ECDHE_ECDSA", "it sent +0 CN=server-p256",
                        "issued by CN=Lab Intermediate", "1 CN=Lab Intermediate", "within the dates", "proven",
                        "issued by +CN=Lab Root", "signed by +ecdsa_secp256r1_sha256", "we present .*client-p256.pem, "
                        "signing with ecdsa_secp256r1_sha256", "verdict +accepted")
            self.assertNotIn("not fitting", done.out)
            self.expect_narrow(re.sub("we present .*", "", done.out))

    def test_one_version_only(self):
        with Server("--max-version", "1.2") as server:
            self.expect(connect(server, "--diagnose"), 0, "TLS 1.3 +no", "TLS 1.2 +yes", "verdict +accepted")
        with Server("--min-version", "1.3") as server:
            done = connect(server, "--diagnose", "--min-version", "1.3")
            self.expect(done, 0, "TLS 1.3 +yes", "verdict +accepted")
            self.assertNotIn("TLS 1.2", done.out)

    def test_a_folder_of_certificates(self):
        with tempfile.TemporaryDirectory(prefix="handfast-certs-") as folder, Server() as server:
            for name in ("client-wrong-ca", "client-expired", "client-rsa"):
                for end in (".pem", ".key"):
                    shutil.copy(certificate(name + end), os.path.join(folder, name + end))
            shutil.copy(ROOT, os.path.join(folder, "root.pem"))
            shutil.copy(certificate("client-p256.pem"), os.path.join(folder, "a-mismatch.pem"))
            shutil.copy(certificate("client-rsa.key"), os.path.join(folder, "a-mismatch.key"))
            done = connect(server, "--diagnose", "--cert-dir", folder, who=[])
            flat = re.sub(r"\n {13}", " ", done.out)
            self.expect(done, 0, "verdict +accepted")
            for pattern in (r"unusable +\S*a-mismatch.pem: the private key does not belong to the certificate.*\[H23\]",
                            r"unusable +\S*client-expired.pem: our own certificate expired.*\[H17\]", "is issued by CN=Other Root",
                            "we present .*client-rsa.pem, signing with rsa_pss_rsae_sha256"):
                self.assertRegex(flat, pattern)
            self.assertNotIn("root.pem", done.out)

    def test_a_lone_certificate(self):
        """Whether its issuer is a root or an intermediate, nobody can tell (H1, H2): so both are said."""
        with tempfile.TemporaryDirectory(prefix="handfast-lone-") as folder:
            lone, end = os.path.join(folder, "lone.pem"), "-----END CERTIFICATE-----\n"
            with open(certificate("server-p256.pem"), encoding="ascii") as chain, open(lone, "w", encoding="ascii") as file:
                file.write(chain.read().split(end)[0] + end)
            with Server(who=["--cert", lone, "--key", certificate("server-p256.key")]) as server:
                done = connect(server, "--diagnose")
                self.assertEqual(done.status, 10, str(done))
                for pattern in (r"\[H1\]", "issuer CN=Lab Intermediate", "if that is an intermediate of a trusted CA"):
                    self.assertRegex(re.sub(r"\n {13}", " ", done.out), pattern)

    def test_no_folder(self):
        self.expect(connect("127.0.0.1:1", "--diagnose", "--cert-dir", "/no/such/folder", who=[]), 51, "/no/such/folder")

    def test_what_it_goes_with(self):
        for flags in (["--check"], ["--json"], ["--http", "/"], ["--dtls"]):
            self.expect(connect("127.0.0.1:1", "--diagnose", *flags), 2, "--diagnose")
        self.expect(connect("127.0.0.1:1", "--cert-dir", "."), 2, "--cert-dir")

    def test_nobody_listens(self):
        self.expect(connect("127.0.0.1:1", "--diagnose", who=CLIENT), 40, "127.0.0.1:1")


main()
