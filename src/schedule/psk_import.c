#include "schedule/psk_import.h"

#include "crypto/hkdf.h"
#include "schedule/expand_label.h"

static const struct {
    uint16_t kdf;
    enum hf_hash_id hash;
} kdfs[] = {{0x0001, HF_HASH_SHA256}, {0x0002, HF_HASH_SHA384}};

uint16_t hf_psk_import_kdf(enum hf_hash_id hash)
{
    for (size_t i = 0; i < HF_COUNT(kdfs); i++)
        if (kdfs[i].hash == hash)
            return kdfs[i].kdf;
    return 0;
}

enum hf_hash_id hf_psk_import_hash(uint16_t kdf)
{
    for (size_t i = 0; i < HF_COUNT(kdfs); i++)
        if (kdfs[i].kdf == kdf)
            return kdfs[i].hash;
    return HF_HASH_NONE;
}

/* epskx = HKDF-Extract(0, epsk); ipskx = HKDF-Expand-Label(epskx, "derived psk", Hash(ImportedIdentity), L): all by the
 * external key's hash, L being the length of the target's. */
enum hf_error hf_psk_import_derive(const struct hf_psk_import *import, const struct hf_secret *external,
                                   struct hf_secret *ret_key)
{
    HF_WIPED struct hf_secret extracted = {0};
    struct hf_digest identity;
    HF_TRY(hf_hkdf_extract(import->toolbox, import->hash, hf_span_of(NULL, 0), hf_secret_span(external), &extracted));
    HF_TRY(hf_hash_once(import->toolbox, import->hash, &import->identity, 1, &identity));
    const struct hf_expand_label input = {
        .toolbox = import->toolbox,
        .hash = import->hash,
        .prefix = import->prefix,
        .label = hf_span_of_text("derived psk"),
        .context = hf_digest_span(&identity),
    };
    return hf_expand_label_secret(&input, &extracted, hf_hash_len(import->target), ret_key);
}
