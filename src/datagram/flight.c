/* A list of messages and a ring of records. RFC 9147 7.2: a record counts as acknowledged if any ACK names it. */
#include "datagram/flight.h"

#include "wire/message.h"

void hf_flight_init(struct hf_flight *flight, const struct hf_allocator *allocator)
{
    *flight = (struct hf_flight){.allocator = allocator};
}

enum hf_error hf_flight_add(struct hf_flight *flight, const struct hf_flight_message *like, struct hf_span body)
{
    if (body.len > HF_FLIGHT_BYTES_MAX - flight->held)
        return HF_ERR_internal;
    struct hf_flight_message *message = hf_allocation_new(flight->allocator, sizeof *message + body.len);
    if (message == NULL)
        return HF_ERR_no_memory;
    *message = *like;
    message->next = NULL;
    message->len = body.len;
    (void)hf_span_copy(body, message->body, body.len);
    if (flight->last == NULL)
        flight->first = message;
    else
        flight->last->next = message;
    flight->last = message;
    flight->held += body.len;
    return HF_OK;
}

bool hf_flight_is_empty(const struct hf_flight *flight)
{
    return flight->first == NULL;
}

bool hf_flight_is_hello(const struct hf_flight *flight)
{
    const struct hf_flight_message *first = flight->first;
    return first != NULL && first == flight->last && first->type == hf_message_wire_type(HF_MESSAGE_client_hello);
}

void hf_flight_note(struct hf_flight *flight, const struct hf_flight_record *record)
{
    enum { RING_LEN = HF_FLIGHT_RECORDS_MAX * sizeof *record };
    if (flight->records == NULL)
        flight->records = hf_allocation_new(flight->allocator, RING_LEN);
    if (flight->records == NULL)
        return;
    flight->records[flight->record_count % HF_FLIGHT_RECORDS_MAX] = *record;
    flight->record_count++;
}

static struct hf_flight_message *find(struct hf_flight *flight, uint16_t message_seq)
{
    for (struct hf_flight_message *one = flight->first; one != NULL; one = one->next)
        if (one->is_handshake && one->message_seq == message_seq)
            return one;
    return NULL;
}

static bool ack_part(struct hf_flight *flight, const struct hf_flight_record *record)
{
    struct hf_flight_message *message = find(flight, record->message_seq);
    if (message == NULL || message->is_acked ||
        (record->from < record->to && hf_ranges_cover(&message->acked, record->from, record->to)))
        return false;
    if (!hf_ranges_add(&message->acked, record->from, record->to))
        return false; /* too scattered: it is sent again */
    message->is_acked = hf_ranges_cover(&message->acked, 0, message->len);
    return true;
}

bool hf_flight_ack(struct hf_flight *flight, uint64_t epoch, uint64_t sequence)
{
    bool is_news = false;
    size_t count = flight->record_count < HF_FLIGHT_RECORDS_MAX ? flight->record_count : HF_FLIGHT_RECORDS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct hf_flight_record *record = &flight->records[i];
        if (record->epoch == epoch && record->sequence == sequence)
            is_news = ack_part(flight, record) || is_news;
    }
    return is_news;
}

bool hf_flight_is_acked(const struct hf_flight *flight)
{
    for (const struct hf_flight_message *one = flight->first; one != NULL; one = one->next)
        if (one->is_sent && !one->is_acked)
            return false;
    return true;
}

void hf_flight_clear(struct hf_flight *flight)
{
    const struct hf_allocator *allocator = flight->allocator;
    while (flight->first != NULL) {
        struct hf_flight_message *first = flight->first;
        flight->first = first->next;
        hf_allocation_wipe(allocator, first, sizeof *first + first->len);
    }
    hf_allocation_free(allocator, flight->records);
    hf_flight_init(flight, allocator);
}
