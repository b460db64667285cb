/* A server over datagrams that any client, or anybody else, may send to, at any time: see ends_feed_datagrams. */
#include "support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_connection *server = ends_datagram_server();
    ends_feed_datagrams(server, data, size);
    hf_connection_free(server);
    return 0;
}
