"""`serve --dtls` and `connect --dtls`: a peer that moves behind a NAT, and hellos that are refused before there is a guest."""
import re
import select
import socket
import subprocess
import threading

from support import CLIENT, PROGRAM, ROOT, Case, Server, connect, main


class Nat:
    """A relay of datagrams, which from a word on speaks to the server by another port, and hears nothing on the old."""

    def __init__(self, server_port):
        self.server = ("127.0.0.1", server_port)
        self.inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inside.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.inside.getsockname()[1]}"
        self.outside = self._new_port()
        self.client = None
        self.is_over = False
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @staticmethod
    def _new_port():
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.bind(("127.0.0.1", 0))
        return port

    def rebind(self):
        with self.lock:
            old, self.outside = self.outside, self._new_port()
        old.close()

    def port(self):
        return self.outside.getsockname()[1]

    def _run(self):
        while not self.is_over:
            with self.lock:
                ready, _, _ = select.select([self.inside, self.outside], [], [], 0.02)
                for one in ready:
                    data, sender = one.recvfrom(65536)
                    if one is self.inside:
                        self.client = sender
                        self.outside.sendto(data, self.server)
                    elif self.client:
                        self.inside.sendto(data, self.client)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        self.inside.close()
        self.outside.close()


def start(nat, *flags):
    words = [PROGRAM, "connect", nat.address, "--dtls", "--name", "server.test", "--ca", ROOT, *CLIENT, "--quiet", *flags]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Datagrams(Case):
    def talk(self, process, word):
        process.stdin.write(word)
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), word)

    def test_a_client_moves_and_goes_on(self):
        for version in ("1.2", "1.3"):
            flags = ("--connection-id", "--max-version", version, "--min-version", version)
            with Server("--dtls", "--echo", *flags) as server, Nat(server.port) as nat, start(nat, *flags) as process:
                self.talk(process, b"from the first port\n")
                for _ in range(2):
                    before = nat.port()
                    nat.rebind()
                    self.talk(process, b"from another port\n")
                    told = server.line(rf"moved here from 127\.0\.0\.1:{before}, and receives here")
                    self.assertIn(f"127.0.0.1:{nat.port()} ", told)
                self.talk(process, b"and once more\n")
                process.stdin.close()
                self.assertEqual(process.stdout.read(), b"")
                self.assertEqual(process.wait(20), 0)
                process.stdin = None
                self.assertEqual(len([line for line in server.lines if line and re.search(r" opened ", line)]), 1)

    def test_whatever_thread_its_new_port_leads_to(self):
        for version in ("1.2", "1.3"):
            flags = ("--connection-id", "--max-version", version, "--min-version", version)
            with Server("--dtls", "--echo", "--threads", "4", *flags) as server, Nat(server.port) as nat, \
                    start(nat, *flags) as process:
                self.talk(process, b"from the first port\n")
                for _ in range(6):  # the kernel chooses a thread by each
                    before = nat.port()
                    nat.rebind()
                    self.talk(process, b"from another port\n")
                    server.line(rf"moved here from 127\.0\.0\.1:{before}, and receives here")
                process.stdin.close()
                self.assertEqual(process.wait(20), 0)
                process.stdin = None

    def test_both_ends_tell_of_ids(self):
        with Server("--dtls", "--connection-id", "--json") as server:
            done = connect(server, "--dtls", "--connection-id")
            self.expect(done, 0, r"address +found by an ID of 8 bytes: ours may change, and is checked then")
            server.line(r'"connection_id_received_len": ?8.*"paths_checked": ?true')
            told = connect(server, "--dtls", "--connection-id", "--json")
            self.expect(told, 0)
            self.assertRegex(told.out + told.err, r'"connection_id_sent_len": ?8')
            plain = connect(server, "--dtls")  # one end alone does not use them
            self.expect(plain, 0)
            self.assertNotIn("found by an ID", plain.out + plain.err)

    def test_without_ids_nobody_is_followed(self):
        with Server("--dtls", "--echo") as server, Nat(server.port) as nat, start(nat) as process:
            self.talk(process, b"from the first port\n")
            nat.rebind()
            process.stdin.write(b"from another port\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], 1.5)
            self.assertFalse(ready)
            process.terminate()
            process.communicate(timeout=20)
            self.assertFalse([line for line in server.lines if line and "moved" in line])

    def test_hellos_refused_at_the_gate_are_told(self):
        with Server("--dtls", "--min-version", "1.3") as server:
            done = connect(server, "--dtls", "--max-version", "1.2")
            self.assertNotEqual(done.status, 0)
            server.line(r"refused a hello before its address was shown: .*\(\d+ so far\)")
        with Server("--dtls", "--min-version", "1.3", "--json") as server:
            self.assertNotEqual(connect(server, "--dtls", "--max-version", "1.2").status, 0)
            server.line(r'{"event": ?"refused", ?"hellos": ?\d+}')


main()
