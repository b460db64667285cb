"""Keys that never leave: connect and serve with private keys in a PKCS#11 token of SoftHSM, in both versions, by every
scheme that the keys make; and what is said when token, PIN, key or module are not what they should be."""
import os
import shutil
import subprocess
import tempfile
import unittest

from support import ROOT, Case, Server, certificate, connect, main, objects

MODULE = next((path for path in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
               if os.path.exists(path)), None)
PIN = "1234-abcd"
KINDS = ("rsa", "p256", "p384", "p521", "ed25519")
SCHEMES = {
    "rsa": {"1.3": ("rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"),
            "1.2": ("rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512", "rsa_pss_rsae_sha256")},
    "p256": {"1.3": ("ecdsa_secp256r1_sha256",), "1.2": ("ecdsa_secp256r1_sha256",)},
    "p384": {"1.3": ("ecdsa_secp384r1_sha384",), "1.2": ("ecdsa_secp256r1_sha256",)},
    "p521": {"1.3": ("ecdsa_secp521r1_sha512",), "1.2": ("ecdsa_secp256r1_sha256",)},
    "ed25519": {"1.3": ("ed25519",), "1.2": ("ed25519",)},
}
# In 1.2 any curve signs with any hash.
OTHERS = "ecdsa_secp256r1_sha256"  # by which the lab's CAs and its server sign


