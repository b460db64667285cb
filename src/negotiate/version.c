/* Versions, compared here and nowhere else. A server takes the highest version that both allow; a hello without
 * supported_versions offers up to TLS 1.2 at most (RFC 9846 4.3.1, E.2), and nothing below 1.2 is spoken at all.
 * The marks in ServerHello.random tell a client that something between cut its offer (RFC 9846 4.2.3). */
#include "negotiate/version.h"

#include "extension/fail.h"

enum { SSL30 = 0x0300, DTLS10 = 0xfeff };
enum { MARK_LEN = 8, MARK_AT = HF_MESSAGE_RANDOM_LEN - MARK_LEN };

struct row {
    uint16_t version; /* as the config names its generation */
    enum hf_version_bit generation;
};

static const struct row versions[] = {
    /* best first */
    {HF_TLS13, HF_VERSION_BIT_13},
    {HF_TLS12, HF_VERSION_BIT_12},
};

/* "DOWNGRD" and 01: a server that has 1.3 answers with 1.2; 00: one that has 1.2 answers with less. */
static const uint8_t mark12[MARK_LEN] = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01};
static const uint8_t mark11[MARK_LEN] = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00};

static bool is_allowed(const struct hf_config *config, const struct row *row)
{
    return config->min_version <= row->version && row->version <= config->max_version;
}

/* A row's number on the wire. */
static uint16_t wire_of(const struct hf_transport *transport, const struct row *row)
{
    return row->generation == HF_VERSION_BIT_13 ? transport->version13 : transport->version12;
}

/* NULL when the transport has no such version. */
static const struct row *find_row(const struct hf_transport *transport, uint16_t version)
{
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (wire_of(transport, &versions[i]) == version)
            return &versions[i];
    return NULL;
}

/* Numbers of TLS count up, those of DTLS down. */
static bool is_old(uint16_t version)
{
    return (version >= SSL30 && version <= HF_TLS12) || (version >= HF_DTLS12 && version <= DTLS10);
}

bool hf_negotiate_version_offers_old(const struct hf_client_hello_facts *hello)
{
    struct hf_reader list = hf_reader_of(hello->versions);
    bool found = !hf_extension_set_has(hello->present, HF_ROW_supported_versions);
    while (hf_reader_more(&list))
        found = is_old(hf_reader_u16(&list)) || found;
    return found;
}

unsigned hf_negotiate_version_generation(uint16_t version)
{
    const struct row *row = find_row(&hf_transport_stream, version);
    if (row == NULL)
        row = find_row(&hf_transport_datagram, version);
    return row == NULL ? 0 : row->generation;
}

const struct hf_negotiate_rules *hf_negotiate_version_rules(enum hf_version_bit generation)
{
    static const struct hf_negotiate_rules rules12 = {
        .schemes_may_be_missing = true,
        .request_names_types = true,
        .identity = HF_CHOOSE_SCHEMES_12,
        .record_size_limit = 16384,
    };
    static const struct hf_negotiate_rules rules13 = {
        .shares_in_hellos = true,
        .identity = HF_CHOOSE_SCHEMES_13,
        .record_size_limit = 16384 + 1,
        .inner_type_len = 1,
    };
    return generation == HF_VERSION_BIT_13 ? &rules13 : &rules12;
}

unsigned hf_negotiate_version_generations(const struct hf_config *config)
{
    unsigned bits = 0;
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (is_allowed(config, &versions[i]))
            bits |= versions[i].generation;
    return bits;
}

bool hf_negotiate_version_allows(const struct hf_config *config, uint16_t version)
{
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (is_allowed(config, &versions[i]) && wire_of(hf_config_transport(config), &versions[i]) == version)
            return true;
    return false;
}

const char *hf_negotiate_version_name(uint16_t version)
{
    switch (version) {
    case 0x0300:
        return "SSL 3.0";
    case 0x0301:
        return "TLS 1.0";
    case 0x0302:
        return "TLS 1.1";
    case 0xfeff:
        return "DTLS 1.0";
    default:
        break;
    }
    static const struct hf_transport *const transports[] = {&hf_transport_stream, &hf_transport_datagram};
    for (size_t i = 0; i < HF_COUNT(transports); i++) {
        const struct row *row = find_row(transports[i], version);
        if (row != NULL)
            return row->generation == HF_VERSION_BIT_13 ? transports[i]->name13 : transports[i]->name12;
    }
    return "unknown version";
}

void hf_negotiate_version_offer(struct hf_client_offer *offer)
{
    offer->generations = hf_negotiate_version_generations(offer->config);
    const struct hf_transport *transport = hf_config_transport(offer->config);
    offer->legacy_version = transport->version12; /* RFC 9846 4.2.2 */
    offer->version_count = 0;
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (is_allowed(offer->config, &versions[i]))
            offer->versions[offer->version_count++] = wire_of(transport, &versions[i]);
}

void hf_negotiate_version_offer_only(struct hf_client_offer *offer, uint16_t version)
{
    hf_negotiate_version_offer(offer);
    offer->generations = hf_negotiate_version_generation(version);
    offer->versions[0] = version;
    offer->version_count = 1;
}

static void tell_own(const struct hf_config *config, struct hf_failure *failure)
{
    struct hf_text wanted = hf_extension_fail_wanted(failure);
    hf_text_add(&wanted, "%s to %s, which this side allows", hf_negotiate_version_name(config->min_version),
                hf_negotiate_version_name(config->max_version));
}

