/* Messages before the hash is known, the hash afterwards. RFC 9846 4.1: after a HelloRetryRequest the first
 * ClientHello is stood for by a message_hash message. */
#include "schedule/transcript.h"

#include "base/reader.h"
#include "base/writer.h"

#define MESSAGE_HASH    254 /* handshake message type, RFC 9846 4 */
#define TYPE_AND_LENGTH 4

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

/* Adds bytes as they count. */
static enum hf_error add_bytes(struct hf_transcript *transcript, struct hf_span message)
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

enum hf_error hf_transcript_add(struct hf_transcript *transcript, struct hf_span message)
{
    if (transcript->cut == 0)
        return add_bytes(transcript, message);
    HF_TRY(add_bytes(transcript, hf_span_part(message, 0, TYPE_AND_LENGTH)));
    return add_bytes(transcript, hf_span_part(message, TYPE_AND_LENGTH + transcript->cut, message.len));
}

/* Takes the first message off `messages`, which have the header bytes that are to be cut. */
static struct hf_span take_message(struct hf_reader *messages, size_t cut)
{
    struct hf_span start = {messages->next, messages->left};
    (void)hf_reader_u8(messages);
    size_t len = hf_reader_u24(messages);
    (void)hf_reader_bytes(messages, cut + len);
    return hf_span_part(start, 0, start.len - messages->left);
}

enum hf_error hf_transcript_cut_headers(struct hf_transcript *transcript, size_t cut)
{
    if (transcript->cut == cut)
        return HF_OK;
    if (transcript->cut != 0 || transcript->hash != NULL)
        return HF_ERR_wrong_call;
    struct hf_buffer whole = transcript->messages;
    enum hf_error error = HF_OK;
    transcript->cut = cut;
    hf_buffer_init(&transcript->messages, transcript->allocator, HF_TRANSCRIPT_KEPT_MAX);
    struct hf_reader reader = hf_reader_of(hf_buffer_span(&whole));
    while (error == HF_OK && hf_reader_more(&reader))
        error = hf_transcript_add(transcript, take_message(&reader, cut));
    hf_buffer_release(&whole);
    return error;
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
    return add_bytes(transcript, hf_writer_span(&writer));
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

enum hf_error hf_transcript_fork(const struct hf_transcript *transcript, struct hf_hash **ret_hash)
{
    return transcript->hash == NULL ? HF_ERR_wrong_call : hf_hash_fork(transcript->hash, ret_hash);
}

void hf_transcript_go_on(struct hf_transcript *transcript, enum hf_hash_id id, struct hf_hash *hash, size_t cut)
{
    transcript->id = id;
    transcript->hash = hash;
    transcript->cut = cut;
    transcript->keeps_messages = false;
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
    transcript->cut = 0;
    hf_buffer_release(&transcript->messages);
}
