"""`connect --session-out FILE` and `--session-in FILE`: sessions that outlive the program, with `serve` and OpenSSL's s_server."""
import os
import re
import shutil
import stat
import tempfile
import unittest

from support import CLIENT, ROOT, Case, Server, Watched, certificate, connect, main, objects, run

OPENSSL = shutil.which("openssl")


class Kept(Case):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "session")

    def tearDown(self):
        self.folder.cleanup()

    def told(self, server, *flags, **more):
        done = connect(server, "--check", "--json", *flags, **more)
        self.expect(done, 0)
        return objects(done.out)[0]

    def keep(self, server, *flags, **more):
        told = self.told(server, "--session-out", self.path, *flags, **more)
        self.assertFalse(told["resumed"] or told["session_offered"])
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        return told

    def resume(self, server, *flags, **more):
        told = self.told(server, "--session-in", self.path, *flags, **more)
        self.assertTrue(told["session_offered"])
        return told


class WithServe(Kept):
    def check(self, version, *flags):
        with Server("--json", "--max-version", version, *flags) as server:
            first = self.keep(server)
            second = self.resume(server, "--session-out", self.path)
            self.assertTrue(second["resumed"])
            self.assertEqual(second["version"], f"TLS {version}")
            self.assertEqual(second["peer"]["dns"], first["peer"]["dns"])
            self.assertTrue(os.path.exists(self.path))
            self.assertTrue(self.resume(server)["resumed"])
            self.assertEqual(os.path.exists(self.path), version == "1.2")  # of 1.3 it is used up
        lines = objects("\n".join(line for line in server.lines if line and '"opened"' in line))
        self.assertEqual([line["resumed"] for line in lines], [False, True, True])
        for line in lines:
            self.assertEqual(line["peer"]["spiffe_id"], "spiffe://lab.test/client-p256")

    def test_by_session_id(self):
        self.check("1.2", "--session-cache", "8")

    def test_by_ticket(self):
        self.check("1.2", "--session-cache", "8", "--tickets")

    def test_in_tls13(self):
        self.check("1.3", "--session-cache", "8")
        self.check("1.3", "--session-cache", "8", "--tickets")

    def request(self, server, *flags):
        done = connect(server, "--http", "/", "--json", *flags)
        self.expect(done, 0)
        self.assertIn("client-p256", done.out)
        return objects(done.err)[0]

    def test_early_data(self):
        with Server("--http", "--json", "--session-cache", "8", "--early-data") as server:
            self.assertFalse(self.request(server, "--session-out", self.path, "--early-data")["early_data"])
            told = self.request(server, "--session-in", self.path, "--session-out", self.path, "--early-data")
            self.assertTrue(told["resumed"] and told["early_data"])
            told = self.request(server, "--session-in", self.path)  # not asked for
            self.assertTrue(told["resumed"])
            self.assertFalse(told["early_data"])
        lines = objects("\n".join(line for line in server.lines if line and '"opened"' in line))
        self.assertEqual([line["early_data"] for line in lines], [False, True, False])

    def test_early_data_that_is_refused_goes_again(self):
        with Server("--http", "--json", "--session-cache", "8", "--tickets", "--early-data") as server:
            self.request(server, "--session-out", self.path, "--early-data")
            again = self.path + ".again"
            shutil.copy(self.path, again)
            self.assertTrue(self.request(server, "--session-in", self.path, "--early-data")["early_data"])
            told = self.request(server, "--session-in", again, "--early-data")
            self.assertTrue(told["resumed"])
            self.assertFalse(told["early_data"])

    def test_a_server_that_asks_nobody(self):
        with Server("--client-auth", "none", "--tickets", ca=None) as server:
            self.keep(server, who=[])
            self.assertTrue(self.resume(server, who=[])["resumed"])

    def test_a_server_that_has_forgotten(self):
        for version in ("1.2", "1.3"):
            with Server("--max-version", version, "--session-cache", "8") as server:
                self.keep(server)
            with Server("--max-version", version, "--session-cache", "8") as server:
                done = connect(server, "--check", "--session-in", self.path)
                self.expect(done, 0, "was not resumed: the server did not take it", "verdict +accepted")

    def test_a_session_of_another_name_or_policy_is_not_offered(self):
        with Server("--session-cache", "8", "--max-version", "1.2") as server:
            self.keep(server)
            for flags in (["--any-name"], ["--admit", "dns:*"]):
                words = ["connect", server.address, "--ca", ROOT, "--check", "--session-in", self.path, *flags]
                words += [] if flags == ["--any-name"] else ["--name", "server.test"]
                self.expect(run(*words, *CLIENT), 0, "of another server, other CAs or other flags")
            self.assertTrue(self.resume(server)["resumed"])

    def test_a_server_that_keeps_none(self):
        with Server("--max-version", "1.2") as server:
            done = connect(server, "--check", "--session-out", self.path)
            self.expect(done, 0, "gave no session to keep")
            self.assertFalse(os.path.exists(self.path))

    def test_nothing_is_kept_of_a_connection_that_failed(self):
        with Server("--session-cache", "8") as server:
            self.expect(connect(server, "--check", "--session-out", self.path, who=[]), 20)
            self.assertFalse(os.path.exists(self.path))


