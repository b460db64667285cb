/* Records are sealed where they leave from. A datagram is born with the room of the MTU, or of its one record. */
#include "datagram/outbox.h"

#include "base/writer.h"

void hf_outbox_init(struct hf_outbox *outbox, const struct hf_allocator *allocator)
{
    *outbox = (struct hf_outbox){.allocator = allocator};
}

static size_t overhead_of(const struct hf_epoch_write *write)
{
    return write->protection->header_len + write->protection->overhead;
}

size_t hf_outbox_room_fresh(const struct hf_epoch_write *write, size_t mtu)
{
    return mtu > overhead_of(write) ? mtu - overhead_of(write) : 0;
}

size_t hf_outbox_room(const struct hf_outbox *outbox, const struct hf_epoch_write *write, size_t mtu)
{
    if (outbox->open == NULL)
        return hf_outbox_room_fresh(write, mtu);
    size_t room = outbox->open->room < mtu ? outbox->open->room : mtu;
    return room > outbox->open->len ? hf_outbox_room_fresh(write, room - outbox->open->len) : 0;
}

static enum hf_error begin(struct hf_outbox *outbox, size_t room)
{
    hf_outbox_close(outbox);
    struct hf_outbox_datagram *datagram = hf_allocation_new(outbox->allocator, sizeof *datagram + room);
    if (datagram == NULL)
        return HF_ERR_no_memory;
    datagram->room = room;
    outbox->open = datagram;
    return HF_OK;
}

enum hf_error hf_outbox_seal(struct hf_outbox *outbox, struct hf_epoch_write *write, size_t mtu, uint8_t type,
                             struct hf_span content, uint64_t *ret_sequence)
{
    enum { PADDING_MAX = 16 }; /* that short records may get, RFC 9147 4.2.3 */
    const struct hf_record_content record = {
        .type = type,
        .bytes = content,
        .epoch = write->epoch,
        .sequence = write->next_sequence,
    };
    if (outbox->open == NULL || hf_outbox_room(outbox, write, mtu) < content.len) {
        size_t need = overhead_of(write) + content.len;
        HF_TRY(begin(outbox, (need > mtu ? need : mtu) + PADDING_MAX));
    }
    struct hf_outbox_datagram *open = outbox->open;
    struct hf_writer writer = hf_writer_of(open->bytes + open->len, open->room - open->len);
    HF_TRY(hf_record_seal(write->protection, &record, &writer));
    open->len += writer.len;
    *ret_sequence = write->next_sequence++;
    return HF_OK;
}

void hf_outbox_close(struct hf_outbox *outbox)
{
    struct hf_outbox_datagram *open = outbox->open;
    outbox->open = NULL;
    if (open == NULL)
        return;
    if (open->len == 0) {
        hf_allocation_free(outbox->allocator, open);
        return;
    }
    if (outbox->last == NULL)
        outbox->first = open;
    else
        outbox->last->next = open;
    outbox->last = open;
    outbox->held += open->len;
}

struct hf_span hf_outbox_first(const struct hf_outbox *outbox)
{
    return outbox->first == NULL ? hf_span_of(NULL, 0) : hf_span_of(outbox->first->bytes, outbox->first->len);
}

void hf_outbox_drop_first(struct hf_outbox *outbox)
{
    struct hf_outbox_datagram *first = outbox->first;
    if (first == NULL)
        return;
    outbox->first = first->next;
    if (outbox->first == NULL)
        outbox->last = NULL;
    outbox->held -= first->len;
    hf_allocation_free(outbox->allocator, first);
}

bool hf_outbox_is_full(const struct hf_outbox *outbox)
{
    return outbox->held >= HF_OUTBOX_BYTES_MAX;
}

void hf_outbox_release(struct hf_outbox *outbox)
{
    hf_outbox_close(outbox);
    while (outbox->first != NULL)
        hf_outbox_drop_first(outbox);
}
