/* CertificateRequest: the server asks for the client's certificate. RFC 9846 4.4.2, RFC 5246 7.4.4.
 * A client chooses here which identity it will present; when none fits it keeps the reason of each, because the empty
 * Certificate that follows tells nobody anything. */
#include "base/text.h"
#include "certificate/name.h"
#include "extension/read.h"
#include "extension/signature_algorithms.h"
#include "extension/write.h"
#include "handshake/ech_offer.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/client_auth.h"
#include "wire/read.h"
#include "wire/write.h"

enum { AUTHORITIES_TEXT_MAX = 2048, SCHEMES_LEN_MAX = 128, MISFIT_LINE_MAX = 320 };

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

static void describe_authorities(struct hf_span authorities, struct hf_text *text, uint16_t *ret_count)
{
    struct hf_reader list = hf_reader_of(authorities);
    struct hf_wire_distinguished_name authority;
    *ret_count = 0;
    while (hf_wire_next_distinguished_name(&list, &authority)) {
        hf_text_add(text, "%s", (*ret_count)++ == 0 ? "" : "\n");
        if (hf_name_check(authority.name))
            hf_name_print(authority.name, text);
        else
            hf_text_add(text, "(not a DER name)");
    }
}

/* Reasons stand in the order in which they are looked for. */
static void describe_misfits(struct hf_handshake *handshake, const struct hf_negotiate_client_answer *answer,
                             struct hf_text *text)
{
    for (size_t i = 0; i < answer->misfit_count; i++) {
        if (answer->misfits[i].reason == HF_MISFIT_NONE)
            continue;
        hf_text_add(text, "%s%s", text->len == 0 ? "" : "\n", answer->misfits[i].text);
        if (answer->misfits[i].reason > handshake->misfit)
            handshake->misfit = answer->misfits[i].reason;
    }
}

static enum hf_error keep_told(struct hf_handshake *handshake, const struct hf_text *authorities,
                               const struct hf_text *misfits, uint16_t authority_count)
{
    struct hf_span schemes = hf_span_part(handshake->work->request.schemes, 0, SCHEMES_LEN_MAX);
    const size_t len = authorities->len + 1 + misfits->len + 1 + schemes.len;
    struct hf_request_told *told = hf_allocation_new(handshake->allocator, sizeof *told + len);
    if (told == NULL)
        return HF_ERR_no_memory;
    told->authority_count = authority_count;
    told->misfits_at = (uint16_t)(authorities->len + 1);
    told->schemes_at = (uint16_t)(told->misfits_at + misfits->len + 1);
    told->schemes_len = (uint16_t)schemes.len;
    struct hf_writer writer = hf_writer_of(told->bytes, len);
    hf_writer_bytes(&writer, hf_span_of(authorities->at, authorities->len + 1));
    hf_writer_bytes(&writer, hf_span_of(misfits->at, misfits->len + 1));
    hf_writer_bytes(&writer, schemes);
    hf_allocation_free(handshake->allocator, handshake->request_told);
    handshake->request_told = told;
    return hf_writer_end(&writer) ? HF_OK : HF_ERR_internal;
}

static enum hf_error tell(struct hf_handshake *handshake, const struct hf_negotiate_client_answer *answer)
{
    char names[AUTHORITIES_TEXT_MAX];
    char lines[MISFIT_LINE_MAX * HF_CONFIG_IDENTITIES_MAX];
    struct hf_text authorities = hf_text_of(names, sizeof names);
    struct hf_text misfits = hf_text_of(lines, sizeof lines);
    uint16_t count;
    describe_authorities(handshake->work->request.authorities, &authorities, &count);
    describe_misfits(handshake, answer, &misfits);
    return keep_told(handshake, &authorities, &misfits, count);
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
    if (hf_ech_offer_is_refused(handshake)) { /* RFC 9849 6.1.7: whom this server is, we are not here for */
        handshake->identity = NULL;
        return HF_OK;
    }
    HF_TRY(hf_negotiate_client_auth_choose(handshake->config, &asked, &answer, handshake->failure));
    handshake->identity = answer.identity;
    handshake->own_scheme = answer.scheme;
    for (size_t i = 0; i < handshake->config->identity_count; i++)
        if (handshake->config->identities[i] == answer.identity)
            handshake->identity_index = (uint16_t)i;
    return tell(handshake, &answer);
}

