/* As much of HTTP/1.0 as a look at a server takes (RFC 1945), and the page that `serve --http` answers with. */
#ifndef HF_CLI_HTTP_H
#define HF_CLI_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/connection.h>

/* An answer being received. Start with zeros. */
struct hf_http_answer {
    char header[8192]; /* the first of it, NUL-terminated */
    size_t header_len;
    size_t line_len;
    bool in_body;
    int status;      /* 0: it was no HTTP answer */
    bool has_length; /* Content-Length was given */
    size_t content_len;
    size_t body_len; /* received so far */
};

/* Takes received bytes; gives which of them belong to the body. */
void hf_http_take(struct hf_http_answer *answer, const char *data, size_t len, const char **ret_body,
                  size_t *ret_body_len);

/* True when the whole body is here, by its Content-Length. */
bool hf_http_is_complete(const struct hf_http_answer *answer);

enum { HF_HTTP_LINE_ROOM = 80 };

/* The first line of the answer, safe to print, cut if it is long. */
void hf_http_first_line(const struct hf_http_answer *answer, char into[HF_HTTP_LINE_ROOM]);

/* Writes the request for `path`; the length, or 0 when it does not fit or the path cannot stand in a request. */
size_t hf_http_request(char *into, size_t room, const char *path, const char *host);

/* A request being received by a server. Start with zeros. */
struct hf_http_request {
    char line[512]; /* the request line, cut */
    size_t line_len;
    size_t total;
    size_t current; /* length of the line being received */
    bool has_line;
    bool is_whole; /* enough is here to answer */
};

/* Takes received bytes. A request of HTTP/1.x is whole after its blank line, anything else after one line. */
void hf_http_request_take(struct hf_http_request *request, const char *data, size_t len);

/* Writes the answer: a page that states the session and the client's proven identity. The length; cut if too long. */
size_t hf_http_page(char *into, size_t room, const struct hf_connection *connection, const char *handshake,
                    const char *request_line);

#endif
