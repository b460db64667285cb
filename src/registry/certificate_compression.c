/* certificate_compressions.def as a table. */
#include "registry/certificate_compression.h"

#include "base/must.h"
#include "compression/brotli.h"
#include "compression/zlib.h"
#include "compression/zstd.h"
#include "registry/row_name.h"

static const struct {
    const char *name;
    bool (*available)(void);
    struct hf_certificate_compression compression;
} rows[] = {
#define HF_CERTIFICATE_COMPRESSION(id, name)                                                                           \
    {#name, hf_##name##_available, {id, hf_##name##_compress, hf_##name##_decompress, NULL}},
#include "registry/certificate_compressions.def"
#undef HF_CERTIFICATE_COMPRESSION
};

bool hf_certificate_compression_find_name(struct hf_span name, struct hf_certificate_compression_row *ret_row)
{
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        if (!hf_row_name_is(name, rows[i].name))
            continue;
        *ret_row = (struct hf_certificate_compression_row){rows[i].name, rows[i].available(), rows[i].compression};
        return true;
    }
    return false;
}

const char *hf_certificate_compression_name(uint16_t id)
{
    for (size_t i = 0; i < HF_COUNT(rows); i++)
        if (rows[i].compression.id == id)
            return rows[i].name;
    return NULL;
}
