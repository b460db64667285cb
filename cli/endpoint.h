/* Hosts and ports: read from the command line, connected to, listened on. */
#ifndef HF_CLI_ENDPOINT_H
#define HF_CLI_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/failure.h>

struct hf_endpoint {
    char host[256]; /* without the brackets of an IPv6 address */
    char port[16];
    bool datagrams; /* UDP; the caller sets these */
    bool shared;    /* several sockets listen at this address: SO_REUSEPORT */
};

enum { HF_ENDPOINT_TEXT_ROOM = 80 };

/* Reads "host:port", "1.2.3.4:port", "[::1]:port". False: *ret_why (a static text) says what is wrong. */
bool hf_endpoint_parse(const char *text, struct hf_endpoint *ret_endpoint, const char **ret_why);

/* Connects by TCP (or UDP, where every address "answers") to the first address that answers, in timeout_ms at most for
 * all of them. Gives a non-blocking descriptor and where it leads ("127.0.0.1:4433"), or -1 and the failure. */
int hf_endpoint_connect(const struct hf_endpoint *endpoint, int timeout_ms, char ret_text[HF_ENDPOINT_TEXT_ROOM],
                        struct hf_failure *ret_failure);

/* An address, for many connections to it. */
struct hf_endpoint_target {
    unsigned char address[128]; /* a struct sockaddr */
    size_t address_len;
    bool datagrams;
};

/* Gives the first address, or, of several, the first that answers, and where it is as text. False, and the failure. */
bool hf_endpoint_find(const struct hf_endpoint *endpoint, int timeout_ms, struct hf_endpoint_target *ret_target,
                      char ret_text[HF_ENDPOINT_TEXT_ROOM], struct hf_failure *ret_failure);

/* Begins to connect: a non-blocking descriptor that is writable when that came to an end, or -1 and errno. From an
 * address of this machine there are no more than some 28000 connections to one port: to addresses in 127.0.0.0/8 each
 * `source` is another address of ours; elsewhere it is not looked at. */
int hf_endpoint_begin(const struct hf_endpoint_target *target, size_t source);

/* Listens; port 0 picks one, and ret_text says which. A non-blocking descriptor, or -1 and the failure. */
int hf_endpoint_listen(const struct hf_endpoint *endpoint, char ret_text[HF_ENDPOINT_TEXT_ROOM],
                       struct hf_failure *ret_failure);

/* Takes a connection that waits: a non-blocking descriptor and who it is, or -1 and errno. */
int hf_endpoint_accept(int listener, char ret_text[HF_ENDPOINT_TEXT_ROOM]);

/* An address of the system as text. */
void hf_endpoint_say(const void *address, size_t address_len, char ret_text[HF_ENDPOINT_TEXT_ROOM]);

/* Waits until the descriptor can be written (or read), timeout_ms at most. */
bool hf_endpoint_wait(int fd, bool until_writable, int timeout_ms);

/* Closes. With `linger` our last bytes (an alert) get time to arrive: bytes of the peer that nobody read would make the
 * system reset the connection, and the peer lose what it has not read yet. */
void hf_endpoint_hang_up(int fd, bool linger);

#endif
