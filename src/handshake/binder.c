/* The hello that is digested has its header as the transcript has it, with the length of the whole message, and ends
 * before the list of binders and that list's length. RFC 9846 4.3.11.2, RFC 9147 5.2. */
#include "handshake/binder.h"

#include "handshake/refuse.h"
#include "wire/read.h"

enum { HEADER_LEN = 4, LIST_PREFIX = 2, BINDER_PREFIX = 1 };

static const enum hf_hash_id hashes[HF_WORK_HELLO_DIGESTS] = {HF_HASH_SHA256, HF_HASH_SHA384};

static enum hf_error write_hello(struct hf_buffer *hello, struct hf_span truncated, size_t body_len)
{
    uint8_t room[HEADER_LEN];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    hf_writer_u8(&header, hf_message_wire_type(HF_MESSAGE_client_hello));
    hf_writer_uint(&header, HEADER_LEN - 1, body_len);
    if (!hf_writer_end(&header))
        return HF_ERR_internal;
    return hf_buffer_append(hello, hf_writer_span(&header)) && hf_buffer_append(hello, truncated) ? HF_OK
                                                                                                  : HF_ERR_no_memory;
}

/* The digests that can be made: behind a HelloRetryRequest the hash is fixed, and there is only that one. */
static enum hf_error digest_hello(struct hf_handshake *handshake, struct hf_span truncated, size_t body_len)
{
    struct hf_work *work = handshake->work;
    struct hf_buffer hello;
    hf_buffer_init(&hello, handshake->allocator, HEADER_LEN + body_len);
    enum hf_error error = write_hello(&hello, truncated, body_len);
    for (size_t i = 0; i < HF_COUNT(hashes) && error == HF_OK; i++) {
        work->hello_digests[i] = (struct hf_digest){.len = 0};
        error =
            hf_transcript_digest_with(&work->transcript, hashes[i], hf_buffer_span(&hello), &work->hello_digests[i]);
        if (error == HF_ERR_wrong_call && handshake->hello_retried)
            error = HF_OK;
    }
    hf_buffer_release(&hello);
    return error;
}

static const struct hf_digest *digest_of(const struct hf_work *work, enum hf_hash_id hash)
{
    for (size_t i = 0; i < HF_COUNT(hashes); i++)
        if (hashes[i] == hash && work->hello_digests[i].len > 0)
            return &work->hello_digests[i];
    return NULL;
}

static enum hf_error make(const struct hf_handshake *handshake, const struct hf_work_psk *psk,
                          struct hf_digest *ret_binder)
{
    HF_WIPED_SCHEDULE13 struct hf_schedule13 schedule = {0};
    const struct hf_digest *hello = digest_of(handshake->work, psk->hash);
    if (hello == NULL)
        return HF_ERR_internal;
    HF_TRY(hf_handshake_begin_schedule13(handshake, psk->hash, &schedule));
    HF_TRY(hf_schedule13_early(&schedule, &psk->key));
    return hf_schedule13_binder(&schedule, psk->kind, hello, ret_binder);
}

static size_t list_len(const struct hf_work *work)
{
    size_t len = LIST_PREFIX;
    for (size_t i = 0; i < work->offer.psk_count; i++)
        len += BINDER_PREFIX + hf_hash_len(work->past->psks[i].hash);
    return len;
}

enum hf_error hf_binder_write(struct hf_handshake *handshake, struct hf_writer *body, size_t from)
{
    struct hf_work *work = handshake->work;
    if (!hf_extension_set_has(work->offer.offered, HF_ROW_pre_shared_key))
        return HF_OK;
    struct hf_span whole = hf_span_part(hf_writer_span(body), from, SIZE_MAX);
    size_t binders_len = list_len(work);
    if (!hf_writer_end(body) || whole.len < binders_len)
        return HF_ERR_internal;
    HF_TRY(digest_hello(handshake, hf_span_part(whole, 0, whole.len - binders_len), whole.len));
    body->len -= binders_len;
    size_t list = hf_writer_open(body, LIST_PREFIX);
    for (size_t i = 0; i < work->offer.psk_count; i++) {
        struct hf_digest binder;
        HF_TRY(make(handshake, &work->past->psks[i], &binder));
        hf_writer_vector(body, BINDER_PREFIX, hf_digest_span(&binder));
    }
    hf_writer_close(body, list, LIST_PREFIX);
    return hf_writer_end(body) ? HF_OK : HF_ERR_internal;
}

enum hf_error hf_binder_prepare(struct hf_handshake *handshake, struct hf_span body)
{
    size_t binders_len = LIST_PREFIX + handshake->work->facts.psk_binders.len;
    if (body.len < binders_len)
        return HF_ERR_internal; /* they were read from it, and stand at its end: RFC 9846 4.3.11 */
    return digest_hello(handshake, hf_span_part(body, 0, body.len - binders_len), body.len);
}

enum hf_error hf_binder_check(struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    struct hf_reader list = hf_reader_of(work->facts.psk_binders);
    struct hf_wire_psk_binder binder = {0};
    struct hf_digest expected;
    for (size_t i = 0; i <= work->psk_index; i++)
        if (!hf_wire_next_psk_binder(&list, &binder))
            return HF_ERR_internal; /* extension/pre_shared_key.c has counted them */
    HF_TRY(make(handshake, &work->past->psks[0], &expected));
    if (!hf_secret_equal(binder.binder, hf_digest_span(&expected)))
        return hf_refuse(handshake, HF_ERR_psk_binder_wrong, "ClientHello.pre_shared_key", NULL, NULL);
    return HF_OK;
}
