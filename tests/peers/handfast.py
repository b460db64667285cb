"""Our side of a case: `handfast connect` and `handfast serve` told what the case wants, and what they must report."""
import json
import re

from programs import NAME, SECONDS

# What each fault is called when we find it; some have several honest names, by what the peer chose to send.
FOUND = {
    "wrong-ca": {"unknown_issuer", "incomplete_chain", "self_signed", "issuer_key_differs", "certificate_missing"},
    "expired": {"certificate_expired"},
    "wrong-name": {"name_mismatch"},
    "no-certificate": {"certificate_missing"},
}
# The exit status when we find it.
EXITS = {"wrong-ca": 10, "expired": 12, "wrong-name": 11, "no-certificate": 10}


class Wrong(Exception):
    """Something was not as the case demands."""


def demand(truth, what):
    if not truth:
        raise Wrong(what)


def policy(case, side):
    words = ["--min-version", case.version, "--max-version", case.version] if case.version else []
    words += ["--suites", case.suite] if case.suite else []
    if case.group:
        words += ["--groups", f"x25519:{case.group}" if case.retry and side == "client" else case.group]
    return words


def identity(case, side, pki):
    stem = case.identity(side)
    if not stem:
        return []
    words = ["--cert", f"{pki}/{stem}.pem", "--key", f"{pki}/{stem}.key"]
    return words + (["--send-anyway"] if case.fault == "expired" and case.faulty == side else [])


def connect_command(program, case, port, pki):
    how = ["--dtls"] if case.datagrams else ["--http", "/"]
    return [*program, "connect", f"127.0.0.1:{port}", "--name", NAME, "--ca", f"{pki}/root.pem", *how, "--json",
            "--verdict-timeout", "5", *identity(case, "client", pki), *policy(case, "client")]


def serve_command(program, case, pki):
    auth = {"mutual": "require", "optional": "request", "server-only": "none"}[case.auth]
    words = ["--dtls"] if case.datagrams else []
    words += [] if auth == "none" else ["--client-ca", f"{pki}/root.pem"]
    return [*program, "serve", "--listen", "127.0.0.1:0", "--http", "--json", "--client-auth", auth, *words,
            *identity(case, "server", pki), *policy(case, "server")]


def reports(output):
    """Every JSON object in the output that tells of a connection."""
    found, decoder = [], json.JSONDecoder()
    for match in re.finditer(r"^\{", output, re.M):
        try:
            value, _ = decoder.raw_decode(output[match.start():])
        except ValueError:
            continue
        if "opened" in value:
            found.append(value)
    return found


def check_choices(case, report):
    group, scheme = report.get("group"), report.get("peer_scheme")
    demand(not case.group or group == case.group, f"group {group}, not {case.group}")
    demand(not case.scheme or scheme == case.scheme, f"the peer signed with {scheme}, not {case.scheme}")
    demand(report.get("hello_retried", False) is case.retry, f"hello_retried {report.get('hello_retried')}")


def check_session(case, report, side):
    """What a connection that must be open reports: parameters and the peer's proven identity."""
    demand(report.get("opened") is True, "not opened")
    version = report.get("version")
    protocol = "DTLS" if case.datagrams else "TLS"
    demand(version == f"{protocol} {case.version}" if case.version else version == "TLS 1.3", f"version {version}")
    demand(not case.suite or report.get("suite") == case.suite, f"suite {report.get('suite')}, not {case.suite}")
    if "stand_in" not in report:  # what Python's ssl does not tell
        check_choices(case, report)
    other = "server" if side == "client" else "client"
    subject = (report.get("peer") or {}).get("subject", "")
    stem = case.identity(other)
    demand(f"CN={stem}" in subject if stem else not subject, f"peer '{subject}', not '{stem}'")
    if side == "client" and "stand_in" not in report:
        demand(report.get("presented_certificate") is (case.auth == "mutual"), "presented_certificate is wrong")


def check_refusal(case, report, status=None):
    """What is reported when the handshake must fail. A refusal by the peer may reach us as a mere cut."""
    failure = report.get("failure") or {}
    demand(failure, "no failure is reported")
    demand(failure.get("explanation"), "the failure is not explained")
    by, error = failure.get("by"), failure.get("error")
    if case.we_refuse:
        demand(by == "us", f"refused by {by}")
        demand(error in FOUND[case.fault], f"found {error}")
        demand(report.get("opened") is not True, "opened all the same")
        if status is not None:
            demand(status == EXITS[case.fault], f"exit status {status}, not {EXITS[case.fault]}")
    else:
        demand(by in ("peer", "network"), f"refused by {by}")
        if status is not None:
            demand(20 <= status <= 29 if by == "peer" else 20 <= status <= 49, f"exit status {status}")


def try_as_client(program, peer, case, pki, started):
    """The peer serves, we connect."""
    port, server = peer.serve(started, case)
    process = started.run(connect_command(program, case, port, pki))
    if case.datagrams:
        process.write("is echoed: 200 \n")
    process.close_input()
    status = process.wait(SECONDS)
    found = reports(process.output)
    demand(len(found) == 1, f"{len(found)} reports in JSON, exit status {status}")
    in_http = getattr(peer, "refuses_in_http", False) and case.fault and not case.we_refuse and case.faulty == "client"
    if in_http:
        demand(" 400 " in process.output, "nginx did not answer 400")
    elif case.fault:
        unreadable = peer.refuses_unreadably and case.version == "1.3" and case.faulty == "client"
        if not unreadable or found[0]["failure"]["error"] != "bad_record":
            check_refusal(case, found[0], status)
    else:
        demand(status == 0, f"exit status {status}")
        check_session(case, found[0], "client")
        demand(" 200 " in process.output, "no page came")
        demand(found[0].get("verdict") in ("accepted", "not needed"), f"verdict {found[0].get('verdict')}")


def try_as_server(program, peer, case, pki, started):
    """We serve, the peer connects."""
    server = started.run(serve_command(program, case, pki))
    listening = server.wait_for(r"127\.0\.0\.1:(\d+)", SECONDS)
    demand(listening, "handfast serve does not listen")
    said = peer.connect(started, case, int(listening.group(1)))
    server.wait_for(r'"opened"[^\n]*\n', SECONDS)
    found = reports(server.output)
    demand(found, "handfast serve told nothing of the connection")
    if case.fault:
        demand(not said.fine, "the peer thinks that all is well")
        if case.faulty == "client" or case.fault not in peer.judges_late or "failure" in found[0]:
            check_refusal(case, found[0])
    else:
        demand(said.fine, "the peer was not answered")
        check_session(case, found[0], "server")
        if case.auth == "mutual":
            demand(f"client-{case.key}" in said.text, "the page does not name the client")