class Files(Kept):
    def test_what_is_no_session(self):
        with Server("--session-cache", "8", "--max-version", "1.2") as server:
            self.keep(server)
            with open(self.path, encoding="ascii") as file:
                good = file.read()
            self.assertRegex(good, r"\A# .*secret.*\nhandfast-session TLS 1\.2\n[0-9a-f]+\n\Z")
            for bad in ("", "hello", good[:-3], good[:-1], good + "00\n", good.replace("TLS 1.2", "TLS 1.1"),
                        re.sub(r"[0-9a-f]+\n\Z", "xy\n", good), re.sub(r"[0-9a-f]+\n\Z", "\n", good)):
                with open(self.path, "w", encoding="ascii") as file:
                    file.write(bad)
                done = connect(server, "--check", "--session-in", self.path)
                self.expect(done, 51, "a session that connect --session-out wrote", re.escape(self.path))
            changed = good[:-5] + ("0000\n" if good[-5:-1] != "0000" else "1111\n")
            with open(self.path, "w", encoding="ascii") as file:
                file.write(changed)  # hexadecimal, but no session of ours: it is not offered
            self.expect(connect(server, "--check", "--session-in", self.path), 0, "was not resumed")

    def test_files_that_cannot_be(self):
        with Server("--session-cache", "8") as server:
            self.expect(connect(server, "--check", "--session-in", "/nonexistent/file"), 51, "/nonexistent/file")
            self.assertNotEqual(connect(server, "--check", "--session-out", "/nonexistent/file").status, 0)


@unittest.skipUnless(OPENSSL, "needs the openssl program")
class WithOpenssl(Kept):
    def test_s_server(self):
        for version, flag in (("1.2", "-tls1_2"), ("1.3", "-tls1_3")):
            pem = certificate("server-p256.pem")
            words = [OPENSSL, "s_server", "-accept", "127.0.0.1:0", "-cert", pem, "-key", certificate("server-p256.key"),
                     "-cert_chain", pem, "-CAfile", ROOT, "-Verify", "3", "-verify_return_error", flag]
            with Watched(words) as server:
                server.see(rb"ACCEPT [^\n]*:\d+")
                address = "127.0.0.1:%d" % int(re.search(rb"ACCEPT [^\n]*:(\d+)", server.out).group(1))
                self.keep(address)
                told = self.resume(address, "--session-out", self.path)
                self.assertTrue(told["resumed"])
                self.assertEqual(told["version"], f"TLS {version}")
                server.see(rb"Reused session-id")


main()
