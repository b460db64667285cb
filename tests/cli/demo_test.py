"""`demo`: exit status 0 when all came as narrated; one JSON document; colour on a terminal only; at most 100 columns."""
import json
import os
import pty
import subprocess
import tempfile
import time

from support import PROGRAM, Case, main, run


def on_a_terminal(environment):
    """Runs the demo with a terminal as its standard output. Gives its exit status and what it wrote."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(PROGRAM, [PROGRAM, "demo"], {**os.environ, "TERM": "xterm", **environment})
    text = b""
    try:
        while piece := os.read(terminal, 65536):
            text += piece
    except OSError:
        pass  # the end, on a terminal
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text.decode("utf-8", "replace")


class Demo(Case):
    def test_the_story(self):
        began = time.monotonic()
        done = run("demo")
        self.expect(done, 0, "All [0-9]+ expectations held", "TLS 1.3", "TLS 1.2", "DTLS 1.3", "DTLS 1.2", "went astray",
                    "client +sends its flight again", "server +sends its flight again", "ClientHello", "CertificateVerify",
                    "close_notify", r"\[H14\]", r"\[H17\]", r"\[H15\]")
        self.assertLess(time.monotonic() - began, 15)
        self.assertNotIn("\x1b", done.out)
        self.assertEqual(done.err, "")
        self.expect_narrow(done.out)

    def test_json(self):
        done = run("demo", "--json")
        self.expect(done, 0)
        told = json.loads(done.out)
        self.assertIs(told["ok"], True)
        self.assertEqual(told["broken"], 0)
        self.assertEqual([scene["protocol"] for scene in told["scenes"][:4]],
                         ["TLS 1.3", "TLS 1.2", "DTLS 1.3", "DTLS 1.2"])
        self.assertEqual([scene["server"]["failure"]["error"] for scene in told["scenes"][4:]],
                         ["certificate_missing", "certificate_expired", "unknown_issuer"])
        self.assertEqual([scene["client"]["failure"]["reason"] for scene in told["scenes"][4:]], [14, 17, 15])
        for scene in told["scenes"][2:4]:
            story = [(step["step"], step["by"]) for step in scene["steps"]]
            lost = story.index(("lost", "server"))
            self.assertLess(lost, story.index(("repeated", "client")))
            self.assertLess(story.index(("repeated", "client")), story.index(("repeated", "server")))
            self.assertLess(story.index(("repeated", "server")), story.index(("opened", "client")))
            self.assertEqual(scene["client"]["version"], scene["protocol"])
        for scene in told["scenes"]:
            self.assertTrue(all(check["holds"] for check in scene["checks"]))
            self.assertGreaterEqual(len(scene["checks"]), 4)
            self.assertTrue(any(step["step"] == "sent" and step["encrypted"] for step in scene["steps"]))

    def test_typed_arrows_without_utf8(self):
        done = run("demo", environment={"LC_ALL": "C"})
        self.expect(done, 0, "client --> server", "client <-- server")
        self.assertTrue(done.out.isascii())

    def test_colour(self):
        status, text = on_a_terminal({})
        self.assertEqual(status, 0)
        self.assertIn("\x1b[", text)
        for quiet in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            status, text = on_a_terminal(quiet)
            self.assertEqual(status, 0)
            self.assertNotIn("\x1b", text)

    def test_nothing_is_left_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([PROGRAM, "demo"], cwd=folder, env={**os.environ, "TMPDIR": folder, "HOME": folder},
                                  stdout=subprocess.DEVNULL, timeout=60, check=False)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(os.listdir(folder), [])


main()
