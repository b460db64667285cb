"""The matrix: which handshakes are tried with which peer. A case says what each side is given and what must happen."""
import dataclasses
import itertools

from certificates import KINDS

VERSIONS = ("1.2", "1.3")

# Our name for a group, OpenSSL's and GnuTLS' ("" where it has none).
GROUPS = {
    "x25519": ("X25519", "GROUP-X25519"),
    "secp256r1": ("P-256", "GROUP-SECP256R1"),
    "secp384r1": ("P-384", "GROUP-SECP384R1"),
    "secp521r1": ("P-521", "GROUP-SECP521R1"),
    "x448": ("X448", "GROUP-X448"),
    "X25519MLKEM768": ("X25519MLKEM768", "GROUP-X25519-MLKEM768"),
    "SecP256r1MLKEM768": ("SecP256r1MLKEM768", "GROUP-SECP256R1-MLKEM768"),
    "MLKEM512": ("MLKEM512", ""),
    "MLKEM768": ("MLKEM768", ""),
    "MLKEM1024": ("MLKEM1024", ""),
}

# IANA's name of a suite, OpenSSL's, GnuTLS' cipher, the version, and the key that it demands.
SUITES = (
    ("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "AES-128-GCM", "1.3", "p256"),
    ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "AES-256-GCM", "1.3", "p256"),
    ("TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "1.3", "p256"),
    ("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256", "AES-128-CCM", "1.3", "p256"),
    ("TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_8_SHA256", "AES-128-CCM-8", "1.3", "p256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "AES-128-GCM", "1.2", "p256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES-256-GCM", "1.2", "p256"),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "CHACHA20-POLY1305", "1.2",
     "p256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "ECDHE-ECDSA-AES128-CCM", "AES-128-CCM", "1.2", "p256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CCM", "ECDHE-ECDSA-AES256-CCM", "AES-256-CCM", "1.2", "p256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "ECDHE-ECDSA-AES128-CCM8", "AES-128-CCM-8", "1.2", "p256"),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "AES-128-GCM", "1.2", "rsa"),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "AES-256-GCM", "1.2", "rsa"),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "CHACHA20-POLY1305", "1.2", "rsa"),
)

# Signature schemes, OpenSSL's name, the key, the versions.
SCHEMES = (
    ("rsa_pkcs1_sha256", "RSA+SHA256", "rsa", ("1.2",)),
    ("rsa_pss_rsae_sha256", "rsa_pss_rsae_sha256", "rsa", ("1.2", "1.3")),
    ("rsa_pss_rsae_sha384", "rsa_pss_rsae_sha384", "rsa", ("1.2", "1.3")),
    ("rsa_pss_rsae_sha512", "rsa_pss_rsae_sha512", "rsa", ("1.2", "1.3")),
)


@dataclasses.dataclass(frozen=True)
class Case:
    peer: str             # a name in programs.PEERS
    direction: str        # "client": we connect to the peer; "server": the peer connects to us
    version: str          # the only one that both allow; "" when they may choose
    auth: str             # mutual, server-only, or optional: asked for, and none given
    key: str = "p256"     # kind of both sides' keys
    group: str = ""
    suite: str = ""
    scheme: str = ""      # by which the peer is made to sign and verify
    retry: bool = False   # the client's first key share does not fit: HelloRetryRequest
    fault: str = ""       # wrong-ca, expired, wrong-name, no-certificate
    faulty: str = ""      # whose: server, client
    datagrams: bool = False

    @property
    def name(self):
        parts = [self.peer, self.direction, self.version or "any", self.auth, self.key]
        parts += [part for part in (self.group, self.suite, self.scheme, "retry" * self.retry) if part]
        return "/".join(parts + ([f"{self.faulty}-{self.fault}"] if self.fault else []))

    def identity(self, side):
        """The stem of the certificate files of "server" or "client"; "" when it has none."""
        if side == "client" and (self.auth != "mutual" or (self.faulty == side and self.fault == "no-certificate")):
            return ""
        if self.faulty == side:
            return f"{side}-{self.fault}"
        return f"{side}-{self.key}"

    @property
    def we_refuse(self):
        """Whether the fault is the peer's, so that we must find it."""
        return bool(self.fault) and self.faulty != self.direction


def faults(peer, direction):
    for version in VERSIONS:
        for fault in ("wrong-ca", "expired", "wrong-name"):
            yield Case(peer, direction, version, "server-only", fault=fault, faulty="server")
        for fault in ("wrong-ca", "expired", "no-certificate"):
            yield Case(peer, direction, version, "mutual", fault=fault, faulty="client")


def of_datagrams(peer, direction, has_groups, chooses_suites, not_served):
    """DTLS 1.2, and mutual 1.3 for programs that have it. not_served: keys that the peer cannot serve with."""
    kinds = [kind for kind in KINDS if direction == "server" or kind not in not_served]
    found = [Case(peer, direction, "1.2", auth, key) for auth, key in itertools.product(("mutual", "server-only"), kinds)]
    found += [Case(peer, direction, "1.2", "optional")]
    found += [Case(peer, direction, "1.2", "mutual", "rsa", group=group) for group in has_groups if "MLKEM" not in group]
    found += [Case(peer, direction, version, "mutual", key, suite=iana) for iana, _, _, version, key in SUITES
              if chooses_suites and version == "1.2"]
    found += [Case(peer, direction, "1.3", auth, "p256") for auth in ("mutual", "server-only")]
    found += [case for case in faults(peer, direction) if case.version == "1.2"]
    return [dataclasses.replace(case, datagrams=True) for case in found]


def of(peer, direction, has_groups, has_schemes, has_retry, chooses_suites):
    """The cases of one peer in one direction; has_…: what the peer can be told."""
    for version, auth, key in itertools.product(VERSIONS, ("mutual", "server-only"), KINDS):
        yield Case(peer, direction, version, auth, key)
    for version in VERSIONS:
        yield Case(peer, direction, version, "optional")
    yield Case(peer, direction, "", "mutual")
    for version, group in itertools.product(VERSIONS, has_groups):
        # In 1.2 the groups also say which curves a certificate may have (RFC 8422 5.1.1); so RSA there.
        if version == "1.3" or "MLKEM" not in group:
            yield Case(peer, direction, version, "mutual", "rsa" if version == "1.2" else "p256", group=group)
    for iana, _, _, version, key in SUITES if chooses_suites else ():
        yield Case(peer, direction, version, "mutual", key, suite=iana)
    for scheme, _, key, versions in SCHEMES if has_schemes else ():
        for version in versions:
            yield Case(peer, direction, version, "mutual", key, scheme=scheme)
    if has_retry:
        yield Case(peer, direction, "1.3", "mutual", group="secp384r1", retry=True)
        yield Case(peer, direction, "1.3", "server-only", group="secp384r1", retry=True)
    yield from faults(peer, direction)
