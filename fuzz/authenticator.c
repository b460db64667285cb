/* Fuzzes exported authenticators on an open connection: requests that a server is asked by, authenticators that come to
 * a client unasked, and the look at either. Nothing that was not made for this connection may be believed. */
#include <stdint.h>

#include <handfast/authenticator.h>

#include "support/demand.h"
#include "support/ends.h"
#include "support/lab.h"

enum { INPUTS_EACH = 256, ROOM = 65536 };

/* Contexts are remembered, so that a connection serves some inputs only. */
static void open_pair(struct lab_pair *pair)
{
    static unsigned inputs;
    if (pair->client != NULL && ++inputs % INPUTS_EACH != 0)
        return;
    if (pair->client != NULL)
        lab_pair_close(pair);
    pair->client = ends_client();
    pair->server = ends_server();
    (void)lab_pair_run(pair);
}

static void check(struct hf_connection *client, const uint8_t *data, size_t size)
{
    struct hf_failure failure = {0};
    struct hf_peer *peer = NULL;
    const struct hf_authenticator_checking checking = {.authenticator = data, .authenticator_len = size};
    demand(hf_authenticator_check(client, &checking, &peer, &failure) != HF_OK);
    demand(peer == NULL && failure.error != HF_OK);
}

static void make(struct hf_connection *server, const uint8_t *data, size_t size)
{
    static uint8_t room[ROOM];
    const struct hf_authenticator_making making = {data, size, HF_AUTHENTICATOR_FITTING};
    struct hf_authenticator_bytes made = {room, sizeof room, 0};
    enum hf_error error = hf_authenticator_make(server, &making, &made, NULL);
    demand((error == HF_OK) == (made.len > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lab_pair pair;
    const uint8_t *context = NULL;
    size_t len = 0;
    if (size == 0)
        return 0;
    open_pair(&pair);
    if (data[0] % 2 == 0)
        check(pair.client, data + 1, size - 1);
    else
        make(pair.server, data + 1, size - 1);
    if (hf_authenticator_context(data + 1, size - 1, &context, &len))
        demand(len <= 255 && (len == 0 || (context > data && context + len <= data + size)));
    demand(hf_failure(pair.client) == NULL && hf_failure(pair.server) == NULL);
    return 0;
}
