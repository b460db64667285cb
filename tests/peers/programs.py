"""The peers: how each program is told to serve or to connect as a case wants, and what it then says."""
import dataclasses
import functools
import json
import os
import re
import shutil
import subprocess
import sys

import cases
from process import await_port, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "server.test"
REQUEST = f"GET / HTTP/1.0\r\nHost: {NAME}\r\n\r\n"
SECONDS = 15


@dataclasses.dataclass
class Said:
    """What a client of a peer found: whether all went well, to its own mind, and its words."""
    fine: bool
    text: str


def openssl_suite(case):
    """(1.2 list, 1.3 list) in OpenSSL's names, "" where the default holds. CCM-8 is below the usual security level."""
    for iana, name, _, version, _ in cases.SUITES:
        if iana == case.suite:
            low = ":@SECLEVEL=0" if "CCM_8" in iana else ""
            return (name + low, "") if version == "1.2" else ("DEFAULT" + low if low else "", name)
    return "", ""


def openssl_scheme(case):
    return next((name for scheme, name, _, _ in cases.SCHEMES if scheme == case.scheme), "")


def openssl_groups(case):
    """The groups a client offers or a server takes. For a retry the client has one more in front."""
    return cases.GROUPS[case.group][0] if case.group else ""


@functools.lru_cache(maxsize=None)
def first_line(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30,
                          stdin=subprocess.DEVNULL)
    return done.stdout.split("\n")[0].strip()


@functools.lru_cache(maxsize=None)
def hybrids_of_openssl():
    """libcrypto has ML-KEM from 3.5 on."""
    version = re.search(r"(\d+)\.(\d+)", first_line("openssl", "version"))
    return (int(version.group(1)), int(version.group(2))) >= (3, 5)


class Peer:
    name = program = ""
    directions = ("client", "server")
    schemes = retry = suites = True
    datagrams = False
    not_served = ()
    # Faults of a server that the peer, as a client, only judges once the handshake is over: it hangs up without an alert.
    judges_late = ()
    # A server of TLS 1.3 whose alert, once it has sent its Finished, still comes under the keys of the handshake.
    refuses_unreadably = False

    def __init__(self, pki):
        self.pki = pki

    def there(self):
        return shutil.which(self.program) is not None

    def absence(self):
        return f"{self.program} is not installed"

    def can(self, case):
        """Whether the peer has all that a case asks of it. No packaged program has DTLS 1.3."""
        return not (case.datagrams and case.version == "1.3")

    def version(self):
        return " ".join(first_line(self.program, "version").split()[:2])

    def groups(self):
        plain = [group for group in cases.GROUPS if "MLKEM" not in group]
        return list(cases.GROUPS) if hybrids_of_openssl() else plain

    def files(self, case, side):
        """Paths of a side's chain and key, or None."""
        stem = case.identity(side)
        return (f"{self.pki}/{stem}.pem", f"{self.pki}/{stem}.key") if stem else None

    def root(self):
        return f"{self.pki}/root.pem"


class OpenSSL(Peer):
    name = program = "openssl"

    def common(self, case, side):
        words = {"1.2": ["-tls1_2"], "1.3": ["-tls1_3"], "": ["-no_tls1", "-no_tls1_1"]}[case.version][:]
        files = self.files(case, side)
        if files:
            words += ["-cert", files[0], "-cert_chain", files[0], "-key", files[1]]
        for flag, value in zip(("-cipher", "-ciphersuites"), openssl_suite(case)):
            words += [flag, value] if value else []
        groups = openssl_groups(case)
        if groups:
            words += ["-groups", f"X25519:{groups}" if case.retry and side == "client" else groups]
        if case.scheme:
            both = openssl_scheme(case) + ":ECDSA+SHA256"  # by which the chain above the leaf is signed
            words += ["-sigalgs", both, "-client_sigalgs", both]
        return words

    def serve(self, started, case):
        asks = {"mutual": ["-Verify", "3", "-verify_return_error"], "optional": ["-verify", "3"], "server-only": []}
        process = started.run(["openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-CAfile", self.root(),
                               *self.common(case, "server"), *asks[case.auth]])
        return int(process.wait_for(r"^ACCEPT .*:(\d+)", SECONDS).group(1)), process

    def connect(self, started, case, port):
        process = started.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", NAME, "-CAfile",
                               self.root(), "-verify_hostname", NAME, "-verify_return_error", "-ign_eof", "-nocommands",
                               *self.common(case, "client")], stdin=REQUEST)
        status = process.wait(SECONDS)
        text = process.output
        return Said(status == 0 and " 200 " in text and "Verify return code: 0" in text, text)


