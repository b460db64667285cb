"""`bench`: counts, shares and failures, over TLS and DTLS, against our server and OpenSSL's; what is held; wrong flags.
Small numbers, and no word about how fast anything is."""
import json
import os
import pty
import shutil
import socket
import subprocess
import time
import unittest

from support import CLIENT, PROGRAM, ROOT, SECONDS, SERVER, Case, Server, certificate, identity, main, run


def bench(server, *flags, who=CLIENT, ca=ROOT, seconds=60):
    address = server if isinstance(server, str) else server.address
    return run("bench", address, "--name", "server.test", "--ca", ca, *who, *flags, seconds=seconds)


class Handshakes(Case):
    def result(self, server, *flags, status=0, **more):
        done = bench(server, "--json", *flags, **more)
        self.assertEqual(done.status, status, str(done))
        self.assertEqual(done.err, "")  # no line of progress where nobody looks on
        return json.loads(done.out)

    def test_all_are_counted_and_accepted(self):
        for flags in ((), ("--dtls",)):
            for version in ("1.2", "1.3"):
                with Server("--quiet", *flags) as server:
                    told = self.result(server, "--count", "20", "--connections", "4", "--threads", "2",
                                       "--max-version", version, *flags)
                    self.assertEqual((told["full"], told["accepted"], told["resumed"], told["failed"]), (20, 20, 0, 0))
                    self.assertEqual(told["version"], ("DTLS " if flags else "TLS ") + version)
                    self.assertTrue(told["mutual"])
                    times = told["full_ms"]
                    self.assertEqual(times["count"], 20)
                    self.assertTrue(0 < times["p50"] <= times["p90"] <= times["p99"] <= times["max"])

    def test_its_time_ends_with_the_last_handshake(self):
        with Server("--quiet") as server:
            late = []  # ms behind it: no more than it takes to begin, unless others keep us from running
            while len(late) < 20 and min(late, default=100) >= 10:
                told = self.result(server, "--count", "1", "--connections", "1")
                late.append(1000 * told["seconds"] - told["full_ms"]["max"])
            self.assertLess(min(late), 10)

    def test_the_share_that_is_resumed(self):
        with Server("--quiet", "--tickets", "--session-cache", "100") as server:
            for version in ("1.2", "1.3"):
                for percent in (0, 50, 100):
                    told = self.result(server, "--count", "40", "--connections", "1", "--resume", str(percent),
                                       "--max-version", version)
                    self.assertEqual(told["full"] + told["resumed"], 40)
                    self.assertAlmostEqual(told["resumed"], 40 * percent / 100, delta=3)

    def test_the_server_saw_what_was_told(self):
        with Server("--json") as server:
            self.result(server, "--count", "10", "--connections", "3")
            server.line(r'"connection": 10\b')
            self.assertEqual(server.stop(), 0)
            events = [json.loads(line)["event"] for line in server.lines if line]
            self.assertEqual(events.count("opened"), 10)
            self.assertNotIn("failed", events)  # we say goodbye, and wait for theirs

    def test_data_goes_and_comes_back(self):
        for flags, size in (((), 300000), (("--dtls",), 5000)):
            with Server("--quiet", "--echo", *flags) as server:
                told = self.result(server, "--count", "6", "--connections", "2", "--bytes", str(size), "--echo", *flags)
                self.assertEqual((told["full"], told["failed"]), (6, 0))
                self.assertEqual(told["bytes_sent"], 6 * size)
                if not flags:
                    self.assertEqual(told["bytes_received"], 6 * size)

    def test_time_ends_it(self):
        with Server("--quiet") as server:
            began = time.monotonic()
            told = self.result(server, "--seconds", "0.5", "--connections", "2")
            self.assertGreater(told["full"], 0)
            self.assertGreaterEqual(time.monotonic() - began, 0.5)
            self.result(server, "--seconds", "0.5", "--connections", "2", "--bytes", "1000000000")

    @unittest.skipUnless(shutil.which("openssl"), "no openssl")
    def test_a_server_of_others(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-Verify", "3", "-verify_return_error", "-quiet",
                 "-cert", certificate("server-p256.pem"), "-key", certificate("server-p256.key"), "-CAfile", ROOT,
                 "-cert_chain", certificate("server-p256.pem")]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as peer:
            try:
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    with socket.socket() as probe:
                        if probe.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                told = self.result(f"127.0.0.1:{port}", "--count", "10", "--connections", "2")
                self.assertEqual((told["full"], told["accepted"], told["failed"]), (10, 10, 0))
            finally:
                peer.terminate()
                peer.wait(SECONDS)


