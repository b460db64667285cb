/* What an end sent comes back to it, as if from its peer (the reflection known as Selfie, 2019, where both ends share a
 * key; SMACK, 2015, where a state takes what it should send). No own message opens anything, in any version, with
 * certificates or a shared key. RFC 9257 4.1, RFC 9846 A. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/psk.h>

#include "support/lab_check.h"

static const char key[] = "a key that both share, of many bytes";

static void has_key(struct hf_builder *builder)
{
    const struct hf_psk psk = {.identity = "both", .identity_len = 4, .key = key, .key_len = sizeof key};
    hf_builder_psk13(builder, &psk);
}

static void a_client_does_not_talk_to_itself(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++)
        for (int shared = 0; shared < 2; shared++) {
            struct lab_pair pair;
            lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = shared ? has_key : NULL}, NULL);
            (void)lab_move(pair.client, pair.client, SIZE_MAX);
            lab_assert_failed(pair.client,
                              &(struct lab_failure){HF_ERR_unexpected_message, HF_BY_US, HF_ALERT_unexpected_message});
            lab_pair_close(&pair);
        }
}

/* Its whole flight, under keys, and its Finished: in each direction the keys are others. */
static void a_server_does_not_open_by_its_own_flight(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++)
        for (int shared = 0; shared < 2; shared++) {
            struct lab_pair pair;
            lab_pair_open(&pair, &(struct lab_side){.more = shared ? has_key : NULL},
                          &(struct lab_side){.max = lab_versions[v], .more = shared ? has_key : NULL});
            (void)lab_move(pair.client, pair.server, SIZE_MAX);
            (void)lab_move(pair.server, pair.server, SIZE_MAX);
            assert_non_null(hf_failure(pair.server));
            assert_int_equal(hf_failure(pair.server)->by, HF_BY_US);
            assert_null(hf_peer(pair.server));
            lab_pair_close(&pair);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_does_not_talk_to_itself),
        cmocka_unit_test(a_server_does_not_open_by_its_own_flight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