class GnuTLS(Peer):
    name = "gnutls"
    program = "gnutls-cli"
    schemes = False

    def there(self):
        return shutil.which("gnutls-cli") is not None and shutil.which("gnutls-serv") is not None

    def version(self):
        return first_line("gnutls-cli", "--version").replace("gnutls-cli", "gnutls")

    @functools.lru_cache(maxsize=None)
    def groups(self):
        listed = subprocess.run(["gnutls-cli", "--list"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                timeout=30).stdout
        known = set(re.findall(r"GROUP-[A-Z0-9-]+", listed))
        # GnuTLS has X448 in TLS 1.3 and 1.2, and no hybrids before 3.8.
        return [group for group, (_, name) in cases.GROUPS.items() if name in known]

    def priority(self, case, side):
        words = ["NORMAL", "-VERS-ALL"]
        words += [f"+VERS-TLS{version}" for version in ([case.version] if case.version else ["1.3", "1.2"])]
        for iana, _, cipher, _, _ in cases.SUITES:
            if iana == case.suite:
                words += ["-CIPHER-ALL", "+" + cipher]
        if case.group:
            words += ["-GROUP-ALL"] + (["+GROUP-X25519"] if case.retry and side == "client" else [])
            words += ["+" + cases.GROUPS[case.group][1]]
        return ":".join(words)

    def identity(self, case, side):
        files = self.files(case, side)
        return ["--x509certfile", files[0], "--x509keyfile", files[1]] if files else []

    def serve(self, started, case):
        asks = {"mutual": ["--require-client-cert", "--verify-client-cert"], "optional": [],
                "server-only": ["--disable-client-cert"]}
        port = free_port()
        process = started.run(["gnutls-serv", "--port", port, "--http", "--x509cafile", self.root(), "--priority",
                               self.priority(case, "server"), *self.identity(case, "server"), *asks[case.auth]])
        process.wait_for(rf"listening on IPv4 .* port {port}\.+done", SECONDS)
        return port, process

    def connect(self, started, case, port):
        words = ["gnutls-cli", "--port", port, "127.0.0.1", "--sni-hostname", NAME, "--verify-hostname", NAME,
                 "--x509cafile", self.root(), "--priority", self.priority(case, "client"),
                 *self.identity(case, "client")]
        if case.retry:
            words.append("--single-key-share")
        process = started.run(words)
        # It reads its standard input only once the handshake is done, and closes when that ends.
        if process.wait_for(r"Handshake was completed|\*\*\* ", SECONDS):
            process.write(REQUEST)
            page = process.wait_for(r" 200 ", SECONDS)
            process.close_input()
        else:
            page = None
        status = process.wait(SECONDS)
        return Said(page is not None and status == 0, process.output)


class OpenSSLDatagrams(OpenSSL):
    """DTLS 1.2. s_server serves no pages over it: it says what its standard input holds."""
    name = "openssl-dtls"
    datagrams = True
    schemes = False
    not_served = ("ed25519",)  # OpenSSL 3.0 takes such keys for servers of TLS 1.2 only: "no shared cipher"

    def common(self, case, side):
        return ["-dtls1_2" if word == "-tls1_2" else word for word in super().common(case, side)]

    def serve(self, started, case):
        asks = {"mutual": ["-Verify", "3", "-verify_return_error"], "optional": ["-verify", "3"], "server-only": []}
        port = free_port()
        process = started.run(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-CAfile", self.root(),
                               *self.common(case, "server"), *asks[case.auth]], stdin="HTTP/1.0 200 fine\n")
        process.wait_for(r"^ACCEPT", SECONDS)
        return port, process


class GnuTLSDatagrams(GnuTLS):
    """DTLS 1.2, always with HelloVerifyRequest. gnutls-serv sends back what comes."""
    name = "gnutls-dtls"
    datagrams = True

    def priority(self, case, side):
        return super().priority(case, side).replace("+VERS-TLS", "+VERS-DTLS")

    def serve(self, started, case):
        asks = {"mutual": ["--require-client-cert", "--verify-client-cert"], "optional": [],
                "server-only": ["--disable-client-cert"]}
        port = free_port()
        process = started.run(["gnutls-serv", "--udp", "--port", port, "--echo", "--x509cafile", self.root(),
                               "--priority", self.priority(case, "server"), *self.identity(case, "server"),
                               *asks[case.auth]])
        process.wait_for(rf"listening on IPv4 .* port {port}\.+done", SECONDS)
        return port, process

    def connect(self, started, case, port):
        words = ["gnutls-cli", "--udp", "--port", port, "127.0.0.1", "--sni-hostname", NAME, "--verify-hostname", NAME,
                 "--x509cafile", self.root(), "--priority", self.priority(case, "client"),
                 *self.identity(case, "client")]
        process = started.run(words)
        page = None
        if process.wait_for(r"Handshake was completed|\*\*\* ", SECONDS):
            process.write(REQUEST)
            page = process.wait_for(r" 200 ", SECONDS)
            process.wait_for(r"</html>|Peer has closed", SECONDS)
            process.close_input()
        process.wait(SECONDS)
        return Said(page is not None, process.output)


