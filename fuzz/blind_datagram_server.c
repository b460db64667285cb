/* A server over datagrams, whose peer needs no keys (blind/crypto.c): all of the handshake and what follows it, of
 * either version. The input: which config, then steps (blind/stage.h). */
#include "blind/stage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    stage_play(HF_SERVER, true, hf_span_of(data, size));
    return 0;
}
