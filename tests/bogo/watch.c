/* The suite's trace has a line a message: "read hs 11", "write ccs", "read alert 1 0". */
#define _GNU_SOURCE /* memmem */
#include "watch.h"

#include "base64.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT_HELLO = 1, CERTIFICATE_REQUEST = 13, HEADER_LEN = 4, NAME_MAX_LEN = 1024 };

__attribute__((format(printf, 2, 3))) static void add_line(struct bogo_exchange *exchange, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = sizeof exchange->trace - exchange->trace_len;
    int len = vsnprintf(exchange->trace + exchange->trace_len, room, format, arguments);
    va_end(arguments);
    if (len > 0 && (size_t)len < room)
        exchange->trace_len += (size_t)len;
}

static size_t unhex(const char *text, size_t digits, uint8_t *into, size_t room)
{
    size_t len = 0;
    for (; len < digits / 2 && len < room; len++) {
        char pair[3] = {text[2 * len], text[2 * len + 1], '\0'};
        into[len] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return len;
}

/* Each name of a list of hexadecimal DER stands in the message. */
static bool has_names(const char *list, const uint8_t *message, size_t len)
{
    while (*list != '\0') {
        uint8_t name[NAME_MAX_LEN];
        size_t digits = strcspn(list, ",");
        size_t name_len = unhex(list, digits, name, sizeof name);
        if (memmem(message, len, name, name_len) == NULL)
            return false;
        list += digits + (list[digits] == ',');
    }
    return true;
}

/* The list stands in the message as the wire has it, with its length before. */
static bool has_schemes(const struct bogo_numbers *schemes, const uint8_t *message, size_t len)
{
    uint8_t list[2 + 2 * BOGO_NUMBERS_MAX] = {0, (uint8_t)(2 * schemes->count)};
    for (size_t i = 0; i < schemes->count; i++) {
        list[2 + 2 * i] = (uint8_t)(schemes->values[i] >> 8);
        list[3 + 2 * i] = (uint8_t)schemes->values[i];
    }
    return memmem(message, len, list, 2 + 2 * schemes->count) != NULL;
}

/* The types of TLS 1.2 are the first field: RFC 5246 7.4.4. */
static bool has_types(const char *base64, const uint8_t *message, size_t len)
{
    uint8_t types[NAME_MAX_LEN];
    size_t count = bogo_base64_read(base64, types, sizeof types, NULL);
    return len > HEADER_LEN + count && message[HEADER_LEN] == count &&
           memcmp(message + HEADER_LEN + 1, types, count) == 0;
}

static void look_at(struct bogo_exchange *exchange, const struct hf_seen *seen)
{
    const struct bogo_flags *flags = exchange->flags;
    unsigned type = seen->bytes[0];
    if (type == CERTIFICATE_REQUEST && flags->expect_client_ca_list != NULL)
        exchange->client_cas_match = has_names(flags->expect_client_ca_list, seen->bytes, seen->len);
    if (type == CLIENT_HELLO || type == CERTIFICATE_REQUEST)
        exchange->schemes_match = has_schemes(&flags->expect_peer_verify_prefs, seen->bytes, seen->len);
    if (type == CERTIFICATE_REQUEST && flags->expect_certificate_types != NULL)
        exchange->types_match = has_types(flags->expect_certificate_types, seen->bytes, seen->len);
    if (type == CLIENT_HELLO && flags->expect_advertised_alpn != NULL)
        exchange->protocols_match = memmem(seen->bytes, seen->len, flags->expect_advertised_alpn,
                                           strlen(flags->expect_advertised_alpn)) != NULL;
}

void bogo_watch_message(void *context, const struct hf_connection *connection, const struct hf_seen *seen)
{
    (void)connection;
    struct bogo_exchange *exchange = context;
    const char *way = seen->sent ? "write" : "read";
    if (strcmp(seen->message, "Alert") == 0) {
        bool closes = strstr(seen->detail, "close_notify") != NULL; /* the suite's traces know no other */
        add_line(exchange, "%s alert %d %d\n", way, closes ? 1 : 2, closes ? 0 : 255);
    } else if (strcmp(seen->message, "ACK") == 0) {
        add_line(exchange, "%s ack\n", way);
    } else if (strcmp(seen->message, "ClientHelloInner") == 0) {
        add_line(exchange, "%s clienthelloinner\n", way);
    } else if (strcmp(seen->message, "ChangeCipherSpec") != 0) {
        add_line(exchange, "%s hs %d\n", way, seen->bytes[0]);
        if (!seen->sent && seen->bytes[0] > exchange->last_read)
            exchange->last_read = seen->bytes[0];
        if (!seen->sent)
            look_at(exchange, seen);
    } else {
        add_line(exchange, "%s ccs\n", way);
    }
}

void bogo_watch_secret(void *context, const char *line)
{
    struct bogo_exchange *exchange = context;
    const char *secret = strrchr(line, ' ');
    if (secret == NULL)
        return;
    secret++;
    size_t digits = strlen(secret);
    if (strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24) == 0)
        exchange->secret_len = unhex(secret, digits, exchange->client_secret, sizeof exchange->client_secret);
    else if (strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24) == 0)
        exchange->secret_len = unhex(secret, digits, exchange->server_secret, sizeof exchange->server_secret);
}
