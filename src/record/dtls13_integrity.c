/* One record of DTLS 1.3 that is authenticated and not encrypted (RFC 9150 5, 9).
 *
 *   header: 001CSLEE | sequence number's low 8 or 16 bits | [length]
 *   body:   content | type | zeros | MAC, see integrity.h
 *
 * Forgeries are not counted: unlike an AEAD's tag, an HMAC does not wear out. */
#include "record/dtls13_integrity.h"

#include "base/allocation.h"
#include "base/reader.h"
#include "record/dtls13.h"
#include "record/dtls_plain.h"
#include "record/inner_plaintext.h"
#include "record/integrity.h"
#include "record/usage_limit.h"

struct integrity_record {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    struct hf_integrity integrity;
    struct hf_usage_limit usage;
};

static enum hf_error write_inner(const struct hf_record_content *content, size_t mac_len, struct hf_writer *into)
{
    hf_writer_u8(into, (uint8_t)(HF_DTLS13_FIXED | HF_DTLS13_LONG_NUMBER | HF_DTLS13_HAS_LENGTH |
                                 (content->epoch & HF_DTLS13_EPOCH_MASK)));
    hf_writer_u16(into, (uint16_t)(content->sequence & 0xffff));
    hf_writer_u16(into, (uint16_t)(content->bytes.len + 1 + content->padding + mac_len));
    return hf_inner_plaintext_write(content, content->padding, into);
}

static enum hf_error integrity_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                    struct hf_writer *into)
{
    struct integrity_record *record = (struct integrity_record *)protection;
    struct hf_writer writer = *into; /* committed only when sealed */
    struct hf_digest mac;
    if (!hf_usage_limit_may_seal(&record->usage, content->type) || content->sequence > HF_DTLS_SEQUENCE_MAX)
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > HF_RECORD_CONTENT_MAX || content->padding > HF_RECORD_CONTENT_MAX - content->bytes.len)
        return HF_ERR_internal;
    if (content->id.len > 0)
        return HF_ERR_internal; /* api/builder_historic.c keeps IDs to AEAD */
    HF_TRY(write_inner(content, record->integrity.mac_len, &writer));
    struct hf_span written = hf_span_part(hf_writer_span(&writer), into->len, writer.len);
    HF_TRY(hf_integrity_tag(&record->integrity, content->sequence, hf_span_part(written, 0, HF_DTLS13_HEADER_LEN),
                            hf_span_part(written, HF_DTLS13_HEADER_LEN, written.len), &mac));
    hf_writer_bytes(&writer, hf_digest_span(&mac));
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    protection->usage = hf_usage_limit_count(&record->usage);
    *into = writer;
    return HF_OK;
}

static enum hf_error read_number(const struct hf_record_wire *wire, uint64_t *ret_sequence)
{
    struct hf_reader header = hf_reader_of(wire->header);
    const uint8_t first = hf_reader_u8(&header);
    const size_t number_len = (first & HF_DTLS13_LONG_NUMBER) != 0 ? 2 : 1;
    const uint64_t low = hf_reader_uint(&header, number_len);
    if ((first & HF_DTLS13_HAS_ID) != 0 || header.bad)
        return HF_ERR_bad_record;
    *ret_sequence = hf_dtls13_reconstruct(wire->sequence, low, (unsigned)number_len * 8);
    return HF_OK;
}

static enum hf_error integrity_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                    uint8_t *into, struct hf_record_content *ret_content)
{
    struct integrity_record *record = (struct integrity_record *)protection;
    struct hf_record_content content = {.version = HF_DTLS_RECORD_VERSION};
    struct hf_span inner;
    HF_TRY(read_number(wire, &content.sequence));
    HF_TRY(hf_integrity_check(&record->integrity, content.sequence, wire, &inner));
    protection->usage = hf_usage_limit_count(&record->usage);
    if (inner.len > HF_RECORD_CONTENT_MAX + 1)
        return HF_ERR_record_too_long;
    if (into != inner.data && !hf_span_copy(inner, into, inner.len))
        return HF_ERR_internal;
    HF_TRY(hf_inner_plaintext_read(hf_span_of(into, inner.len), &content));
    *ret_content = content;
    return HF_OK;
}

static void integrity_free(struct hf_record_protection *protection)
{
    struct integrity_record *record = (struct integrity_record *)protection;
    hf_allocation_wipe(record->allocator, record, sizeof *record);
}

static const struct hf_record_methods integrity_methods = {
    .seal = integrity_seal, .open = integrity_open, .free = integrity_free};

enum hf_error hf_dtls13_integrity_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                      enum hf_hash_id mac, enum hf_aead_direction direction,
                                      const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection)
{
    struct integrity_record *record = hf_allocation_new(allocator, sizeof *record);
    if (record == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = hf_integrity_init(toolbox, mac, keys, &record->integrity);
    if (error != HF_OK) {
        hf_allocation_free(allocator, record);
        return error;
    }
    record->allocator = allocator;
    hf_usage_limit_init(&record->usage, HF_AEAD_NONE, direction);
    record->protection = (struct hf_record_protection){
        .methods = &integrity_methods,
        .header_len = HF_DTLS13_HEADER_LEN,
        .overhead = (uint16_t)(1 + record->integrity.mac_len),
        .hides_type = true,
    };
    *ret_protection = &record->protection;
    return HF_OK;
}
