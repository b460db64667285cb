/* CompressedCertificate: Certificate of 1.3, of either end, in fewer bytes. What comes out of it is judged as if it had
 * come as it is, while the transcript has the message that went over the wire. RFC 8879 4. */
#include "base/text.h"
#include "handshake/certificate.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

/* ---- the peer's ---- */

/* Whether we said that we take any. */
static bool is_asked(const struct hf_handshake *handshake)
{
    if (hf_handshake_peer_role(handshake) == HF_SERVER)
        return hf_extension_set_has(handshake->work->offer.offered, HF_ROW_compress_certificate);
    for (size_t i = 0; i < handshake->config->compression_count; i++)
        if (handshake->config->compressions[i].decompress != NULL)
            return true;
    return false;
}

static const struct hf_certificate_compression *find(const struct hf_handshake *handshake, uint16_t algorithm)
{
    const struct hf_certificate_compression *found = hf_config_compression_find(handshake->config, algorithm);
    return found != NULL && found->decompress != NULL ? found : NULL;
}

/* RFC 8879 5: the limit is that of messages that come as they are. */
static enum hf_error check_length(struct hf_handshake *handshake, size_t len)
{
    const size_t max = handshake->config->max_handshake_message;
    if (len <= max)
        return HF_OK;
    return hf_refuse_got(handshake, HF_ERR_uncompressed_certificate_too_long,
                         "CompressedCertificate.uncompressed_length", "%zu bytes, more than %zu", len, max);
}

/* RFC 8879 4: exactly as long as was said. No message is empty. */
static enum hf_error unpack(struct hf_handshake *handshake, const struct hf_wire_compressed_certificate *message,
                            struct hf_buffer *certificate)
{
    const struct hf_certificate_compression *algorithm = find(handshake, message->algorithm);
    const size_t len = message->uncompressed_length;
    if (algorithm == NULL)
        return hf_refuse_got(handshake, HF_ERR_illegal_parameter, "CompressedCertificate.algorithm",
                             "%u, which was not offered", (unsigned)message->algorithm);
    HF_TRY(check_length(handshake, len));
    hf_buffer_init(certificate, handshake->allocator, len);
    uint8_t *into = len == 0 ? NULL : hf_buffer_reserve(certificate, len);
    if (into == NULL && len > 0)
        return HF_ERR_no_memory;
    if (into == NULL ||
        !algorithm->decompress(algorithm->context, message->compressed.data, message->compressed.len, into, len))
        return hf_refuse_got(handshake, HF_ERR_certificate_not_decompressed, "CompressedCertificate",
                             "%zu bytes, of which %zu should come", message->compressed.len, len);
    hf_buffer_grew(certificate, len);
    return HF_OK;
}

typedef enum hf_error check_plain(struct hf_handshake *handshake, struct hf_span body, enum hf_outcome *ret_outcome);

static enum hf_error check(struct hf_handshake *handshake, const struct hf_taken *taken, check_plain *check_unpacked,
                           enum hf_outcome *ret_outcome)
{
    struct hf_wire_compressed_certificate message;
    struct hf_buffer certificate;
    hf_buffer_init(&certificate, handshake->allocator, 0);
    if (!is_asked(handshake))
        return hf_refuse(handshake, HF_ERR_unexpected_message, "CompressedCertificate", "Certificate",
                         "CompressedCertificate, which was not offered");
    HF_TRY(hf_wire_read_compressed_certificate(taken->body, &message));
    enum hf_error error = unpack(handshake, &message, &certificate);
    if (error == HF_OK)
        error = check_unpacked(handshake, hf_buffer_span(&certificate), ret_outcome);
    hf_buffer_release(&certificate);
    return error;
}

enum hf_error hf_step_check_compressed_certificate(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                   enum hf_outcome *ret_outcome)
{
    return check(handshake, taken, hf_certificate_check13, ret_outcome);
}

enum hf_error hf_step_check_compressed_certificate_late(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                        enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_post_handshake_auth_check_awaited(handshake));
    return check(handshake, taken, hf_certificate_check13_late, ret_outcome);
}

/* ---- ours ---- */

/* By what the peer said: a server's answers the hello, a client's the CertificateRequest; whichever there is, the other
 * says nothing. One that answers a request after the handshake has a context, and goes as it is. */
static const struct hf_config_compressed *find_own(const struct hf_handshake *handshake)
{
    const struct hf_span by_hello = handshake->work->facts.takes_compressed;
    const struct hf_certificate_request_facts *request = &handshake->work->request;
    if (handshake->identity == NULL || request->context.len > 0)
        return NULL;
    return hf_config_compressed_find(handshake->config, handshake->identity, hf_certificate_papers(handshake),
                                     by_hello.len > 0 ? by_hello : request->takes_compressed);
}

bool hf_condition_compresses(const struct hf_handshake *handshake)
{
    return find_own(handshake) != NULL;
}

bool hf_condition_goes_plain(const struct hf_handshake *handshake)
{
    return find_own(handshake) == NULL;
}

/* A client, which owes none unless it was asked. */
bool hf_condition_was_asked_plain(const struct hf_handshake *handshake)
{
    return handshake->asked && find_own(handshake) == NULL;
}

enum hf_error hf_build_compressed_certificate(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_config_compressed *own = find_own(handshake);
    if (own == NULL)
        return HF_ERR_internal;
    const struct hf_wire_compressed_certificate message = {
        .algorithm = own->algorithm,
        .uncompressed_length = (uint32_t)own->uncompressed_len,
        .compressed = hf_span_of(own->bytes, own->len),
    };
    hf_wire_write_compressed_certificate(body, &message);
    handshake->presented = true;
    return HF_OK;
}
