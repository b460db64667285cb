/* HTTP/1.0, the least of it. Invariant: what a peer sent reaches the page only escaped, and the terminal never. */
#define _DEFAULT_SOURCE
#include "http.h"

#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REQUEST_MAX = 16384 };

static const char *header_value(const char *header, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = header; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n' ? 1 : 0;
        if (strncasecmp(at, name, len) == 0 && at[len] == ':')
            return at + len + 1;
    }
    return NULL;
}

static void read_header(struct hf_http_answer *answer)
{
    int major = 0;
    int minor = 0;
    answer->header[answer->header_len] = '\0';
    /* NOLINTNEXTLINE(cert-err34-c): three digits at most, which fit */
    if (sscanf(answer->header, "HTTP/%1d.%1d %3d", &major, &minor, &answer->status) != 3)
        answer->status = 0;
    const char *length = header_value(answer->header, "Content-Length");
    char *end = NULL;
    unsigned long long value = length == NULL ? 0 : strtoull(length, &end, 10);
    answer->has_length = length != NULL && end != length && value < SIZE_MAX;
    answer->content_len = answer->has_length ? (size_t)value : 0;
    answer->in_body = true;
}

void hf_http_take(struct hf_http_answer *answer, const char *data, size_t len, const char **ret_body,
                  size_t *ret_body_len)
{
    size_t at = 0;
    for (; at < len && !answer->in_body; at++) {
        char byte = data[at];
        if (answer->header_len + 1 < sizeof answer->header)
            answer->header[answer->header_len++] = byte;
        if (byte == '\n' && answer->line_len == 0)
            read_header(answer);
        else if (byte == '\n')
            answer->line_len = 0;
        else if (byte != '\r')
            answer->line_len++;
    }
    answer->body_len += len - at;
    *ret_body = data + at;
    *ret_body_len = len - at;
}

bool hf_http_is_complete(const struct hf_http_answer *answer)
{
    return answer->in_body && answer->has_length && answer->body_len >= answer->content_len;
}

size_t hf_http_request(char *into, size_t room, const char *path, const char *host)
{
    for (const char *at = path; *at != '\0'; at++)
        if (*at <= ' ' || *at == 0x7f)
            return 0;
    int len = snprintf(into, room, "GET %s%s HTTP/1.0\r\nHost: %s\r\nUser-Agent: handfast\r\nAccept: */*\r\n\r\n",
                       path[0] == '/' ? "" : "/", path, host);
    return len < 0 || (size_t)len >= room ? 0 : (size_t)len;
}

static void end_line(struct hf_http_request *request)
{
    if (!request->has_line) {
        request->line[request->line_len] = '\0';
        request->has_line = true;
        request->is_whole = strstr(request->line, " HTTP/1.") == NULL;
    } else if (request->current == 0) {
        request->is_whole = true;
    }
    request->current = 0;
}

void hf_http_request_take(struct hf_http_request *request, const char *data, size_t len)
{
    for (size_t i = 0; i < len && !request->is_whole; i++) {
        char byte = data[i];
        if (byte == '\n') {
            end_line(request);
            continue;
        }
        if (!request->has_line && byte != '\r' && request->line_len + 1 < sizeof request->line)
            request->line[request->line_len++] = byte;
        request->current += byte == '\r' ? 0 : 1;
        if (++request->total > REQUEST_MAX)
            request->is_whole = true; /* nobody asks for so long: answer and go */
    }
}

/* A page being put together; what does not fit is cut. */
struct page {
    char *at;
    size_t len;
    size_t room;
};

static void __attribute__((format(printf, 2, 3))) add(struct page *page, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int len = vsnprintf(page->at + page->len, page->room - page->len, format, values);
    va_end(values);
    if (len > 0)
        page->len += (size_t)len < page->room - page->len ? (size_t)len : page->room - page->len - 1;
}

static void add_escaped(struct page *page, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("<>&\"'", *text) != NULL || *text < ' ' || *text == 0x7f)
            add(page, "&#%d;", *text < ' ' || *text == 0x7f ? '?' : *text);
        else
            add(page, "%c", *text);
    }
}

static void add_row(struct page *page, const char *name, const char *value)
{
    add(page, "<tr><th align=\"left\">%s</th><td>", name);
    add_escaped(page, value[0] == '\0' ? "-" : value);
    add(page, "</td></tr>\n");
}

static void add_client(struct page *page, const struct hf_peer *peer)
{
    char identity[600];
    if (peer == NULL) {
        add_row(page, "client", "unauthenticated: it presented no certificate");
        return;
    }
    add_row(page, "client", hf_report_identity(peer, identity, sizeof identity));
    add_row(page, "issued by", hf_peer_issuer(peer));
    add_row(page, "serial", hf_peer_serial(peer));
    if (hf_peer_spiffe_id(peer)[0] != '\0')
        add_row(page, "SPIFFE ID", hf_peer_spiffe_id(peer));
}

static void add_body(struct page *page, const struct hf_connection *connection, const char *handshake,
                     const char *request_line)
{
    struct hf_session_info session;
    hf_session_info(connection, &session);
    add(page, "<!DOCTYPE html>\n<title>handfast serve</title>\n<h1>handfast serve</h1>\n<table>\n");
    add_row(page, "version", hf_report_version(session.version));
    add_row(page, "suite", session.suite);
    add_row(page, "group", session.group);
    add_row(page, "protocol", session.alpn);
    add_row(page, "server name", session.server_name);
    add_client(page, hf_peer(connection));
    add_row(page, "handshake", handshake);
    add_row(page, "request", request_line);
    add(page, "</table>\n");
}

size_t hf_http_page(char *into, size_t room, const struct hf_connection *connection, const char *handshake,
                    const char *request_line)
{
    char body[8192];
    struct page page = {.at = body, .room = sizeof body};
    add_body(&page, connection, handshake, request_line);
    struct page answer = {.at = into, .room = room};
    add(&answer,
        "HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\nConnection: "
        "close\r\n\r\n%s",
        page.len, body);
    return answer.len;
}

void hf_http_first_line(const struct hf_http_answer *answer, char into[HF_HTTP_LINE_ROOM])
{
    (void)snprintf(into, HF_HTTP_LINE_ROOM, "%.*s", (int)strcspn(answer->header, "\r\n"), answer->header);
    for (char *at = into; *at != '\0'; at++)
        if (*at < ' ' || *at == 0x7f)
            *at = '?';
}
