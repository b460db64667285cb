"""Our TLS under QUIC with another one: interop_quic_client and interop_quic_server (ngtcp2's core, our TLS and packet
protection), gtlsserver and gtlsclient (ngtcp2's core, GnuTLS), and s_client of an OpenSSL that has QUIC (3.5; its own core).

    quic.py PROGRAM CLIENT SERVER

PROGRAM makes the certificates; CLIENT and SERVER are ours. Exit status 77: there is no peer here."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

LOSSY = ["-t", "0.2", "-r", "0.2"]  # of what it sends, and of what reaches it
PATIENT = ["--timeout=30s", "--handshake-timeout=30s"]  # as long as ours waits: what is sent anew doubles its wait each time
TRIES = 3  # a network may lose everything that is sent in half a minute: about one in a hundred does
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
    ("a lossy network", LOSSY, True, "opened"),
)

# Clients of our server: title, what our server gets behind its papers, flags of the client, with a certificate, what it says.
OF_GNUTLS = (
    ("a client that nobody asks", [], [], False, 'opened: TLS_AES_128_GCM_SHA256, x25519, h3, client ""'),
    ("a client with its certificate", ["CA"], [], True, 'client "CN=client"'),
    ("a client that must have one", ["CA"], [], False, "certificate_required. Remedy"),
    ("a client that may have one", ["CA", "optional"], [], False, 'client ""'),
    ("AES-256-GCM", ["CA"], [ONLY + "AES-256-GCM"], True, "TLS_AES_256_GCM_SHA384"),
    ("ChaCha20-Poly1305", ["CA"], [ONLY + "CHACHA20-POLY1305"], True, "TLS_CHACHA20_POLY1305_SHA256"),
    ("AES-128-CCM", ["CA"], [ONLY + "AES-128-CCM"], True, "TLS_AES_128_CCM_SHA256"),
    ("a lossy network", ["CA"], LOSSY + PATIENT, True, 'client "CN=client"'),
)
VERSION_2 = ("version 2", ["CA"], ["--version=v2"], True, 'client "CN=client"')  # RFC 9369; ngtcp2 from 1.0 on
OF_OPENSSL = (
    ("a client that nobody asks", [], [], False, 'opened: TLS_AES_128_GCM_SHA256, X25519MLKEM768, h3, client ""'),
    ("a client with its certificate", ["CA"], [], True, 'client "CN=client"'),
    ("a client that must have one", ["CA"], [], False, "certificate_required. Remedy"),
    ("ChaCha20-Poly1305", ["CA"], ["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], True, "TLS_CHACHA20_POLY1305_SHA256"),
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


def ask_all(server, client, folder):
    """How many of our client's cases failed."""
    cases = [(title, flags, who, "localhost", wanted) for title, flags, who, wanted in CASES]
    cases.append(("another name", [], False, "elsewhere.test", "0x12a"))  # bad_certificate
    return sum(tell(title, flags, wanted, lambda flags=flags, who=who, name=name: run(server, client, folder, flags, who, name))
               for title, flags, who, name, wanted in cases)


def tell(title, flags, wanted, ask):
    """Whether `ask` brought what was wanted, over a lossy network at last: 1, where not."""
    for _ in range(TRIES if set(LOSSY) <= set(flags) else 1):
        said = ask()
        fine = wanted in said
        print(f"{'ok  ' if fine else 'BAD '} {title}: {said}")
        if fine:
            break
    return not fine


def meet(server, command, folder, case):
    """Whether our server said of a client of others' what it should: 1, where not."""
    title, trusts, flags, who, wanted = case
    return tell(title, flags, wanted, lambda: serve(server, trusts, folder, lambda port, ca: command(port, ca, flags, who)))


def serve(server, trusts, folder, command):
    """What our server says of a client. It ends by itself; a client may go on to wait for it."""
    port = free_port()
    ca = os.path.join(folder, "ca", "ca.pem")
    own = [ca if word == "CA" else word for word in trusts]
    with subprocess.Popen([server, port, "localhost.pem", "localhost.key", *own], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:
        try:
            time.sleep(0.5)
            with subprocess.Popen(command(port, ca), cwd=folder, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as theirs:
                try:
                    return process.communicate(timeout=60)[0].strip()
                finally:
                    theirs.kill()
        finally:
            process.kill()


def gnutls(program):
    """How gtlsclient is called; it believes any server."""
    def command(port, _ca, flags, who):
        own = ["--cert=client.pem", "--key=client.key"] if who else []
        return [program, "-q", "--timeout=3s", *flags, *own, "--sni=localhost", "127.0.0.1", port, f"https://localhost:{port}/"]
    return command


def openssl(program):
    """How s_client is called: it proves our server, and says nothing else."""
    def command(port, ca, flags, who):
        own = ["-cert", "client.pem", "-key", "client.key", "-cert_chain", "client.pem"] if who else []
        name = ["-servername", "localhost", "-verify_hostname", "localhost", "-verify_return_error", "-CAfile", ca]
        return [program, "s_client", "-quic", "-ign_eof", "-alpn", "h3", "-connect", f"127.0.0.1:{port}", *name, *flags, *own]
    return command


def has_quic(program):
    """An s_client with QUIC is in OpenSSL from 3.2 on; from 3.5 on, with ML-KEM, it offers what the cases want."""
    said = subprocess.run([program, "s_client", "-help"], capture_output=True, text=True, check=False)
    kems = subprocess.run([program, "list", "-kem-algorithms"], capture_output=True, text=True, check=False)
    return "-quic" in said.stdout + said.stderr and "X25519MLKEM768" in kems.stdout


def has_version_2(program):
    """The ngtcp2 of bookworm has a draft of it only, under another number."""
    return '"v2"' in subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout


def meet_all(server, folder):
    """How many of the cases of our server failed; and whether there were any."""
    clients = []
    if shutil.which("gtlsclient"):
        clients.append((gnutls("gtlsclient"), OF_GNUTLS + ((VERSION_2,) if has_version_2("gtlsclient") else ())))
    if shutil.which("openssl") and has_quic("openssl"):
        clients.append((openssl("openssl"), OF_OPENSSL))
    return sum(meet(server, command, folder, case) for command, cases in clients for case in cases), bool(clients)


def main():
    program, client, our_server = sys.argv[1:]
    server = shutil.which("gtlsserver") or shutil.which("gtlsserver", path="/usr/sbin")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "cert", "pair", "localhost"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        failed, met = meet_all(our_server, folder)
        if server is not None:
            failed += ask_all(server, client, folder)
        elif not met:
            print("no QUIC of others here")
            return 77
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
