/* handfast-attacks: what an attacker's bytes cost a server of TLS 1.3 that wants certificates, in CPU time for each
 * byte that the attacker sends, beside OpenSSL. Each attack is one connection, made and thrown away with it. The
 * attacker has no keys; what it records of a client of the same contender it may change and send as often as it likes.
 */
#include "material.h"
#include "meter.h"
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 400, ROOM = 1 << 17, RECORD_HEAD = 5, LONG = 16000 };

extern const struct bench_peer bench_handfast;
extern const struct bench_peer bench_openssl;

struct bytes {
    uint8_t at[ROOM];
    size_t len;
};

/* What a client says first. */
static void record_hello(const struct bench_peer *peer, void *configs, struct bytes *ret_hello)
{
    struct bench_wire wires[2];
    bench_wire_init(&wires[0]);
    bench_wire_init(&wires[1]);
    void *client = peer->end_new(configs, BENCH_CLIENT, (struct bench_link){&wires[0], &wires[1]}, NULL);
    if (client == NULL || peer->drive(client) == BENCH_FAILED)
        abort();
    ret_hello->len = bench_wire_get(&wires[1], ret_hello->at, ROOM);
    peer->end_free(client);
    bench_wire_free(&wires[0]);
    bench_wire_free(&wires[1]);
}

/* ---- attacks: what is sent, made of a hello ---- */

static void nothing(const struct bytes *hello, struct bytes *out)
{
    (void)hello;
    out->len = 1;
    out->at[0] = 22;
}

static void junk(const struct bytes *hello, struct bytes *out)
{
    (void)hello;
    out->len = LONG;
    for (size_t i = 0; i < out->len; i++)
        out->at[i] = (uint8_t)(i * 131 + (i >> 7));
}

static void whole(const struct bytes *hello, struct bytes *out)
{
    *out = *hello;
}

static void put_record(struct bytes *out, const uint8_t *body, size_t len)
{
    const uint8_t head[RECORD_HEAD] = {22, 3, 1, (uint8_t)(len >> 8), (uint8_t)len};
    memcpy(out->at + out->len, head, sizeof head);
    memcpy(out->at + out->len + sizeof head, body, len);
    out->len += sizeof head + len;
}

/* Each byte of the hello in a record of its own. */
static void crumbs(const struct bytes *hello, struct bytes *out)
{
    out->len = 0;
    for (size_t i = RECORD_HEAD; i < hello->len; i++)
        put_record(out, hello->at + i, 1);
}

/* A share that the server must compute with, and a signature that it makes; then a Finished that is none. */
static void then_garbage(const struct bytes *hello, struct bytes *out)
{
    static const uint8_t record[] = {23, 3, 3, 0, 40};
    *out = *hello;
    memcpy(out->at + out->len, record, sizeof record);
    memset(out->at + out->len + sizeof record, 7, 40);
    out->len += sizeof record + 40;
}

/* As many extensions as a record has room for, none of which anybody knows. */
static void extensions(const struct bytes *hello, struct bytes *out)
{
    static uint8_t body[LONG + 64];
    const size_t list = LONG / 4 * 4;
    size_t at = 4;
    (void)hello;
    memset(body, 0, sizeof body);
    body[at++] = 3, body[at++] = 3;
    at += 32;                                                          /* random */
    body[at++] = 0;                                                    /* session ID */
    body[at++] = 0, body[at++] = 2, body[at++] = 0x13, body[at++] = 1; /* a suite */
    body[at++] = 1, body[at++] = 0;                                    /* compression */
    body[at++] = (uint8_t)(list >> 8), body[at++] = (uint8_t)list;
    for (size_t i = 0; i < list / 4; i++)
        body[at + 4 * i] = (uint8_t)(0x50 + (i >> 8)), body[at + 4 * i + 1] = (uint8_t)i;
    at += list;
    body[0] = 1;
    body[2] = (uint8_t)((at - 4) >> 8), body[3] = (uint8_t)(at - 4);
    out->len = 0;
    put_record(out, body, at);
}

/* A message that never ends. */
static void endless(const struct bytes *hello, struct bytes *out)
{
    static uint8_t body[LONG] = {1, 0, 0xff, 0xf0};
    (void)hello;
    out->len = 0;
    for (int i = 0; i < 4; i++)
        put_record(out, body, sizeof body);
}

static const struct attack {
    const char *name;
    void (*make)(const struct bytes *hello, struct bytes *out);
} attacks[] = {
    {"a connection, and one byte", nothing},
    {"16 KB of junk", junk},
    {"a whole hello", whole},
    {"... and a Finished that is none", then_garbage},
    {"a hello, a byte a record", crumbs},
    {"4000 unknown extensions", extensions},
    {"a message without end, 64 KB", endless},
};

/* Nanoseconds of the server's for one attack. */
static double cost(const struct bench_peer *peer, void *configs, const struct bytes *sent)
{
    struct bench_wire wires[2];
    double spent = 0;
    bench_wire_init(&wires[0]);
    bench_wire_init(&wires[1]);
    for (int i = 0; i < TIMES; i++) {
        bench_wire_clear(&wires[0]);
        bench_wire_clear(&wires[1]);
        if (!bench_wire_put(&wires[1], sent->at, sent->len))
            abort();
        spent -= bench_cpu_ns();
        void *server = peer->end_new(configs, BENCH_SERVER, (struct bench_link){&wires[1], &wires[0]}, NULL);
        (void)peer->drive(server);
        peer->end_free(server);
        spent += bench_cpu_ns();
    }
    bench_wire_free(&wires[0]);
    bench_wire_free(&wires[1]);
    return spent / TIMES;
}

int main(void)
{
    static struct bytes hellos[2], sent;
    const struct bench_peer *const peers[] = {&bench_handfast, &bench_openssl};
    struct bench_setup setup = {.version = BENCH_TLS13, .mutual = true};
    void *configs[2];
    if (freopen("/dev/null", "w", stderr) == NULL) /* each contender says what it was sent */
        return 1;
    bench_material_fill(&setup);
    for (int i = 0; i < 2; i++) {
        configs[i] = peers[i]->open(&setup);
        if (configs[i] == NULL)
            return 1;
        record_hello(peers[i], configs[i], &hellos[i]);
    }
    (void)printf("CPU of a server for each byte of an attacker's; and of how many bytes an attack is\n");
    (void)printf("%-34s %12s %12s %8s %8s\n", "", peers[0]->name, peers[1]->name, "ratio", "bytes");
    for (size_t a = 0; a < sizeof attacks / sizeof attacks[0]; a++) {
        double each[2];
        for (int i = 0; i < 2; i++) {
            attacks[a].make(&hellos[i], &sent);
            each[i] = cost(peers[i], configs[i], &sent) / (double)sent.len;
        }
        (void)printf("%-34s %9.1f ns %9.1f ns %8.2f %8zu\n", attacks[a].name, each[0], each[1], each[0] / each[1],
                     sent.len);
    }
    for (int i = 0; i < 2; i++)
        peers[i]->close(configs[i]);
    return 0;
}
