#include "negotiate/renegotiation.h"

#include "base/secret.h"
#include "extension/fail.h"

static enum hf_error refuse_info(const char *where, const char *wanted, struct hf_failure *ret_failure)
{
    (void)hf_extension_fail(ret_failure, HF_ERR_renegotiation_info_wrong, where);
    struct hf_text text = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&text, "%s", wanted);
    return HF_ERR_renegotiation_info_wrong;
}

static enum hf_error refuse_change(const char *what, struct hf_failure *ret_failure)
{
    (void)hf_extension_fail(ret_failure, HF_ERR_renegotiation_changes, "renegotiation");
    struct hf_text text = hf_extension_fail_got(ret_failure);
    hf_text_add(&text, "%s", what);
    return HF_ERR_renegotiation_changes;
}

/* No switch may be needed that the suite before did without: so AEAD does not become CBC, nor ephemeral keys static
 * ones. Of block ciphers encrypt-then-MAC may not go away (RFC 7366 3.1.1), and nothing begins to be compressed. */
static const char *find_downgrade(const struct hf_negotiate_before *before, const struct hf_negotiated *negotiated)
{
    const bool is_block = negotiated->suite->block != HF_BLOCK_CIPHER_NONE;
    if ((negotiated->suite->switches & ~before->suite->switches) != 0)
        return "a weaker cipher suite";
    if (hf_suite_traits_of(negotiated->suite)->has_psk != hf_suite_traits_of(before->suite)->has_psk)
        return "a shared key in place of certificates";
    if (before->encrypt_then_mac && is_block && !negotiated->encrypt_then_mac)
        return "encrypt-then-MAC gone";
    return negotiated->deflates && !before->deflates ? "compression begun" : NULL;
}

/* Peers that renegotiate may leave ALPN out (OpenSSL's do): then the protocol stays. */
static enum hf_error check_kept(const struct hf_negotiate_before *before, const struct hf_negotiated *negotiated,
                                struct hf_failure *ret_failure)
{
    if (!negotiated->extended_master_secret) /* RFC 7627 5.4: the triple handshake */
        return hf_extension_fail(ret_failure, HF_ERR_extended_master_secret_missing, "renegotiation");
    const char *downgrade = find_downgrade(before, negotiated);
    if (downgrade != NULL)
        return refuse_change(downgrade, ret_failure);
    if (negotiated->protocol.len > 0 && !hf_span_equal(negotiated->protocol, before->protocol))
        return refuse_change("another application protocol", ret_failure);
    return HF_OK;
}

/* RFC 5746 3.6, 3.7. */
enum hf_error hf_negotiate_renegotiation_check_hello(const struct hf_negotiate_before *before,
                                                     const struct hf_client_hello_facts *hello,
                                                     const struct hf_negotiated *negotiated,
                                                     struct hf_failure *ret_failure)
{
    const bool is_first = before->suite == NULL;
    if (!hf_secret_equal(hello->renegotiated, before->client_verify_data))
        return refuse_info("renegotiation_info in ClientHello",
                           is_first ? "an empty one" : "the client's Finished of the handshake before", ret_failure);
    if (is_first)
        return HF_OK;
    if (hf_wire_list_has(hello->suites, 2, HF_SUITE_EMPTY_RENEGOTIATION_INFO))
        return refuse_info("cipher_suites in ClientHello", "no TLS_EMPTY_RENEGOTIATION_INFO_SCSV", ret_failure);
    if (!hf_span_equal(hello->host_name, before->server_name))
        return refuse_change("another server name", ret_failure);
    if (negotiated->identity != before->identity)
        return refuse_change("a hello that leads to another certificate of ours", ret_failure);
    return check_kept(before, negotiated, ret_failure);
}

/* RFC 5746 3.4, 3.5. */
enum hf_error hf_negotiate_renegotiation_check_answer(const struct hf_negotiate_before *before,
                                                      const struct hf_server_hello_facts *hello,
                                                      const struct hf_negotiated *negotiated,
                                                      struct hf_failure *ret_failure)
{
    const bool is_first = before->suite == NULL;
    if (!hf_secret_equal(hello->renegotiated, before->both_verify_data))
        return refuse_info("renegotiation_info in ServerHello",
                           is_first ? "an empty one" : "both Finished of the handshake before", ret_failure);
    return is_first ? HF_OK : check_kept(before, negotiated, ret_failure);
}
