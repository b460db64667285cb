#include "crowd.h"

#include <handfast/listener.h>

#include "support/lab.h"
#include "support/steady.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEAD_LEN = 3, ROUNDS = 32, ADDRESS = 5, MOVES_AT = 14 };

static void answer(struct hf_listener *listener, struct hf_connection *client, uint64_t *of_client,
                   uint64_t *of_listener)
{
    struct hf_outgoing out;
    steady_select(of_listener);
    while (hf_listener_output(listener, &out)) {
        steady_select(of_client);
        (void)hf_feed(client, out.wire, out.len, LAB_NOW_MS);
        steady_select(of_listener);
        hf_listener_sent(listener);
    }
}

size_t crowd_record(struct hf_config *of_listener, struct hf_config *of_client, uint8_t *into, size_t room)
{
    const struct hf_listener_limits limits = {.associations = 4, .half_open = 4};
    uint64_t random_of_client = 77, random_of_listener = 0; /* as steady_restart */
    struct hf_failure failure;
    size_t at = 0;
    steady_select(&random_of_listener);
    struct hf_listener *listener = hf_listener_new(of_listener, &limits, NULL);
    steady_select(&random_of_client);
    struct hf_connection *client = hf_connection_new(of_client, "server.lab", LAB_NOW_MS, &failure);
    if (listener == NULL || client == NULL)
        abort();
    for (int i = 0; i < ROUNDS && room - at > HEAD_LEN; i++) {
        const uint8_t address = i < MOVES_AT ? ADDRESS : ADDRESS + 1;
        size_t len = 0, taken = 0;
        struct hf_event event;
        steady_select(&random_of_client);
        while (hf_next_event(client, &event))
            ;
        if (i % 2 == 0)
            (void)hf_write(client, "data", 4, &taken); /* once it is open */
        hf_drain(client, into + at + HEAD_LEN, room - at - HEAD_LEN, &len);
        if (len > 0) {
            into[at] = address;
            into[at + 1] = (uint8_t)(len >> 8);
            into[at + 2] = (uint8_t)len;
            steady_select(&random_of_listener);
            hf_listener_feed(listener, &address, 1, into + at + HEAD_LEN, len, LAB_NOW_MS);
            at += HEAD_LEN + len;
        }
        answer(listener, client, &random_of_client, &random_of_listener);
    }
    hf_connection_free(client);
    hf_listener_free(listener);
    return at;
}

void crowd_save(const char *folder, const char *target, const char *name, const uint8_t *bytes, size_t len)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}
