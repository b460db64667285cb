"""Processes of one case: started on loopback, watched with deadlines, always ended by their own id."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time


class Late(Exception):
    """Something did not happen in its time."""


class Process:
    """A started program. Its standard output and error come together, line by line, into `output`."""

    def __init__(self, command, stdin=None, environment=None, folder=None):
        self.command = [str(word) for word in command]
        self.output = ""
        self._changed = threading.Condition()
        self._process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, cwd=folder, env={**os.environ, **(environment or {})},
                                         start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if stdin is not None:
            self.write(stdin)

    def _read(self):
        while True:
            piece = os.read(self._process.stdout.fileno(), 65536)
            with self._changed:
                self.output += piece.decode("utf-8", "replace")
                self._ended = not piece
                self._changed.notify_all()
            if not piece:
                return

    _ended = False

    def write(self, text):
        try:
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()
        except OSError:
            pass  # it has gone; its exit status tells

    def close_input(self):
        try:
            self._process.stdin.close()
        except OSError:
            pass

    def wait_for(self, pattern, seconds):
        """The match of a pattern in the output so far or to come; None when the program ended without it."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                match = re.search(pattern, self.output, re.M)
                if match or self._ended:
                    return match
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Late(f"no '{pattern}' in {seconds} s from: {' '.join(self.command)}\n{self.output}")
                self._changed.wait(left)

    def wait(self, seconds):
        """Its exit status; Late when it does not end."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Late(f"no end in {seconds} s of: {' '.join(self.command)}\n{self.output}") from None
        self._reader.join(2)
        return status

    def end(self):
        """Ends it, and what it started in its session, whatever its state."""
        self.close_input()
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                break
            try:
                os.killpg(self._process.pid, how)
                self._process.wait(2)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self._process.wait()
        self._reader.join(2)
        self._process.stdout.close()


class Processes:
    """The processes of a case: `with Processes() as started: started.run([...])`; on leaving all are ended."""

    def __init__(self):
        self._started = []
        self._folder = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self._started):
            process.end()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def folder(self):
        """A folder that lives as long as the case."""
        self._folder = self._folder or tempfile.mkdtemp(prefix="handfast-peers-")
        return self._folder

    def file(self, name, text):
        """A file in it; its path."""
        path = os.path.join(self.folder(), name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def run(self, command, **how):
        process = Process(command, **how)
        self._started.append(process)
        return process

    def story(self):
        """Commands and outputs, for a person who looks at a failed case."""
        return "\n".join(f"$ {' '.join(p.command)}\n{cut(p.output)}" for p in self._started)


def cut(text, head=25, tail=45):
    """A long text without its middle."""
    lines = text.split("\n")
    return text if len(lines) <= head + tail else "\n".join([*lines[:head], "[...]", *lines[-tail:]])


def attempt(direction, *arguments):
    """Runs direction(*arguments, started), which adds what it starts to `started`. Gives what went wrong, or "", and the
    story of its processes, which have all ended by then."""
    started = []
    try:
        wrong = direction(*arguments, started)
    except (Late, AttributeError, ValueError) as error:
        wrong = str(error).split("\n", maxsplit=1)[0] or "no answer"
    finally:
        for process in started:
            process.end()
    return wrong, "\n".join(f"$ {' '.join(process.command)}\n{process.output}" for process in started)


def free_port():
    """A port that was free a moment ago, for programs that cannot pick one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port, process, seconds=10):
    """Waits until something listens there; Late when it does not or the process has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not process._ended:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise Late(f"nothing listens on {port}: {' '.join(process.command)}\n{process.output}")
