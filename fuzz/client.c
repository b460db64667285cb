/* A client that any server may talk to: all that comes before keys, of either version. First byte: how it is cut. */
#include "support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct hf_connection *client = ends_client();
    ends_feed(client, data + 1, size - 1, data[0]);
    hf_connection_free(client);
    return 0;
}
