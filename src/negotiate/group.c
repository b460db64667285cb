/* Groups. In TLS 1.3 a share at hand beats a better group without one, as a HelloRetryRequest costs a round trip and
 * every group of our config is good enough by that policy. RFC 9846 4.2.1, 4.2.4, 4.3.8; RFC 8422 5.1.1, 5.4. */
#include "negotiate/group.h"

#include "extension/fail.h"
#include "negotiate/names.h"

enum { SECP256R1 = 0x0017, FIELDS = 0x01 };

/* The client's share for a group: true, and *ret_share. */
static bool find_share(struct hf_span shares, uint16_t group, struct hf_span *ret_share)
{
    struct hf_reader list = hf_reader_of(shares);
    struct hf_wire_key_share_entry entry;
    while (hf_wire_next_key_share_entry(&list, &entry))
        if (entry.group == group) {
            *ret_share = entry.key_exchange;
            return true;
        }
    return false;
}

static enum hf_error check_length(const struct hf_group *group, size_t wanted_len, size_t len, const char *where,
                                  struct hf_failure *ret_failure)
{
    if (len == wanted_len)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_bad_key_share, where);
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "%zu bytes for %s", wanted_len, group->name);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "%zu bytes", len);
    return HF_ERR_bad_key_share;
}

static enum hf_error check_client_share(const struct hf_group *group, struct hf_span share,
                                        struct hf_failure *ret_failure)
{
    return check_length(group, group->client_share_len, share.len, "key_share in ClientHello", ret_failure);
}

static enum hf_error tell_both(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                               enum hf_version_bit generation, struct hf_failure *ret_failure)
{
    (void)hf_extension_fail(ret_failure, HF_ERR_no_common_group, "supported_groups in ClientHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one of ours: ");
    hf_negotiate_names_own_groups(&wanted, config, generation);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "the client offers ");
    hf_negotiate_names_groups(&got, hello->groups);
    return HF_ERR_no_common_group;
}

/* RFC 9846 9.2: without a PSK both must be there. */
static enum hf_error check_present13(const struct hf_client_hello_facts *hello, struct hf_failure *ret_failure)
{
    if (!hf_extension_set_has(hello->present, HF_ROW_supported_groups))
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "supported_groups in ClientHello");
    if (!hf_extension_set_has(hello->present, HF_ROW_key_share))
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "key_share in ClientHello");
    return HF_OK;
}

enum hf_error hf_negotiate_group_choose13(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                          struct hf_negotiate_group_choice *ret_choice, struct hf_failure *ret_failure)
{
    HF_TRY(check_present13(hello, ret_failure));
    const struct hf_group *without_share = NULL;
    for (size_t i = 0; i < config->group_count; i++) {
        const struct hf_group *group = config->groups[i];
        if ((group->versions & HF_VERSION_BIT_13) == 0 || !hf_wire_list_has(hello->groups, 2, group->id))
            continue;
        struct hf_span share;
        if (find_share(hello->shares, group->id, &share)) {
            HF_TRY(check_client_share(group, share, ret_failure));
            *ret_choice = (struct hf_negotiate_group_choice){.group = group, .share = share};
            return HF_OK;
        }
        if (without_share == NULL)
            without_share = group;
        if (config->groups_in_order)
            break;
    }
    if (without_share == NULL)
        return tell_both(config, hello, HF_VERSION_BIT_13, ret_failure);
    *ret_choice = (struct hf_negotiate_group_choice){.group = without_share};
    return HF_OK;
}

enum hf_error hf_negotiate_group_choose_retried(const struct hf_group *group, const struct hf_client_hello_facts *hello,
                                                struct hf_span *ret_share, struct hf_failure *ret_failure)
{
    HF_TRY(check_present13(hello, ret_failure));
    struct hf_reader list = hf_reader_of(hello->shares);
    struct hf_wire_key_share_entry entry = {0};
    const bool any = hf_wire_next_key_share_entry(&list, &entry);
    if (!any || entry.group != group->id || hf_reader_more(&list)) { /* RFC 9846 4.2.2, 4.3.8 */
        (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "key_share in the second ClientHello");
        struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
        hf_text_add(&wanted, "one share, for %s", group->name);
        return HF_ERR_illegal_parameter;
    }
    HF_TRY(check_client_share(group, entry.key_exchange, ret_failure));
    *ret_share = entry.key_exchange;
    return HF_OK;
}

static bool is_curve12(const struct hf_group *group)
{
    return (group->versions & HF_VERSION_BIT_12) != 0 && !hf_key_exchange_has_field(group->key_exchange);
}

/* RFC 7919 2: the code points of finite fields begin with 0x01. */
static bool names_fields(struct hf_span offered)
{
    struct hf_reader reader = hf_reader_of(offered);
    while (hf_reader_more(&reader))
        if (hf_reader_u16(&reader) >> 8 == FIELDS)
            return true;
    return false;
}

/* For a client that names no groups: secp256r1 if we have it, which every implementation has (RFC 9846 9.1); else our
 * first. NULL when we have none for TLS 1.2. */
static const struct hf_group *find_unnamed12(const struct hf_config *config)
{
    const struct hf_group *first = NULL;
    for (size_t i = 0; i < config->group_count; i++) {
        const struct hf_group *group = config->groups[i];
        if (!is_curve12(group))
            continue;
        if (group->id == SECP256R1)
            return group;
        if (first == NULL)
            first = group;
    }
    return first;
}

static const struct hf_group *find_common12(const struct hf_config *config, struct hf_span offered)
{
    for (size_t i = 0; i < config->group_count; i++)
        if (is_curve12(config->groups[i]) && hf_wire_list_has(offered, 2, config->groups[i]->id))
            return config->groups[i];
    return NULL;
}

