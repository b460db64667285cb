/* A listener whose peers need no keys (blind/crypto.c), so whoever has its cookie, and whoever is behind it, comes far;
 * with connection IDs. The first byte of the input: which config; the others: support/listening.h. */
#include "blind/stage.h"
#include "support/listening.h"
#include "support/steady.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct hf_config *config = stage_config(HF_SERVER, /* over_datagrams= */ true, data[0]);
    steady_restart();
    listening_play(config, data + 1, size - 1);
    return 0;
}
