#!/usr/bin/env python3
"""Handshakes with other TLS programs on loopback.

    run.py --program PATH [--results FOLDER] [--jobs N] [CASE…]     runs the cases whose names begin so
                                                                    (HF_INTEROP: folder of the programs of tests/interop)
    run.py --list [CASE…]                                           names them
    run.py --table --results FOLDER                                 the table of what was run, also as table.json, .txt
    run.py --clear --results FOLDER                                 forgets what was run

CASE is the beginning of a name: `openssl`, `openssl/server`, `gnutls/client/1.3/mutual/p256`. Peers that are not
installed are skipped, and the table says so. Status 0 when nothing failed, 77 when everything was skipped."""
import argparse
import collections
import concurrent.futures
import json
import os
import sys
import time

import cases
import certificates
import handfast
import interop
import programs
from process import Late, Processes


def all_cases(pki, beginnings):
    for kind in (*programs.PEERS.values(), *interop.PEERS.values()):
        for direction in kind.directions:
            peer = kind(pki)
            groups = peer.groups() if peer.there() else []
            found = (cases.of_datagrams(kind.name, direction, groups, kind.suites, kind.not_served)
                     if kind.datagrams else
                     cases.of(kind.name, direction, groups, kind.schemes, kind.retry, kind.suites))
            for case in filter(peer.can, found):
                if not beginnings or any((case.name + "/").startswith(start.rstrip("/") + "/") for start in beginnings):
                    yield peer, case


def run_case(program, peer, case, pki):
    """Runs one case; its row of results. A case that is late once is tried once more: machines stall."""
    began = time.monotonic()
    result, why, story = "passed", "", ""
    attempt = handfast.try_as_client if case.direction == "client" else handfast.try_as_server
    if not peer.there():
        return row(peer, case, "skipped", peer.absence(), 0, "")
    for last in (False, True):
        with Processes() as started:
            try:
                attempt(program, peer, case, pki, started)
                result, why = "passed", ""
                break
            except handfast.Wrong as wrong:
                result, why, story = "failed", str(wrong), started.story()
                break
            except Late as late:
                result, why, story = "failed", str(late).split("\n", maxsplit=1)[0], started.story()
                if last:
                    break
            except Exception as error:  # a fault of the harness must not look like a pass
                result, why, story = "failed", f"{type(error).__name__}: {error}", started.story()
                break
    if result == "failed" and "stand-in cannot" in story:
        result, why = "skipped", "the stand-in cannot"
    return row(peer, case, result, why, time.monotonic() - began, story)


def row(peer, case, result, why, seconds, story):
    return {"case": case.name, "peer": peer.version() if peer.there() else peer.name, "direction": case.direction,
            "protocol": "DTLS" if case.datagrams else "TLS", "version": case.version or "any", "authentication": case.auth, "key": case.key, "group": case.group,
            "suite": case.suite, "fault": f"{case.faulty} {case.fault}".strip(), "result": result, "why": why,
            "seconds": round(seconds, 2), "story": story}


def table(rows):
    """Peer, direction, version, authentication: how many handshakes went as they must, and how many refusals."""
    counts = collections.OrderedDict()
    for one in rows:
        key = (one["peer"], "we connect" if one["direction"] == "client" else "we serve", one["protocol"] + " " + one["version"],
               one["authentication"])
        count = counts.setdefault(key, collections.Counter())
        count[("refusals" if one["fault"] else "handshakes", one["result"])] += 1
    yield f"{'peer':<24}{'direction':<12}{'version':<10}{'authentication':<16}{'handshakes':<12}{'refusals':<10}"
    for key, count in counts.items():
        cells = []
        for kind in ("handshakes", "refusals"):
            total = sum(count[kind, result] for result in ("passed", "failed"))
            skipped = count[kind, "skipped"]
            cells.append((f"{count[kind, 'passed']}/{total}" if total else "-" if not skipped else "") +
                         (f" {skipped} skipped" if skipped else ""))
        yield f"{key[0]:<24}{key[1]:<12}{key[2]:<10}{key[3]:<16}{cells[0]:<12}{cells[1]:<10}".rstrip()


def show_table(folder):
    rows = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".rows.json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                rows += json.load(file)
    lines = list(table(rows))
    print("\n".join(lines))
    with open(os.path.join(folder, "table.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    with open(os.path.join(folder, "table.json"), "w", encoding="utf-8") as file:
        json.dump([{key: one[key] for key in one if key != "story"} for one in rows], file, indent=1)
    return 0 if rows and all(one["result"] != "failed" for one in rows) else 1


def run_all(options, pki):
    program = [os.path.abspath(options.program)] if not options.program.endswith(".py") else \
        [sys.executable, os.path.abspath(options.program)]
    chosen = list(all_cases(pki, options.case))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = list(pool.map(lambda pair: run_case(program, *pair, pki), chosen))
    failed = [one for one in rows if one["result"] == "failed"]
    for number, one in enumerate(failed):
        print(f"FAILED {one['case']}: {one['why']}" + (f"\n{one['story']}\n" if number < options.stories else ""))
    for line in table(rows):
        print(line)
    name = "-".join(options.case).replace("/", "-") or "all"
    with open(os.path.join(options.results, name + ".rows.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    count = collections.Counter(one["result"] for one in rows)
    for why in sorted({one["why"] for one in rows if one["result"] == "skipped"}):
        print("skipped:", why)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not rows else 77 if count["skipped"] == len(rows) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="the handfast program")
    parser.add_argument("--results", default="peers", help="folder for certificates and results")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--stories", type=int, default=5, help="how many failed cases are shown with all that was said")
    parser.add_argument("--clear", action="store_true", help="forget earlier results")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("case", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.results, exist_ok=True)
    options.results = os.path.abspath(options.results)
    if options.clear:
        for name in os.listdir(options.results):
            if name.endswith((".rows.json", "table.json", "table.txt")):
                os.remove(os.path.join(options.results, name))
        return 0
    if options.table:
        return show_table(options.results)
    if options.list:
        print("\n".join(case.name for _, case in all_cases(options.results, options.case)))
        return 0
    pki = certificates.make(os.path.join(options.results, "pki-" + ("-".join(options.case).replace("/", "-") or "all")))
    return run_all(options, pki)


if __name__ == "__main__":
    sys.exit(main())
