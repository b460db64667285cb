"""`serve` among bad guests: garbage, silence, slowness, crowds. And its page."""
import os
import socket
import ssl
import subprocess
import threading
import time

from support import CLIENT, PROGRAM, ROOT, SERVER, Case, Server, certificate, connect, identity, main, run


def speak(server, data, seconds=5):
    """Sends bytes, and gives what comes back until the end."""
    with socket.create_connection(("127.0.0.1", server.port), seconds) as peer:
        peer.sendall(data)
        got = b""
        try:
            while piece := peer.recv(65536):
                got += piece
        except OSError:
            pass
        return got


class BadGuests(Case):
    def test_garbage(self):
        with Server() as server:
            for data in (b"\x00" * 100, b"\x16\x03\x01\xff\xff" + b"A" * 200, os.urandom(5000), b"\x16\x03\x01\x00\x00" * 200,
                         b"\x15\x03\x01\x00\x02\x02\x28", b"\x17\x03\x03\x00\x05hello", b"\x16\x03\x01\x00\x05\x01\xff\xff\xff\x00"):
                speak(server, data)
            for number in range(1, 8):
                server.line(rf"^#{number} .*(refused|failed)")
            self.expect(connect(server, "--check"), 0)
            self.assertEqual(server.stop(), 0)

    def test_plain_http(self):
        with Server("--http") as server:
            answer = speak(server, b"GET /secret HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b"400 Bad Request", answer)
            self.assertIn(b"https://", answer)
            line = server.line(r"\[H25\]")
            self.assertIn("GET /secret", line)
            self.assertIn("https", line)

    def test_silence_is_ended(self):
        with Server("--handshake-timeout", "0.5") as server:
            for data in (b"", b"\x16\x03\x01\x02\x00\x01"):
                began = time.monotonic()
                self.assertEqual(speak(server, data), b"")
                self.assertLess(time.monotonic() - began, 4)
            server.line("#2 .*did not answer in time")

    def test_idle_guests_are_dismissed(self):
        with Server("--echo", "--idle-timeout", "0.5") as server:
            words = [PROGRAM, "connect", server.address, "--name", "server.test", "--ca", ROOT, *CLIENT, "--quiet"]
            with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                self.assertEqual(process.wait(10), 0)  # although our side stays open

    def test_byte_by_byte(self):
        """A hello in pieces is a hello."""
        with Server("--client-auth", "none", ca=None) as server:
            context = ssl.create_default_context(cafile=ROOT)
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = context.wrap_bio(incoming, outgoing, server_hostname="server.test")
            with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for _ in range(20):
                    try:
                        tls.do_handshake()
                        break
                    except ssl.SSLWantReadError:
                        for byte in outgoing.read():
                            peer.send(bytes([byte]))
                        incoming.write(peer.recv(65536))
                for byte in outgoing.read():
                    peer.send(bytes([byte]))
                server.line("opened")

    def test_the_slow_do_not_hold_up_the_others(self):
        with Server() as server:
            slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(30)]
            for peer in slow:
                peer.send(b"\x16\x03\x01")
            began = time.monotonic()
            self.expect(connect(server, "--check"), 0)
            self.assertLess(time.monotonic() - began, 5)
            for peer in slow:
                peer.close()

    def test_many_at_once(self):
        with Server("--echo") as server:
            results = []

            def one(number):
                data = (b"%d " % number) * 5000
                done = connect(server, "--quiet", stdin=data)
                results.append((done.status, done.out_bytes == data))

            threads = [threading.Thread(target=one, args=(number,)) for number in range(24)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            self.assertEqual(results, [(0, True)] * 24)

    def test_more_than_allowed_wait(self):
        with Server("--max-connections", "2", "--handshake-timeout", "1") as server:
            for _ in range(2):
                self.addCleanup(socket.create_connection(("127.0.0.1", server.port)).close)
            self.expect(connect(server, "--check"), 0)  # when the two were ended

    def test_hang_up_at_each_point(self):
        """A client that goes in the middle of everything."""
        with Server() as server:
            hello = []

            def tap():
                with socket.create_server(("127.0.0.1", 0)) as listener:
                    hello.append(listener.getsockname()[1])
                    peer, _ = listener.accept()
                    with peer:
                        hello.append(peer.recv(65536))

            thread = threading.Thread(target=tap)
            thread.start()
            while not hello:
                time.sleep(0.01)
            connect(f"127.0.0.1:{hello[0]}", "--check")
            thread.join(10)
            data = hello[1]
            for length in range(0, len(data), max(1, len(data) // 20)):
                with socket.create_connection(("127.0.0.1", server.port), 5) as peer:
                    peer.sendall(data[:length])
            with socket.create_connection(("127.0.0.1", server.port), 5) as peer:
                peer.sendall(data)
                self.assertEqual(peer.recv(1), b"\x16")
            server.line(r"\[H31\]")
            self.expect(connect(server, "--check"), 0)


class Page(Case):
    def test_the_page_states_the_session_and_the_client(self):
        with Server("--http") as server:
            for version in ("1.2", "1.3"):
                done = connect(server, "--http", "/a?<b>&\"c'", "--max-version", version)
                self.expect(done, 0, "answer +HTTP/1.0 200 OK")
                for text in (f"TLS {version}", "client-p256", "spiffe://lab.test/client-p256", "CN=Lab Intermediate",
                             "GET /a?&#60;b&#62;&#38;&#34;c&#39; HTTP/1.0"):
                    self.assertIn(text, done.out)
                self.assertNotIn("<b>", done.out)
                self.assertNotIn("200 OK", done.out)  # the body alone

    def test_another_client(self):
        context = ssl.create_default_context(cafile=ROOT)
        context.load_cert_chain(certificate("client-p256.pem"), certificate("client-p256.key"))
        with Server("--http") as server:
            for request in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"hello\r\n"):
                with socket.create_connection(("127.0.0.1", server.port), 10) as plain, \
                        context.wrap_socket(plain, server_hostname="server.test", suppress_ragged_eofs=False) as peer:
                    peer.sendall(request)
                    got = b""
                    while piece := peer.recv(65536):  # ends with close_notify, or this raises
                        got += piece
                self.assertIn(b"client-p256", got)

    def test_an_unauthenticated_client(self):
        with Server("--http", "--client-auth", "request") as server:
            self.expect(connect(server, "--http", "/", who=[]), 0, "unauthenticated")


class Start(Case):
    def test_the_port_is_taken(self):
        with Server() as server:
            done = run("serve", "--listen", server.address, *SERVER, "--client-ca", ROOT)
            self.expect(done, 40, "Address already in use", server.address)

    def test_a_bad_address(self):
        self.expect(run("serve", "--listen", "nonsense", *SERVER, "--client-ca", ROOT), 2, "nonsense")

    def test_several_certificates_by_name(self):
        with Server("--client-auth", "none", who=[*identity("server-p256"), *identity("server-wrong-name")], ca=None) as server:
            done = run("connect", server.address, "--check", "--ca", ROOT, "--name", "elsewhere.test")
            self.expect(done, 0, "CN=server-wrong-name")
            self.expect(connect(server, "--check", who=[]), 0, "CN=server-p256")


main()
