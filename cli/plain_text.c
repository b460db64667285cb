/* Plain text on a TLS port is told apart by its first bytes only; this is a guess, and is worded as one. */
#define _POSIX_C_SOURCE 200809L
#include "plain_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct guess {
    const char *begins;
    const char *sentence;
};

static const struct guess guesses[] = {
    {"HTTP/", "this looks like plain HTTP: the TLS port is another one (443 instead of 80?)"},
    {"GET ", "this looks like plain HTTP: the client must use https://"},
    {"POST ", "this looks like plain HTTP: the client must use https://"},
    {"PUT ", "this looks like plain HTTP: the client must use https://"},
    {"HEAD ", "this looks like plain HTTP: the client must use https://"},
    {"OPTIONS ", "this looks like plain HTTP: the client must use https://"},
    {"CONNECT ", "this looks like a request to an HTTP proxy"},
    {"PRI * HTTP/2", "this looks like HTTP/2 without TLS"},
    {"<", "this looks like HTML or XML in plain text"},
    {"SSH-", "this looks like SSH, which has its own security"},
    {"220", "this looks like SMTP or FTP: it starts TLS by STARTTLS or AUTH TLS; use its TLS port (465 or 990)"},
    {"* OK", "this looks like IMAP: it starts TLS by STARTTLS; use its TLS port (993)"},
    {"+OK", "this looks like POP3: it starts TLS by STLS; use its TLS port (995)"},
    {"EHLO", "this looks like SMTP in plain text"},
    {"-ERR", "this looks like Redis or POP3 in plain text"},
    {"PROXY ", "this is a PROXY protocol header: a load balancer in front must be told not to send it"},
    {"\r\n\r\n", "this is a PROXY protocol header: a load balancer in front must be told not to send it"},
    {"\x80", "this looks like an SSL 2 hello, refused since RFC 6176"},
};

void hf_plain_text_peek(struct hf_plain_text *seen, int fd)
{
    if (seen->len > 0)
        return;
    ssize_t len = recv(fd, seen->bytes, sizeof seen->bytes, MSG_PEEK | MSG_DONTWAIT);
    seen->len = len > 0 ? (size_t)len : 0;
}

static int begins_with(const struct hf_plain_text *seen, const char *text)
{
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        if (i >= seen->len || seen->bytes[i] != (uint8_t)text[i])
            return 0;
    return i > 0;
}

const char *hf_plain_text_guess(const struct hf_plain_text *seen)
{
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++)
        if (begins_with(seen, guesses[i].begins))
            return guesses[i].sentence;
    return "";
}

const char *hf_plain_text_show(const struct hf_plain_text *seen, char *into, size_t room)
{
    size_t len = (size_t)snprintf(into, room, "\"");
    for (size_t i = 0; i < seen->len && len + 6 < room; i++) {
        uint8_t byte = seen->bytes[i];
        if (byte == '\r' || byte == '\n')
            len += (size_t)snprintf(into + len, room - len, "%s", byte == '\r' ? "\\r" : "\\n");
        else if (byte >= 0x20 && byte < 0x7f)
            len += (size_t)snprintf(into + len, room - len, "%c", byte);
        else
            len += (size_t)snprintf(into + len, room - len, "\\x%02x", byte);
    }
    (void)snprintf(into + len, room - len, "\"");
    return into;
}
