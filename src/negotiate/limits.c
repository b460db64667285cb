/* Record sizes. Limits hold only when both ends sent theirs (RFC 8449 4), so a server answers a client that asks, with
 * the largest size if it has no wish of its own: small clients are helped by any server. */
#include "negotiate/limits.h"

#include "negotiate/version.h"

static uint16_t clip(uint16_t limit, uint16_t max)
{
    return limit < max ? limit : max;
}

/* A value of the extension as plaintext bytes. */
static size_t plaintext_of(uint16_t limit, enum hf_version_bit generation)
{
    const struct hf_negotiate_rules *rules = hf_negotiate_version_rules(generation);
    return (size_t)clip(limit, rules->record_size_limit) - rules->inner_type_len;
}

static void set_both(struct hf_negotiated *negotiated, size_t limit)
{
    negotiated->send_limit = limit;
    negotiated->receive_limit = limit;
}

/* Ours may be shorter than what the peer takes. */
static void clip_own(const struct hf_config *config, struct hf_negotiated *negotiated)
{
    if (config->record_max != 0 && negotiated->send_limit > config->record_max)
        negotiated->send_limit = config->record_max;
}

static void settle_server(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                          struct hf_negotiated *negotiated)
{
    const uint16_t max = hf_negotiate_version_rules(negotiated->generation)->record_size_limit;
    set_both(negotiated, HF_NEGOTIATE_PLAINTEXT_MAX);
    negotiated->record_size_limit = 0;
    negotiated->max_fragment_length = 0;
    if (!hf_config_transport(config)->has_records)
        return;
    if (hello->record_size_limit != 0) {
        negotiated->record_size_limit = config->record_size_limit != 0 ? clip(config->record_size_limit, max) : max;
        negotiated->send_limit = plaintext_of(hello->record_size_limit, negotiated->generation);
        negotiated->receive_limit = plaintext_of(negotiated->record_size_limit, negotiated->generation);
    } else if (hello->max_fragment_length != 0) {
        negotiated->max_fragment_length = hello->max_fragment_length;
        set_both(negotiated, hello->max_fragment_length);
    }
}

void hf_negotiate_limits_server(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                struct hf_negotiated *negotiated)
{
    settle_server(config, hello, negotiated);
    clip_own(config, negotiated);
}

void hf_negotiate_limits_client(const struct hf_config *config, const struct hf_server_hello_facts *facts,
                                struct hf_negotiated *negotiated)
{
    set_both(negotiated, HF_NEGOTIATE_PLAINTEXT_MAX);
    negotiated->record_size_limit = facts->record_size_limit;
    negotiated->max_fragment_length = facts->max_fragment_length;
    if (facts->record_size_limit != 0) {
        negotiated->send_limit = plaintext_of(facts->record_size_limit, negotiated->generation);
        negotiated->receive_limit = plaintext_of(config->record_size_limit, negotiated->generation);
    } else if (facts->max_fragment_length != 0) {
        set_both(negotiated, facts->max_fragment_length);
    }
    clip_own(config, negotiated);
}
