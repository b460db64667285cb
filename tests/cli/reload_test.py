"""--reload: certificates, CAs, lists and rules replaced while a server runs; what is half written is refused whole."""
import concurrent.futures
import os
import shutil
import signal
import socket
import ssl
import tempfile
import threading
import time
import unittest

from support import Case, ROOT, Server, certificate, connect, main, objects, run

BUILT_IN = "needs libuv" not in run("serve", "--reload", "watch", "--listen", "127.0.0.1:no", "--cert",
                                    certificate("server-p256.pem"), "--key", certificate("server-p256.key"),
                                    "--client-auth", "none").err


class Reload(Case):
    """A folder with tls.crt, tls.key and ca.crt, as a server is given them."""

    how = "watch"

    def setUp(self):
        self.kept = tempfile.TemporaryDirectory()
        self.addCleanup(self.kept.cleanup)
        self.folder = self.kept.name
        self.put("tls.crt", certificate("server-p256.pem"))
        self.put("tls.key", certificate("server-p256.key"))
        self.put("ca.crt", ROOT)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def put(self, name, source):
        """In one step, as careful people do it."""
        shutil.copy(source, self.path(name + ".new"))
        os.replace(self.path(name + ".new"), self.path(name))

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def server(self, *flags):
        return Server("--reload", self.how, "--client-ca", self.path("ca.crt"), *flags, ca=None,
                      who=["--cert", self.path("tls.crt"), "--key", self.path("tls.key")])

    def serial(self, server):
        told, = objects(connect(server, "--check", "--json").out)
        return told["peer"]["serial"]

    @staticmethod
    def count(server, word):
        return sum(1 for line in server.lines if line and line.startswith(word))

    def wait_for(self, server, word, count, seconds=20):
        deadline = time.monotonic() + seconds
        while self.count(server, word) < count:
            self.assertLess(time.monotonic(), deadline, f"{word} {count} in {server.lines}")
            time.sleep(0.02)