class Curl(Peer):
    name = program = "curl"
    directions = ("server",)
    schemes = False
    judges_late = ("wrong-name",)

    def version(self):
        return " ".join(first_line("curl", "--version").split()[:2])

    def connect(self, started, case, port):
        words = ["curl", "--silent", "--show-error", "--verbose", "--http1.0", "--noproxy", "*", "--max-time", "12",
                 "--resolve", f"{NAME}:{port}:127.0.0.1", "--cacert", self.root()]
        if case.version:
            words += ["--tlsv" + case.version, "--tls-max", case.version]
        files = self.files(case, "client")
        if files:
            words += ["--cert", files[0], "--key", files[1]]
        old, new = openssl_suite(case)
        words += ["--tls13-ciphers", new] if new else ["--ciphers", old] if old else []
        if case.group:
            words += ["--curves", ("X25519:" if case.retry else "") + openssl_groups(case)]
        process = started.run(words + ["--fail", f"https://{NAME}:{port}/"],
                              environment=openssl_environment(started, "", "", bool(new) and "@SECLEVEL=0" in old))
        status = process.wait(SECONDS)
        return Said(status == 0, process.output)


class Python(Peer):
    """Python's ssl. What its module cannot be told, libssl reads from a configuration file."""
    name = "python"
    directions = ("server",)
    schemes = False

    def there(self):
        return True

    def version(self):
        return f"Python {sys.version.split()[0]} ssl"

    def connect(self, started, case, port):
        files = self.files(case, "client") or ("", "")
        old, new = openssl_suite(case)
        groups = ("X25519:" if case.retry else "") + openssl_groups(case) if case.group else ""
        process = started.run([sys.executable, f"{HERE}/python_client.py", port, json.dumps({
            "name": NAME, "ca": self.root(), "cert": files[0], "key": files[1], "version": case.version,
            "ciphers": old, "request": REQUEST})],
            environment=openssl_environment(started, groups, new, "@SECLEVEL=0" in old))
        status = process.wait(SECONDS)
        return Said(status == 0, process.output)


def openssl_environment(started, groups, suites, low_level=False):
    """A configuration file for libssl that lives as long as the case, as environment variables."""
    lines = [f"Groups = {groups}"] * bool(groups) + [f"Ciphersuites = {suites}"] * bool(suites)
    if low_level:
        lines.append("CipherString = DEFAULT:@SECLEVEL=0")
    if not lines:
        return {}
    path = started.file("openssl.cnf", "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" +
                        "\n".join(lines) + "\n")
    return {"OPENSSL_CONF": path}


class Node(Peer):
    name = program = "node"
    directions = ("server",)
    schemes = False
    judges_late = ("wrong-ca", "expired", "wrong-name")

    def version(self):
        return "node " + first_line("node", "--version")

    def groups(self):
        return [group for group in cases.GROUPS if "MLKEM" not in group]

    def connect(self, started, case, port):
        files = self.files(case, "client") or ("", "")
        groups = ("X25519:" if case.retry else "") + openssl_groups(case) if case.group else ""
        process = started.run(["node", f"{HERE}/node_client.js", port, json.dumps({
            "name": NAME, "ca": self.root(), "cert": files[0], "key": files[1], "version": case.version,
            "ciphers": ":".join(filter(None, openssl_suite(case))), "groups": groups, "request": REQUEST})])
        status = process.wait(SECONDS)
        return Said(status == 0, process.output)


NGINX = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr info;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name server.test;
        ssl_certificate {chain};
        ssl_certificate_key {key};
        ssl_client_certificate {root};
        ssl_verify_client {verify};
        ssl_verify_depth 3;
        ssl_protocols {protocols};
        {more}
        return 200 "subject=$ssl_client_s_dn verify=$ssl_client_verify protocol=$ssl_protocol suite=$ssl_cipher\\n";
    }}
}}
"""


class Nginx(Peer):
    name = program = "nginx"
    directions = ("client",)
    schemes = False
    # It judges the client in HTTP: the handshake goes well, and a page with status 400 follows.
    refuses_in_http = True

    def there(self):
        return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") is not None

    def version(self):
        return first_line(self.where(), "-v").replace("nginx version: ", "").replace("/", " ")

    def where(self):
        return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")

    def serve(self, started, case):
        chain, key = self.files(case, "server")
        old, new = openssl_suite(case)
        more = [f"ssl_ciphers {old};"] * bool(old) + [f"ssl_conf_command Ciphersuites {new};"] * bool(new)
        more += [f"ssl_ecdh_curve {openssl_groups(case)};"] * bool(case.group)
        port = free_port()
        config = started.file("nginx.conf", NGINX.format(
            folder=started.folder(), port=port, chain=chain, key=key, root=self.root(), more=" ".join(more),
            verify={"mutual": "on", "optional": "optional", "server-only": "off"}[case.auth],
            protocols=" ".join(f"TLSv{version}" for version in ([case.version] if case.version else ["1.2", "1.3"]))))
        process = started.run([self.where(), "-c", config, "-p", started.folder()])
        await_port(port, process)
        return port, process


PEERS = {peer.name: peer for peer in (OpenSSL, GnuTLS, OpenSSLDatagrams, GnuTLSDatagrams, Curl, Python, Node, Nginx)}
