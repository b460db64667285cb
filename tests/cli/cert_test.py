#!/usr/bin/env python3
"""handfast cert, as a person uses it: usage: cert_test.py PROGRAM.

Works in a directory of its own; what comes out is judged by `openssl` and, where it is installed, `certtool`.
Only the standard library is used. Each test_* function starts in an empty directory.
"""
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])


def run(*words, status=0, stdin=""):
    """Runs the program; its exit status must be `status`. Returns (stdout, stderr)."""
    done = subprocess.run([PROGRAM, "cert", *words], capture_output=True, text=True, input=stdin, timeout=60)
    assert done.returncode == status, f"{words}: exit {done.returncode}, not {status}\n{done.stdout}{done.stderr}"
    assert "Sanitizer" not in done.stderr, done.stderr
    return done.stdout, done.stderr


def tool(*words):
    """Runs another program; returns (exit status, everything it printed)."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def openssl_accepts(chain, ca, purpose, *more):
    status, text = tool("openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca,
                        "-untrusted", chain, *more, chain)
    return status == 0, text


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def test_fewest_words():
    out, _ = run("ca")
    assert "next: handfast cert issue server NAME" in out, out
    assert sorted(os.listdir("ca")) == ["ca.key", "ca.pem", "client-ca.key", "client-ca.pem",
                                        "server-ca.key", "server-ca.pem"]
    run("issue", "server", "api.lan", "10.0.0.5", "*.api.lan")
    run("issue", "client", "billing")
    for path in ("ca/ca.key", "ca/server-ca.key", "ca/client-ca.key", "api.lan.key", "billing.key"):
        assert mode(path) == 0o600, path
    for path in ("api.lan.pem", "billing.pem", "ca/ca.pem"):
        assert mode(path) == 0o644, path
    ledger = read("ca/ledger.txt").splitlines()
    assert len(ledger) == 2 and "names=\"URI:spiffe://" in ledger[1], ledger
    assert not [name for name in os.listdir(".") if ".new." in name], os.listdir(".")


def test_pair_is_good_for_others():
    out, _ = run("pair", "api.lan", "10.0.0.5", "--client", "billing", "--name", "acme.example")
    assert "handfast connect" in out, out
    for chain, purpose, other in (("api.lan.pem", "sslserver", "sslclient"), ("billing.pem", "sslclient", "sslserver")):
        good, text = openssl_accepts(chain, "ca/ca.pem", purpose)
        assert good, text
        bad, _ = openssl_accepts(chain, "ca/ca.pem", other)
        assert not bad, f"{chain} passes for {other}"
        if shutil.which("certtool"):
            status, text = tool("certtool", "--verify", "--load-ca-certificate", "ca/ca.pem", "--infile", chain)
            assert status == 0 and "is trusted" in text, text
    good, text = openssl_accepts("api.lan.pem", "ca/ca.pem", "sslserver", "-verify_hostname", "api.lan")
    assert good, text
    good, text = openssl_accepts("api.lan.pem", "ca/ca.pem", "sslserver", "-verify_ip", "10.0.0.5")
    assert good, text
    _, text = tool("openssl", "x509", "-in", "billing.pem", "-noout", "-text")
    for wanted in ("URI:spiffe://acme.example/billing", "TLS Web Client Authentication", "prime256v1",
                   "Digital Signature", "CA:FALSE", "X509v3 Authority Key Identifier"):
        assert wanted in text, text
    assert "TLS Web Server Authentication" not in text, text
    _, text = tool("openssl", "x509", "-in", "api.lan.pem", "-noout", "-enddate", "-checkend", str(89 * 86400))
    assert "will not expire" in text, text
    _, text = tool("openssl", "x509", "-in", "api.lan.pem", "-noout", "-checkend", str(91 * 86400))
    assert "will expire" in text, text
    # every pair belongs together
    for name in ("api.lan", "billing"):
        _, public = tool("openssl", "pkey", "-in", name + ".key", "-pubout")
        _, of_certificate = tool("openssl", "x509", "-in", name + ".pem", "-noout", "-pubkey")
        assert public == of_certificate, name


def test_key_types():
    for key in ("p384", "p521", "ed25519", "rsa2048"):
        run("ca", key, "--name", key, "--key-type", key)
        os.mkdir(key + "-out")
        run("issue", "client", "c", "--ca", key, "--key-type", key, "--out", key + "-out")
        good, text = openssl_accepts(key + "-out/c.pem", key + "/ca.pem", "sslclient")
        assert good, text


def test_key_usage():
    """RSA keys of servers may decrypt, for the key exchange that needs it; no other key can, and no client need."""
    run("ca")
    for role, key, wanted in (("server", "rsa2048", "Digital Signature, Key Encipherment"),
                              ("server", "p256", "Digital Signature"), ("client", "rsa2048", "Digital Signature")):
        name = f"{role}.{key}.test"
        run("issue", role, name, "--ca", "ca", "--key-type", key, "--out", ".")
        _, text = tool("openssl", "x509", "-in", name + ".pem", "-noout", "-ext", "keyUsage")
        assert text.split("\n")[1].strip() == wanted, text


def test_name_constraints():
    run("ca", "--name", "narrow", "--permit", "lan", "--permit", "10.0.0.0/8")
    run("issue", "server", "db.lan", "10.1.2.3")
    good, text = openssl_accepts("db.lan.pem", "ca/ca.pem", "sslserver")
    assert good, text
    run("issue", "client", "db1.example")
    good, text = openssl_accepts("db1.example.pem", "ca/ca.pem", "sslclient")
    assert good, text
    _, err = run("issue", "server", "db.wan", status=13)
    assert "DNS:lan" in err and "[H12]" in err, err
    assert not os.path.exists("db.wan.pem") and not os.path.exists("db.wan.key")


def test_nothing_is_overwritten():
    run("ca")
    before = read("ca/ca.pem")
    _, err = run("ca", status=53)
    assert "ca" in err and "not overwritten" in err, err
    assert read("ca/ca.pem") == before
    run("issue", "client", "billing")
    chain, key = read("billing.pem"), read("billing.key")
    _, err = run("issue", "client", "billing", status=53)
    assert "handfast cert renew" in err, err
    os.remove("billing.pem")
    run("issue", "client", "billing", status=53)
    assert read("billing.key") == key and not os.path.exists("billing.pem")
    write("billing.pem", chain)
    os.mkdir("empty")
    run("ca", "empty")
    assert sorted(os.listdir(".")) == ["billing.key", "billing.pem", "ca", "empty"]


def test_umask_does_not_matter():
    old = os.umask(0)
    try:
        run("pair")
    finally:
        os.umask(old)
    assert mode("client.key") == 0o600 and mode("ca/ca.key") == 0o600 and mode("ca") == 0o700


def test_renew():
    run("ca")
    run("issue", "server", "api.lan", "--days", "1")
    key, chain = read("api.lan.key"), read("api.lan.pem")
    out, _ = run("renew", "api.lan.pem")
    assert "(kept)" in out, out
    assert read("api.lan.key") == key and read("api.lan.pem") != chain
    run("check", "api.lan.pem", "--key", "api.lan.key", "--ca", "ca/ca.pem", "--purpose", "server", "--name", "api.lan")
    run("renew", "api.lan.pem", "--new-key")
    assert read("api.lan.key") != key and mode("api.lan.key") == 0o600
    run("check", "api.lan.pem", "--key", "api.lan.key", "--ca", "ca/ca.pem", "--purpose", "server", "--name", "api.lan")
    good, text = openssl_accepts("api.lan.pem", "ca/ca.pem", "sslserver")
    assert good, text
    os.remove("api.lan.key")
    _, err = run("renew", "api.lan.pem", status=51)
    assert "--new-key" in err, err
    run("ca", "other", "--name", "other")
    _, err = run("renew", "api.lan.pem", "--new-key", "--ca", "other", status=10)
    assert "api.lan" in err, err


def test_encrypted_keys():
    write("pass", "correct horse\n")
    write("capass", "battery staple\r\n")
    run("ca", "--ca-passfile", "capass")
    assert "ENCRYPTED" in read("ca/client-ca.key")
    _, err = run("issue", "client", "billing", status=51)
    assert "--ca-passfile" in err, err
    _, err = run("issue", "client", "billing", "--ca-passfile", "pass", status=51)
    assert "pass phrase" in err, err
    run("issue", "client", "billing", "--ca-passfile", "capass", "--passfile", "pass")
    assert "ENCRYPTED" in read("billing.key")
    status, _ = tool("openssl", "pkey", "-in", "billing.key", "-passin", "file:pass", "-noout")
    assert status == 0
    _, err = run("check", "billing.pem", "--key", "billing.key", status=51)
    assert "--passfile" in err, err
    run("check", "billing.pem", "--key", "billing.key", "--passfile", "pass")
    run("renew", "billing.pem", "--ca-passfile", "capass", "--passfile", "pass")
    run("check", "billing.pem", "--key", "billing.key", "--passfile", "pass", "--ca", "ca/ca.pem")


def test_wrong_order():
    run("pair")
    write("turned.pem", read("ca/client-ca.pem") + read("client.pem"))
    _, err = run("check", "turned.pem", "--key", "client.key", status=50)
    assert "#2 (CN=client)" in err and "handfast cert sort" in err and "[H23]" in err, err
    run("sort", "turned.pem", "--key", "client.key", "--out", "fixed.pem")
    assert read("fixed.pem") == read("client.pem")
    out, _ = run("sort", "turned.pem")
    assert out == read("client.pem")
    run("sort", "turned.pem", "--out", "fixed.pem", status=53)
    run("check", "fixed.pem", "--key", "client.key", "--ca", "ca/ca.pem", "--purpose", "client")
    write("twice.pem", read("client.pem") + read("localhost.pem"))
    _, err = run("check", "twice.pem", "--key", "client.key", status=51)
    assert "#3" in err, err


def test_check_tells_why_not():
    run("pair", "api.lan")
    _, err = run("check", "client.pem", "--key", "api.lan.key", status=50)
    assert "none of the 2 certificates" in err, err
    _, err = run("check", "client.pem", "--purpose", "server", status=13)
    assert "serverAuth" in err and "[H11]" in err, err
    _, err = run("check", "api.lan.pem", "--name", "api.wan", status=11)
    assert "api.wan" in err and "DNS:api.lan" in err and "[H5]" in err, err
    _, err = run("check", "api.lan.pem", "--name", "10.0.0.1", status=11)
    assert "[H6]" in err, err
    run("ca", "other", "--name", "other")
    _, err = run("check", "client.pem", "--ca", "other/ca.pem", status=10)
    assert "[H1]" in err or "[H2]" in err, err
    out, _ = run("check", "client.pem", "--json", "--purpose", "server", status=13)
    told = json.loads(out)
    assert told["fine"] is False and told["findings"][0]["error"] == "wrong_purpose", told
    out, _ = run("check", "client.pem", "api.lan.pem", "--json", "--ca", "ca/ca.pem")
    assert [json.loads(line)["fine"] for line in out.splitlines()] == [True, True]


def test_odd_files():
    run("pair")
    tool("openssl", "x509", "-in", "client.pem", "-outform", "DER", "-out", "client.der")
    tool("openssl", "pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-out", "client.p12",
         "-passout", "pass:x")
    write("empty.pem", "")
    write("text.pem", "hello\n")
    for path, said in (("client.der", "DER"), ("client.p12", "PKCS#12"), ("empty.pem", "empty file"),
                       ("text.pem", "without any PEM block"), ("client.key", "a private key, and no certificate"),
                       ("missing.pem", "No such file"), (".", "directory")):
        _, err = run("check", path, status=51)
        assert said in err and path in err and "Remedy:" in err, err
    _, err = run("check", "client.pem", "--key", "client.pem", status=51)
    assert "certificates, and no private key" in err, err
    write("windows.pem", read("client.pem").replace("\n", "\r\n"))
    run("check", "windows.pem", "--key", "client.key", "--ca", "ca/ca.pem")


def test_show():
    run("pair")
    out, _ = run("show", "client.pem", "ca/ca.pem")
    assert "CN=client" in out and "clientAuth" in out and "\x1b" not in out, out
    out, _ = run("show", "client.pem", "--json")
    told = json.loads(out)
    assert told["file"] == "client.pem" and len(told["certificates"]) == 2
    leaf = told["certificates"][0]
    assert leaf["purposes"] == ["clientAuth"] and leaf["key"] == "ECDSA P-256" and leaf["ca"] is False
    assert abs(leaf["not_before"] - (time.time() - 300)) < 120, leaf
    _, text = tool("openssl", "x509", "-in", "client.pem", "-noout", "-serial", "-fingerprint", "-sha256")
    assert leaf["serial"].upper() in text and leaf["fingerprint_sha256"].upper() in text.replace(":", ""), text


def test_usage():
    for words in ([], ["frobnicate"], ["issue"], ["issue", "server"], ["issue", "nobody", "x"], ["show"], ["check"],
                  ["renew"], ["ca", "--name", "Big Name"], ["issue", "client", "x", "--days", "x"],
                  ["check", "x", "--purpose", "both"], ["ca", "--key-type", "dsa"], ["ca", "--days", "0"]):
        _, err = run(*words, status=2)
        assert err or not words, words
    _, err = run("issu", status=2)
    assert "did you mean issue?" in err, err
    for page in ("ca", "issue", "pair", "renew", "show", "check", "sort"):
        out, _ = run(page, "--help")
        assert "Exit status" in out and "cert " + page in out, out
    out, _ = run("--help")
    assert "issue client NAME" in out, out
    _, err = run("issue", "client", "x", status=51)
    assert "handfast cert ca" in err, err
    _, err = run("ca", "no/such/place", status=53)
    assert "no/such/place" in err, err
    assert os.listdir(".") == [], os.listdir(".")


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    for name, test in tests:
        with tempfile.TemporaryDirectory() as directory:
            os.chdir(directory)
            try:
                test()
                print("ok    ", name)
            except AssertionError as wrong:
                failed += 1
                print("FAILED", name, wrong)
            finally:
                os.chdir("/")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