@unittest.skipUnless(BUILT_IN, "built without libuv: there is no watching")
class Watching(Reload):
    def test_an_identity_is_rotated(self):
        with self.server() as server:
            before = self.serial(server)
            self.put("tls.crt", certificate("server-rsa.pem"))
            self.put("tls.key", certificate("server-rsa.key"))
            server.line(r"^reloaded #\d+, .*tls\.(crt|key).* changed")
            self.assertNotEqual(self.serial(server), before)

    def test_a_mismatching_pair_is_refused_until_it_is_whole(self):
        with self.server() as server:
            before = self.serial(server)
            self.put("tls.key", certificate("server-rsa.key"))
            self.assertRegex(server.line("^not reloaded"), r"tls\.key changed; what was loaded before stays: .*tls\.crt and ")
            self.assertEqual(self.serial(server), before)
            self.put("tls.crt", certificate("server-rsa.pem"))
            server.line("^reloaded")
            self.assertNotEqual(self.serial(server), before)

    def test_a_half_written_file_is_refused(self):
        with open(certificate("server-rsa.pem"), encoding="ascii") as file:
            whole = file.read()
        with self.server() as server:
            before = self.serial(server)
            self.write("tls.crt", whole[:len(whole) // 3])
            self.assertRegex(server.line("^not reloaded"), r"tls\.crt")
            self.assertEqual(self.serial(server), before)
            os.unlink(self.path("tls.crt"))
            self.wait_for(server, "not reloaded", 2)
            self.assertEqual(self.serial(server), before)
            self.put("tls.key", certificate("server-rsa.key"))
            self.put("tls.crt", certificate("server-rsa.pem"))
            server.line("^reloaded")

    def test_trust_is_replaced_and_sessions_with_it(self):
        other = self.path("other")
        self.assertEqual(run("cert", "ca", other).status, 0)
        with self.server("--session-cache", "16", "--tickets") as server:
            self.expect(connect(server, "--check"), 0)
            self.put("ca.crt", os.path.join(other, "ca.pem"))
            server.line("^reloaded")
            self.expect(connect(server, "--check"), 21)
            self.put("ca.crt", ROOT)
            self.wait_for(server, "reloaded", 2)
            self.expect(connect(server, "--check"), 0)

    def test_rules_are_replaced(self):
        self.write("rules", "spiffe://**\n")
        with self.server("--admit", "@" + self.path("rules"), "--json") as server:
            self.expect(connect(server, "--check"), 0)
            self.write("rules", "dns:nobody\n")
            told, = objects(server.line('"reloaded"'))
            self.assertEqual(told["changed"], [self.path("rules")])
            self.expect(connect(server, "--check"), 25)
            self.write("rules", "all(dns:nobody\n")
            told, = objects(server.line('"not_reloaded"'))
            self.assertRegex(told["failure"]["where"], "rules")
            self.expect(connect(server, "--check"), 25)

    def test_kubernetes_swaps_a_link(self):
        """Each name is a link into ..data, a link to a folder: a whole new folder takes its place by one rename."""
        mounted = self.path("mounted")
        os.mkdir(mounted)

        def mount(number, kind):
            inner = os.path.join(mounted, f"..{number}")
            os.mkdir(inner)
            for name, source in (("tls.crt", f"server-{kind}.pem"), ("tls.key", f"server-{kind}.key"), ("ca.crt", "root.pem")):
                shutil.copy(certificate(source), os.path.join(inner, name))
            os.symlink(f"..{number}", os.path.join(mounted, "..data_tmp"))
            os.rename(os.path.join(mounted, "..data_tmp"), os.path.join(mounted, "..data"))

        mount(1, "p256")
        for name in ("tls.crt", "tls.key", "ca.crt"):
            os.symlink("..data/" + name, os.path.join(mounted, name))
        who = ["--cert", os.path.join(mounted, "tls.crt"), "--key", os.path.join(mounted, "tls.key")]
        with Server("--reload", "watch", "--json", ca=os.path.join(mounted, "ca.crt"), who=who) as server:
            serials = {self.serial(server)}
            for turn, kind in enumerate(("rsa", "p256", "rsa")):
                mount(turn + 2, kind)
                shutil.rmtree(os.path.join(mounted, f"..{turn + 1}"))
                self.wait_for(server, '{"event": "reloaded"', turn + 1)
                serials.add(self.serial(server))
            self.assertEqual(self.count(server, '{"event": "not_reloaded"'), 0, server.lines)
        self.assertEqual(len(serials), 2)

class Signals(Reload):
    how = "signal"

    def test_sighup(self):
        with self.server() as server:
            before = self.serial(server)
            server.process.send_signal(signal.SIGHUP)
            server.line("^reloaded #1, no file changed")
            self.put("tls.crt", certificate("server-rsa.pem"))
            self.put("tls.key", certificate("server-rsa.key"))
            server.process.send_signal(signal.SIGHUP)
            server.line("^reloaded #2, .*tls.crt, .*tls.key changed")
            self.assertNotEqual(self.serial(server), before)

    def test_without_the_flag_the_signal_ends_it(self):
        with Server() as server:
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(server.process.wait(20), -signal.SIGHUP)

    def test_under_load(self):
        """Clients come and go, and some stay, while everything is loaded 200 times: none of them is dropped."""
        reloads, clients = 200, 3
        context = ssl.create_default_context(cafile=ROOT)
        context.load_cert_chain(certificate("client-p256.pem"), certificate("client-p256.key"))
        over = threading.Event()

        def talk(stream, word):
            stream.sendall(word)
            got = b""
            while len(got) < len(word):
                piece = stream.recv(100)
                if not piece:
                    raise ConnectionError("the server closed")
                got += piece
            self.assertEqual(got, word)

        def open_stream(server):
            return context.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=20),
                                       server_hostname="server.test")

        def come_and_go(server):
            done = 0
            with open_stream(server) as staying:
                while not over.is_set():
                    with open_stream(server) as stream:
                        talk(stream, b"passing by")
                        stream.unwrap()
                    talk(staying, b"still here")
                    done += 1
                staying.unwrap()
            return done

        with self.server("--echo") as server, concurrent.futures.ThreadPoolExecutor(clients) as pool:
            running = [pool.submit(come_and_go, server) for _ in range(clients)]
            try:
                for number in range(1, reloads + 1):
                    kind = "rsa" if number % 2 else "p256"
                    self.put("tls.crt", certificate(f"server-{kind}.pem"))
                    self.put("tls.key", certificate(f"server-{kind}.key"))
                    server.process.send_signal(signal.SIGHUP)
                    server.line(f"^reloaded #{number},")
            finally:
                over.set()
            handshakes = sum(one.result(60) for one in running)
        self.assertEqual(self.count(server, "not reloaded"), 0)
        self.assertEqual([line for line in server.lines if line and " opened " not in line and "reloaded" not in line
                          and "listening" not in line], [])
        print(f"{handshakes} connections came and went and {clients} stayed over {reloads} reloads, dropped: 0")


main()
