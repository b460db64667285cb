#include "negotiate/certificate_type.h"

#include "extension/fail.h"

/* A list that says nothing is X.509 too. */
static bool has(const struct hf_certificate_types *types, enum hf_certificate_type type)
{
    return types->count == 0 ? type == HF_CERTIFICATE_TYPE_X509
                             : hf_wire_list_has(hf_span_of(types->items, types->count), 1, (uint64_t)type);
}

/* RFC 7250 4.1: without the extension it is X.509. */
static bool named(struct hf_span types, enum hf_certificate_type type)
{
    return types.len == 0 ? type == HF_CERTIFICATE_TYPE_X509 : hf_wire_list_has(types, 1, (uint64_t)type);
}

static enum hf_error fail(struct hf_failure *ret_failure, const char *where, const char *got)
{
    (void)hf_extension_fail(ret_failure, HF_ERR_certificate_type_unsupported, where);
    struct hf_text text = hf_extension_fail_got(ret_failure);
    hf_text_add(&text, "%s", got);
    return HF_ERR_certificate_type_unsupported;
}

enum hf_error hf_negotiate_certificate_type_of_client(const struct hf_config *config,
                                                      const struct hf_client_hello_facts *hello,
                                                      struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    static const struct hf_certificate_types x509 = {{HF_CERTIFICATE_TYPE_X509}, 1};
    const struct hf_certificate_types *ours = config->peer_types.count == 0 ? &x509 : &config->peer_types;
    for (size_t i = 0; i < ours->count; i++) {
        const enum hf_certificate_type type = (enum hf_certificate_type)ours->items[i];
        if (!named(hello->client_types, type))
            continue;
        negotiated->peer_type = type;
        negotiated->has_client_type = hello->client_types.len > 0;
        return HF_OK;
    }
    return fail(ret_failure, "client_certificate_type in ClientHello", "none of the types that we take");
}

bool hf_negotiate_certificate_type_takes(const struct hf_client_hello_facts *hello, enum hf_certificate_type type)
{
    return named(hello->server_types, type);
}

enum hf_error hf_negotiate_certificate_type_check(const struct hf_client_offer *offer,
                                                  const struct hf_server_hello_facts *facts,
                                                  struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    negotiated->own_type = facts->client_type;
    negotiated->peer_type = facts->server_type;
    if (has(&offer->config->peer_types, facts->server_type))
        return HF_OK;
    return fail(ret_failure, "server_certificate_type", "none: then it is X.509, which this side does not take");
}
