#!/usr/bin/env python3
"""tests/limbo/run itself, over a suite of three cases made here: it finds what disagrees, and what explains too much."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
JUDGE = sys.argv.pop(1)


def certificate(folder, name, signer, extension):
    """The PEM of a new certificate, signed by itself (signer is name) or by another one of the folder."""
    key, made = f"{name}.key", f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
               "-subj", f"/CN={name}", "-keyout", key, "-out", made, "-addext", extension]
    if signer != name:
        command += ["-CA", f"{signer}.pem", "-CAkey", f"{signer}.key"]
        command[command.index("-addext"):command.index("-addext")] = ["-addext", "basicConstraints=CA:FALSE"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    with open(os.path.join(folder, made), encoding="utf-8") as file:
        return file.read()


class Run(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = certificate(cls.folder.name, "root", "root", "keyUsage=critical,keyCertSign")
        leaf = certificate(cls.folder.name, "leaf", "root", "subjectAltName=DNS:a.lan")
        cls.case = {"id": "one::good", "importance": "high", "features": [], "validation_kind": "SERVER",
                    "trusted_certs": [root], "untrusted_intermediates": [], "peer_certificate": leaf,
                    "validation_time": None, "expected_peer_name": {"kind": "DNS", "value": "a.lan"},
                    "expected_peer_names": [], "max_chain_depth": None, "expected_result": "SUCCESS", "crls": []}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_with(self, cases, explained=""):
        suite, why = (os.path.join(self.folder.name, name) for name in ("suite.json", "why.txt"))
        with open(suite, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "testcases": cases}, file)
        with open(why, "w", encoding="utf-8") as file:
            file.write(explained)
        done = subprocess.run([sys.executable, os.path.join(HERE, "run"), "--judge", JUDGE, "--explanations", why, suite],
                              text=True, capture_output=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def test_agreement(self):
        bad_name = {**self.case, "id": "one::name", "expected_result": "FAILURE",
                    "expected_peer_name": {"kind": "DNS", "value": "b.lan"}}
        status, output = self.run_with([self.case, bad_name])
        self.assertEqual(status, 0, output)
        self.assertIn("| high | 2 | 2 | 0 | 0 |", output)

    def test_disagreement(self):
        odd = {**self.case, "expected_result": "FAILURE"}
        status, output = self.run_with([odd])
        self.assertEqual(status, 1, output)
        self.assertIn("UNEXPLAINED", output)
        status, output = self.run_with([odd], "one::*: for a test\n")
        self.assertEqual(status, 0, output)
        self.assertIn("for a test", output)

    def test_needless_explanation(self):
        status, output = self.run_with([self.case], "one::*: for a test\n")
        self.assertEqual(status, 1, output)
        self.assertIn("nothing disagrees", output)


if __name__ == "__main__":
    unittest.main()
