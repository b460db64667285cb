"""Flags: what is wrong is named, with what was probably meant; exit status 2; help tells every flag."""
from support import Case, main, run


class Commands(Case):
    def test_nothing_is_a_usage_error_that_helps(self):
        done = run()
        self.expect(done, 2, "demo", "cert", "serve", "connect")
        self.assertEqual(done.out, "")

    def test_help_goes_to_standard_output(self):
        for words in (["--help"], ["-h"], ["help"]):
            done = run(*words)
            self.expect(done, 0, "handfast demo")
            self.assertEqual(done.err, "")

    def test_unknown_command_is_suggested(self):
        self.expect(run("conect"), 2, 'no command "conect"; did you mean connect')
        self.expect(run("sever"), 2, "did you mean serve")
        self.assertNotIn("did you mean", run("xyzzy").err)

    def test_version(self):
        self.expect(run("--version"), 0, r"^handfast \d+\.\d+\.\d+\n")


class Help(Case):
    def test_each_command_has_a_page(self):
        for command in ("connect", "serve", "demo"):
            done = run(command, "--help")
            self.expect(done, 0, f"usage: handfast {command}", "exit status")
            self.assertEqual(done.err, "")
            self.expect_narrow(done.out)

    def test_the_shared_flags_are_on_both_pages(self):
        flags = "cert key passfile send-anyway min-version max-version suites groups sigalgs alpn keylog json verbose admit crl ocsp revocation staple raw-key trust-key ca-dir trust-domain trust-system allow-partial-chains allow-sha1-chains rsa-min max-intermediates"
        for command in ("connect", "serve"):
            page = run(command, "--help").out
            for flag in flags.split():
                self.assertIn(f"--{flag}", page, command)


class Flags(Case):
    def test_unknown_flag_is_suggested(self):
        self.expect(run("connect", "a:1", "--cerr", "x"), 2, "no flag --cerr; did you mean --cert")
        self.expect(run("serve", "--client-cas", "x"), 2, "did you mean --client-ca")
        self.expect(run("connect", "--verdict=1"), 2, "did you mean --verdict-timeout")
        self.assertNotIn("did you mean", run("connect", "--zzzzzzzz").err)

    def test_single_dash(self):
        self.expect(run("connect", "-cert", "x"), 2, "two dashes: --cert")

    def test_missing_values(self):
        self.expect(run("connect", "a:1", "--cert"), 2, "--cert needs a value: --cert FILE")
        self.expect(run("connect", "a:1", "--cert="), 2, "--cert needs a value")
        self.expect(run("connect", "a:1", "--cert", "--key", "k"), 2, "--key follows.*--cert=--key")

    def test_a_switch_takes_no_value(self):
        self.expect(run("connect", "a:1", "--json=yes"), 2, "--json takes no value")

    def test_choices_and_numbers(self):
        self.expect(run("serve", "--client-auth", "maybe"), 2, "none, request or require", "maybe")
        self.expect(run("serve", "--client-auth", "req"), 2, "none, request or require")
        self.expect(run("connect", "a:1", "--min-version", "1.1"), 2, "1.2 or 1.3")
        self.expect(run("serve", "--max-connections", "many"), 2, "a number from 0 to")
        self.expect(run("serve", "--max-connections", "99999999999999999999"), 2, "a number from 0 to")
        for value in ("soon", "-1", "1e3", "4000", "3 s", "nan"):
            self.expect(run("connect", "a:1", f"--verdict-timeout={value}"), 2, "seconds, 0 to 3600", value)

    def test_given_twice(self):
        self.expect(run("connect", "a:1", "--name", "a", "--name", "b"), 2, '--name was given twice: "a" and "b"')

    def test_too_many_words(self):
        self.expect(run("connect", "a:1", "b:2"), 2, '"b:2" is one word too many')
        self.expect(run("serve", "--", "--cert"), 2, '"--cert" is one word too many')

    def test_where_to(self):
        self.expect(run("connect"), 2, "HOST:PORT is missing")
        self.expect(run("connect", "example.org"), 2, "a port from 0 to 65535 must follow")
        self.expect(run("connect", "example.org:65536"), 2, "a port from 0 to 65535")
        self.expect(run("connect", "https://example.org:443"), 2, "without a scheme")
        self.expect(run("connect", "::1:443"), 2, "brackets")
        self.expect(run("connect", ":443"), 2, "a host must stand before")

    def test_contradictions(self):
        self.expect(run("connect", "a:1", "--check", "--http", "/"), 2, "--check.*--http")
        self.expect(run("connect", "a:1", "--any-name", "--name", "b"), 2, "contradict")
        self.expect(run("connect", "a:1", "--cert", "a", "--cert", "b", "--key", "c"), 2, "2 --cert but 1 --key")
        self.expect(run("serve", "--cert", "a"), 2, "--client-ca FILE", "--client-auth none")
        self.expect(run("serve", "--client-ca", "a"), 2, "--cert FILE --key FILE")

    def test_values_that_the_library_judges(self):
        self.expect(run("connect", "127.0.0.1:1", "--groups", "x25519:nonsense"), 2, "nonsense")
        self.expect(run("connect", "127.0.0.1:1", "--min-version", "1.3", "--max-version", "1.2"), 2)
        self.expect(run("connect", "127.0.0.1:1", "--suites", "TLS_NO_SUCH"), 2, "TLS_NO_SUCH")


main()
