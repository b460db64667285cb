"""`connect` between two pipes: every byte, both ways at once, half-close, and nothing in the data is a command."""
import contextlib
import os
import subprocess
import threading
import time

from support import CLIENT, PROGRAM, ROOT, Case, Server, connect, main

BIG = os.urandom(3 * 1024 * 1024 + 17)


def start(server, *flags, **pipes):
    words = [PROGRAM, "connect", server.address, "--name", "server.test", "--ca", ROOT, *CLIENT, "--quiet", *flags]
    return subprocess.Popen(words, **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                                      **pipes})


class Relay(Case):
    def test_megabytes_both_ways(self):
        with Server("--echo") as server:
            for version in ("1.3", "1.2"):
                done = connect(server, "--quiet", "--max-version", version, stdin=BIG)
                self.expect(done, 0)
                self.assertEqual(len(done.out_bytes), len(BIG))
                self.assertTrue(done.out_bytes == BIG)

    def test_no_byte_is_a_command(self):
        data = b"Q\nR\nk\nK\nB\n\x04\x03\x1a\x00\xff" * 50
        with Server("--echo") as server:
            done = connect(server, "--quiet", stdin=data)
            self.expect(done, 0)
            self.assertEqual(done.out_bytes, data)

    def test_no_input(self):
        with Server() as server:
            began = time.monotonic()
            done = connect(server)
            self.expect(done, 0, "verdict +accepted")
            self.assertEqual(done.out, "")
            self.assertLess(time.monotonic() - began, 3)

    def test_a_slow_reader_slows_the_writer(self):
        data = BIG * 12  # more than all the sockets between can hold
        with Server("--echo") as server, start(server) as process:
            writer = threading.Thread(target=lambda: (process.stdin.write(data), process.stdin.close()), daemon=True)
            writer.start()
            time.sleep(1)
            self.assertTrue(writer.is_alive())  # nobody reads, so the writer waits and memory does not grow
            got = process.stdout.read()
            writer.join(20)
            self.assertEqual(process.wait(20), 0)
            self.assertTrue(got == data)
            process.stdin = None

    def test_conversation(self):
        """An answer comes while our side is still open."""
        with Server("--echo") as server, start(server) as process:
            for word in (b"one\n", b"two\n"):
                process.stdin.write(word)
                process.stdin.flush()
                self.assertEqual(process.stdout.readline(), word)
            process.stdin.close()
            self.assertEqual(process.stdout.read(), b"")
            self.assertEqual(process.wait(20), 0)
            process.stdin = None

    def test_nobody_reads_us(self):
        with Server("--echo") as server, start(server) as process:
            process.stdout.close()
            try:
                process.stdin.write(BIG)
                process.stdin.close()
            except BrokenPipeError:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            self.assertEqual(process.wait(20), 0)
            self.assertEqual(process.stderr.read(), b"")
            process.stdin = None

    def test_signals_end_it(self):
        with Server("--echo") as server, start(server) as process:
            process.stdin.write(b"x\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"x\n")
            process.terminate()
            self.assertEqual(process.wait(20), 0)
            process.stdin.close()
            time.sleep(0.2)
            self.assertFalse([line for line in server.lines if line and "cut" in line])  # it said goodbye

    def test_a_server_that_goes_is_told(self):
        with Server("--echo") as server, start(server) as process:
            process.stdin.write(b"x\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"x\n")
            server.process.kill()
            server.process.wait(20)
            self.assertEqual(process.wait(20), 41)
            process.stdin.close()
            self.assertIn(b"[H31]", process.stderr.read())


main()
