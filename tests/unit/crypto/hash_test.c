/* Hashes against FIPS 180-4's examples; a running hash that is looked at goes on. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/hash.h"
#include "support/test_allocator.h"
#include "support/test_hex.h"

static struct hf_toolbox *toolbox;

struct vector {
    enum hf_hash_id id;
    const char *digest; /* of "abc" */
};

/* FIPS 180-4's examples, as NIST publishes them with the standard: one block, "abc". */
static const struct vector vectors[] = {
    {HF_HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {HF_HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HF_HASH_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                     "8086072ba1e7cc2358baeca134c825a7"},
    {HF_HASH_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

#define SHA256_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_once(void **state)
{
    const struct hf_span parts[] = {hf_span_of_text("a"), hf_span_of(NULL, 0), hf_span_of_text("bc")};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_digest digest;
        assert_int_equal(hf_hash_once(toolbox, vectors[i].id, parts, HF_COUNT(parts), &digest), HF_OK);
        assert_true(hf_test_hex_equal(hf_digest_span(&digest), vectors[i].digest));
        assert_int_equal(digest.len, hf_hash_len(vectors[i].id));
    }
}

static void test_running(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_hash *hash;
        struct hf_digest digest;
        struct hf_digest early;
        assert_int_equal(hf_hash_new(toolbox, &hf_allocation_standard, vectors[i].id, &hash), HF_OK);
        assert_int_equal(hf_hash_peek(hash, &early), HF_OK);
        assert_int_equal(hf_hash_update(hash, hf_span_of_text("ab")), HF_OK);
        assert_int_equal(hf_hash_peek(hash, &digest), HF_OK);
        assert_false(hf_test_hex_equal(hf_digest_span(&digest), vectors[i].digest));
        assert_int_equal(hf_hash_update(hash, hf_span_of(NULL, 0)), HF_OK);
        assert_int_equal(hf_hash_update(hash, hf_span_of_text("c")), HF_OK);
        for (int look = 0; look < 2; look++) {
            assert_int_equal(hf_hash_peek(hash, &digest), HF_OK);
            assert_true(hf_test_hex_equal(hf_digest_span(&digest), vectors[i].digest));
        }
        if (vectors[i].id == HF_HASH_SHA256)
            assert_true(hf_test_hex_equal(hf_digest_span(&early), SHA256_OF_NOTHING));
        hf_hash_free(hash);
    }
    hf_hash_free(NULL);
}

static void test_unknown(void **state)
{
    struct hf_hash *hash = NULL;
    struct hf_digest digest = {.len = 7};
    (void)state;
    assert_int_equal(hf_hash_len(HF_HASH_NONE), 0);
    assert_int_equal(hf_hash_len((enum hf_hash_id)99), 0);
    assert_int_equal(hf_hash_new(toolbox, &hf_allocation_standard, HF_HASH_NONE, &hash), HF_ERR_unsupported_here);
    assert_int_equal(hf_hash_once(toolbox, (enum hf_hash_id)99, NULL, 0, &digest), HF_ERR_unsupported_here);
    assert_null(hash);
    assert_int_equal(digest.len, 7);
}

static void test_no_memory(void **state)
{
    struct hf_test_allocator test;
    struct hf_hash *hash = NULL;
    (void)state;
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_hash_new(toolbox, &test.allocator, HF_HASH_SHA256, &hash), HF_ERR_no_memory);
    assert_null(hash);
    assert_int_equal(test.live, 0);
}

/* RFC 9846 4.5: several messages may follow the same handshake. */
static void test_forks(void **state)
{
    struct hf_test_allocator test;
    struct hf_hash *hash = NULL, *fork = NULL;
    struct hf_digest whole, forked;
    (void)state;
    hf_test_allocator_init(&test, 0);
    assert_int_equal(hf_hash_new(toolbox, &test.allocator, HF_HASH_SHA384, &hash), HF_OK);
    assert_int_equal(hf_hash_update(hash, hf_span_of_text("ab")), HF_OK);
    assert_int_equal(hf_hash_fork(hash, &fork), HF_OK);
    assert_int_equal(hf_hash_update(hash, hf_span_of_text("x")), HF_OK);
    assert_int_equal(hf_hash_update(fork, hf_span_of_text("c")), HF_OK);
    hf_hash_free(hash);
    assert_int_equal(hf_hash_peek(fork, &forked), HF_OK);
    const struct hf_span abc = hf_span_of_text("abc");
    assert_int_equal(hf_hash_once(toolbox, HF_HASH_SHA384, &abc, 1, &whole), HF_OK);
    assert_true(hf_span_equal(hf_digest_span(&whole), hf_digest_span(&forked)));
    test.fail_at = test.count + 1;
    assert_int_equal(hf_hash_fork(fork, &hash), HF_ERR_no_memory);
    hf_hash_free(fork);
    assert_int_equal(test.live, 0);
}

static int setup(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),  cmocka_unit_test(test_running),   cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_forks), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
