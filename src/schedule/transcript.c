/* Messages before the hash is known, the hash afterwards. RFC 9846 4.1: after a HelloRetryRequest the first
 * ClientHello is stood for by a message_hash message. */
#include "schedule/transcript.h"

#include "base/writer.h"

#define MESSAGE_HASH 254 /* handshake message type, RFC 9846 4 */

void hf_transcript_init(struct hf_transcript *transcript, const struct hf_toolbox *toolbox,
                        const struct hf_allocator *allocator)
{
    *transcript = (struct hf_transcript){
        .toolbox = toolbox,
        .allocator = allocator,
        .id = HF_HASH_NONE,
        .keeps_messages = true,
    };
    hf_buffer_init(&transcript->messages, allocator, HF_TRANSCRIPT_KEPT_MAX);
}

enum hf_error hf_transcript_add(struct hf_transcript *transcript, struct hf_span message)
{
    if (transcript->keeps_messages) {
        if (message.len > HF_TRANSCRIPT_KEPT_MAX - hf_buffer_len(&transcript->messages))
            return HF_ERR_handshake_message_too_long;
        if (!hf_buffer_append(&transcript->messages, message))
            return HF_ERR_no_memory;
    }
    if (transcript->hash == NULL)
        return HF_OK;
    return hf_hash_update(transcript->hash, message);
}

enum hf_error hf_transcript_choose(struct hf_transcript *transcript, enum hf_hash_id id, bool keep_messages)
{
    if (transcript->hash != NULL && transcript->id != id)
        return HF_ERR_wrong_call;
    if (transcript->hash == NULL) {
        struct hf_hash *hash = NULL;
        HF_TRY(hf_hash_new(transcript->toolbox, transcript->allocator, id, &hash));
        enum hf_error error = hf_hash_update(hash, hf_buffer_span(&transcript->messages));
        if (error != HF_OK) {
            hf_hash_free(hash);
            return error;
        }
        transcript->hash = hash;
        transcript->id = id;
    }
    if (!keep_messages)
        hf_transcript_forget_messages(transcript);
    return HF_OK;
}

enum hf_error hf_transcript_digest(const struct hf_transcript *transcript, struct hf_digest *ret_digest)
{
    if (transcript->hash == NULL)
        return HF_ERR_wrong_call;
    return hf_hash_peek(transcript->hash, ret_digest);
}

enum hf_error hf_transcript_digest_with(const struct hf_transcript *transcript, enum hf_hash_id id,
                                        struct hf_span extra, struct hf_digest *ret_digest)
{
    if (!transcript->keeps_messages || (transcript->hash != NULL && transcript->id != id))
        return HF_ERR_wrong_call;
    struct hf_span parts[] = {hf_buffer_span(&transcript->messages), extra};
    return hf_hash_once(transcript->toolbox, id, parts, HF_COUNT(parts), ret_digest);
}

/* Starts the hash over with: message_hash | 24-bit length | digest. */
static enum hf_error restart(struct hf_transcript *transcript, struct hf_span digest)
{
    uint8_t message[4 + HF_DIGEST_MAX];
    struct hf_writer writer = hf_writer_of(message, sizeof message);
    hf_writer_u8(&writer, MESSAGE_HASH);
    hf_writer_vector(&writer, 3, digest);
    if (digest.len != hf_hash_len(transcript->id) || !hf_writer_end(&writer))
        return HF_ERR_wrong_call;

    struct hf_hash *hash = NULL;
    HF_TRY(hf_hash_new(transcript->toolbox, transcript->allocator, transcript->id, &hash));
    hf_hash_free(transcript->hash);
    transcript->hash = hash;
    hf_buffer_release(&transcript->messages);
    transcript->keeps_messages = true; /* the second ClientHello's binders cover it too */
    return hf_transcript_add(transcript, hf_writer_span(&writer));
}

enum hf_error hf_transcript_retry(struct hf_transcript *transcript)
{
    struct hf_digest first_hello;
    HF_TRY(hf_transcript_digest(transcript, &first_hello));
    return restart(transcript, hf_digest_span(&first_hello));
}

enum hf_error hf_transcript_resume_retry(struct hf_transcript *transcript, struct hf_span first_hello_digest)
{
    if (transcript->hash == NULL)
        return HF_ERR_wrong_call;
    return restart(transcript, first_hello_digest);
}

struct hf_span hf_transcript_messages(const struct hf_transcript *transcript)
{
    return hf_buffer_span(&transcript->messages);
}

void hf_transcript_forget_messages(struct hf_transcript *transcript)
{
    transcript->keeps_messages = false;
    hf_buffer_release(&transcript->messages);
}

void hf_transcript_release(struct hf_transcript *transcript)
{
    hf_hash_free(transcript->hash);
    transcript->hash = NULL;
    transcript->id = HF_HASH_NONE;
    transcript->keeps_messages = true;
    hf_buffer_release(&transcript->messages);
}
