#include "config/ech_config.h"

#include "wire/extension.h"
#include "wire/write.h"

enum { LABEL_MAX = 63, MANDATORY = 0x8000 };

static bool has_mandatory(struct hf_span extensions)
{
    struct hf_reader list = hf_reader_of(extensions);
    struct hf_wire_extension extension;
    bool found = false;
    while (hf_wire_next_extension(&list, &extension))
        found = found || (extension.type & MANDATORY) != 0;
    return found;
}

static enum hf_error read_contents(struct hf_span whole, struct hf_span bytes, struct hf_ech_config *ret_config)
{
    struct hf_wire_ech_config_contents contents;
    HF_TRY(hf_wire_read_ech_config_contents(bytes, &contents));
    if (hf_wire_extensions_check(contents.extensions) != HF_OK) /* RFC 9849 4.2: none twice */
        return HF_ERR_decode_error;
    *ret_config = (struct hf_ech_config){
        .whole = whole,
        .id = (uint8_t)contents.config_id,
        .kem = (uint16_t)contents.kem_id,
        .public_key = contents.public_key,
        .suites = contents.cipher_suites,
        .name_max = (uint8_t)contents.maximum_name_length,
        .public_name = contents.public_name,
        .is_demanding = has_mandatory(contents.extensions),
    };
    return HF_OK;
}

enum hf_error hf_ech_config_read(struct hf_span whole, struct hf_ech_config *ret_config)
{
    struct hf_wire_ech_config config;
    HF_TRY(hf_wire_read_ech_config(whole, &config));
    return config.version == HF_ECH_CONFIG_VERSION ? read_contents(whole, config.contents, ret_config)
                                                   : HF_ERR_decode_error;
}

bool hf_ech_config_next(struct hf_reader *list, struct hf_ech_config *ret_config)
{
    struct hf_wire_ech_config config;
    struct hf_span from = {list->next, list->left};
    while (hf_wire_next_ech_config(list, &config)) {
        struct hf_span whole = hf_span_part(from, 0, from.len - list->left);
        from = (struct hf_span){list->next, list->left};
        if (config.version != HF_ECH_CONFIG_VERSION)
            continue;
        if (read_contents(whole, config.contents, ret_config) == HF_OK)
            return true;
        hf_reader_spoil(list);
    }
    return false;
}

enum hf_error hf_ech_config_check_list(struct hf_span list, struct hf_span *ret_inside)
{
    struct hf_wire_ech_config_list wire;
    struct hf_ech_config config;
    HF_TRY(hf_wire_read_ech_config_list(list, &wire));
    struct hf_reader configs = hf_reader_of(wire.configs);
    while (hf_ech_config_next(&configs, &config))
        ;
    if (!hf_reader_end(&configs))
        return HF_ERR_decode_error;
    *ret_inside = wire.configs;
    return HF_OK;
}

bool hf_ech_config_has_suite(const struct hf_ech_config *config, uint16_t kdf, uint16_t aead)
{
    struct hf_reader suites = hf_reader_of(config->suites);
    while (hf_reader_more(&suites)) {
        const uint16_t listed_kdf = hf_reader_u16(&suites);
        if (hf_reader_u16(&suites) == aead && listed_kdf == kdf)
            return true;
    }
    return false;
}

static bool find_suite(const struct hf_toolbox *toolbox, const struct hf_ech_config *config,
                       struct hf_hpke_suite *ret_suite)
{
    struct hf_reader suites = hf_reader_of(config->suites);
    while (hf_reader_more(&suites)) {
        struct hf_hpke_suite suite = {.kem = config->kem};
        suite.kdf = hf_reader_u16(&suites);
        suite.aead = hf_reader_u16(&suites);
        if (!hf_hpke_available(toolbox, suite))
            continue;
        *ret_suite = suite;
        return true;
    }
    return false;
}

bool hf_ech_config_choose(const struct hf_toolbox *toolbox, struct hf_span inside, struct hf_ech_config *ret_config,
                          struct hf_hpke_suite *ret_suite)
{
    struct hf_reader list = hf_reader_of(inside);
    struct hf_ech_config config;
    while (hf_ech_config_next(&list, &config))
        if (!config.is_demanding && hf_ech_config_is_public_name(config.public_name) &&
            config.public_key.len == hf_hpke_public_len(config.kem) && find_suite(toolbox, &config, ret_suite)) {
            *ret_config = config;
            return true;
        }
    return false;
}

/* ---- public names: RFC 5890 2.3.1, RFC 9849 6.1.7 ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_ldh(struct hf_span label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.data[0] == '-' || label.data[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!is_letter(label.data[i]) && !is_digit(label.data[i]) && label.data[i] != '-')
            return false;
    return true;
}

/* The last label of what some would take for an IPv4 address: "127", "0x7f". */
static bool is_number(struct hf_span label)
{
    const bool has_prefix = label.len >= 2 && label.data[0] == '0' && (label.data[1] == 'x' || label.data[1] == 'X');
    bool all = true;
    for (size_t i = has_prefix ? 2 : 0; i < label.len; i++)
        all = all && (has_prefix ? is_hex(label.data[i]) : is_digit(label.data[i]));
    return all;
}

bool hf_ech_config_is_public_name(struct hf_span name)
{
    struct hf_span label = {0};
    for (size_t from = 0; from <= name.len; from += label.len + 1) {
        size_t len = 0;
        while (from + len < name.len && name.data[from + len] != '.')
            len++;
        label = hf_span_part(name, from, len);
        if (!is_ldh(label))
            return false;
    }
    return !is_number(label);
}

/* ---- writing ---- */

enum hf_error hf_ech_config_write_info(const struct hf_ech_config *config, struct hf_buffer *into)
{
    static const uint8_t label[] = {'t', 'l', 's', ' ', 'e', 'c', 'h', 0};
    bool added = hf_buffer_append(into, hf_span_of(label, sizeof label)) && hf_buffer_append(into, config->whole);
    return added ? HF_OK : HF_ERR_no_memory;
}

void hf_ech_config_write(const struct hf_ech_config_wish *wish, struct hf_writer *into)
{
    uint8_t bytes[4 * HF_HPKE_AEADS];
    struct hf_writer suites = hf_writer_of(bytes, sizeof bytes);
    for (unsigned aead = HF_HPKE_AEAD_AES_128_GCM; aead <= HF_HPKE_AEADS; aead++) {
        hf_writer_u16(&suites, HF_HPKE_KDF_SHA256);
        hf_writer_u16(&suites, (uint16_t)aead);
    }
    const struct hf_wire_ech_config_contents contents = {
        .config_id = wish->id,
        .kem_id = wish->kem,
        .public_key = wish->public_key,
        .cipher_suites = hf_writer_span(&suites),
        .maximum_name_length = wish->name_max,
        .public_name = wish->public_name,
    };
    hf_writer_u16(into, HF_ECH_CONFIG_VERSION);
    size_t mark = hf_writer_open(into, 2);
    hf_wire_write_ech_config_contents(into, &contents);
    hf_writer_close(into, mark, 2);
}
