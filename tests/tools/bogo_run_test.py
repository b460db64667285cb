#!/usr/bin/env python3
"""tests/bogo/run with a runner of our own: which cases it counts, and that a page is of whole runs only."""
import os
import stat
import subprocess
import sys
import tempfile
import unittest

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bogo", "run")
SHIM = "#!/bin/sh\necho No\n"
RUNNER = """#!/usr/bin/env python3
import json, sys
given = sys.argv[1:]
cases = ["A", "B", "Compliance-cnsa2-202603-C"]
if "-test" in given:
    cases = ["A"]
skipped = [] if "-skip" not in given else [name for name in cases if name.startswith("Compliance-cnsa2-")]
results = {name: {"actual": "SKIP" if name in skipped else "PASS"} for name in cases}
with open(given[given.index("-json-output") + 1], "w") as file:
    json.dump({"tests": results}, file)
"""


class Run(unittest.TestCase):
    def run_it(self, *flags):
        """Status, what was said, and the page or nothing."""
        with tempfile.TemporaryDirectory() as room:
            for name, text in (("shim", SHIM), ("runner", RUNNER)):
                path = os.path.join(room, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                os.chmod(path, stat.S_IRWXU)
            page = os.path.join(room, "page.md")
            flags = [page if flag == "PAGE" else flag for flag in flags]
            done = subprocess.run(
                [sys.executable, RUN, "--shim", os.path.join(room, "shim"), *flags[:2], os.path.join(room, "runner"), *flags[2:]],
                text=True, capture_output=True, check=False, timeout=60)
            text = ""
            if os.path.exists(page):
                with open(page, encoding="utf-8") as file:
                    text = file.read()
            return done.returncode, done.stdout + done.stderr, text

    def test_whole(self):
        status, said, page = self.run_it("--write", "PAGE")
        self.assertEqual(status, 0, said)
        self.assertIn("| **all** | 3 | 2 | 0 | 1 | 0 |", page)

    def test_part(self):
        status, said, _ = self.run_it("--commit", "x", "-test", "A")
        self.assertEqual(status, 0, said)
        self.assertIn("1 PASS", said)
        for flags in (("-test", "A"), ("-test=A",), ("-shard-index", "0")):
            status, said, page = self.run_it("--write", "PAGE", *flags)
            self.assertEqual(status, 2, said)
            self.assertIn("whole runs only", said)
            self.assertEqual(page, "")


if __name__ == "__main__":
    unittest.main()
