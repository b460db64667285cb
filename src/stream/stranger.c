/* Guesses a protocol by how its first line begins. The usual causes: the plain-text port of the same service, an HTTP
 * client on a TLS port, a service that wants STARTTLS first, a very old client's SSLv2-style hello (RFC 5246 E.2). */
#include "stream/stranger.h"

struct beginning {
    const char *bytes;
    const char *is;
};

static const struct beginning beginnings[] = {
    {"GET ", "an HTTP request"},
    {"POST ", "an HTTP request"},
    {"HEAD ", "an HTTP request"},
    {"PUT ", "an HTTP request"},
    {"OPTIONS ", "an HTTP request"},
    {"DELETE ", "an HTTP request"},
    {"PATCH ", "an HTTP request"},
    {"CONNECT ", "an HTTP request"},
    {"PRI * HTTP", "an HTTP/2 client in plain text"},
    {"HTTP/", "an HTTP answer"},
    {"SSH-", "an SSH banner"},
    {"220", "an SMTP or FTP greeting"},
    {"421", "an SMTP or FTP refusal"},
    {"554", "an SMTP refusal"},
    {"EHLO", "an SMTP client"},
    {"HELO", "an SMTP client"},
    {"* OK", "an IMAP greeting"},
    {"+OK", "a POP3 greeting"},
    {"PROXY ", "a PROXY protocol header"},
    {"\r\n\r\n", "a PROXY protocol header, version 2"},
};

static bool starts_with(struct hf_span bytes, struct hf_span start)
{
    return start.len > 0 && bytes.len >= start.len && hf_span_equal(hf_span_part(bytes, 0, start.len), start);
}

/* A two-byte length with its top bit set, then client_hello (1) and a version: RFC 5246 E.2. */
static bool is_sslv2_hello(struct hf_span bytes)
{
    return bytes.len >= 4 && (bytes.data[0] & 0x80) != 0 && bytes.data[2] == 1 &&
           (bytes.data[3] == 0 || bytes.data[3] == 2 || bytes.data[3] == 3);
}

static const char *guess(struct hf_span first)
{
    for (size_t i = 0; i < HF_COUNT(beginnings); i++)
        if (starts_with(first, hf_span_of_text(beginnings[i].bytes)))
            return beginnings[i].is;
    return NULL;
}

static size_t line_len(struct hf_span bytes)
{
    size_t len = 0;
    while (len < bytes.len && bytes.data[len] >= 0x20 && bytes.data[len] < 0x7f)
        len++;
    return len;
}

void hf_stranger_describe(struct hf_span first, struct hf_text *ret_text)
{
    if (first.data == NULL || first.len == 0) {
        hf_text_add(ret_text, "nothing");
        return;
    }
    const char *is = guess(first);
    struct hf_span line = hf_span_part(first, 0, line_len(first));

    if (is_sslv2_hello(first)) {
        hf_text_add(ret_text, "an SSLv2-style hello, which no version since TLS 1.2 allows");
    } else if (is != NULL && line.len > 0) {
        hf_text_add(ret_text, "%s: ", is);
        hf_text_add_safe(ret_text, line);
    } else if (is != NULL) {
        hf_text_add(ret_text, "%s", is);
    } else if (line.len >= 4) {
        hf_text_add(ret_text, "text: ");
        hf_text_add_safe(ret_text, line);
    } else {
        hf_text_add(ret_text, "the bytes ");
        hf_text_add_hex(ret_text, hf_span_part(first, 0, 16));
    }
}
