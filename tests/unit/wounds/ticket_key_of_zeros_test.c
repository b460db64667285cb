/* A server's first ticket key was all zeros until it was changed, so that anybody could make and read tickets: GnuTLS,
 * CVE-2020-13777. Here a set begins with a random key: what a key of zeros sealed, under the very name of the server's
 * own key, opens nothing. RFC 5077 4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/resume_lab.h"

static struct hf_ticket_keys *random_keys, *zero_keys;
static struct hf_session_cache *cache;

static void by_random_keys(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, random_keys);
}

static void by_zero_keys(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, zero_keys);
}

static const struct lab_side client = {.who = LAB_CLIENT, .more = hf_builder_session_tickets};

static void visit(struct lab_pair *pair, void (*keys)(struct hf_builder *), const struct resume_store *store,
                  struct resume_bytes *ret_session)
{
    const struct lab_side server = {.more = keys};
    resume_lab_open(pair, &(struct resume_visit){.client = &client, .server = &server}, store);
    assert_null(hf_failure(pair->client));
    if (ret_session != NULL)
        assert_int_equal(hf_session_bytes(pair->client, ret_session->at, sizeof ret_session->at, &ret_session->len),
                         HF_OK);
}

static bool resumes(void (*keys)(struct hf_builder *), const struct resume_bytes *session)
{
    struct resume_store store = {.client = *session};
    struct hf_session_info info;
    struct lab_pair pair;
    visit(&pair, keys, &store, NULL);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && hf_peer(pair.server) != NULL);
    lab_pair_close(&pair);
    return info.resumed;
}

/* The name of the key stands in front of what it sealed: RFC 5077 4. */
static void read_name(const struct resume_bytes *session, uint8_t name[HF_TICKET_KEY_NAME_LEN])
{
    struct hf_session kept;
    assert_int_equal(hf_session_read(hf_span_of(session->at, session->len), &kept), HF_OK);
    assert_true(kept.ticket.len > HF_TICKET_KEY_NAME_LEN);
    memcpy(name, kept.ticket.data, HF_TICKET_KEY_NAME_LEN);
}

static void it_opens_nothing(void **state)
{
    (void)state;
    static const uint8_t zeros[HF_TICKET_KEY_LEN];
    struct resume_store none = {0};
    struct resume_bytes good, forged;
    struct lab_pair pair;
    uint8_t name[HF_TICKET_KEY_NAME_LEN];
    visit(&pair, by_random_keys, &none, &good);
    lab_pair_close(&pair);
    read_name(&good, name);
    assert_int_equal(hf_ticket_keys_add(zero_keys, name, zeros), HF_OK);
    visit(&pair, by_zero_keys, &none, &forged);
    lab_pair_close(&pair);
    read_name(&forged, name);
    assert_false(resumes(by_random_keys, &forged));
    assert_true(resumes(by_random_keys, &good));
    assert_true(resumes(by_zero_keys, &forged)); /* so it was whole */
}

static int set_up(void **state)
{
    (void)state;
    random_keys = hf_ticket_keys_new();
    zero_keys = hf_ticket_keys_new();
    cache = hf_session_cache_new(16, 3600);
    return random_keys == NULL || zero_keys == NULL || cache == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    hf_ticket_keys_drop(random_keys);
    hf_ticket_keys_drop(zero_keys);
    hf_session_cache_drop(cache);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_opens_nothing)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
