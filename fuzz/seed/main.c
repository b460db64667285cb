/* Writes the seeds of fuzz_client and fuzz_server: the flights of real handshakes, TLS 1.3 and 1.2, as the other end
 * sent them. Run by tools/make_handshake_corpus after a change of what our hellos look like. */
#include "support/ends.h"
#include "support/lab.h"

#include <stdio.h>
#include <stdlib.h>

enum { WIRE_MAX = 65536 };

struct tape {
    uint8_t bytes[WIRE_MAX];
    size_t len;
};

static size_t pass(struct hf_connection *from, struct hf_connection *to, struct tape *tape)
{
    size_t len = 0;
    uint8_t *at = tape->bytes + tape->len;
    hf_drain(from, at, WIRE_MAX - tape->len, &len);
    tape->len += len;
    if (len > 0)
        (void)hf_feed(to, at, len, LAB_NOW_MS);
    return len;
}

static void save(const char *folder, const char *target, const char *name, const struct tape *tape)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputc(0, file) == EOF || fwrite(tape->bytes, 1, tape->len, file) != tape->len ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static struct hf_connection *server_of(enum hf_version version)
{
    if (version == HF_TLS13)
        return ends_server();
    struct hf_failure failure;
    const struct lab_side side = {.max = version};
    struct hf_config *config = lab_config(HF_SERVER, &side, &failure);
    struct hf_connection *server = config == NULL ? NULL : hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    return server;
}

static void record(const char *folder, enum hf_version version, const char *name)
{
    static struct tape of_client, of_server;
    of_client.len = of_server.len = 0;
    struct hf_connection *client = ends_client();
    struct hf_connection *server = server_of(version);
    if (server == NULL)
        exit(1);
    while (pass(client, server, &of_client) + pass(server, client, &of_server) > 0)
        ;
    save(folder, "server", name, &of_client);
    save(folder, "client", name, &of_server);
    hf_connection_free(client);
    hf_connection_free(server);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        (void)fprintf(stderr, "usage: seed_main CORPUS_FOLDER\n");
        return 2;
    }
    record(arguments[1], HF_TLS13, "tls13-mutual");
    record(arguments[1], HF_TLS12, "tls12-mutual");
    return 0;
}
