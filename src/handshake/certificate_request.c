/* CertificateRequest: the server asks for the client's certificate. RFC 9846 4.4.2, RFC 5246 7.4.4.
 * A client chooses here which identity it will present; when none fits it keeps the reason of each, because the empty
 * Certificate that follows tells nobody anything. */
#include "base/text.h"
#include "certificate/name.h"
#include "extension/read.h"
#include "extension/signature_algorithms.h"
#include "extension/write.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/client_auth.h"
#include "wire/read.h"
#include "wire/write.h"

enum { AUTHORITIES_TEXT_MAX = 2048, SCHEMES_TEXT_MAX = 1024, MISFIT_LINE_MAX = 320 };

/* ---- client ---- */

static enum hf_error keep_bytes(struct hf_handshake *handshake, struct hf_span body, struct hf_span *ret_kept)
{
    struct hf_work *work = handshake->work;
    hf_buffer_release(&work->request_bytes);
    if (!hf_buffer_append(&work->request_bytes, body))
        return HF_ERR_no_memory;
    *ret_kept = hf_buffer_span(&work->request_bytes);
    return HF_OK;
}

static enum hf_error keep_text(struct hf_handshake *handshake, const char *text, char **kept)
{
    hf_allocation_free(handshake->allocator, *kept);
    *kept = hf_allocation_text(handshake->allocator, text);
    return *kept == NULL ? HF_ERR_no_memory : HF_OK;
}

static enum hf_error describe_authorities(struct hf_handshake *handshake)
{
    char room[AUTHORITIES_TEXT_MAX];
    struct hf_text text = hf_text_of(room, sizeof room);
    struct hf_reader list = hf_reader_of(handshake->work->request.authorities);
    struct hf_wire_distinguished_name authority;
    while (hf_wire_next_distinguished_name(&list, &authority)) {
        hf_text_add(&text, "%s", handshake->request_authority_count++ == 0 ? "" : "\n");
        if (hf_name_check(authority.name))
            hf_name_print(authority.name, &text);
        else
            hf_text_add(&text, "(not a DER name)");
    }
    return keep_text(handshake, room, &handshake->request_authorities);
}

static enum hf_error describe_schemes(struct hf_handshake *handshake)
{
    char room[SCHEMES_TEXT_MAX];
    struct hf_text text = hf_text_of(room, sizeof room);
    struct hf_reader list = hf_reader_of(handshake->work->request.schemes);
    while (hf_reader_more(&list)) {
        uint16_t id = hf_reader_u16(&list);
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find(id);
        hf_text_add(&text, "%s", text.len == 0 ? "" : ":");
        if (scheme != NULL)
            hf_text_add(&text, "%s", scheme->name);
        else
            hf_text_add(&text, "0x%04x", id);
    }
    return keep_text(handshake, room, &handshake->request_schemes);
}

static enum hf_error describe_misfits(struct hf_handshake *handshake, const struct hf_negotiate_client_answer *answer)
{
    size_t room = MISFIT_LINE_MAX * HF_CONFIG_IDENTITIES_MAX;
    char *lines = hf_allocation_new(handshake->allocator, room);
    if (lines == NULL)
        return HF_ERR_no_memory;
    struct hf_text text = hf_text_of(lines, room);
    for (size_t i = 0; i < answer->misfit_count; i++) {
        if (answer->misfits[i].reason == HF_MISFIT_NONE)
            continue;
        hf_text_add(&text, "%s%s", text.len == 0 ? "" : "\n", answer->misfits[i].text);
        if (answer->misfits[i].reason > handshake->misfit) /* reasons stand in the order in which they are looked for */
            handshake->misfit = answer->misfits[i].reason;
    }
    enum hf_error error = keep_text(handshake, lines, &handshake->request_misfits);
    hf_allocation_free(handshake->allocator, lines);
    return error;
}

