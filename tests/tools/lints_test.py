#!/usr/bin/env python3
"""Each lint shown to fail on a tree with one fault, and to pass when the fault is mended."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
FLOORS = "# comment\nerror\nbase\ncrypto wire\nhandshake\nprotocol\n"


def body(lines):
    return "void hf_a_b(void)\n{\n" + "    ;\n" * lines + "}\n"


class Lints(unittest.TestCase):
    def lint(self, name, files):
        """Runs tools/check_<name> over a tree of these files (path to text): its status and output."""
        with tempfile.TemporaryDirectory() as tree:
            for path, text in {"src/FLOORS": FLOORS, **files}.items():
                full = os.path.join(tree, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([sys.executable, os.path.join(TOOLS, "check_" + name), tree], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
            return done.returncode, done.stdout

    def refuses(self, name, files, where):
        status, output = self.lint(name, files)
        self.assertEqual(status, 1, output)
        self.assertIn(where, output)
        self.assertIn("rule: ", output)
        self.assertIn("remedy: ", output)
        self.assertIn("1 findings", output)

    def passes(self, name, files):
        status, output = self.lint(name, files)
        self.assertEqual(status, 0, output)

    def test_floors(self):
        self.passes("floors", {"src/wire/a.c": '#include "base/span.h"\n#include "wire/b.h"\n#include <string.h>\n'})
        self.refuses("floors", {"src/base/a.c": '\n#include "wire/b.h"\n'}, "src/base/a.c:2")
        self.refuses("floors", {"src/wire/a.c": '#include "crypto/hash.h"\n'}, "its own floor")
        self.refuses("floors", {"src/wire/a.c": '#include "b.h"\n'}, "src/wire/a.c:1")
        self.refuses("floors", {"src/attic/a.c": '#include "base/span.h"\n'}, "no floor")
        self.passes("floors", {"src/crypto/a.c": "#include <openssl/evp.h>\n"})
        self.refuses("floors", {"src/wire/a.c": "#include <openssl/evp.h>\n"}, "OpenSSL")
        self.refuses("floors", {"src/wire/a.def": '# include "handshake/b.h"\n'}, "src/wire/a.def:1")

    def test_floors_outside_the_library(self):
        self.passes("floors", {"cli/a.c": '#include "b.h"\n#include <handfast/peer.h>\n', "cli/b.h": ""})
        self.refuses("floors", {"cli/a.c": '#include "base/span.h"\n'}, "cli/a.c:1")
        self.refuses("floors", {"examples/a.c": '#include "base/span.h"\n'}, "examples/a.c:1")
        self.refuses("floors", {"io/a.c": '#include "engine/engine.h"\n'}, "io/a.c:1")
        self.refuses("floors", {"cli/a.c": "#include <openssl/ssl.h>\n"}, "OpenSSL")
        self.refuses("floors", {"include/handfast/a.h": '#include "base/span.h"\n'}, "include/handfast/a.h:1")

    def test_banned(self):
        for call in ("memcpy(a, b, c)", "return getenv(name)", "x = time (NULL)", "printf(text)", "exit(1)", "free(a)"):
            self.refuses("banned", {"src/wire/a.c": f"\n{call};\n"}, "src/wire/a.c:2")
        self.passes("banned", {"src/base/a.c": "memcpy(a, b, c);\n"})
        self.refuses("banned", {"src/base/a.c": "printf(a);\n"}, "printf()")
        self.passes("banned", {"src/wire/a.c": '/* memcpy(a) */ x->free(y); seam.send(z); hf_text_free(q); "exit(1)";\n'})
        self.passes("banned", {"cli/a.c": "printf(a);\n"})

    def test_words(self):
        for word in ("if (is_dtls)", "x = c->is_server;", "if (version <= x)", "if (a->version >= b)",
                     "if (v == HF_TLS13)", "if (HF_TLS12 != v)", "x = v < 0x0304;", "switch (c->version) {",
                     "case HF_TLS12:"):
            self.refuses("words", {"src/handshake/a.c": f"\n{word}\n"}, "src/handshake/a.c:2")
            self.passes("words", {"src/protocol/a.c": f"\n{word}\n", "src/negotiate/version.c": word})
        self.passes("words", {"src/handshake/a.c": "x.version = HF_TLS13; use(version); a->b; /* version < 3 */ a.version == b.version\n"
                              "version >> 8\n",
                              "src/handshake/a.def": "HF_ROW(is_server)\n"})

    def test_names(self):
        function = "{0}hf_{1}(int a,\n    int b)\n{{\n    return 0;\n}}\n"
        for name in ("reader_take", "reader", "wire_take", "reader13_take"):
            self.passes("names", {"src/wire/reader.c": function.format("int ", name)})
        self.refuses("names", {"src/wire/reader.c": "\n" + function.format("int ", "writer_take")}, "src/wire/reader.c:2")
        self.refuses("names", {"src/wire/reader.c": function.format("struct hf_x *", "readers")}, "hf_readers()")
        self.passes("names", {"src/wire/reader.c": function.format("static int ", "writer_take")})
        self.passes("names", {"src/wire/reader.c": function.format("int ", "feed"),
                              "include/handfast/connection.h": "int hf_feed(int a);\n"})

    def test_sizes(self):
        self.passes("sizes", {"src/base/a.c": body(57), "cli/b.c": "\n" * 600, "src/base/long.def": "\n" * 900})
        self.refuses("sizes", {"src/base/a.c": "\n" + body(58)}, "src/base/a.c:2: hf_a_b() has 61 lines")
        self.refuses("sizes", {"cli/b.c": "\n" * 601}, "cli/b.c:601")

    def test_proofs(self):
        home = "enum hf_proof {\n    HF_PROOF_A = 1 << 0,\n    HF_PROOF_ALL = (1 << 1) - 1\n};\n"
        give = "void hf_{0}(struct p *p)\n{{\n    hf_proofs_give(&p->proofs, {1});\n}}\n"
        once = {"src/handshake/proofs.h": home, "src/handshake/a.c": give.format("a", "HF_PROOF_A")}
        self.passes("proofs", {})
        self.passes("proofs", once)
        self.refuses("proofs", {"src/handshake/proofs.h": home}, "never given")
        self.refuses("proofs", {**once, "src/trust/c.c": give.format("c", "proof")}, "without naming")
        self.refuses("proofs", {**once, "src/trust/c.c": give.format("c", "HF_PROOF_ALL")}, "without naming")
        self.refuses("proofs", {**once, "src/trust/c.c": "void hf_c(void)\n{\n    h->proofs.held |= 1;\n}\n"}, "itself")
        status, output = self.lint("proofs", {**once, "src/trust/b.c": give.format("b", "HF_PROOF_A")})
        self.assertEqual(status, 1)
        self.assertEqual(len(re.findall("given in hf_[ab]", output)), 2)

    def test_map(self):
        self.passes("map", {"src/base/a.c": "", "docs/map.md": "`src/base/` bytes\n"})
        self.refuses("map", {"src/base/a.c": "", "docs/map.md": "nothing\n"}, "src/base/ is not listed")
        self.refuses("map", {"src/base/a.c": "", "docs/map.md": "`src/base/`\n`src/attic/`\n"}, "docs/map.md:2")

    def test_mission(self):
        table = "| sentence | shown by |\n|---|---|\n| It works | "
        tree = {"tests/unit/a/b_test.c": "", "tests/traces/c.trace": "", "tests/peers/CMakeLists.txt": "set(groups x/client)"}
        self.passes("mission", {**tree, "docs/MISSION.md": table + "`unit.a.b` `trace.c.TLS12` `peers.x.client` |\n"})
        self.refuses("mission", {**tree, "docs/MISSION.md": table + "`unit.a.c` |\n"}, "docs/MISSION.md:3: unit.a.c is no test")
        self.refuses("mission", {**tree, "docs/MISSION.md": table + "`peers.y.client` |\n"}, "peers.y.client is no test")
        self.refuses("mission", {**tree, "docs/MISSION.md": table + "nothing |\n"}, "no test is named")

    def test_security(self):
        head = "| wound | by what | shown by |\n|---|---|---|\n"
        tree = {"tests/unit/wounds/a_test.c": "", "tests/properties/run.c": "", "docs/LIMITS.md": ""}
        page = "docs/SECURITY.md"
        self.passes("security", {**tree, page: head + "| `x` | y | `unit.wounds.a` `properties.streams` |\n"})
        self.refuses("security", {**tree, page: head + "| x | y | `unit.wounds.b` |\n"}, page + ":3: unit.wounds.b is no")
        self.refuses("security", {**tree, page: head + "| x | `unit.wounds.a` | none |\n"}, "no test is named")
        self.refuses("security", {**tree, page: "", "docs/LIMITS.md": head + "| x | y | `unit.wounds.c` |\n"}, "LIMITS.md:3")

    def test_blind(self):
        tree = {"fuzz/blind/crypto.c": "#ifndef HF_BLIND_CRYPTOGRAPHY\n#error\n#endif\nint __wrap_hf_aead_open(void);\n",
                "fuzz/CMakeLists.txt": "function(hf_make_blind target)\n        hf_make_blind(${target})\n", "CMakeLists.txt": ""}
        self.passes("blind", tree)
        self.passes("blind", {**tree, "tests/CMakeLists.txt": "LINKER:--wrap=hf_schedule13_handshake\n"})
        self.refuses("blind", {**tree, "CMakeLists.txt": "add(fuzz/blind/x.c)\n"}, "CMakeLists.txt:1")
        self.refuses("blind", {**tree, "cli/CMakeLists.txt": "\nLINKER:--wrap=hf_aead_open\n"}, "cli/CMakeLists.txt:2")
        self.refuses("blind", {**tree, "src/a/b.c": "#ifdef HF_BLIND_CRYPTOGRAPHY\n"}, "src/a/b.c:1")
        self.refuses("blind", {**tree, "fuzz/CMakeLists.txt": "hf_make_blind(handfast)\n"}, "fuzz/CMakeLists.txt:1")
        self.refuses("blind", {**tree, "fuzz/blind/crypto.c": "int __wrap_hf_aead_open(void);\n"}, "compiles without")

    def test_citations(self):
        for text in ("/* RFC 9846 4.2.8.1 */", "/* RFC 9846 4.3, 4.7.4; E.6 none */", "/* RFC 9846 4.4 (b), 4.5.9 */",
                     "/* RFC\n * 9846 4.2\n * and F.11 */", "/* RFC 9846 5, H. */", "/* RFC 9846\n * 13 */"):
            status, output = self.lint("citations", {"src/wire/a.h": "\n" + text})
            self.assertEqual(status, 1, text)
            self.assertIn("has no section", output)
        self.refuses("citations", {"include/a.def": 'X(1, "RFC 9846 4.4.4")\n'}, "include/a.def:1: RFC 9846 has no section 4.4.4")
        self.refuses("citations", {"README.md": "(RFC 9846 D.4)"}, "README.md:1")
        self.refuses("citations", {"docs/a.md": "RFC 9846 6 and 5.1,\n5.6"}, "docs/a.md:2")
        self.passes("citations", {"src/a.c": "/* RFC 9846 lets it. RFC 9846 4.3.8's, 5.1 (why), 7.5 and E.4; A, B.3.\n"
                                  " * RFC 9846 4, 5246 7.4, RFC 8446 4.4.4; RFC 9846 6.2, RFC 5246 7.4.1.4.1 */\n",
                                  "README.md": "RFC 9846, with 4.4.4 (RFC 9846)"})


if __name__ == "__main__":
    unittest.main()
