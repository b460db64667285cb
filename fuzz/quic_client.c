/* A client under QUIC, whose CRYPTO bytes come from anybody at any level: see ends_feed_levels. */
#include "support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_connection *client = ends_quic_client();
    ends_feed_levels(client, data, size);
    hf_connection_free(client);
    return 0;
}
