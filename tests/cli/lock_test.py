"""--lock-memory: every page that can hold a key is locked, and no signal makes a core dump of them."""
import os
import re
import resource
import signal
import subprocess
import tempfile

from support import CLIENT, PROGRAM, ROOT, SERVER, Case, Server, connect, main, run


def status(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"^{name}:\s+(\d+) kB", file.read(), re.M).group(1))


def writable_pages(pid):
    """Of each writable mapping of memory: its name and its flags."""
    with open(f"/proc/{pid}/smaps", encoding="ascii") as file:
        text = file.read()
    pages = re.findall(r"^[0-9a-f]+-[0-9a-f]+ (rw..) \S+ \S+ \S+ *(.*)\n(?:[A-Z]\w+:.*\n)*?VmFlags: (.*)\n", text, re.M)
    return [(name, flags.split()) for _, name, flags in pages]


def is_sanitized():
    with open(PROGRAM, "rb") as file:
        return b"__asan_init" in file.read()


class Lock(Case):
    def setUp(self):
        if is_sanitized():
            self.skipTest("AddressSanitizer makes mlockall do nothing, and its leak check needs a process that can be traced")

    def test_all_pages_are_locked(self):
        for flags, wanted in (([], False), (["--lock-memory"], True)):
            with Server(*flags) as server:
                self.expect(connect(server, "--check", *flags), 0)
                pages = writable_pages(server.process.pid)
                self.assertGreater(len(pages), 5)
                self.assertIn("[heap]", [name for name, _ in pages])
                for name, found in pages:
                    if wanted:
                        self.assertIn("lo", found, name)
                self.assertEqual(status(server.process.pid, "VmLck") > 0, wanted)

    def test_nothing_is_dumped(self):
        with tempfile.TemporaryDirectory() as folder:
            for flags in ([], ["--lock-memory"]):
                server = subprocess.Popen(
                    [PROGRAM, "serve", "--listen", "127.0.0.1:0", *SERVER, "--client-ca", ROOT, *flags], cwd=folder,
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, resource.RLIM_INFINITY)))
                with server:
                    self.assertIn(b"listening", server.stdout.readline())
                    with open(f"/proc/{server.pid}/limits", encoding="ascii") as file:
                        hard = re.search(r"Max core file size +\S+ +(\S+)", file.read()).group(1)
                    self.assertEqual(hard == "0", bool(flags))
                    os.kill(server.pid, signal.SIGSEGV)
                    self.assertEqual(server.wait(20), -signal.SIGSEGV)
            self.assertEqual(os.listdir(folder), [])

    def test_a_limit_in_the_way(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (65536, 65536))

        if os.geteuid() == 0:  # the limit is none for root: give up the right first
            words = ["setpriv", "--bounding-set", "-ipc_lock", "--inh-caps", "-ipc_lock"]
        else:
            words = []
        try:
            done = subprocess.run([*words, PROGRAM, "connect", "127.0.0.1:1", "--lock-memory", "--ca", ROOT, *CLIENT],
                                  preexec_fn=limit, capture_output=True, timeout=20, check=False)
        except FileNotFoundError:
            self.skipTest("setpriv is not installed")
        self.assertEqual(done.returncode, 51, done.stderr)
        self.assertIn(b"may lock 64 KiB", done.stderr)
        self.assertIn(b"LimitMEMLOCK", done.stderr)

    def test_it_works_as_before(self):
        self.expect(run("connect", "127.0.0.1:1", "--lock-memory", "--ca", ROOT, *CLIENT), 40, "127.0.0.1:1")


main()
