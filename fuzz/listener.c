/* A listener that anybody sends to: support/listening.h. */
#include "support/ends.h"
#include "support/listening.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    listening_play(ends_datagram_server_config(), data, size);
    return 0;
}
