/* Writes DER (X.690 10) by hf_writer. A constructed value is opened, filled, and closed: its length is then put in its
 * shortest form. Values that do not fit spoil the writer, as everywhere. */
#ifndef HF_AUTHORITY_DER_WRITE_H
#define HF_AUTHORITY_DER_WRITE_H

#include "base/writer.h"
#include "certificate/der.h"

/* Opens a constructed value of this tag; give the returned mark to hf_der_write_close. They nest. At most 65535 bytes
 * of content. */
size_t hf_der_write_open(struct hf_writer *writer, uint8_t tag);
void hf_der_write_close(struct hf_writer *writer, size_t mark);

/* One value of this tag with this content. */
void hf_der_write_value(struct hf_writer *writer, uint8_t tag, struct hf_span content);

/* INTEGER: a magnitude (big-endian, leading zeros allowed), or a small number. */
void hf_der_write_unsigned(struct hf_writer *writer, struct hf_span magnitude);
void hf_der_write_small(struct hf_writer *writer, uint32_t value);

/* BOOLEAN TRUE. FALSE is a DEFAULT wherever certificates have one, and is left out (X.690 11.5). */
void hf_der_write_true(struct hf_writer *writer);

/* BIT STRING of whole bytes; of named bits, bit 0 of `bits` being named bit 0 (X.690 11.2.2). */
void hf_der_write_bit_bytes(struct hf_writer *writer, struct hf_span bytes);
void hf_der_write_named_bits(struct hf_writer *writer, uint16_t bits);

/* UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280 4.1.2.5). Years 1950 to 9999. */
void hf_der_write_time(struct hf_writer *writer, int64_t time_s);

#endif