/* Of the identity that came closest. */
static const char *what_is_wanted(enum hf_misfit_reason reason)
{
    switch (reason) {
    case HF_MISFIT_TYPE:
        return "another type of certificate";
    case HF_MISFIT_PURPOSE:
        return "a certificate for clients";
    case HF_MISFIT_EXPIRED:
    case HF_MISFIT_NOT_YET_VALID:
        return "a certificate that is valid today";
    case HF_MISFIT_AUTHORITY:
        return "a certificate from a CA that the server names";
    case HF_MISFIT_CREDENTIAL:
        return "a delegated credential that counts, of a scheme that the server takes";
    case HF_MISFIT_SCHEME:
    case HF_MISFIT_CHAIN_SCHEME:
    case HF_MISFIT_NONE:
        break;
    }
    return "a key that signs by a scheme which the server takes";
}

/* Else the Certificate that follows is empty (RFC 9846 4.5.1.2), and what the server makes of that is its business. One
 * that did not take our encrypted hello gets an empty one in any case, and no connection. */
static enum hf_error check_fits(struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    if (!config->must_present || config->identity_count == 0 || handshake->identity != NULL ||
        hf_ech_offer_is_refused(handshake))
        return HF_OK;
    const struct hf_request_told *told = handshake->request_told;
    return hf_refuse(handshake, HF_ERR_no_identity_fits, "CertificateRequest", what_is_wanted(handshake->misfit),
                     told->bytes + told->misfits_at);
}

static enum hf_error note(struct hf_handshake *handshake, enum hf_version_bit generation)
{
    handshake->asked = true;
    HF_TRY(choose_identity(handshake, generation));
    handshake->driver.event(handshake->driver.context, HF_EVENT_CERTIFICATE_REQUESTED);
    return HF_OK;
}

static enum hf_error take(struct hf_handshake *handshake, enum hf_version_bit generation)
{
    HF_TRY(note(handshake, generation));
    return check_fits(handshake);
}

static enum hf_error read13(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_span kept;
    HF_TRY(keep_bytes(handshake, body, &kept));
    return hf_extension_read_certificate_request13(kept, &handshake->work->request, handshake->failure);
}

enum hf_error hf_step_check_certificate_request13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                  enum hf_outcome *ret_outcome)
{
    HF_TRY(read13(handshake, taken->body));
    if (handshake->work->request.context.len > 0) /* only requests after the handshake have one: RFC 9846 4.4.2 */
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "CertificateRequest.certificate_request_context",
                         "an empty one", NULL);
    *ret_outcome = HF_OUTCOME_DONE;
    return take(handshake, HF_VERSION_BIT_13);
}

/* On the open connection: RFC 9846 4.7.2. Who declines looks at the request all the same, to be able to tell it. */
enum hf_error hf_step_check_certificate_request13_late(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                       enum hf_outcome *ret_outcome)
{
    bool answers;
    *ret_outcome = HF_OUTCOME_DONE;
    HF_TRY(hf_post_handshake_auth_begin_answering(handshake, &answers));
    if (!answers)
        return HF_OK;
    HF_TRY(read13(handshake, taken->body));
    HF_TRY(hf_post_handshake_auth_note_context(handshake, handshake->work->request.context));
    HF_TRY(note(handshake, HF_VERSION_BIT_13));
    if (handshake->config->post_handshake_auth == HF_POST_HANDSHAKE_AUTH_DECLINE)
        handshake->identity = NULL;
    else
        HF_TRY(check_fits(handshake));
    *ret_outcome = HF_OUTCOME_ASKED;
    return HF_OK;
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

enum hf_error hf_build_certificate_request13_late(struct hf_handshake *handshake, struct hf_writer *body)
{
    const size_t from = body->len;
    const struct hf_negotiated choice = {.version = handshake->protocol->version, .suite = handshake->suite};
    struct hf_post_handshake_request *request;
    struct hf_server_answer answer = {0};
    HF_TRY(hf_post_handshake_auth_new_request(handshake, &request));
    hf_negotiate_answer(handshake->config, &choice, &answer);
    answer.request_context = hf_span_of(request->context, sizeof request->context);
    HF_TRY(hf_extension_write_certificate_request13(&answer, body));
    handshake->asked = true;
    return hf_post_handshake_auth_sent(handshake, request, hf_span_part(hf_writer_span(body), from, body->len));
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
