/* Fuzzes the front of split mode with what a client sends: before any hello was opened, and behind one that was. First
 * byte: its lowest bit says which, the others how it is cut. What is passed on is what came. RFC 9849 7.1. */
#include <handfast/ech_front.h>

#include <string.h>

#include "support/demand.h"
#include "support/ech_lab.h"
#include "support/lab.h"
#include "support/steady.h"

enum { ROOM = 1 << 16 };

static void has_keys(struct hf_builder *builder)
{
    const char *pem = ech_lab_pem(ECH_LAB_PUBLIC);
    hf_builder_ech_pem(builder, pem, strlen(pem), /* retry= */ true);
}

static void offers(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    hf_builder_ech_configs(builder, list.data, list.len);
}

static struct hf_config *config_of(enum hf_role role, const struct lab_side *side)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(role, side, &failure);
    demand(config != NULL);
    return config;
}

static struct hf_config *front_config, *client_config;

static void set_up(void)
{
    if (front_config == NULL) {
        steady_install();
        front_config = config_of(HF_SERVER, &(struct lab_side){.more = has_keys});
        client_config = config_of(HF_CLIENT, &(struct lab_side){.who = LAB_CLIENT, .more = offers});
    }
    steady_restart();
}

/* A hello that the front opens. */
static size_t write_hello(uint8_t *into, size_t room)
{
    struct hf_failure failure;
    size_t len;
    struct hf_connection *client = hf_connection_new(client_config, "server.lab", LAB_NOW_MS, &failure);
    demand(client != NULL);
    hf_drain(client, into, room, &len);
    hf_connection_free(client);
    return len;
}

static void drain(struct hf_ech_front *front)
{
    const uint8_t *bytes;
    hf_ech_front_drained(front, hf_ech_front_output(front, &bytes));
}

static void open_first(struct hf_ech_front *front)
{
    static uint8_t hello[ROOM];
    struct hf_ech_front_info info;
    size_t taken;
    demand(hf_ech_front_feed(front, hello, write_hello(hello, sizeof hello), &taken) == HF_OK);
    hf_ech_front_info(front, &info);
    demand(info.state == HF_ECH_FRONT_OPENED);
    drain(front);
}

/* Until all is taken, or it failed. What comes out goes on where the last output ended, unless it was a hello. */
static void feed(struct hf_ech_front *front, const uint8_t *data, size_t size, size_t cut)
{
    enum hf_error error = HF_OK;
    size_t passed = 0;
    for (size_t at = 0; at < size && error == HF_OK;) {
        const size_t piece = cut == 0 || cut > size - at ? size - at : cut;
        const uint8_t *bytes;
        size_t taken;
        error = hf_ech_front_feed(front, data + at, piece, &taken);
        at += taken;
        const size_t len = hf_ech_front_output(front, &bytes);
        demand(error == HF_OK || len == 0);
        demand(error != HF_OK || taken > 0);
        demand(passed + len <= size && (len == 0 || memcmp(bytes, data + passed, len) == 0));
        passed += len;
        drain(front);
    }
}

static void check(const struct hf_ech_front *front)
{
    struct hf_ech_front_info info;
    const uint8_t *alert;
    char text[2048];
    hf_ech_front_info(front, &info);
    demand((info.failure != NULL) == (info.state == HF_ECH_FRONT_FAILED));
    demand(info.failure == NULL || hf_failure_explain(info.failure, LAB_NOW_S, text, sizeof text) > 0);
    demand(info.failure != NULL || hf_ech_front_alert(front, &alert) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_failure failure;
    if (size < 1)
        return 0;
    set_up();
    struct hf_ech_front *front = hf_ech_front_new(front_config, &failure);
    demand(front != NULL);
    if ((data[0] & 1) != 0)
        open_first(front);
    feed(front, data + 1, size - 1, data[0] >> 1);
    check(front);
    hf_ech_front_free(front);
    return 0;
}
