/* RFC 9146 3, RFC 9853 3: both must want IDs; paths are checked only beside them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "negotiate/connection_ids.h"

static void a_server_answers_what_came(void **state)
{
    (void)state;
    struct hf_config config = {.uses_connection_ids = true};
    struct hf_client_hello_facts hello = {.connection_id = hf_span_of("id", 2), .checks_paths = true};
    struct hf_negotiated found = {0};
    hf_negotiate_connection_ids_server(&config, &hello, &found);
    assert_false(found.has_ids || found.checks_paths); /* rrc alone is not answered */
    hf_extension_set_add(&hello.present, HF_ROW_connection_id);
    hf_negotiate_connection_ids_server(&config, &hello, &found);
    assert_true(found.has_ids && found.checks_paths);
    assert_int_equal(found.connection_id.len, 2);
    config.uses_connection_ids = false;
    found = (struct hf_negotiated){0};
    hf_negotiate_connection_ids_server(&config, &hello, &found);
    assert_false(found.has_ids || found.checks_paths);
}

static void a_client_takes_no_rrc_alone(void **state)
{
    (void)state;
    struct hf_server_hello_facts hello = {.checks_paths = true};
    struct hf_negotiated found = {0};
    struct hf_failure failure = {.error = HF_OK};
    assert_int_equal(hf_negotiate_connection_ids_client(&hello, &found, &failure), HF_ERR_illegal_parameter);
    assert_false(found.checks_paths);
    hello.has_ids = true;
    assert_int_equal(hf_negotiate_connection_ids_client(&hello, &found, &failure), HF_OK);
    assert_true(found.has_ids && found.checks_paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_answers_what_came),
        cmocka_unit_test(a_client_takes_no_rrc_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
