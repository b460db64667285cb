/* ECHConfigList and the ECHConfigs in it (RFC 9849 4): read, judged, and one of them chosen. What a client has of them
 * came from somewhere public (DNS, a file), so nothing is believed of it but its form. */
#ifndef HF_CONFIG_ECH_CONFIG_H
#define HF_CONFIG_ECH_CONFIG_H

#include "base/reader.h"
#include "crypto/hpke.h"
#include "error/error.h"

enum { HF_ECH_CONFIG_VERSION = 0xfe0d, HF_ECH_CONFIG_INFO_MAX = 8 + 4 + 0xffff };

/* Of the version above. All spans borrow from the bytes that were read. */
struct hf_ech_config {
    struct hf_span whole; /* the ECHConfig, version and length included */
    uint8_t id;
    uint16_t kem;
    struct hf_span public_key;
    struct hf_span suites; /* kdf_id and aead_id, two bytes each */
    uint8_t name_max;
    struct hf_span public_name;
    bool is_demanding; /* it has a mandatory extension; none is known here */
};

/* One ECHConfig. HF_ERR_decode_error: it is malformed, or of another version. */
HF_MUST enum hf_error hf_ech_config_read(struct hf_span whole, struct hf_ech_config *ret_config);

/* The next one of this version in a list's inside; others are passed over. Contents that are malformed spoil the
 * reader. */
bool hf_ech_config_next(struct hf_reader *list, struct hf_ech_config *ret_config);

/* An ECHConfigList: *ret_inside is without its length. HF_ERR_decode_error: it, or one of this version in it, is
 * malformed. */
HF_MUST enum hf_error hf_ech_config_check_list(struct hf_span list, struct hf_span *ret_inside);

/* The first one of a list's inside that can be used, and the first of its suites that can (RFC 9849 6.1). False: none
 * can. */
HF_MUST bool hf_ech_config_choose(const struct hf_toolbox *toolbox, struct hf_span inside,
                                  struct hf_ech_config *ret_config, struct hf_hpke_suite *ret_suite);

/* Whether the config lists these two. */
bool hf_ech_config_has_suite(const struct hf_ech_config *config, uint16_t kdf, uint16_t aead);

/* Whether a certificate can be for it: LDH labels, and no address (RFC 9849 6.1.7). */
bool hf_ech_config_is_public_name(struct hf_span name);

/* HPKE's info for it, RFC 9849 6.1: appended. */
HF_MUST enum hf_error hf_ech_config_write_info(const struct hf_ech_config *config, struct hf_buffer *into);

/* What a config is made of. */
struct hf_ech_config_wish {
    uint8_t id;
    uint16_t kem;
    struct hf_span public_key;
    uint8_t name_max;
    struct hf_span public_name;
};

/* Appends an ECHConfig with the suites of HKDF-SHA256 and every AEAD, the one that all must have first (RFC 9849 9).
 * The writer is bad when it does not fit. */
void hf_ech_config_write(const struct hf_ech_config_wish *wish, struct hf_writer *into);

#endif
