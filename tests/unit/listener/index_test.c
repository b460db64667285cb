/* The table: many nodes, found and taken out again, through its growing; without memory it works on. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "listener/parts.h"
#include "support/test_allocator.h"

enum { NODES = 1000 };

static const uint8_t secret[HF_SIP_HASH_KEY_LEN] = {7};
static struct hf_association associations[NODES];
static uint32_t keys[NODES];

static struct hf_span key_of(size_t i)
{
    return hf_span_of(&keys[i], sizeof keys[i]);
}

static void fill(struct hf_index *index)
{
    for (size_t i = 0; i < NODES; i++) {
        keys[i] = (uint32_t)i;
        associations[i].by_address =
            (struct hf_index_node){.kind = HF_INDEX_ADDRESS, .key = key_of(i), .leads_to = &associations[i]};
        hf_index_add(index, &associations[i].by_address);
    }
}

static void check(struct hf_index *index)
{
    fill(index);
    for (size_t i = 0; i < NODES; i++)
        assert_ptr_equal(hf_index_find(index, HF_INDEX_ADDRESS, key_of(i)), &associations[i]);
    for (size_t i = 0; i < NODES; i += 2)
        hf_index_remove(index, &associations[i].by_address);
    hf_index_remove(index, &associations[0].by_address); /* it is out already */
    for (size_t i = 0; i < NODES; i++)
        assert_ptr_equal(hf_index_find(index, HF_INDEX_ADDRESS, key_of(i)), i % 2 == 0 ? NULL : &associations[i]);
    hf_index_release(index);
}

static void what_is_in_is_found(void **state)
{
    (void)state;
    struct hf_index index;
    assert_int_equal(hf_index_init(&index, &hf_allocation_standard, secret), HF_OK);
    check(&index);
}

static void without_memory_chains_get_longer(void **state)
{
    (void)state;
    struct hf_index index;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_index_init(&index, &test.allocator, secret), HF_ERR_no_memory);
    hf_test_allocator_init(&test, 2);
    test.fail_after_too = true;
    assert_int_equal(hf_index_init(&index, &test.allocator, secret), HF_OK);
    check(&index);
    assert_int_equal(test.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_is_found),
        cmocka_unit_test(without_memory_chains_get_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
