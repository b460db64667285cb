/* Each datagram is copied once and opened where it lies. RFC 9147 4, 4.1; RFC 6347 4.1. */
#include "datagram/inbox.h"

#include "base/reader.h"
#include "base/secret.h"
#include "seam/record.h"

enum {
    UNIFIED_MASK = 0xe0,
    UNIFIED = 0x20,
    UNIFIED_HAS_ID = 0x10,
    UNIFIED_LONG_NUMBER = 0x08,
    UNIFIED_HAS_LENGTH = 0x04,
    UNIFIED_EPOCH = 0x03,
    VERSION_MAJOR = 0xfe
};

void hf_inbox_init(struct hf_inbox *inbox, const struct hf_allocator *allocator)
{
    *inbox = (struct hf_inbox){.allocator = allocator};
}

static void append(struct hf_inbox *inbox, struct hf_inbox_list *list, struct hf_span bytes, uint32_t path)
{
    size_t max = list == &inbox->early ? HF_INBOX_EARLY_BYTES_MAX : HF_INBOX_BYTES_MAX;
    if (bytes.len == 0 || list->held > max || bytes.len > max - list->held)
        return;
    struct hf_inbox_datagram *datagram = hf_allocation_new(inbox->allocator, sizeof *datagram + bytes.len);
    if (datagram == NULL)
        return;
    datagram->len = bytes.len;
    datagram->path = path;
    (void)hf_span_copy(bytes, datagram->bytes, bytes.len);
    if (list->last == NULL)
        list->first = datagram;
    else
        list->last->next = datagram;
    list->last = datagram;
    list->held += bytes.len;
}

static struct hf_inbox_datagram *take_first(struct hf_inbox_list *list)
{
    struct hf_inbox_datagram *first = list->first;
    if (first == NULL)
        return NULL;
    list->first = first->next;
    if (list->first == NULL)
        list->last = NULL;
    list->held -= first->len;
    first->next = NULL;
    return first;
}

void hf_inbox_add(struct hf_inbox *inbox, struct hf_span datagram, uint32_t path)
{
    append(inbox, &inbox->waiting, datagram, path);
}

static void drop(struct hf_inbox *inbox, struct hf_inbox_datagram *datagram)
{
    if (datagram != NULL)
        hf_allocation_wipe(inbox->allocator, datagram, sizeof *datagram + datagram->len);
}

/* Its length is told by nothing in the record: RFC 9146 3. */
static void read_id(struct hf_reader *reader, size_t id_len, struct hf_inbox_record *record)
{
    record->id = hf_reader_bytes(reader, id_len);
    if (id_len == 0)
        hf_reader_spoil(reader);
}

static void read_unified(struct hf_reader *reader, uint8_t first, size_t id_len, struct hf_inbox_record *record)
{
    record->is_unified = true;
    record->epoch = first & UNIFIED_EPOCH;
    if ((first & UNIFIED_HAS_ID) != 0)
        read_id(reader, id_len, record);
    (void)hf_reader_bytes(reader, (first & UNIFIED_LONG_NUMBER) != 0 ? 2 : 1);
    if ((first & UNIFIED_HAS_LENGTH) == 0) {
        record->body = hf_reader_rest(reader);
        return;
    }
    size_t len = hf_reader_u16(reader);
    record->body = hf_reader_bytes(reader, len);
}

static void read_plain(struct hf_reader *reader, size_t id_len, struct hf_inbox_record *record)
{
    uint16_t version = hf_reader_u16(reader);
    record->epoch = hf_reader_u16(reader);
    record->sequence = hf_reader_uint(reader, 6);
    if (record->type == HF_CONTENT_TLS12_CID)
        read_id(reader, id_len, record);
    size_t len = hf_reader_u16(reader);
    record->body = hf_reader_bytes(reader, len);
    if (version >> 8 != VERSION_MAJOR)
        hf_reader_spoil(reader);
}

/* Cuts one record off; false when what is there is none. */
static bool cut(struct hf_inbox_datagram *datagram, size_t id_len, struct hf_inbox_record *record)
{
    struct hf_span left = hf_span_of(datagram->bytes + datagram->at, datagram->len - datagram->at);
    struct hf_reader reader = hf_reader_of(left);
    uint8_t first = hf_reader_u8(&reader);
    *record = (struct hf_inbox_record){.type = first, .path = datagram->path};
    if ((first & UNIFIED_MASK) == UNIFIED)
        read_unified(&reader, first, id_len, record);
    else
        read_plain(&reader, id_len, record);
    if (reader.bad)
        return false;
    size_t len = left.len - reader.left;
    record->header = hf_span_part(left, 0, len - record->body.len);
    record->into = datagram->bytes + datagram->at + record->header.len;
    datagram->at += len;
    return true;
}

bool hf_inbox_next(struct hf_inbox *inbox, struct hf_inbox_record *ret_record)
{
    for (;;) {
        if (inbox->current == NULL)
            inbox->current = take_first(&inbox->waiting);
        if (inbox->current == NULL)
            return false;
        if (inbox->current->at < inbox->current->len && cut(inbox->current, inbox->id_len, ret_record))
            return true;
        drop(inbox, inbox->current);
        inbox->current = NULL;
    }
}

void hf_inbox_keep_early(struct hf_inbox *inbox, const struct hf_inbox_record *record)
{
    struct hf_span whole = hf_span_of(record->header.data, record->header.len + record->body.len);
    append(inbox, &inbox->early, whole, record->path);
}

void hf_inbox_retry_early(struct hf_inbox *inbox)
{
    struct hf_inbox_list *early = &inbox->early;
    if (early->first == NULL)
        return;
    early->last->next = inbox->waiting.first;
    if (inbox->waiting.last == NULL)
        inbox->waiting.last = early->last;
    inbox->waiting.first = early->first;
    inbox->waiting.held += early->held;
    *early = (struct hf_inbox_list){0};
}

static void release_list(struct hf_inbox *inbox, struct hf_inbox_list *list)
{
    for (struct hf_inbox_datagram *one = take_first(list); one != NULL; one = take_first(list))
        drop(inbox, one);
}

void hf_inbox_drop_early(struct hf_inbox *inbox)
{
    release_list(inbox, &inbox->early);
}

void hf_inbox_release(struct hf_inbox *inbox)
{
    release_list(inbox, &inbox->waiting);
    release_list(inbox, &inbox->early);
    drop(inbox, inbox->current);
    inbox->current = NULL;
}
