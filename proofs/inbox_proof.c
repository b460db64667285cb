/* Any datagram of up to LEN bytes, cut from any place on, with connection IDs of up to ID_MAX bytes (RFC 9147 4, RFC
 * 9146 3, RFC 6347 4.1): header and body of a record lie in the datagram, one behind the other, behind what was cut
 * before; the ID lies in the header; the number of a header in the clear is one that a record can have; and a cut
 * always comes further. The lists of datagrams are the unit test's: here is what reads the peer's bytes, which is
 * static there.
 * sources: base/reader.c base/span.c
 * unwind: 7
 * unwindset: main.0:70 */
#include "prove.h"

#include "datagram/inbox.c"

enum { LEN = 20, ID_MAX = 3 };

/* Not called by what is proven here. */
void *hf_allocation_new(const struct hf_allocator *allocator, size_t size)
{
    (void)allocator, (void)size;
    return NULL;
}

void hf_allocation_wipe(const struct hf_allocator *allocator, void *memory, size_t size)
{
    (void)allocator, (void)memory, (void)size;
}

int main(void)
{
    static union {
        struct hf_inbox_datagram datagram;
        uint8_t memory[sizeof(struct hf_inbox_datagram) + LEN];
    } held;
    struct hf_inbox_datagram *datagram = &held.datagram;
    struct hf_inbox_record record = {0};
    const size_t id_len = nondet_size();
    PROVE_ASSUME(id_len <= ID_MAX);
    for (size_t i = 0; i < sizeof held.memory; i++)
        held.memory[i] = nondet_u8();
    datagram->next = NULL;
    datagram->len = nondet_size();
    datagram->at = nondet_size();
    PROVE_ASSUME(datagram->len <= LEN && datagram->at < datagram->len);
    const size_t from = datagram->at;
    if (!cut(datagram, id_len, &record))
        return 0;
    PROVE_ASSERT(datagram->at > from && datagram->at <= datagram->len);
    PROVE_ASSERT(record.header.data == datagram->bytes + from && record.header.len >= 2);
    PROVE_ASSERT(record.header.len + record.body.len == datagram->at - from);
    PROVE_ASSERT(record.into == record.header.data + record.header.len);
    PROVE_ASSERT(record.body.len == 0 || record.body.data == record.into);
    PROVE_ASSERT(record.sequence >> 48 == 0);
    PROVE_ASSERT(record.id.len == 0 || record.id.len == id_len);
    PROVE_ASSERT(record.id.len == 0 ||
                 (record.id.data > record.header.data && record.id.data + record.id.len < record.into));
    return 0;
}