@unittest.skipUnless(MODULE and shutil.which("softhsm2-util"), "softhsm2 is not installed")
class Token(Case):
    """A token with the keys of the lab's clients and of its server."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="handfast-token-")
        os.mkdir(os.path.join(cls.folder, "tokens"))
        conf = cls.write("softhsm2.conf", f"directories.tokendir = {cls.folder}/tokens\nobjectstore.backend = file\n"
                                          "log.level = ERROR\n")
        cls.before = os.environ.get("SOFTHSM2_CONF")
        os.environ["SOFTHSM2_CONF"] = conf
        cls.pin = cls.write("pin", PIN + "\n")
        for label in ("ops", "ops2"):
            cls.softhsm("--init-token", "--free", "--label", label, "--so-pin", "so-" + PIN)
        for number, kind in enumerate(KINDS, 1):
            cls.take(certificate(f"client-{kind}.key"), f"client-{kind}", number)
        cls.take(certificate("server-rsa.key"), "server", 16)
        for number in (32, 33):
            cls.take(certificate("client-expired.key"), "twins", number)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)
        if cls.before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = cls.before

    @classmethod
    def write(cls, name, text):
        path = os.path.join(cls.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    @classmethod
    def softhsm(cls, *words):
        subprocess.run(["softhsm2-util", *words, "--pin", PIN], check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def take(cls, path, label, number):
        cls.softhsm("--import", path, "--token", "ops", "--label", label, "--id", f"{number:02x}")

    def uri(self, where, pin=True, module=MODULE):
        source = f"&pin-source=file:{self.pin}" if pin else ""
        return f"pkcs11:{where}?module-path={module}{source}"

    def who(self, kind, **more):
        return ["--cert", certificate(f"client-{kind}.pem"), "--key", self.uri(f"token=ops;object=client-{kind}", **more)]

    def test_a_client_signs_by_every_scheme(self):
        with Server() as server:
            for kind, versions in SCHEMES.items():
                for version, schemes in versions.items():
                    for scheme in schemes:
                        done = connect(server, "--check", "--json", "--min-version", version, "--max-version", version,
                                       "--sigalgs", f"{scheme}:{OTHERS}", who=self.who(kind))
                        self.expect(done, 0)
                        self.assertEqual(objects(done.out)[0]["own_scheme"], scheme)

    def test_a_server_signs(self):
        for version in ("1.2", "1.3"):
            with Server(who=["--cert", certificate("server-rsa.pem"), "--key", self.uri("token=ops;id=%10")]) as server:
                for _ in range(3):
                    self.expect(connect(server, "--check", "--min-version", version, "--max-version", version), 0)

    def test_openssl_believes_it(self):
        """Signatures of the token by RSA with PSS, verified by a client that is none of ours."""
        for flag in ("-tls1_2", "-tls1_3"):
            with Server(who=["--cert", certificate("server-rsa.pem"), "--key", self.uri("token=ops;id=%10")]) as server:
                done = subprocess.run(
                    ["openssl", "s_client", "-connect", server.address, flag, "-CAfile", ROOT, "-verify_return_error",
                     "-verify_hostname", "server.test", "-cert", certificate("client-p256.pem"), "-cert_chain",
                     certificate("client-p256.pem"), "-key",
                     certificate("client-p256.key")], input=b"Q\n", capture_output=True, timeout=30, check=False)
                self.assertIn(b"Verify return code: 0 (ok)", done.stdout, done.stderr)
                self.assertRegex(done.stdout, b"Peer signature type: (RSA-PSS|rsa_pss_rsae_sha256)")
                self.assertIn("client-p256", server.line("opened"))

    def test_a_pin_of_passfile(self):
        with Server() as server:
            self.expect(connect(server, "--check", "--passfile", self.pin, who=self.who("p256", pin=False)), 0)

    def refused(self, key, status, *patterns, more=(), chain="client-p256.pem"):
        done = connect("127.0.0.1:1", "--check", *more, who=["--cert", certificate(chain), "--key", key])
        self.expect(done, status, *patterns)
        self.assertNotIn(PIN, done.out + done.err)

    def test_no_module(self):
        self.refused(self.uri("token=ops", module="/no/such/module.so"), 51, r"\[H24\]", "PKCS#11 module",
                     "/no/such/module.so", "module-path=")
        self.refused(self.uri("token=ops", module=certificate("root.pem")), 51, "PKCS#11 module", "root.pem")

    def test_no_token(self):
        self.refused(self.uri("token=elsewhere;object=client-p256"), 51, r"\[H24\]", "token", '"ops"', '"ops2"')
        self.refused(self.uri("object=client-p256"), 51, "2 tokens fit")

    def test_no_pin(self):
        self.refused(self.uri("token=ops;object=client-p256", pin=False), 51, "wants a PIN", '"ops"', "--passfile")
        self.refused(f"pkcs11:token=ops?module-path={MODULE}&pin-source=file:{self.folder}/none", 51, "No such file",
                     f"{self.folder}/none")
        empty = self.write("empty", "\n")
        self.refused(f"pkcs11:token=ops?module-path={MODULE}&pin-source={empty}", 51, "no PIN in its first line")

    def test_a_wrong_pin(self):
        wrong = self.write("wrong", "4321\n")
        self.refused(self.uri("token=ops;object=client-p256", pin=False), 51, r"\[H24\]", "does not take this PIN",
                     '"ops"', "tried once", more=["--passfile", wrong])

    def test_no_key(self):
        self.refused(self.uri("token=ops;object=nobody"), 51, r"\[H24\]", "no such private key", '"client-p256"',
                     "object=LABEL")
        self.refused(self.uri("token=ops;object=twins"), 51, "2 private keys fit")
        self.refused(self.uri("token=ops2"), 51, "no private key at all")

    def test_the_key_of_another_certificate(self):
        self.refused(self.uri("token=ops;object=client-p384"), 50, r"\[H23\]", "CN=client-p256", "does not verify",
                     chain="client-p256.pem")
        self.refused(self.uri("token=ops;object=client-rsa"), 50, r"\[H23\]", "CN=client-p256", "an RSA key")
        self.refused(self.uri("token=ops;object=client-rsa"), 51, "PEM", chain="root.key")

    def test_uris_that_are_none(self):
        self.refused("pkcs11:token=ops;nonsense=1", 2, "PKCS#11 URI", "not known")
        self.refused("pkcs11:token=%zz", 2, "PKCS#11 URI", "RFC 7512")
        self.refused(f"pkcs11:token=ops?module-path={MODULE}&pin-value={PIN}", 2, "others can see", "pin-source=file:")
        self.refused(f"pkcs11:token=ops?module-path={MODULE}&pin-source=|cat%20{self.pin}", 2, "a command")


main()