static enum hf_error choose_identity(struct hf_handshake *handshake, enum hf_version_bit generation)
{
    const struct hf_negotiate_client_auth asked = {
        .generation = generation,
        .request = &handshake->work->request,
        .type = handshake->work->choice.own_type,
        .now_s = hf_handshake_now_s(handshake),
    };
    struct hf_negotiate_client_answer answer = {0};
    HF_TRY(hf_negotiate_client_auth_choose(handshake->config, &asked, &answer, handshake->failure));
    handshake->identity = answer.identity;
    handshake->own_scheme = answer.scheme;
    for (size_t i = 0; i < handshake->config->identity_count; i++)
        if (handshake->config->identities[i] == answer.identity)
            handshake->identity_index = i;
    return describe_misfits(handshake, &answer);
}

static enum hf_error take(struct hf_handshake *handshake, enum hf_version_bit generation)
{
    handshake->asked = true;
    HF_TRY(describe_authorities(handshake));
    HF_TRY(describe_schemes(handshake));
    HF_TRY(choose_identity(handshake, generation));
    handshake->driver.event(handshake->driver.context, HF_EVENT_CERTIFICATE_REQUESTED);
    return HF_OK;
}

enum hf_error hf_step_check_certificate_request13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                  enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    struct hf_span kept;
    HF_TRY(keep_bytes(handshake, taken->body, &kept));
    HF_TRY(hf_extension_read_certificate_request13(kept, &work->request, handshake->failure));
    if (work->request.context.len > 0) /* only requests after the handshake have one: RFC 9846 4.4.2 */
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "CertificateRequest.certificate_request_context",
                         "an empty one", NULL);
    *ret_outcome = HF_OUTCOME_DONE;
    return take(handshake, HF_VERSION_BIT_13);
}

enum hf_error hf_step_check_certificate_request12(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                  enum hf_outcome *ret_outcome)
{
    struct hf_wire_certificate_request12 message;
    struct hf_span kept;
    HF_TRY(keep_bytes(handshake, taken->body, &kept));
    HF_TRY(hf_wire_read_certificate_request12(kept, &message));
    handshake->work->request = (struct hf_certificate_request_facts){
        .schemes = message.schemes,
        .authorities = message.authorities,
        .certificate_types = message.certificate_types,
    };
    *ret_outcome = HF_OUTCOME_DONE;
    return take(handshake, HF_VERSION_BIT_12);
}

/* ---- server ---- */

enum hf_error hf_build_certificate_request13(struct hf_handshake *handshake, struct hf_writer *body)
{
    handshake->asked = true;
    struct hf_server_answer answer = {0};
    hf_negotiate_answer(handshake->config, &handshake->work->choice, &answer);
    return hf_extension_write_certificate_request13(&answer, body);
}

/* ClientCertificateType, RFC 5246 7.4.4 and RFC 8422 5.5. */
enum { CERTIFICATE_TYPE_RSA_SIGN = 1, CERTIFICATE_TYPE_ECDSA_SIGN = 64 };

/* The types of which the client could sign by a scheme that we take; EdDSA counts as ECDSA (RFC 8422 5.5). */
static void write_types(const struct hf_config *config, struct hf_writer *body)
{
    bool has_rsa = false;
    bool has_ecdsa = false;
    for (size_t i = 0; i < config->scheme_count; i++) {
        const struct hf_signature_scheme *scheme = config->schemes[i];
        const bool is_rsa = scheme->kind.key == HF_KEY_RSA || scheme->kind.key == HF_KEY_RSA_PSS;
        const bool signs = (scheme->handshake & HF_VERSION_BIT_12) != 0;
        has_rsa |= signs && is_rsa;
        has_ecdsa |= signs && !is_rsa;
    }
    size_t types = hf_writer_open(body, 1);
    if (has_ecdsa)
        hf_writer_u8(body, CERTIFICATE_TYPE_ECDSA_SIGN);
    if (has_rsa)
        hf_writer_u8(body, CERTIFICATE_TYPE_RSA_SIGN);
    hf_writer_close(body, types, 1);
}

enum hf_error hf_build_certificate_request12(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_config *config = handshake->config;
    handshake->asked = true;
    write_types(config, body);
    size_t schemes = hf_writer_open(body, 2);
    hf_signature_algorithms_write(config, HF_VERSION_BIT_12, body);
    hf_writer_close(body, schemes, 2);
    hf_writer_vector(body, 2, hf_span_of(config->authorities, config->authorities_len));
    return HF_OK;
}
