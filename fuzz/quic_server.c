/* A server under QUIC, whose CRYPTO bytes come from anybody at any level: see ends_feed_levels. */
#include "support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_connection *server = ends_quic_server();
    ends_feed_levels(server, data, size);
    hf_connection_free(server);
    return 0;
}