class Failures(Case):
    def test_they_are_counted_by_their_reason(self):
        with Server("--quiet") as server:
            done = bench(server, "--count", "4", who=[])
            self.expect(done, 20, r"failed +4", r"4 times .*requires a certificate.*\[H14\]")
            told = json.loads(bench(server, "--count", "4", "--json", who=[]).out)
            self.assertEqual((told["failed"], told["full"]), (4, 0))
            self.assertEqual(told["errors"][0]["count"], 4)
            self.assertEqual(told["errors"][0]["failure"]["reason"], 14)
        with Server("--quiet", who=identity("server-wrong-name")) as server:
            done = bench(server, "--count", "3")
            self.assertTrue(10 <= done.status < 20, str(done))
            self.assertRegex(done.out, r"3 times")

    def test_nobody_is_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and listens not
            done = bench(f"127.0.0.1:{taken.getsockname()[1]}", "--count", "3")
            self.expect(done, 40, "3 times .*Connection refused")

    def test_who_says_nothing_is_late(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            done = bench("127.0.0.1:%d" % silent.getsockname()[1], "--count", "2", "--timeout", "0.3")
            self.expect(done, 42, "2 times .*did not answer in time")

    def test_wrong_flags(self):
        for words, said in (([], "HOST:PORT is missing"), (["nonsense"], "is no HOST:PORT"), (["a:1", "b:2"], "one word too many"),
                            (["a:1", "--connections", "0"], "--connections 0 would do nothing"),
                            (["a:1", "--threads", "0"], "--threads 0 would do nothing"),
                            (["a:1", "--threads", "300"], "from 0 to 256"),
                            (["a:1", "--resume", "101"], "from 0 to 100"), (["a:1", "--resum", "5"], "did you mean --resume"),
                            (["a:1", "--pid", "1"], "--pid goes with --hold"), (["a:1", "--idle", "1"], "--idle goes with --hold"),
                            (["a:1", "--rounds", "1"], "--rounds goes with --hold"),
                            (["a:1", "--hold", "5", "--resume", "5"], "--hold goes without --resume"),
                            (["a:1", "--hold", "5", "--count", "5"], "--hold goes without --count"),
                            (["a:1", "--hold", "5", "--bytes", "20000"], "16384 bytes at most"),
                            (["a:1", "--hold", "5", "--bytes", "2000", "--dtls"], "1024 bytes at most"),
                            (["a:1", "--echo"], "--echo needs --bytes"),
                            (["a:1", "--name", "a", "--any-name"], "contradict"),
                            (["a:1", "--hold", "1000000"], "descriptors")):
            done = run("bench", *words)
            self.assertEqual(done.status, 40 if "descriptors" in said else 2, str(done))
            self.assertIn(said, done.err)
        self.expect_narrow(run("bench", "--help").out)


class Held(Case):
    def test_many_are_held_and_each_is_spoken_to(self):
        for flags in ((), ("--dtls",)):
            with Server("--quiet", "--echo", "--threads", "2", *flags) as server:
                done = bench(server, "--hold", "60", "--connections", "8", "--threads", "2", "--echo", "--idle", "1.2",
                             "--pid", str(server.process.pid), "--rounds", "10", "--json", *flags)
                self.expect(done, 0)
                told = json.loads(done.out)
                self.assertEqual((told["held"], told["full"], told["failed"]), (60, 60, 0))
                self.assertEqual(told["message_ms"]["count"] + told["messages_lost"], 600)
                self.assertEqual(told["bytes_sent"], 600 * 32)
                self.assertAlmostEqual(told["handshakes_per_second"] * told["opened_seconds"], 60, delta=10)
                for memory in (told["own_memory"], told["server_memory"]):
                    self.assertGreater(memory["before"], 0)
                    self.assertGreater(memory["quiet"], 0)

    def test_what_is_told_to_people(self):
        with Server("--quiet", "--echo") as server:
            done = bench(server, "--hold", "5", "--echo", "--idle", "0.1")
            self.expect(done, 0, r"held +5 of 5 at once", r"memory, ours", r"message and echo +p50")
            self.assertNotIn("server's", done.out)

    def test_a_server_that_goes_is_told(self):
        with Server("--quiet", "--idle-timeout", "0.3") as server:
            done = bench(server, "--hold", "3", "--idle", "2")
            self.expect(done, 40, "3 times .*the server closed the connection before we did")


class Progress(Case):
    def test_a_line_on_a_terminal_only(self):
        with Server("--quiet") as server:
            parent, child = pty.openpty()
            words = [PROGRAM, "bench", server.address, "--name", "server.test", "--ca", ROOT, *CLIENT, "--seconds", "1"]
            with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=child) as process:
                os.close(child)
                seen = b""
                try:
                    while piece := os.read(parent, 4096):
                        seen += piece
                except OSError:  # its end, on Linux
                    pass
                self.assertEqual(process.wait(SECONDS), 0)
                process.stdout.read()
            os.close(parent)
            self.assertRegex(seen, rb"\r +\d\.\d s  \d+ handshakes, \d+/s")


main()
