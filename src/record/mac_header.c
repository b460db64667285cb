#include "record/mac_header.h"

#include "base/writer.h"

struct hf_span hf_mac_header_write(uint64_t sequence, uint8_t type, uint16_t version, size_t len,
                                   uint8_t room[HF_MAC_HEADER_LEN])
{
    struct hf_writer writer = hf_writer_of(room, HF_MAC_HEADER_LEN);
    hf_writer_u64(&writer, sequence);
    hf_writer_u8(&writer, type);
    hf_writer_u16(&writer, version);
    hf_writer_u16(&writer, (uint16_t)len);
    return hf_writer_span(&writer);
}
