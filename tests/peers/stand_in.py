#!/usr/bin/env python3
"""A stand-in for `handfast serve` and `handfast connect`, made of Python's ssl: it shows that the harness itself works,
without our code. It knows the flags that the cases use and reports in the same JSON, as far as its module can tell."""
import argparse
import json
import os
import socket
import ssl
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases  # noqa: E402

ERRORS = {10: "certificate_expired", 62: "name_mismatch", 19: "unknown_issuer", 20: "unknown_issuer",
          18: "self_signed", 21: "unknown_issuer"}
EXITS = {"certificate_expired": 12, "name_mismatch": 11, "unknown_issuer": 10, "certificate_missing": 10}


def suite_of(iana):
    return next(row for row in cases.SUITES if row[0] == iana)


def configure(options):
    """Groups and suites of 1.3 are for libssl's configuration file, read once when the program starts: again, then."""
    if (options.groups or options.suites) and "STAND_IN" not in os.environ:
        lines = []
        if options.groups:
            lines.append("Groups = " + ":".join(cases.GROUPS[name][0] for name in options.groups.split(":")))
        if options.suites and suite_of(options.suites)[3] == "1.3":
            lines.append("Ciphersuites = " + suite_of(options.suites)[1])
        with tempfile.NamedTemporaryFile("w", suffix=".cnf") as file:
            file.write("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" + "\n".join(lines) + "\n")
            file.flush()
            child = os.fork()
            if child == 0:
                os.execve(sys.executable, [sys.executable, *sys.argv],
                          {**os.environ, "STAND_IN": "1", "OPENSSL_CONF": file.name})
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def context_of(options, purpose):
    context = ssl.SSLContext(purpose)
    versions = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
    context.minimum_version = versions[options.min_version]
    context.maximum_version = versions[options.max_version]
    if options.cert:
        context.load_cert_chain(options.cert, options.key)
    if options.suites:
        low = ":@SECLEVEL=0" if "CCM_8" in options.suites else ""
        old = suite_of(options.suites)[3] == "1.2"
        context.set_ciphers((suite_of(options.suites)[1] if old else "DEFAULT") + low)
    return context


def session(tls):
    name = tls.cipher()[0]
    iana = next((row[0] for row in cases.SUITES if row[1] == name), name)
    peer = tls.getpeercert() or {}
    subject = ", ".join(f"CN={pair[1]}" for part in peer.get("subject", ()) for pair in part)
    report = {"opened": True, "stand_in": True, "version": tls.version().replace("TLSv", "TLS "), "suite": iana}
    return {**report, "peer": {"subject": subject}} if subject else report


def failure(error, by_us):
    """A failure as ours is told; by us when our own verification failed or no certificate came."""
    code = getattr(error, "verify_code", 0)
    name = ERRORS.get(code, "certificate_missing" if "PEER_DID_NOT_RETURN" in str(error) else "peer_refused")
    by = "us" if by_us(error) else "peer" if isinstance(error, ssl.SSLError) and "ALERT" in str(error) else "network"
    return {"opened": False, "failure": {"error": name, "by": by, "explanation": str(error)}}, \
        EXITS.get(name, 20) if by == "us" else 20 if by == "peer" else 41


def found_by_us(error):
    return isinstance(error, ssl.SSLCertVerificationError) or "PEER_DID_NOT_RETURN" in str(error)


def connect(options):
    host, port = options.where.rsplit(":", 1)
    context = context_of(options, ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(options.ca)
    try:
        with socket.create_connection((host, int(port)), 10) as tcp:
            with context.wrap_socket(tcp, server_hostname=options.name) as tls:
                report, page = session(tls), b""
                tls.sendall(f"GET {options.http} HTTP/1.0\r\n\r\n".encode())
                while True:
                    piece = tls.recv(4096)
                    if not piece:
                        break
                    page += piece
    except (ssl.SSLError, OSError) as error:
        report, status = failure(error, found_by_us)
        print(json.dumps(report))
        return status
    if not page:
        report, status = failure(OSError("cut"), found_by_us)
        print(json.dumps(report))
        return status
    print(json.dumps({**report, "verdict": "accepted"}))
    print(page.decode("utf-8", "replace"))
    return 0


def serve(options):
    context = context_of(options, ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = {"require": ssl.CERT_REQUIRED, "request": ssl.CERT_OPTIONAL,
                           "none": ssl.CERT_NONE}[options.client_auth]
    if options.client_ca:
        context.load_verify_locations(options.client_ca)
    host, port = options.listen.rsplit(":", 1)
    with socket.create_server((host, int(port))) as listener:
        print(f"listening on {host}:{listener.getsockname()[1]}", flush=True)
        while True:
            tcp, _ = listener.accept()
            try:
                tcp.settimeout(10)
                with context.wrap_socket(tcp, server_side=True) as tls:
                    report = session(tls)
                    request = tls.recv(4096)
                    if not request:
                        raise OSError("cut")
                    tls.sendall(f"HTTP/1.0 200 OK\r\n\r\n{json.dumps(report)}\n".encode())
                    tls.unwrap()
            except (ssl.SSLError, OSError) as error:
                if "report" not in locals() or "failure" in report:
                    report, _ = failure(error, found_by_us)
            print(json.dumps(report), flush=True)
            del report


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what")
    parser.add_argument("where", nargs="?")
    for flag in ("listen", "cert", "key", "ca", "client-ca", "client-auth", "name", "suites", "groups", "sigalgs", "alpn",
                 "verdict-timeout"):
        parser.add_argument("--" + flag)
    parser.add_argument("--min-version", default="1.2")
    parser.add_argument("--max-version", default="1.3")
    for flag in ("json", "send-anyway"):
        parser.add_argument("--" + flag, action="store_true")
    parser.add_argument("--http", nargs="?")
    options = parser.parse_args()
    configure(options)
    return serve(options) if options.what == "serve" else connect(options)


if __name__ == "__main__":
    sys.exit(main())
