/* The table's columns that are plain facts: code point and places. What each extension does is in table.c.
 * RFC 9846 4.3. */
#include "extension/set.h"

/* The places as the table writes them. */
enum {
    CH = HF_PLACE_CH,
    SH12 = HF_PLACE_SH12,
    SH13 = HF_PLACE_SH13,
    HRR = HF_PLACE_HRR,
    EE = HF_PLACE_EE,
    CT = HF_PLACE_CT,
    CR = HF_PLACE_CR,
    NST = HF_PLACE_NST
};

static const struct {
    uint16_t type;
    uint8_t places;
} row_facts[HF_EXTENSION_ROWS] = {
#define HF_EXTENSION(name, places, answer, offer, take, reply, check) {HF_EXTENSION_##name, places},
#include "extension/extensions.def"
#undef HF_EXTENSION
};

_Static_assert((int)HF_EXTENSION_ROWS <= 64, "a set holds 64 rows");

enum hf_extension_row hf_extension_row_of(uint16_t type)
{
    switch (type) { /* a hello may have thousands that nobody knows: no loop for each */
#define HF_EXTENSION(name, places, answer, offer, take, reply, check)                                                  \
    case HF_EXTENSION_##name:                                                                                          \
        return HF_ROW_##name;
#include "extension/extensions.def"
#undef HF_EXTENSION
    default:
        return HF_EXTENSION_ROWS;
    }
}

uint16_t hf_extension_row_type(enum hf_extension_row row)
{
    return row_facts[row].type;
}

unsigned hf_extension_row_places(enum hf_extension_row row)
{
    return row_facts[row].places;
}

const char *hf_extension_place_name(enum hf_extension_place place)
{
    switch (place) {
    case HF_PLACE_CH:
        return "ClientHello";
    case HF_PLACE_SH12:
    case HF_PLACE_SH13:
        return "ServerHello";
    case HF_PLACE_HRR:
        return "HelloRetryRequest";
    case HF_PLACE_EE:
        return "EncryptedExtensions";
    case HF_PLACE_CT:
        return "Certificate";
    case HF_PLACE_CR:
        return "CertificateRequest";
    case HF_PLACE_NST:
        return "NewSessionTicket";
    }
    return "";
}
