/* Records are sealed where they leave from. A datagram is born with the room of the MTU, or of its one record. */
#include "datagram/outbox.h"

#include "base/writer.h"
#include "record/dtls_plain.h"

void hf_outbox_init(struct hf_outbox *outbox, const struct hf_allocator *allocator)
{
    *outbox = (struct hf_outbox){.allocator = allocator, .path = HF_OUTBOX_PEER};
}

/* Records in the clear have none: RFC 9146 3, RFC 9147 4. */
static struct hf_span id_of(const struct hf_outbox *outbox, const struct hf_epoch_write *write)
{
    return write->protection->is_plain ? hf_span_of(NULL, 0) : outbox->id;
}

static size_t header_of(const struct hf_outbox *outbox, const struct hf_epoch_write *write)
{
    size_t id_len = id_of(outbox, write).len;
    return write->protection->header_len + (id_len > 0 ? id_len + write->protection->id_overhead : 0);
}

static size_t overhead_of(const struct hf_outbox *outbox, const struct hf_epoch_write *write)
{
    return header_of(outbox, write) + write->protection->overhead;
}

/* How much content the steps take that fit into `room` bytes of a body, where a body has steps. */
static size_t room_in_steps(const struct hf_record_protection *protection, size_t room)
{
    const size_t step = protection->step;
    const size_t beside = protection->overhead - (size_t)protection->step_overhead - (step - 1);
    const size_t steps = room > beside ? (room - beside) / protection->step * protection->step : 0;
    return steps > protection->step_overhead ? steps - protection->step_overhead : 0;
}

size_t hf_outbox_room_fresh(const struct hf_outbox *outbox, const struct hf_epoch_write *write, size_t mtu)
{
    const size_t header = header_of(outbox, write);
    if (write->protection->step > 0)
        return mtu > header ? room_in_steps(write->protection, mtu - header) : 0;
    size_t overhead = overhead_of(outbox, write);
    return mtu > overhead ? mtu - overhead : 0;
}

size_t hf_outbox_room(const struct hf_outbox *outbox, const struct hf_epoch_write *write, size_t mtu)
{
    if (outbox->open == NULL)
        return hf_outbox_room_fresh(outbox, write, mtu);
    size_t room = outbox->open->room < mtu ? outbox->open->room : mtu;
    return room > outbox->open->len ? hf_outbox_room_fresh(outbox, write, room - outbox->open->len) : 0;
}

static enum hf_error begin(struct hf_outbox *outbox, size_t room)
{
    hf_outbox_close(outbox);
    struct hf_outbox_datagram *datagram = hf_allocation_new(outbox->allocator, sizeof *datagram + room);
    if (datagram == NULL)
        return HF_ERR_no_memory;
    datagram->room = room;
    datagram->path = outbox->path;
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
        .id = id_of(outbox, write),
        .version = type == HF_CONTENT_HANDSHAKE && !outbox->has_version ? HF_DTLS_RECORD_VERSION_FIRST
                                                                        : HF_DTLS_RECORD_VERSION,
    };
    if (outbox->open == NULL || hf_outbox_room(outbox, write, mtu) < content.len) {
        size_t need = overhead_of(outbox, write) + content.len;
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
    outbox->held += sizeof *open + open->room;
}

const struct hf_outbox_datagram *hf_outbox_first(const struct hf_outbox *outbox)
{
    const struct hf_outbox_datagram *one = outbox->first;
    while (one != NULL && outbox->is_paused && one->path == HF_OUTBOX_PEER)
        one = one->next;
    return one;
}

void hf_outbox_drop_first(struct hf_outbox *outbox)
{
    const struct hf_outbox_datagram *goes = hf_outbox_first(outbox);
    struct hf_outbox_datagram *before = NULL;
    struct hf_outbox_datagram *one = outbox->first;
    for (; one != NULL && one != goes; one = one->next)
        before = one;
    if (one == NULL)
        return;
    if (before == NULL)
        outbox->first = one->next;
    else
        before->next = one->next;
    if (outbox->last == one)
        outbox->last = before;
    outbox->held -= sizeof *one + one->room;
    hf_allocation_free(outbox->allocator, one);
}

bool hf_outbox_is_full(const struct hf_outbox *outbox)
{
    return outbox->held >= HF_OUTBOX_BYTES_MAX;
}

void hf_outbox_release(struct hf_outbox *outbox)
{
    hf_outbox_close(outbox);
    outbox->is_paused = false;
    while (outbox->first != NULL)
        hf_outbox_drop_first(outbox);
}
