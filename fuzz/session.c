/* Fuzzes the reader of kept sessions. What was read is written again as it was, but for the seal; and no bytes are
 * believed to be sealed that were not. */
#include <stdint.h>

#include "session/session.h"
#include "support/demand.h"

enum { ROOM = 1 << 17 };

static const struct hf_session_seal *seal(void)
{
    static const uint8_t policy[HF_SESSION_POLICY_LEN] = {0};
    static struct hf_session_seal made;
    if (made.toolbox == NULL)
        made = (struct hf_session_seal){.toolbox = demand_toolbox(), .policy = hf_span_of(policy, sizeof policy)};
    return &made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t room[ROOM];
    struct hf_span bytes = hf_span_of(data, size);
    struct hf_session session;
    if (hf_session_read(bytes, &session) != HF_OK)
        return 0;
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    demand(hf_session_length(&session) == size);
    demand(hf_session_write(&session, seal(), &writer) == HF_OK);
    struct hf_span again = hf_writer_span(&writer);
    demand(again.len == size);
    demand(hf_span_equal(hf_span_part(again, 0, size - HF_SESSION_SEAL_LEN),
                         hf_span_part(bytes, 0, size - HF_SESSION_SEAL_LEN)));
    demand(hf_session_is_sealed(again, seal()));
    demand(hf_session_is_sealed(bytes, seal()) == hf_span_equal(bytes, again));
    demand(!hf_session_is_current(&session, session.created_s + session.lifetime_s));
    return 0;
}
