/* Hellos to bytes: the fixed fields straight, then one walk over the table in its order. What a row's verb declines is
 * taken back as if nothing had been written. RFC 9846 4.2, 4.4; RFC 5246 7.4.1. */
#include "extension/write.h"

#include "extension/table.h"

enum { VECTOR_PREFIX = 2 };

/* A row's header; gives the mark to close its payload with. */
static size_t open_extension(struct hf_writer *body, enum hf_extension_row row)
{
    hf_writer_u16(body, hf_extension_row_type(row));
    return hf_writer_open(body, VECTOR_PREFIX);
}

static void write_offers(struct hf_client_offer *offer, struct hf_writer *body)
{
    offer->offered = (struct hf_extension_set){0};
    const size_t block = hf_writer_open(body, VECTOR_PREFIX);
    hf_grease_write_extension(&offer->grease, /* is_last= */ false, body);
    for (unsigned i = 0; i < HF_EXTENSION_ROWS; i++) {
        const enum hf_extension_row row = (enum hf_extension_row)i;
        const struct hf_extension_entry *entry = hf_extension_table_at(row);
        if (row == HF_ROW_pre_shared_key) /* before the one behind which nothing may stand */
            hf_grease_write_extension(&offer->grease, /* is_last= */ true, body);
        if (entry->offer == NULL)
            continue;
        const struct hf_writer before = *body;
        const size_t mark = open_extension(body, row);
        if (!entry->offer(offer, body)) {
            *body = before;
            continue;
        }
        hf_writer_close(body, mark, VECTOR_PREFIX);
        hf_extension_set_add(&offer->offered, row);
    }
    hf_writer_close(body, block, VECTOR_PREFIX);
}

/* Whether any extension was written. */
static bool write_replies(const struct hf_server_answer *answer, enum hf_extension_place place, struct hf_writer *body)
{
    const size_t block = hf_writer_open(body, VECTOR_PREFIX);
    const size_t empty = body->len;
    if (place == HF_PLACE_NST)
        hf_grease_write_extension(&answer->grease, /* is_last= */ false, body);
    for (unsigned i = 0; i < HF_EXTENSION_ROWS; i++) {
        const enum hf_extension_row row = (enum hf_extension_row)i;
        const struct hf_extension_entry *entry = hf_extension_table_at(row);
        if (entry->reply == NULL || (hf_extension_row_places(row) & place) == 0)
            continue;
        const struct hf_writer before = *body;
        const size_t mark = open_extension(body, row);
        if (entry->reply(answer, place, body))
            hf_writer_close(body, mark, VECTOR_PREFIX);
        else
            *body = before;
    }
    const bool any = body->len > empty;
    hf_writer_close(body, block, VECTOR_PREFIX);
    return any;
}

static void write_suites(const struct hf_client_offer *offer, struct hf_writer *body)
{
    const size_t list = hf_writer_open(body, VECTOR_PREFIX);
    hf_grease_write(&offer->grease, HF_GREASE_SUITE, body);
    for (size_t i = 0; i < offer->config->suite_count; i++)
        if ((offer->config->suites[i]->versions & offer->generations) != 0)
            hf_writer_u16(body, offer->config->suites[i]->id);
    if (offer->fallback)
        hf_writer_u16(body, HF_SUITE_FALLBACK);
    hf_writer_close(body, list, VECTOR_PREFIX);
}

static enum hf_error written(const struct hf_writer *body)
{
    return hf_writer_end(body) ? HF_OK : HF_ERR_internal;
}

/* The lengths that a caller may get wrong. */
static bool is_sound(struct hf_span random, struct hf_span session_id)
{
    return random.len == HF_MESSAGE_RANDOM_LEN && session_id.len <= HF_MESSAGE_SESSION_ID_MAX;
}

enum hf_error hf_extension_write_client_hello(struct hf_client_offer *offer, struct hf_writer *body)
{
    static const uint8_t compressions[] = {HF_COMPRESSION_DEFLATE, HF_COMPRESSION_NULL};
    /* RFC 9846 4.2.2: beside TLS 1.3 nothing but null may be offered. */
    const bool deflates =
        (offer->config->historic & HF_HISTORIC_COMPRESSION) != 0 && (offer->generations & HF_VERSION_BIT_13) == 0;
    if (!is_sound(offer->random, offer->session_id))
        return HF_ERR_internal;
    hf_writer_u16(body, offer->legacy_version);
    hf_writer_bytes(body, offer->random);
    hf_writer_vector(body, 1, offer->session_id);
    if (hf_config_transport(offer->config)->has_cookie)
        hf_writer_vector(body, 1, offer->verify_cookie);
    write_suites(offer, body);
    hf_writer_vector(body, 1, hf_span_part(hf_span_of(compressions, sizeof compressions), deflates ? 0 : 1, 2));
    write_offers(offer, body);
    return written(body);
}

/* What the three kinds of ServerHello share; extensions follow. */
static enum hf_error write_server_fields(const struct hf_server_answer *answer, struct hf_span random,
                                         struct hf_writer *body)
{
    if (!is_sound(random, answer->session_id))
        return HF_ERR_internal;
    hf_writer_u16(body, answer->legacy_version);
    hf_writer_bytes(body, random);
    hf_writer_vector(body, 1, answer->session_id);
    hf_writer_u16(body, answer->suite);
    hf_writer_u8(body, answer->compression);
    return HF_OK;
}

enum hf_error hf_extension_write_server_hello12(const struct hf_server_answer *answer, struct hf_writer *body)
{
    HF_TRY(write_server_fields(answer, answer->random, body));
    /* RFC 5246 7.4.1.3: without extensions there is no block; clients without extensions do not know an empty one. */
    const struct hf_writer before = *body;
    if (!write_replies(answer, HF_PLACE_SH12, body) && !body->bad)
        *body = before;
    return written(body);
}

enum hf_error hf_extension_write_server_hello13(const struct hf_server_answer *answer, struct hf_writer *body)
{
    HF_TRY(write_server_fields(answer, answer->random, body));
    write_replies(answer, HF_PLACE_SH13, body);
    return written(body);
}

enum hf_error hf_extension_write_hello_retry_request(const struct hf_server_answer *answer, struct hf_writer *body)
{
    HF_TRY(write_server_fields(answer, hf_message_retry_random(), body));
    write_replies(answer, HF_PLACE_HRR, body);
    return written(body);
}

enum hf_error hf_extension_write_encrypted_extensions(const struct hf_server_answer *answer, struct hf_writer *body)
{
    write_replies(answer, HF_PLACE_EE, body);
    return written(body);
}

enum hf_error hf_extension_write_certificate_request13(const struct hf_server_answer *answer, struct hf_writer *body)
{
    hf_writer_vector(body, 1, answer->request_context);
    write_replies(answer, HF_PLACE_CR, body);
    return written(body);
}

enum hf_error hf_extension_write_new_session_ticket(const struct hf_server_answer *answer, struct hf_writer *block)
{
    write_replies(answer, HF_PLACE_NST, block);
    return written(block);
}