static const struct hf_group *find_field(const struct hf_config *config, struct hf_span offered)
{
    const bool any = !names_fields(offered);
    for (size_t i = 0; i < config->group_count; i++)
        if (hf_key_exchange_has_field(config->groups[i]->key_exchange) &&
            (any || hf_wire_list_has(offered, 2, config->groups[i]->id)))
            return config->groups[i];
    return NULL;
}

void hf_negotiate_group_find12(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                               struct hf_negotiate_groups12 *ret_groups)
{
    const bool named = hf_extension_set_has(hello->present, HF_ROW_supported_groups);
    ret_groups->curve = named ? find_common12(config, hello->groups) : find_unnamed12(config);
    ret_groups->field = find_field(config, hello->groups);
}

enum hf_error hf_negotiate_group_choose12(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                          const struct hf_group **ret_group, struct hf_failure *ret_failure)
{
    const bool named = hf_extension_set_has(hello->present, HF_ROW_supported_groups);
    const struct hf_group *group = named ? find_common12(config, hello->groups) : find_unnamed12(config);
    if (group == NULL)
        return tell_both(config, hello, HF_VERSION_BIT_12, ret_failure);
    *ret_group = group;
    return HF_OK;
}

/* NULL when we did not offer it. */
static const struct hf_group *find_own(const struct hf_config *config, enum hf_version_bit generation, uint16_t id)
{
    for (size_t i = 0; i < config->group_count; i++)
        if (config->groups[i]->id == id && (config->groups[i]->versions & generation) != 0 &&
            !hf_key_exchange_has_field(config->groups[i]->key_exchange))
            return config->groups[i];
    return NULL;
}

/* A server took a group that we did not offer for this version. */
static enum hf_error check_own(const struct hf_config *config, enum hf_version_bit generation, uint16_t id,
                               const char *where, const struct hf_group **ret_group, struct hf_failure *ret_failure)
{
    const struct hf_group *group = find_own(config, generation, id);
    if (group != NULL) {
        *ret_group = group;
        return HF_OK;
    }
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, where);
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one that was offered: ");
    hf_negotiate_names_own_groups(&wanted, config, generation);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    const struct hf_group *known = hf_group_find(id);
    hf_text_add(&got, "%s (0x%04x)", known != NULL ? known->name : "an unknown group", (unsigned)id);
    return HF_ERR_illegal_parameter;
}

enum hf_error hf_negotiate_group_check13(const struct hf_config *config, const struct hf_hello_share *share,
                                         const struct hf_group **ret_group, struct hf_failure *ret_failure)
{
    static const char where[] = "key_share in ServerHello";
    const struct hf_group *group;
    HF_TRY(check_own(config, HF_VERSION_BIT_13, share->group, where, &group, ret_failure));
    HF_TRY(check_length(group, group->server_share_len, share->key_exchange.len, where, ret_failure));
    *ret_group = group;
    return HF_OK;
}

enum hf_error hf_negotiate_group_check12(const struct hf_config *config, uint16_t id, const struct hf_group **ret_group,
                                         struct hf_failure *ret_failure)
{
    return check_own(config, HF_VERSION_BIT_12, id, "ServerKeyExchange", ret_group, ret_failure);
}

enum hf_error hf_negotiate_group_check_retry(const struct hf_config *config, uint16_t id,
                                             const struct hf_group **ret_group, struct hf_failure *ret_failure)
{
    return check_own(config, HF_VERSION_BIT_13, id, "key_share in HelloRetryRequest", ret_group, ret_failure);
}

static bool is_field(const struct hf_config *config, const struct hf_group *group, struct hf_span prime,
                     struct hf_span generator)
{
    uint8_t prime_room[HF_KEY_EXCHANGE_SHARE_MAX];
    uint8_t generator_room[1];
    struct hf_writer own_prime = hf_writer_of(prime_room, sizeof prime_room);
    struct hf_writer own_generator = hf_writer_of(generator_room, sizeof generator_room);
    return hf_key_exchange_has_field(group->key_exchange) &&
           hf_key_exchange_write_field(config->toolbox, group->key_exchange, &own_prime, &own_generator) == HF_OK &&
           hf_span_equal(hf_writer_span(&own_prime), prime) && hf_span_equal(hf_writer_span(&own_generator), generator);
}

enum hf_error hf_negotiate_group_check_field(const struct hf_config *config, struct hf_span prime,
                                             struct hf_span generator, const struct hf_group **ret_group,
                                             struct hf_failure *ret_failure)
{
    for (size_t i = 0; i < config->group_count; i++)
        if (is_field(config, config->groups[i], prime, generator)) {
            *ret_group = config->groups[i];
            return HF_OK;
        }
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "ServerKeyExchange");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "a finite field of RFC 7919 that was offered");
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "another prime of %zu bits, or another generator", prime.len * 8);
    return HF_ERR_illegal_parameter;
}

enum hf_error hf_negotiate_group_check_leaf12(const struct hf_config *config, enum hf_key_type key,
                                              struct hf_failure *ret_failure)
{
    const struct hf_group *curve = hf_group_find_key(key);
    for (size_t i = 0; i < config->group_count; i++)
        if (config->groups[i] == curve)
            return HF_OK;
    if (curve == NULL)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "Certificate");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "a key on a curve that was offered: ");
    hf_negotiate_names_own_groups(&wanted, config, HF_VERSION_BIT_12);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "%s", curve->name);
    return HF_ERR_illegal_parameter;
}
