"""Our TLS under QUIC with another one: interop_quic_client (ngtcp2's core, our TLS and packet protection) and gtlsserver
(ngtcp2's core, GnuTLS).

    quic.py PROGRAM CLIENT

PROGRAM makes the certificates; CLIENT is interop_quic_client. Exit status 77: there is no gtlsserver here."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ONLY = "--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+"
CASES = (
    ("a server only", [], False, "opened: TLS_AES_128_GCM_SHA256, x25519, h3, asked 0, presented 0"),
    ("a certificate that is asked for", ["--verify-client"], True, "asked 1, presented 1"),
    ("a certificate that we have not", ["--verify-client"], False, "certificate_required. Remedy"),
    ("a HelloRetryRequest", ["--groups=-GROUP-ALL:+GROUP-SECP384R1"], False, "secp384r1"),
    ("AES-256-GCM", [ONLY + "AES-256-GCM"], False, "TLS_AES_256_GCM_SHA384"),
    ("ChaCha20-Poly1305", [ONLY + "CHACHA20-POLY1305"], False, "TLS_CHACHA20_POLY1305_SHA256"),
    ("AES-128-CCM", [ONLY + "AES-128-CCM"], False, "TLS_AES_128_CCM_SHA256"),
    ("a Retry packet", ["-V"], False, "opened"),
    ("a lossy network", ["-t", "0.2", "-r", "0.2"], True, "opened"),
)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(server, client, folder, flags, who, name="localhost"):
    """What the client says."""
    port = free_port()
    papers = [os.path.join(folder, file) for file in ("localhost.key", "localhost.pem")]
    own = [os.path.join(folder, file) for file in ("client.pem", "client.key")] if who else []
    with subprocess.Popen([server, "-q", *flags, "127.0.0.1", port, *papers], cwd=folder, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            time.sleep(0.5)
            ca = os.path.join(folder, "ca", "ca.pem")
            done = subprocess.run([client, port, ca, name, *own], capture_output=True, text=True, timeout=60, check=False)
            return done.stdout.strip() + done.stderr.strip()
        finally:
            process.kill()


def main():
    program, client = sys.argv[1:]
    server = shutil.which("gtlsserver") or shutil.which("gtlsserver", path="/usr/sbin")
    if server is None:
        print("no gtlsserver here")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "cert", "pair", "localhost"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        cases = [(title, flags, who, "localhost", wanted) for title, flags, who, wanted in CASES]
        cases.append(("another name", [], False, "elsewhere.test", "0x12a"))  # bad_certificate
        for title, flags, who, name, wanted in cases:
            said = run(server, client, folder, flags, who, name)
            fine = wanted in said
            failed += not fine
            print(f"{'ok  ' if fine else 'BAD '} {title}: {said}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
