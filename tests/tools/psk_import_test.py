"""The known answers of RFC 9258 in tests/vectors/psk_import.txt, computed by Python's own HMAC: no code of ours takes
part. `psk_import_test.py --write` prints the page anew."""

import hashlib
import hmac
import pathlib
import sys

PAGE = pathlib.Path(__file__).parents[1] / "vectors" / "psk_import.txt"
KDFS = {"sha256": 1, "sha384": 2}

# name, hash of the external key, target, protocol, prefix of labels
CASES = [
    ("tls sha256 to sha256", "sha256", "sha256", 0x0304, b"tls13 "),
    ("tls sha256 to sha384", "sha256", "sha384", 0x0304, b"tls13 "),
    ("tls sha384 to sha256", "sha384", "sha256", 0x0304, b"tls13 "),
    ("dtls sha256 to sha384", "sha256", "sha384", 0xFEFC, b"dtls13"),
]
KEY = bytes(range(1, 33))
IDENTITY = b"billing\x00eu"
CONTEXT = b"client=7 server=9"


def vector(data):
    return len(data).to_bytes(2, "big") + data


def expand(secret, info, length, name):
    """RFC 5869 2.3."""
    out, block, count = b"", b"", 1
    while len(out) < length:
        block = hmac.new(secret, block + info + bytes([count]), name).digest()
        out, count = out + block, count + 1
    return out[:length]


def derive(name, target, protocol, prefix):
    """RFC 9258 5.1: the ImportedIdentity and the imported key."""
    identity = vector(IDENTITY) + vector(CONTEXT) + protocol.to_bytes(2, "big") + KDFS[target].to_bytes(2, "big")
    extracted = hmac.new(bytes(hashlib.new(name).digest_size), KEY, name).digest()
    length = hashlib.new(target).digest_size
    label = prefix + b"derived psk"
    digest = hashlib.new(name, identity).digest()
    info = length.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(digest)]) + digest
    return identity, expand(extracted, info, length, name)


def page():
    lines = ["# RFC 9258 5.1. Made and checked by tests/tools/psk_import_test.py, with Python's hashlib and hmac."]
    for section, name, target, protocol, prefix in CASES:
        identity, key = derive(name, target, protocol, prefix)
        lines += ["", f"[{section}]", f"external = {KEY.hex()}", f"identity = {identity.hex()}", f"imported = {key.hex()}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page())
    sys.exit(PAGE.read_text() != page())
