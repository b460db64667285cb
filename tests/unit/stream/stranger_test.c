/* Strangers by their first bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "stream/stranger.h"

struct known {
    const char *bytes;
    size_t len;
    const char *wanted;
};

#define KNOWN(bytes, wanted)                                                                                           \
    {                                                                                                                  \
        bytes, sizeof bytes - 1, wanted                                                                                \
    }

static void described(void **state)
{
    (void)state;
    static const struct known cases[] = {
        KNOWN("", "nothing"),
        KNOWN("POST /x HTTP/1.0\r\n", "an HTTP request: POST /x HTTP/1.0"),
        KNOWN("HTTP/1.1 400 Bad Request\r\n", "an HTTP answer: HTTP/1.1 400 Bad Request"),
        KNOWN("SSH-2.0-OpenSSH_9.2\r\n", "an SSH banner: SSH-2.0-OpenSSH_9.2"),
        KNOWN("220 mail.example ESMTP\r\n", "an SMTP or FTP greeting: 220 mail.example ESMTP"),
        KNOWN("* OK IMAP4 ready\r\n", "an IMAP greeting: * OK IMAP4 ready"),
        KNOWN("\x80\x2e\x01\x03\x01\x00\x15", "an SSLv2-style hello, which no version since TLS 1.2 allows"),
        KNOWN("\r\n\r\n\0\r\nQUIT\n", "a PROXY protocol header, version 2"),
        KNOWN("hello there\n", "text: hello there"),
        KNOWN("\x1b[2J\xff", "the bytes 1b5b324aff"),
        KNOWN("GET \x1b[2J", "an HTTP request: GET "),
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        char room[200];
        struct hf_text text = hf_text_of(room, sizeof room);
        hf_stranger_describe(hf_span_of(cases[i].bytes, cases[i].len), &text);
        assert_string_equal(room, cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(described)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