static void tell_offered(const struct hf_client_hello_facts *hello, struct hf_failure *failure)
{
    struct hf_text got = hf_extension_fail_got(failure);
    if (hello->versions.len == 0) {
        hf_text_add(&got, "the client offers %s at most", hf_negotiate_version_name(hello->legacy_version));
        return;
    }
    if (hello->legacy_version <= SSL30) {
        hf_text_add(&got, "supported_versions with legacy_version 0x%04x", (unsigned)hello->legacy_version);
        return;
    }
    hf_text_add(&got, "the client offers");
    struct hf_reader list = hf_reader_of(hello->versions);
    const char *between = " ";
    while (hf_reader_more(&list)) {
        const uint16_t version = hf_reader_u16(&list);
        if (hf_extension_is_grease(version))
            continue;
        hf_text_add(&got, "%s%s", between, hf_negotiate_version_name(version));
        between = ", ";
    }
}

/* Whether the hello offers a version. With supported_versions that alone counts (RFC 9846 4.3.1), but that nothing is
 * agreed on with one that says SSL 3.0 (RFC 9846 E.5); without it everything up to legacy_version is meant, and 1.2 at
 * most (RFC 5246 E.1). */
static bool is_offered(const struct hf_transport *transport, const struct hf_client_hello_facts *hello,
                       const struct row *row)
{
    if (hf_extension_set_has(hello->present, HF_ROW_supported_versions))
        return hello->legacy_version > SSL30 && hf_wire_list_has(hello->versions, 2, wire_of(transport, row));
    if (row->generation != HF_VERSION_BIT_12)
        return false;
    /* Versions of DTLS count down from 0xfeff: RFC 6347 4.1. */
    bool counts_down = transport->version13 < transport->version12;
    return counts_down ? hello->legacy_version <= transport->version12 : hello->legacy_version >= transport->version12;
}

/* NULL when there is none. */
static const struct row *find_best(const struct hf_config *config, const struct hf_client_hello_facts *hello)
{
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (is_allowed(config, &versions[i]) && is_offered(hf_config_transport(config), hello, &versions[i]))
            return &versions[i];
    return NULL;
}

static enum hf_error refuse_offered(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                    enum hf_error error, struct hf_failure *ret_failure)
{
    (void)hf_extension_fail(ret_failure, error, "ClientHello");
    tell_own(config, ret_failure);
    tell_offered(hello, ret_failure);
    return error;
}

unsigned hf_negotiate_version_glimpse(const struct hf_config *config, struct hf_span versions_offered, bool has_shares)
{
    const unsigned ours = hf_negotiate_version_generations(config);
    const struct hf_transport *transport = hf_config_transport(config);
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (is_allowed(config, &versions[i]) && hf_wire_list_has(versions_offered, 2, wire_of(transport, &versions[i])))
            return versions[i].generation;
    if (has_shares && (ours & HF_VERSION_BIT_13) != 0)
        return HF_VERSION_BIT_13;
    return versions_offered.len == 0 && ours == HF_VERSION_BIT_12 ? HF_VERSION_BIT_12 : 0;
}

enum hf_error hf_negotiate_version_keep(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                        uint16_t version, struct hf_failure *ret_failure)
{
    const struct hf_transport *transport = hf_config_transport(config);
    const struct row *row = find_row(transport, version);
    if (row != NULL && is_offered(transport, hello, row))
        return HF_OK;
    return refuse_offered(config, hello, HF_ERR_no_common_version, ret_failure);
}

enum hf_error hf_negotiate_version_choose(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                          uint16_t *ret_version, struct hf_failure *ret_failure)
{
    const struct row *best = find_best(config, hello);
    enum hf_error error = HF_OK;
    if (best == NULL)
        error = HF_ERR_no_common_version;
    else if (hello->fallback && best->version < config->max_version) /* RFC 7507 3 */
        error = HF_ERR_inappropriate_fallback;
    if (error != HF_OK)
        return refuse_offered(config, hello, error, ret_failure);
    *ret_version = wire_of(hf_config_transport(config), best);
    return HF_OK;
}

enum hf_error hf_negotiate_version_check(const struct hf_config *config, uint16_t version,
                                         struct hf_failure *ret_failure)
{
    const struct row *row = find_row(hf_config_transport(config), version);
    if (row != NULL && is_allowed(config, row))
        return HF_OK;
    /* Above 1.2 it stood in supported_versions and was not offered (RFC 9846 4.3.1); else it is an older server. */
    bool is_newer = row != NULL ? row->version > HF_TLS12 : version > HF_TLS12 && version >> 8 != 0xfe;
    const enum hf_error error = is_newer ? HF_ERR_illegal_parameter : HF_ERR_no_common_version;
    (void)hf_extension_fail(ret_failure, error, "ServerHello");
    tell_own(config, ret_failure);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "the server chose %s (0x%04x)", hf_negotiate_version_name(version), (unsigned)version);
    return error;
}

void hf_negotiate_version_mark(const struct hf_config *config, uint16_t version, uint8_t random[32])
{
    if (hf_negotiate_version_generation(version) == HF_VERSION_BIT_12 && config->max_version > HF_TLS12)
        (void)hf_span_copy(hf_span_of(mark12, sizeof mark12), random + MARK_AT, MARK_LEN);
}

enum hf_error hf_negotiate_version_check_mark(const struct hf_config *config, uint16_t version, struct hf_span random,
                                              struct hf_failure *ret_failure)
{
    const struct row *row = find_row(hf_config_transport(config), version);
    if (row == NULL || row->version >= config->max_version || row->version >= HF_TLS13)
        return HF_OK;
    const struct hf_span tail = hf_span_part(random, MARK_AT, MARK_LEN);
    if (!hf_span_equal(tail, hf_span_of(mark12, sizeof mark12)) &&
        !hf_span_equal(tail, hf_span_of(mark11, sizeof mark11)))
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_downgrade_detected, "ServerHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "%s, which both ends have", hf_negotiate_version_name(config->max_version));
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "%s", hf_negotiate_version_name(version));
    return HF_ERR_downgrade_detected;
}
