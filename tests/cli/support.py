"""What the tests of the program share: it is run as a user runs it, and ended by its own id.

The environment says where things are: HF_PROGRAM the program, HF_CERTIFICATES a folder made by tests/peers/certificates.py.
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

PROGRAM = os.environ["HF_PROGRAM"]
CERTIFICATES = os.environ["HF_CERTIFICATES"]
SECONDS = 20
WIDTH = 100


def certificate(name):
    return os.path.join(CERTIFICATES, name)


def identity(name):
    return ["--cert", certificate(name + ".pem"), "--key", certificate(name + ".key")]


ROOT = certificate("root.pem")
CLIENT = identity("client-p256")
SERVER = identity("server-p256")


class Done:
    """A program that has ended."""

    def __init__(self, status, out, err):
        self.status, self.out_bytes = status, out
        self.out, self.err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def __str__(self):
        return f"status {self.status}\nstdout: {self.out[:3000]}\nstderr: {self.err[:3000]}"


def run(*words, stdin=b"", seconds=SECONDS, environment=None):
    """Runs the program to its end."""
    done = subprocess.run([PROGRAM, *words], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=seconds, env={**os.environ, **(environment or {})}, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


class Server:
    """`handfast serve` on a port of its own, as a context; its lines are in .lines."""

    def __init__(self, *flags, who=None, ca=ROOT):
        words = ["serve", "--listen", "127.0.0.1:0", *(SERVER if who is None else who), *flags]
        if ca:
            words += ["--client-ca", ca]
        self.process = subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = []
        self._changed = threading.Condition()
        self.err = b""
        self._out = threading.Thread(target=self._read_lines, daemon=True)
        self._out.start()
        self._errors = threading.Thread(target=self._read_errors, daemon=True)
        self._errors.start()
        first = self.line(r"127\.0\.0\.1:\d+")
        self.address = re.search(r"127\.0\.0\.1:(\d+)", first).group(0)
        self.port = int(self.address.rsplit(":", 1)[1])

    def _read_lines(self):
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.lines.append(None)
            self._changed.notify_all()

    def _read_errors(self):
        self.err = self.process.stderr.read()

    def line(self, pattern, seconds=SECONDS):
        """The first line that fits, now or soon."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                for line in self.lines:
                    if line is not None and re.search(pattern, line):
                        return line
                if (self.lines and self.lines[-1] is None) or time.monotonic() > deadline:
                    raise AssertionError(f"no line like {pattern!r} in {self.lines}")
                self._changed.wait(0.1)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(SECONDS)
        self._errors.join(SECONDS)
        return status

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        status = 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._out.join(SECONDS)
        self._errors.join(SECONDS)
        self.process.stdout.close()
        self.process.stderr.close()
        if kind is None and status != 0:  # a sanitizer's word, or it did not stop when asked
            raise AssertionError(f"serve ended with {status}: {self.err.decode('utf-8', 'replace')[:3000]}")


def connect(server, *flags, who=CLIENT, ca=ROOT, **more):
    """`handfast connect` to a Server, or to an address."""
    address = server if isinstance(server, str) else server.address
    return run("connect", address, "--name", "server.test", *(["--ca", ca] if ca else []), *who, *flags, **more)


class Watched:
    """A program with pipes whose output is collected while it runs."""

    def __init__(self, words):
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.out = b""
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while piece := os.read(self.process.stdout.fileno(), 65536):
            with self.changed:
                self.out += piece
                self.changed.notify_all()

    def say(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def see(self, pattern, seconds=15):
        """Waits for it in the output; says what came instead."""
        end = time.monotonic() + seconds
        with self.changed:
            while not re.search(pattern, self.out):
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    raise AssertionError(f"no {pattern!r} in {self.out.decode(errors='replace')}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.reader.join(10)  # before its descriptor is closed, and becomes somebody else's
        self.process.stdout.close()


class Listener:
    """A server that is none of ours: what it does with each connection is a function of its socket."""

    def __init__(self, behave):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.behave = behave
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self.behave(connection)
                except OSError:
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def objects(text):
    """One JSON object a line; anything else is an error."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


class Case(unittest.TestCase):
    maxDiff = None

    def expect(self, done, status, *patterns):
        """The exit status, and texts that must be in what was printed."""
        self.assertEqual(done.status, status, str(done))
        for pattern in patterns:
            self.assertRegex(done.out + done.err, pattern)

    def expect_narrow(self, text):
        for line in text.splitlines():
            self.assertLessEqual(len(re.sub(r"\x1b\[[0-9;]*m", "", line)), WIDTH, line)


def main():
    unittest.main(module=sys.modules["__main__"], argv=sys.argv[:1], verbosity=1)
