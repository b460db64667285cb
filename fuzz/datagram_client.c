/* A client over datagrams that any server, or anybody else, may send to, at any time: see ends_feed_datagrams. */
#include "support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_connection *client = ends_datagram_client();
    ends_feed_datagrams(client, data, size);
    hf_connection_free(client);
    return 0;
}
