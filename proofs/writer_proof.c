/* Any writes into any room of up to ROOM bytes, vectors opened and closed between them: nothing outside the room is
 * written, and a writer that ran out takes no more.
 * sources: base/writer.c base/span.c
 * unwind: 9 */
#include "prove.h"

#include "base/writer.h"

enum { ROOM = 6, WRITES = 2 };

int main(void)
{
    size_t room = nondet_size();
    PROVE_ASSUME(room <= ROOM);
    uint8_t *bytes = prove_bytes(room);
    struct hf_writer writer = hf_writer_of(bytes, room);
    size_t mark = 0;
    size_t prefix = 0;
    for (int i = 0; i < WRITES; i++) {
        size_t len = writer.len;
        bool bad = writer.bad;
        size_t width = nondet_size();
        PROVE_ASSUME(width >= 1 && width <= 8);
        switch (nondet_u8() % 4) {
        case 0:
            hf_writer_uint(&writer, width, nondet_u64());
            break;
        case 1: {
            size_t own = nondet_size();
            PROVE_ASSUME(own <= 4);
            hf_writer_bytes(&writer, hf_span_of(prove_bytes(own), own));
            break;
        }
        case 2:
            prefix = width;
            mark = hf_writer_open(&writer, prefix);
            break;
        default:
            if (prefix != 0)
                hf_writer_close(&writer, mark, prefix);
            prefix = 0;
            break;
        }
        PROVE_ASSERT(writer.len >= len && writer.len <= room);
        PROVE_ASSERT(!bad || writer.bad);
        PROVE_ASSERT(!bad || writer.len == len);
    }
    return 0;
}
