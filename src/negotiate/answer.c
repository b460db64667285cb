/* A server's answer judged as a whole, at a client. RFC 9846 4.2.3, 4.2.4; RFC 5246 7.4.1.3; RFC 7627 5.2. */
#include "negotiate/negotiate.h"

#include "extension/fail.h"
#include "negotiate/certificate_type.h"
#include "negotiate/connection_ids.h"
#include "negotiate/group.h"
#include "negotiate/limits.h"
#include "negotiate/psk.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"

static enum hf_version_bit generation_of(uint16_t version)
{
    return (enum hf_version_bit)hf_negotiate_version_generation(version);
}

/* RFC 9846 4.2.3: the field says 1.2 forever (protocol_version if not), and the session_id comes back as it was sent.
 */
static enum hf_error check_form13(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                                  const char *where, struct hf_failure *ret_failure)
{
    if (hello->legacy_version != offer->legacy_version) {
        (void)hf_extension_fail(ret_failure, HF_ERR_no_common_version, where);
        struct hf_text got = hf_extension_fail_got(ret_failure);
        hf_text_add(&got, "legacy_version 0x%04x beside supported_versions", (unsigned)hello->legacy_version);
        return HF_ERR_no_common_version;
    }
    bool echoes = hf_config_transport(offer->config)->mimics12; /* over datagrams it is empty: RFC 9147 5.4 */
    if (hf_span_equal(hello->session_id, echoes ? offer->session_id : hf_span_of(NULL, 0)))
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, where);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "another legacy_session_id than ours");
    return HF_ERR_illegal_parameter;
}

/* RFC 9846 4.2.4: the ServerHello after a HelloRetryRequest repeats its version and suite. */
static enum hf_error check_retried(const struct hf_server_hello_facts *hello, const struct hf_server_hello_facts *retry,
                                   struct hf_failure *ret_failure)
{
    const char *wrong = NULL;
    if (retry != NULL && hello->version != retry->version)
        wrong = "another version than the HelloRetryRequest";
    else if (retry != NULL && hello->suite != retry->suite)
        wrong = "another suite than the HelloRetryRequest";
    if (wrong == NULL)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "ServerHello");
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "%s", wrong);
    return HF_ERR_illegal_parameter;
}

/* Where we asked for both: RFC 8773bis 5.2. The extension may not come without the key that it is about. */
static enum hf_error check_psk_with_certificates(const struct hf_server_hello_facts *hello,
                                                 struct hf_failure *ret_failure)
{
    if (hello->has_psk && hello->cert_with_extern_psk)
        return HF_OK;
    if (hello->cert_with_extern_psk) {
        (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "ServerHello");
        struct hf_text got = hf_extension_fail_got(ret_failure);
        hf_text_add(&got, "tls_cert_with_extern_psk without pre_shared_key");
        return HF_ERR_illegal_parameter;
    }
    (void)hf_extension_fail(ret_failure, HF_ERR_psk_with_certificate_missing, "ServerHello");
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, hello->has_psk ? "the key alone" : "certificates alone");
    return HF_ERR_psk_with_certificate_missing;
}

/* RFC 9846 4.3.11: the suite's hash must be the key's. */
static enum hf_error check_psk13(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                                 struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    negotiated->has_psk = hello->has_psk;
    negotiated->psk_index = hello->psk_index;
    if (offer->config->psk13_with_certificates && (!offer->is_outer || hello->cert_with_extern_psk))
        HF_TRY(check_psk_with_certificates(hello, ret_failure));
    if (!hello->has_psk && offer->config->psk13_only) /* nothing could prove other configurations, either */
        return hf_extension_fail(ret_failure, offer->is_outer ? HF_ERR_ech_rejected : HF_ERR_psk_not_taken,
                                 "ServerHello");
    if (!hello->has_psk || offer->psks[hello->psk_index].hash == negotiated->suite->hash)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "cipher_suite in ServerHello");
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "a suite of another hash than that of the pre_shared_key taken");
    return HF_ERR_illegal_parameter;
}

/* A PSK may stand alone only where we said so (RFC 9846 4.3.9). */
static bool lacks_share_rightly(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello)
{
    return hello->has_psk && hf_negotiate_psk_may_stand_alone(offer->config) &&
           !hf_extension_set_has(hello->present, HF_ROW_key_share);
}

static enum hf_error check13(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                             struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    HF_TRY(check_form13(offer, hello, "ServerHello", ret_failure));
    HF_TRY(check_psk13(offer, hello, negotiated, ret_failure));
    if (lacks_share_rightly(offer, hello))
        return HF_OK;
    if (!hf_extension_set_has(hello->present, HF_ROW_key_share)) /* RFC 9846 9.2 */
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "key_share in ServerHello");
    HF_TRY(hf_negotiate_group_check13(offer->config, &hello->share, &negotiated->group, ret_failure));
    negotiated->peer_share = hello->share.key_exchange;
    return HF_OK;
}

/* A server that gives our session_id back resumes that session, with all it was made with (RFC 5246 7.4.1.3, RFC 7627
 * 5.3). Without a session it was made up (RFC 9846 E.4): then the server claims one that never was. */
static enum hf_error check_resumed(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                                   struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    if (hello->session_id.len == 0 || !hf_span_equal(hello->session_id, offer->session_id))
        return HF_OK;
    if (offer->session == NULL)
        return hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "session_id in ServerHello");
    if (hello->suite != offer->session->suite) {
        (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "cipher_suite in ServerHello");
        struct hf_text got = hf_extension_fail_got(ret_failure);
        hf_text_add(&got, "another suite than that of the session resumed");
        return HF_ERR_illegal_parameter;
    }
    if (!hello->extended_master_secret)
        return hf_extension_fail(ret_failure, HF_ERR_extended_master_secret_missing, "ServerHello");
    negotiated->resumed = true;
    return HF_OK;
}

