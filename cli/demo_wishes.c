#include "demo_wishes.h"

#include <string.h>

#include <handfast/session.h>

/* Of the demo only: both ends are one process, and what they say is printed anyway. */
static const unsigned char shared_key[] = "the key that the demo's ends share";

static void give_server(const struct hf_demo_wishes *wishes, struct hf_builder *builder)
{
    if (wishes->asks_nobody)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    if (wishes->cache != NULL)
        hf_builder_session_cache(builder, wishes->cache);
    if (wishes->tickets != NULL)
        hf_builder_ticket_keys(builder, wishes->tickets);
}

void hf_demo_wishes_give(const struct hf_demo_wishes *wishes, enum hf_role role, struct hf_builder *builder)
{
    hf_builder_historic(builder, wishes->historic);
    hf_builder_historic(builder, role == HF_SERVER ? wishes->historic_server : wishes->historic_client);
    if (wishes->suites != NULL)
        hf_builder_suites(builder, wishes->suites);
    if (wishes->schemes != NULL)
        hf_builder_signature_schemes(builder, wishes->schemes);
    if (wishes->groups != NULL)
        hf_builder_groups(builder, wishes->groups);
    if (wishes->groups_differ)
        hf_builder_groups(builder, role == HF_SERVER ? "secp256r1" : "x25519");
    if (wishes->shares_key)
        hf_builder_psk(builder, HF_DEMO_PSK_NAME, strlen(HF_DEMO_PSK_NAME), shared_key, sizeof shared_key - 1);
    if (role == HF_SERVER)
        give_server(wishes, builder);
    else if (wishes->takes_tickets)
        hf_builder_session_tickets(builder);
}
