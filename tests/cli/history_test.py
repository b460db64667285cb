"""`demo --history`: each chapter is a connection that really used what its title says. What is expected stands here, and is
held against what the library reported of both ends (--json), and against the bytes on the wire; no text is believed."""
import json
import re

from support import CLIENT, ROOT, Case, main, run

GCM, ECDHE_GCM = "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"

# name: version, suite, group, switches, and what else is not as in a usual handshake
CHAPTERS = {
    "rsa": ("TLS 1.2", GCM, "", ["rsa-key-exchange"], {}),
    "dhe": ("TLS 1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "ffdhe2048", ["dhe"], {}),
    "psk": ("TLS 1.2", "TLS_PSK_WITH_AES_128_GCM_SHA256", "", ["plain-psk"], {"key": True}),
    "dhe-psk": ("TLS 1.2", "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", "ffdhe2048", ["dhe"], {"key": True}),
    "rsa-psk": ("TLS 1.2", "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", "", ["rsa-key-exchange"], {"key": True}),
    "ecdhe-psk": ("TLS 1.2", "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "x25519", [], {"key": True}),
    "compression": ("TLS 1.2", ECDHE_GCM, "x25519", ["compression"], {"compressed": True}),
    "cbc": ("TLS 1.2", CBC, "x25519", ["cbc", "mac-then-encrypt"], {}),
    "encrypt-then-mac": ("TLS 1.2", CBC, "x25519", ["cbc"], {"encrypt_then_mac": True}),
    "3des": ("TLS 1.2", "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", "x25519", ["cbc", "3des"], {"encrypt_then_mac": True}),
    "rc4": ("TLS 1.2", None, None, [], {}),
    "null": ("TLS 1.2", "TLS_ECDHE_ECDSA_WITH_NULL_SHA", "x25519", ["null-encryption"], {"authenticated_only": True}),
    "integrity-only": ("TLS 1.3", "TLS_SHA256_SHA256", "x25519", ["null-encryption"], {"authenticated_only": True}),
    "sha1": ("TLS 1.2", ECDHE_GCM, "x25519", ["sha1-signatures"], {}),
    "session-id": ("TLS 1.2", ECDHE_GCM, "", [], {"resumed": True}),
    "ticket": ("TLS 1.2", ECDHE_GCM, "", [], {"resumed": True}),
    "psk-ke": ("TLS 1.3", "TLS_AES_128_GCM_SHA256", "", ["psk-without-key-exchange"], {"resumed": True}),
    "renegotiation": ("TLS 1.2", ECDHE_GCM, "x25519", ["renegotiation-ask", "renegotiation-follow"], {}),
}
SHARE = "ServerKeyExchange"


class History(Case):
    @classmethod
    def setUpClass(cls):
        cls.done = run("demo", "--history", "--json", seconds=60)
        cls.told = json.loads(cls.done.out)
        cls.scenes = {scene["name"]: scene for scene in cls.told["scenes"]}

    def sent(self, name, by):
        return [step["message"] for step in self.scenes[name]["steps"] if step["step"] == "sent" and step["by"] == by]

    def test_all_of_it_held(self):
        self.assertEqual(self.done.status, 0, str(self.done))
        self.assertIs(self.told["ok"], True)
        self.assertEqual(list(self.scenes), list(CHAPTERS))
        for scene in self.told["scenes"]:
            self.assertTrue(all(check["holds"] for check in scene["checks"]), scene["name"])
            for member in ("since", "retired", "why"):
                self.assertGreater(len(scene[member]), 10)
            self.assertRegex(scene["since"], r"^(19|20)\d\d, ")
            self.assertRegex(scene["since"] + scene["retired"], r"RFC \d{4}")

    def test_what_both_ends_report(self):
        for name, (version, suite, group, _, more) in CHAPTERS.items():
            if suite is None:
                continue
            for end in ("client", "server"):
                report = self.scenes[name][end]
                with self.subTest(name=name, end=end):
                    self.assertTrue(report["opened"])
                    self.assertEqual((report["version"], report["suite"], report["group"]), (version, suite, group))
                    for what in ("compressed", "encrypt_then_mac", "authenticated_only", "resumed"):
                        self.assertEqual(report[what], more.get(what, False), what)
                    self.assertEqual(report.get("psk_identity"), "history" if more.get("key") else None)

    def test_who_is_proven(self):
        for name, (_, suite, _, _, more) in CHAPTERS.items():
            if suite is None:
                continue
            client, server = self.scenes[name]["client"], self.scenes[name]["server"]
            self.assertEqual("peer" in server, not more.get("key"), name)
            self.assertEqual("peer" in client, not more.get("key") or name == "rsa-psk", name)

    def test_the_wire(self):
        for name, (_, suite, _, _, more) in CHAPTERS.items():
            if suite is None:
                continue
            client = self.scenes[name]["client"]
            self.assertEqual(client["readable"], more.get("authenticated_only", False), name)
            said = [step for step in self.scenes[name]["steps"] if step["step"] == "data" and step["by"] == "client"][-1]
            self.assertEqual(client["wire_bytes"] < said["bytes"], name == "compression", name)
        # IV, data, MAC of SHA-256 and padding: the same 64 bytes encrypted, or 16 encrypted and 32 outside
        self.assertEqual(self.scenes["cbc"]["client"]["wire_bytes"], 5 + 16 + 48)
        self.assertEqual(self.scenes["encrypt-then-mac"]["client"]["wire_bytes"], 5 + 16 + 16 + 32)

    def test_the_messages(self):
        for name in ("rsa", "psk", "rsa-psk", "session-id", "ticket"):
            self.assertNotIn(SHARE, self.sent(name, "server"))
        for name in ("dhe", "dhe-psk", "ecdhe-psk", "compression", "cbc", "null", "sha1"):
            self.assertIn(SHARE, self.sent(name, "server"))
        for name in ("psk", "dhe-psk", "ecdhe-psk", "session-id", "ticket", "psk-ke"):
            self.assertNotIn("Certificate", self.sent(name, "server"))
        self.assertIn("NewSessionTicket", self.sent("psk-ke", "server"))
        self.assertIn("HelloRequest", self.sent("renegotiation", "server"))
        self.assertEqual(self.sent("renegotiation", "client").count("ClientHello"), 2)
        second = self.scenes["renegotiation"]["steps"]
        hellos = [step["encrypted"] for step in second if step["step"] == "sent" and step["message"] == "ClientHello"]
        self.assertEqual(hellos, [False, True])

    def test_sha1_signed_both_ways(self):
        for end in ("client", "server"):
            self.assertEqual(self.scenes["sha1"][end]["own_scheme"], "ecdsa_sha1")
            self.assertEqual(self.scenes["sha1"][end]["peer_scheme"], "ecdsa_sha1")

    def test_rc4_is_refused_by_name(self):
        scene = self.scenes["rc4"]
        self.assertEqual([step["step"] for step in scene["steps"]], ["refused"])
        self.assertRegex(scene["steps"][0]["text"], "RFC 7465")
        self.assertNotIn("client", scene)

    def test_every_switch_has_its_chapter(self):
        for name, (_, _, _, switches, _) in CHAPTERS.items():
            self.assertEqual(sorted(self.scenes[name]["switches"]), sorted(switches))
        done = run("connect", "127.0.0.1:1", "--ca", ROOT, *CLIENT, "--historic", "nonsense")
        takes = re.sub(r"\(.*?\)", "", done.err.split("it takes", 1)[1])
        known = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", takes)
        shown = {switch for scene in self.told["scenes"] for switch in scene["switches"]}
        self.assertEqual(shown, set(known) - {"pkcs1-clients"})  # RFC 9963 is of 2026: no history yet

    def test_the_story(self):
        done = run("demo", "--history", "null", "rc4", "ticket")
        self.expect(done, 0, "All [0-9]+ expectations held", "since +1996", "retired +2015", "why ",
                    "switch +--historic null-encryption", "can be read on the wire")
        self.assertEqual(len(re.findall(r"^\d+  ", done.out, re.MULTILINE)), 3)
        self.assertNotIn("\x1b", done.out)
        self.expect_narrow(done.out)
        self.assertTrue(run("demo", "--history", "psk", environment={"LC_ALL": "C"}).out.isascii())

    def test_what_is_no_chapter(self):
        self.expect(run("demo", "--history", "ssl2"), 2, "no chapter ssl2")
        self.expect(run("demo", "rsa"), 2, "--history")


main()