/* Encrypt-then-MAC belongs to block ciphers only: RFC 7366 3. Compression who switched it on, and to
 * the session that was made with it, of which none is kept: RFC 5246 7.4.1.3. */
static enum hf_error check_historic12(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                                      const struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    if (hello->encrypt_then_mac && negotiated->suite->block == HF_BLOCK_CIPHER_NONE)
        return hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "encrypt_then_mac in ServerHello");
    if (hello->compression == HF_COMPRESSION_NULL)
        return HF_OK;
    const bool offered =
        (offer->config->historic & HF_HISTORIC_COMPRESSION) != 0 && (offer->generations & HF_VERSION_BIT_13) == 0;
    if (hello->compression == HF_COMPRESSION_DEFLATE && offered && !negotiated->resumed)
        return HF_OK;
    return hf_extension_fail(ret_failure, HF_ERR_compression_not_null, "compression_method in ServerHello");
}

static enum hf_error check12(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                             struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    HF_TRY(hf_negotiate_version_check_mark(offer->config, hello->version, hello->random, ret_failure));
    HF_TRY(check_resumed(offer, hello, negotiated, ret_failure));
    if (!hello->extended_master_secret && offer->config->extended_master_secret_demanded) /* RFC 7627 5.2 */
        return hf_extension_fail(ret_failure, HF_ERR_extended_master_secret_missing, "ServerHello");
    if (!hello->secure_renegotiation && offer->config->secure_renegotiation_demanded) /* RFC 5746 4.1 */
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "renegotiation_info in ServerHello");
    HF_TRY(check_historic12(offer, hello, negotiated, ret_failure));
    negotiated->encrypt_then_mac = hello->encrypt_then_mac;
    negotiated->deflates = hello->compression == HF_COMPRESSION_DEFLATE;
    negotiated->extended_master_secret = hello->extended_master_secret;
    negotiated->secure_renegotiation = hello->secure_renegotiation;
    if (!negotiated->resumed && hf_suite_certifies(negotiated->suite))
        HF_TRY(hf_negotiate_certificate_type_check(offer, hello, negotiated, ret_failure));
    negotiated->status_request = hello->status_request;
    negotiated->session_ticket = hello->session_ticket;
    return HF_OK;
}

enum hf_error hf_negotiate_client(const struct hf_client_offer *offer, const struct hf_server_hello_facts *hello,
                                  const struct hf_server_hello_facts *retry, struct hf_negotiated *ret_negotiated,
                                  struct hf_failure *ret_failure)
{
    struct hf_negotiated found = {.version = hello->version};
    HF_TRY(hf_negotiate_version_check(offer->config, hello->version, ret_failure));
    found.generation = generation_of(hello->version);
    HF_TRY(check_retried(hello, retry, ret_failure));
    HF_TRY(hf_negotiate_suite_check(offer->config, found.generation, hello->suite, &found.suite, ret_failure));
    if (hf_negotiate_version_rules(found.generation)->shares_in_hellos)
        HF_TRY(check13(offer, hello, &found, ret_failure));
    else
        HF_TRY(check12(offer, hello, &found, ret_failure));
    HF_TRY(hf_negotiate_connection_ids_client(hello, &found, ret_failure));
    hf_negotiate_client_extensions(offer, hello, &found);
    *ret_negotiated = found;
    return HF_OK;
}

enum hf_error hf_negotiate_client_retry(const struct hf_client_offer *offer, const struct hf_server_hello_facts *retry,
                                        const struct hf_group **ret_group, struct hf_failure *ret_failure)
{
    const char *where = "HelloRetryRequest";
    const struct hf_suite *suite;
    const struct hf_group *group = NULL;
    if (!hf_extension_set_has(retry->present, HF_ROW_supported_versions)) /* RFC 9846 4.2.4, 9.2 */
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "supported_versions in HelloRetryRequest");
    HF_TRY(hf_negotiate_version_check(offer->config, retry->version, ret_failure));
    if (!hf_negotiate_version_rules(generation_of(retry->version))->shares_in_hellos) /* RFC 9846 4.3.1 */
        return hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "supported_versions in HelloRetryRequest");
    HF_TRY(check_form13(offer, retry, where, ret_failure));
    HF_TRY(hf_negotiate_suite_check(offer->config, HF_VERSION_BIT_13, retry->suite, &suite, ret_failure));
    if (retry->share.group == 0 && retry->cookie.len == 0) { /* RFC 9846 4.2.4: it would change nothing */
        (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, where);
        struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
        hf_text_add(&wanted, "a change of our ClientHello");
        return HF_ERR_illegal_parameter;
    }
    if (retry->share.group != 0)
        HF_TRY(hf_negotiate_group_check_retry(offer->config, retry->share.group, &group, ret_failure));
    *ret_group = group;
    return HF_OK;
}

void hf_negotiate_client_extensions(const struct hf_client_offer *offer, const struct hf_server_hello_facts *facts,
                                    struct hf_negotiated *negotiated)
{
    negotiated->protocol = facts->protocol;
    negotiated->srtp_profile = facts->srtp_profile;
    negotiated->server_name = facts->server_name;
    hf_negotiate_limits_client(offer->config, facts, negotiated);
}
