/* Writes the seeds of fuzz_client, fuzz_server and their twins over datagrams and under QUIC: the flights of real
 * handshakes, 1.3 and 1.2, as the other end sent them. Run by tools/make_handshake_corpus after a change of what our
 * hellos look like. */
#include <handfast/quic.h>

#include "crowd.h"
#include "support/ends.h"
#include "support/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIRE_MAX = 65536 };

struct tape {
    uint8_t bytes[WIRE_MAX];
    size_t len;
};

/* Moves what one call of drain gives: over datagrams one of them, with the head that ends_feed_datagrams reads. */
static size_t pass(struct hf_connection *from, struct hf_connection *to, struct tape *tape, size_t head_len)
{
    size_t len = 0;
    uint8_t *at = tape->bytes + tape->len;
    hf_drain(from, at + head_len, WIRE_MAX - tape->len - head_len, &len);
    if (len == 0)
        return 0;
    if (head_len > 0) {
        at[0] = 1;
        at[1] = (uint8_t)(len >> 8);
        at[2] = (uint8_t)len;
    }
    tape->len += head_len + len;
    (void)hf_feed(to, at + head_len, len, LAB_NOW_MS);
    return len;
}

struct recording {
    const char *client, *server; /* targets */
    const char *name;
    enum hf_version version;
    bool over_datagrams;
};

static void save(const char *folder, const char *target, const struct recording *what, const struct tape *tape)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, target, what->name);
    FILE *file = fopen(path, "wb");
    bool has_cut = !what->over_datagrams; /* a first byte that says how the stream is cut */
    if (file == NULL || (has_cut && fputc(0, file) == EOF) || fwrite(tape->bytes, 1, tape->len, file) != tape->len ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

static struct hf_connection *server_of(const struct recording *what)
{
    if (what->version == HF_TLS13)
        return what->over_datagrams ? ends_datagram_server() : ends_server();
    struct hf_failure failure;
    const struct lab_side side = {.max = what->version, .more = what->over_datagrams ? over_datagrams : NULL};
    struct hf_config *config = lab_config(HF_SERVER, &side, &failure);
    struct hf_connection *server = config == NULL ? NULL : hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    return server;
}

static void record(const char *folder, const struct recording *what)
{
    static struct tape of_client, of_server;
    const size_t head_len = what->over_datagrams ? 3 : 0;
    of_client.len = of_server.len = 0;
    struct hf_connection *client = what->over_datagrams ? ends_datagram_client() : ends_client();
    struct hf_connection *server = server_of(what);
    if (server == NULL)
        exit(1);
    while (pass(client, server, &of_client, head_len) + pass(server, client, &of_server, head_len) > 0)
        ;
    save(folder, what->server, what, &of_client);
    save(folder, what->client, what, &of_server);
    hf_connection_free(client);
    hf_connection_free(server);
}

/* The head that ends_feed_levels reads. */
static size_t pass_level(struct hf_connection *from, struct hf_connection *to, struct tape *tape)
{
    enum { HEAD_LEN = 3 };
    struct hf_quic_secret secret;
    enum hf_quic_level level;
    const uint8_t *bytes;
    size_t len = hf_quic_output(from, &level, &bytes);
    while (hf_quic_next_secret(from, &secret))
        ;
    if (len == 0)
        return 0;
    uint8_t *at = tape->bytes + tape->len;
    at[0] = (uint8_t)level;
    at[1] = (uint8_t)(len >> 8);
    at[2] = (uint8_t)len;
    memcpy(at + HEAD_LEN, bytes, len);
    tape->len += HEAD_LEN + len;
    (void)hf_quic_feed(to, level, bytes, len, LAB_NOW_MS);
    hf_quic_drained(from, level, len);
    return len;
}

static void record_quic(const char *folder)
{
    enum { DONE = 3 << 2 | HF_QUIC_APPLICATION };
    static struct tape of_client, of_server;
    const struct recording what = {.name = "tls13-mutual", .over_datagrams = true /* no byte that cuts */};
    struct hf_connection *client = ends_quic_client();
    struct hf_connection *server = ends_quic_server();
    while (pass_level(client, server, &of_client) + pass_level(server, client, &of_server) > 0)
        ;
    const uint8_t done[] = {DONE, 0, 0};
    memcpy(of_server.bytes + of_server.len, done, sizeof done);
    of_server.len += sizeof done;
    save(folder, "quic_server", &what, &of_client);
    save(folder, "quic_client", &what, &of_server);
    hf_connection_free(client);
    hf_connection_free(server);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        (void)fprintf(stderr, "usage: seed_main CORPUS_FOLDER\n");
        return 2;
    }
    static const struct recording recordings[] = {
        {"client", "server", "tls13-mutual", HF_TLS13, false},
        {"client", "server", "tls12-mutual", HF_TLS12, false},
        {"datagram_client", "datagram_server", "dtls13-mutual", HF_TLS13, true},
        {"datagram_client", "datagram_server", "dtls12-mutual", HF_TLS12, true},
    };
    for (size_t i = 0; i < sizeof recordings / sizeof recordings[0]; i++)
        record(arguments[1], &recordings[i]);
    static struct tape crowd;
    crowd.len = crowd_record(ends_datagram_server_config(), ends_datagram_client_config(), crowd.bytes, WIRE_MAX);
    crowd_save(arguments[1], "listener", "crowd13", crowd.bytes, crowd.len);
    record_quic(arguments[1]);
    return 0;
}
