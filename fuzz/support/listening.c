#include "support/demand.h"
#include "support/listening.h"

#include "support/ends.h"
#include "support/lab.h"

#include <string.h>

enum { HEAD_LEN = 3, ADDRESSES = 16, UNIT_MS = 250, ASSOCIATIONS_MAX = 4, AMPLIFICATION_MAX = 3 };

struct traffic {
    size_t came[ADDRESSES], went[ADDRESSES];
};

static void take_out(struct hf_listener *listener, struct traffic *traffic)
{
    struct hf_outgoing out;
    while (hf_listener_output(listener, &out)) {
        demand(out.address_len == 1 && out.address[0] < ADDRESSES);
        traffic->went[out.address[0]] += out.len;
        hf_listener_sent(listener);
    }
}

static void hear(struct hf_listener *listener)
{
    uint8_t room[2048];
    size_t len;
    for (struct hf_association *one = hf_listener_next(listener); one != NULL; one = hf_listener_next(listener)) {
        struct hf_connection *connection = hf_association_connection(one);
        struct hf_event event;
        ends_check(connection);
        while (hf_next_event(connection, &event))
            ;
        while (hf_read(connection, room, sizeof room, &len) == HF_OK && len > 0)
            ;
        if (hf_failure(connection) != NULL)
            hf_association_drop(one);
    }
}

static void check(const struct hf_listener *listener, const struct traffic *traffic)
{
    struct hf_listener_counts counts;
    hf_listener_counts(listener, &counts);
    demand(counts.associations <= ASSOCIATIONS_MAX && counts.half_open <= counts.associations);
    for (size_t i = 0; i < ADDRESSES && counts.admitted == 0; i++)
        demand(traffic->went[i] <= AMPLIFICATION_MAX * traffic->came[i]);
}

void listening_play(struct hf_config *config, const uint8_t *data, size_t size)
{
    const struct hf_listener_limits limits = {.associations = ASSOCIATIONS_MAX, .half_open = ASSOCIATIONS_MAX};
    struct traffic traffic = {{0}, {0}};
    uint64_t now_ms = LAB_NOW_MS;
    struct hf_listener *listener = hf_listener_new(config, &limits, NULL);
    demand(listener != NULL);
    for (size_t at = 0; size - at >= HEAD_LEN;) {
        const uint8_t address = data[at] % ADDRESSES;
        size_t len = (size_t)data[at + 1] << 8 | data[at + 2];
        now_ms += (uint64_t)(data[at] / ADDRESSES) * UNIT_MS;
        at += HEAD_LEN;
        len = len < size - at ? len : size - at;
        if (hf_listener_deadline(listener) <= now_ms)
            hf_listener_tick(listener, now_ms);
        traffic.came[address] += len;
        hf_listener_feed(listener, &address, 1, data + at, len, now_ms);
        hear(listener);
        take_out(listener, &traffic);
        check(listener, &traffic);
        at += len;
    }
    hf_listener_free(listener);
}
