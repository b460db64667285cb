"""The certificates of the peer tests, made by the openssl program and not by ours: what a CA of others hands out.

    root.pem                    trusted by both sides; its intermediate signs every good leaf
    server-KIND.pem .key        chain (leaf, intermediate) for server.test, localhost, 127.0.0.1
    client-KIND.pem .key        chain with CN=client-KIND and URI spiffe://lab.test/client-KIND
    {server,client}-{wrong-ca,expired}.pem, server-wrong-name.pem
"""
import datetime
import os
import shutil
import subprocess

KINDS = {
    "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "p521": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    "ed25519": ["-algorithm", "ED25519"],
}

CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
LEAF = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n" \
       "authorityKeyIdentifier=keyid\n"
SERVER = LEAF + "extendedKeyUsage=serverAuth\nsubjectAltName="
CLIENT = LEAF + "extendedKeyUsage=clientAuth\nsubjectAltName="
NAMES = "DNS:server.test,DNS:localhost,IP:127.0.0.1"

CONFIG = """[ca]
default_ca = here
[here]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


class Maker:
    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *words):
        done = subprocess.run(["openssl", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(words)}\n{done.stdout}")

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)
        return self.path(name)

    def key(self, name, kind):
        self.openssl("genpkey", *KINDS[kind], "-out", self.path(name + ".key"))
        os.chmod(self.path(name + ".key"), 0o600)

    def certificate(self, name, subject, issuer, extensions, days=(-1, 90)):
        """Signs the public key of <name>.key into <name>.crt; an issuer of itself signs itself."""
        start, end = ((datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=day))
                      .strftime("%Y%m%d%H%M%SZ") for day in days)
        request, out = self.path(name + ".csr"), self.path(name + ".crt")
        config = self.write("ca.conf", CONFIG.format(self.folder))
        for state, text in (("index", ""), ("serial", os.urandom(8).hex().upper())):
            self.write(state, text)
        self.openssl("req", "-new", "-key", self.path(name + ".key"), "-subj", "/CN=" + subject, "-out", request)
        by = ["-selfsign", "-keyfile", self.path(name + ".key")] if issuer == name else \
             ["-cert", self.path(issuer + ".crt"), "-keyfile", self.path(issuer + ".key")]
        self.openssl("ca", "-batch", "-notext", "-config", config, *by, "-in", request, "-out", out, "-startdate", start,
                     "-enddate", end, "-extfile", self.write("extensions", extensions))

    def authority(self, name, subject, issuer, kind="p256"):
        self.key(name, kind)
        self.certificate(name, subject, issuer, CA, days=(-3000, 3000))

    def leaf(self, name, kind, subject, extensions, issuer="intermediate", days=(-1, 90)):
        self.key(name, kind)
        self.certificate(name, subject, issuer, extensions, days)
        with open(self.path(name + ".pem"), "w", encoding="ascii") as chain:
            for part in (name, issuer):
                with open(self.path(part + ".crt"), encoding="ascii") as file:
                    chain.write(file.read())

    def everything(self):
        self.authority("root", "Lab Root", "root")
        self.authority("intermediate", "Lab Intermediate", "root")
        self.authority("other-root", "Other Root", "other-root")
        self.authority("other", "Other Intermediate", "other-root")
        for kind in KINDS:
            self.leaf("server-" + kind, kind, "server-" + kind, SERVER + NAMES)
            self.leaf("client-" + kind, kind, "client-" + kind, CLIENT + f"URI:spiffe://lab.test/client-{kind}")
        for role, extensions in (("server", SERVER + NAMES), ("client", CLIENT + "URI:spiffe://lab.test/client")):
            self.leaf(role + "-wrong-ca", "p256", role + "-wrong-ca", extensions, issuer="other")
            self.leaf(role + "-expired", "p256", role + "-expired", extensions, days=(-30, -3))
        self.leaf("server-wrong-name", "p256", "server-wrong-name", SERVER + "DNS:elsewhere.test")
        shutil.copy(self.path("root.crt"), self.path("root.pem"))
        shutil.copy(self.path("other-root.crt"), self.path("other-root.pem"))


def make(folder):
    """Makes them all in a new folder, or finds them there, made less than a day ago. Gives the folder."""
    done = os.path.join(folder, "complete")
    fresh = os.path.exists(done) and \
        datetime.datetime.now().timestamp() - os.path.getmtime(done) < 86400
    if not fresh:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        Maker(folder).everything()
        open(done, "w", encoding="ascii").close()
    return folder
