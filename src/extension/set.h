/* The extensions that have a row in extension/extensions.def, and sets of them: which came, which were offered.
 * A row says in which messages its extension may stand (RFC 9846 4.3, for TLS 1.2 the RFC of each) and whether an
 * answer needs an offer. Code points without a row are "unknown" here, whether or not they have a name. */
#ifndef HF_EXTENSION_SET_H
#define HF_EXTENSION_SET_H

#include "wire/extension.h"

/* Where an extension stands. Bits: a row of the table holds several. */
enum hf_extension_place {
    HF_PLACE_CH = 1,   /* ClientHello */
    HF_PLACE_SH12 = 2, /* ServerHello of TLS 1.2 */
    HF_PLACE_SH13 = 4, /* ServerHello of TLS 1.3 */
    HF_PLACE_HRR = 8,  /* HelloRetryRequest */
    HF_PLACE_EE = 16,  /* EncryptedExtensions */
    HF_PLACE_CT = 32,  /* an entry of Certificate, TLS 1.3 */
    HF_PLACE_CR = 64,  /* CertificateRequest of TLS 1.3 */
    HF_PLACE_NST = 128 /* NewSessionTicket of TLS 1.3 */
};

enum hf_extension_row {
#define HF_EXTENSION(name, places, answer, offer, take, reply, check) HF_ROW_##name,
#include "extension/extensions.def"
#undef HF_EXTENSION
    HF_EXTENSION_ROWS /* how many there are; also: no row */
};

/* A set of rows. All zero: empty. */
struct hf_extension_set {
    uint64_t bits;
};

static inline bool hf_extension_set_has(struct hf_extension_set set, enum hf_extension_row row)
{
    return row < HF_EXTENSION_ROWS && (set.bits >> row & 1) != 0;
}

static inline void hf_extension_set_add(struct hf_extension_set *set, enum hf_extension_row row)
{
    if (row < HF_EXTENSION_ROWS)
        set->bits |= (uint64_t)1 << row;
}

/* The row of a code point; HF_EXTENSION_ROWS when there is none. */
enum hf_extension_row hf_extension_row_of(uint16_t type);

/* The code point of a row. */
uint16_t hf_extension_row_type(enum hf_extension_row row);

/* The places where a row's extension may stand: bits of enum hf_extension_place. */
unsigned hf_extension_row_places(enum hf_extension_row row);

/* "ClientHello", ...: the message, for explanations. Static. */
const char *hf_extension_place_name(enum hf_extension_place place);

#endif
