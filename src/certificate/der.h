/* A strict reader of DER (X.690 10): definite lengths in their shortest form, single-byte tags, no copies.
 * Like hf_reader, on which it stands, a bad read stays bad and yields empty spans; hf_der_end tells at the end.
 * Nothing here recurses: a value is entered by its caller, at most HF_DER_DEPTH_MAX deep. */
#ifndef HF_CERTIFICATE_DER_H
#define HF_CERTIFICATE_DER_H

#include "base/reader.h"

#define HF_DER_DEPTH_MAX 16

enum hf_der_tag {
    HF_DER_BOOLEAN = 0x01,
    HF_DER_INTEGER = 0x02,
    HF_DER_BIT_STRING = 0x03,
    HF_DER_OCTET_STRING = 0x04,
    HF_DER_NULL = 0x05,
    HF_DER_OID = 0x06,
    HF_DER_ENUMERATED = 0x0a,
    HF_DER_UTF8_STRING = 0x0c,
    HF_DER_NUMERIC_STRING = 0x12,
    HF_DER_PRINTABLE_STRING = 0x13,
    HF_DER_TELETEX_STRING = 0x14,
    HF_DER_IA5_STRING = 0x16,
    HF_DER_UTC_TIME = 0x17,
    HF_DER_GENERALIZED_TIME = 0x18,
    HF_DER_UNIVERSAL_STRING = 0x1c,
    HF_DER_BMP_STRING = 0x1e,
    HF_DER_SEQUENCE = 0x30,
    HF_DER_SET = 0x31
};

/* Context-specific tags, primitive and constructed. */
#define HF_DER_CONTEXT(number)     ((uint8_t)(0x80 | (number)))
#define HF_DER_CONTEXT_SET(number) ((uint8_t)(0xa0 | (number)))

struct hf_der {
    struct hf_reader reader;
    unsigned depth;
};

/* A reader of the elements that lie one after the other in `bytes`. */
struct hf_der hf_der_of(struct hf_span bytes);

/* Whether another element follows (false once bad), and whether the next one has this tag. */
bool hf_der_more(const struct hf_der *der);
bool hf_der_next_is(const struct hf_der *der, uint8_t tag);

/* Takes one element, of any tag: its tag, its content, and the whole of it. False, and the reader bad, when there is
 * none. */
bool hf_der_element(struct hf_der *der, uint8_t *ret_tag, struct hf_span *ret_content, struct hf_span *ret_whole);

/* Takes one element of this tag: its content, or the whole of it. Any other tag spoils the reader. */
struct hf_span hf_der_take(struct hf_der *der, uint8_t tag);
struct hf_span hf_der_take_whole(struct hf_der *der, uint8_t tag);

/* Takes one element of this tag and returns a reader of what is inside. End it with hf_der_end, too. */
struct hf_der hf_der_enter(struct hf_der *der, uint8_t tag);

/* BOOLEAN: 00 or ff only (X.690 11.1). */
bool hf_der_boolean(struct hf_der *der);

/* INTEGER that is not negative and in its shortest form: its magnitude without a leading zero byte. 0 gives one byte
 * 00. */
struct hf_span hf_der_unsigned(struct hf_der *der);

/* INTEGER from 0 to 2^31-1. Larger values read as 2^31-1. */
uint32_t hf_der_small(struct hf_der *der);

/* The same under another tag: an INTEGER or ENUMERATED that is tagged implicitly. */
uint32_t hf_der_small_tagged(struct hf_der *der, uint8_t tag);

/* INTEGER in its shortest form, any sign: its content bytes. */
struct hf_span hf_der_integer(struct hf_der *der);

/* BIT STRING of whole bytes: its bytes. */
struct hf_span hf_der_bit_bytes(struct hf_der *der);

/* BIT STRING of named bits (X.690 11.2.2: no trailing zero bits): bit 0 of the result is named bit 0. At most 16 bits.
 */
uint16_t hf_der_named_bits(struct hf_der *der);

/* The same under another tag. */
uint16_t hf_der_named_bits_tagged(struct hf_der *der, uint8_t tag);

/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 narrows them, in seconds since 1970. */
int64_t hf_der_time(struct hf_der *der);

void hf_der_spoil(struct hf_der *der);

/* Whether everything was read, exactly, and nothing was bad. */
HF_MUST bool hf_der_end(const struct hf_der *der);

#endif
