"""`serve --threads`: guests of several threads at once, with sessions, tickets and reloading shared between them, over
TCP and UDP; and goodbyes at the end. Under ThreadSanitizer too (`make tsan`)."""
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from support import CLIENT, PROGRAM, ROOT, SECONDS, SERVER, Case, Server, certificate, connect, main, run


def together(count, function):
    """Runs function(0), function(1), ... in threads; what they gave, in that order."""
    results = [None] * count

    def one(number):
        results[number] = function(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


class Threads(Case):
    def test_many_guests_echo(self):
        for flags in ((), ("--dtls",)):
            with Server("--echo", "--threads", "4", *flags) as server:
                def talk(number):
                    data = b"guest %d\n" % number * (20 if flags else 4000)
                    done = connect(server, "--quiet", *flags, stdin=data, seconds=60)
                    return done.status, done.out_bytes == data

                self.assertEqual(together(16, talk), [(0, True)] * 16)
                opened = [line for line in server.lines if " opened " in line]
                numbers = sorted(int(re.match(r"#(\d+) ", line).group(1)) for line in opened)
                self.assertEqual(numbers, list(range(1, 17)))  # whole lines, each guest once

    def test_shares_are_made_ready_while_nobody_comes(self):
        ticks = os.sysconf("SC_CLK_TCK")

        def worked(server):
            with open(f"/proc/{server.process.pid}/stat", encoding="utf-8") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])

        def rest(server):
            before, now, until = -1, worked(server), time.monotonic() + 60
            while before != now and time.monotonic() < until:
                time.sleep(0.5)
                before, now = now, worked(server)
            self.assertEqual(before, now)
            return now

        for flags in ((), ("--dtls",)):
            with Server("--echo", "--threads", "2", *flags) as server:
                without = rest(server)
            with Server("--echo", "--threads", "2", "--prepared-shares", "1024", *flags) as server:
                self.assertGreater(rest(server), without + ticks // 20)  # 3072 keys, of P-384 too, take longer
                self.assertEqual(connect(server, "--quiet", *flags, stdin=b"here\n", seconds=60).out_bytes, b"here\n")

    def test_sessions_are_found_by_any_thread(self):
        with Server("--threads", "4", "--tickets", "--session-cache", "100") as server, \
                tempfile.TemporaryDirectory() as folder:
            def come_twice(number):
                path = os.path.join(folder, str(number))
                version = "1.2" if number % 2 else "1.3"
                flags = ("--max-version", version, "--check")
                first = connect(server, *flags, "--session-out", path, seconds=60)
                again = connect(server, *flags, "--session-in", path, seconds=60)
                return first.status, again.status, "was not resumed" in again.err

            self.assertEqual(together(12, come_twice), [(0, 0, False)] * 12)

    def test_files_are_loaded_for_all_threads(self):
        for flags in ((), ("--dtls",)):
            with tempfile.TemporaryDirectory() as folder:
                paths = {}
                for end in ("pem", "key"):
                    paths[end] = os.path.join(folder, "server." + end)
                    shutil.copy(certificate("server-p256." + end), paths[end])
                who = ["--cert", paths["pem"], "--key", paths["key"]]
                with Server("--threads", "3", "--reload", "signal", *flags, who=who) as server:
                    self.expect(connect(server, "--check", *flags), 0)
                    for end in ("pem", "key"):
                        shutil.copy(certificate("server-wrong-name." + end), paths[end])
                    server.process.send_signal(signal.SIGHUP)
                    server.line("reloaded #1")

                    def look(_):
                        done = run("connect", server.address, "--check", "--ca", ROOT, "--name", "elsewhere.test",
                                   *CLIENT, *flags, seconds=60)
                        return done.status

                    self.assertEqual(together(9, look), [0] * 9)

    def test_without_descriptors_guests_wait(self):
        with Server("--threads", "2", "--echo") as server:
            self.expect(connect(server, "--check"), 0)
            room = len(os.listdir(f"/proc/{server.process.pid}/fd")) + 2  # for two guests
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (room, room))
            self.assertEqual(together(12, lambda _: connect(server, "--check", seconds=60).status), [0] * 12)

    def test_more_than_allowed_wait(self):
        with Server("--threads", "3", "--max-connections", "2", "--echo") as server:
            self.assertEqual(together(8, lambda _: connect(server, "--check", seconds=60).status), [0] * 8)

    def test_whoever_stays_is_told_goodbye(self):
        for threads in ("1", "3"):
            with Server("--threads", threads, "--echo") as server:
                words = [PROGRAM, "connect", server.address, "--name", "server.test", "--ca", ROOT, *CLIENT, "--quiet"]
                guests = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(6)]
                for number in range(1, 7):
                    server.line(rf"^#{number} .* opened")
                self.assertEqual(server.stop(), 0)
                for guest in guests:  # close_notify: an end without it would be status 41
                    self.assertEqual(guest.wait(SECONDS), 0)
                    guest.stdin.close()
                    guest.stdout.close()

    def test_what_goes_with_one_thread_only(self):
        done = run("serve", *SERVER, "--client-ca", ROOT, "--threads", "2", "--once")
        self.expect(done, 2, "--once serves one connection, and goes without --threads")
        self.expect(run("serve", *SERVER, "--client-ca", ROOT, "--threads", "1000"), 2, "from 0 to 256")
        self.expect(run("serve", *SERVER, "--client-ca", ROOT, "--quiet", "--verbose"), 2, "contradict")

    def test_quiet_tells_failures_only(self):
        with Server("--quiet", "--threads", "0") as server:
            self.expect(connect(server, "--check"), 0)
            self.assertNotEqual(connect(server, "--check", who=[]).status, 0)
            server.line(r"\[H14\]")
            self.assertFalse([line for line in server.lines if line and "opened" in line])


main()
