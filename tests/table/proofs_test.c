/* The machine compiled once more with steps, builders, turns and conditions that check nothing and give no proof: from
 * every state, by every input, with every outcome that a step could return, under every set of proofs held, no
 * connection gets into an open state without all that its policy demands and the peer's Finished. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "handshake/steps.h"
#include "protocol/protocols.h"
#include "stream/stream.h"
#include "support/lab.h"

static hf_step stub_step;
static hf_build stub_build;
static hf_turn stub_turn;
static hf_condition stub_condition;

/* Every name that the tables can paste together leads to a stub; a missing one is seen below. */
/* clang-format off */
#define hf_step_flight_over stub_step
#define hf_step_conclude_ech stub_step
#define hf_step_flight_asked_or_not stub_step
#define hf_step_flight12_sent stub_step
#define hf_step_flight_ticket_or_not stub_step
#define hf_step_flight_tickets_or_not stub_step
#define hf_step_judge_kept stub_step
#define hf_step_take_end_of_early_data stub_step
#define hf_step_check_finished13_kept stub_step
#define hf_step_check_finished13_shared stub_step
#define hf_step_take_session13 stub_step
#define hf_step_take_verdict stub_step
#define hf_step_take_change_cipher_spec stub_step
#define hf_step_refuse_renegotiation stub_step
#define hf_step_ignore_hello_request stub_step
#define hf_step_answer_hello_request stub_step
#define hf_step_ask_for_certificate stub_step
#define hf_step_ask_for_certificate13 stub_step
#define hf_step_take_no_renegotiation stub_step
#define hf_step_check_server_hello_renegotiated stub_step
#define hf_step_choose_by_client_hello_renegotiated stub_step
#define hf_step_check_server_hello stub_step
#define hf_step_check_server_hello_again stub_step
#define hf_step_check_hello_retry_request stub_step
#define hf_step_take_hello_verify_request stub_step
#define hf_step_check_server_hello_verified stub_step
#define hf_step_check_encrypted_extensions stub_step
#define hf_step_check_certificate_request13 stub_step
#define hf_step_check_certificate_request13_late stub_step
#define hf_step_check_certificate_request12 stub_step
#define hf_step_check_certificate13 stub_step
#define hf_step_check_compressed_certificate stub_step
#define hf_step_check_compressed_certificate_late stub_step
#define hf_step_check_certificate13_late stub_step
#define hf_step_check_certificate12 stub_step
#define hf_step_check_certificate_status stub_step
#define hf_step_go_on_by_key_exchange stub_step
#define hf_step_go_on_by_request stub_step
#define hf_step_go_on_by_done stub_step
#define hf_step_check_certificate_verify13 stub_step
#define hf_step_check_certificate_verify12 stub_step
#define hf_step_check_finished13 stub_step
#define hf_step_check_finished13_late stub_step
#define hf_step_check_finished12 stub_step
#define hf_step_check_finished12_resumed stub_step
#define hf_step_check_finished12_unsigned stub_step
#define hf_step_check_finished12_shared stub_step
#define hf_step_take_session stub_step
#define hf_step_check_server_key_exchange stub_step
#define hf_step_check_server_hello_done stub_step
#define hf_step_take_client_key_exchange stub_step
#define hf_step_take_new_session_ticket13 stub_step
#define hf_step_take_new_session_ticket12 stub_step
#define hf_step_take_key_update stub_step
#define hf_step_take_new_connection_id stub_step
#define hf_step_take_request_connection_id stub_step
#define hf_step_give_connection_ids stub_step
#define hf_step_ask_for_connection_ids stub_step
#define hf_step_choose_by_client_hello stub_step
#define hf_step_take_hello_answer stub_step
#define hf_step_check_client_hello_again stub_step
#define hf_build_client_hello stub_build
#define hf_build_hello_request stub_build
#define hf_build_hello_retry_request stub_build
#define hf_build_server_hello13 stub_build
#define hf_build_server_hello12 stub_build
#define hf_build_encrypted_extensions stub_build
#define hf_build_certificate_request13 stub_build
#define hf_build_certificate_request13_late stub_build
#define hf_build_certificate_request12 stub_build
#define hf_build_certificate13 stub_build
#define hf_build_compressed_certificate stub_build
#define hf_build_certificate12 stub_build
#define hf_build_certificate_status stub_build
#define hf_build_certificate_verify13 stub_build
#define hf_build_certificate_verify12 stub_build
#define hf_build_finished13 stub_build
#define hf_build_finished12 stub_build
#define hf_build_server_key_exchange stub_build
#define hf_build_server_key_exchange_dhe stub_build
#define hf_build_server_key_exchange_psk stub_build
#define hf_build_server_key_exchange_dhe_psk stub_build
#define hf_build_server_key_exchange_ecdhe_psk stub_build
#define hf_build_server_hello_done stub_build
#define hf_build_client_key_exchange stub_build
#define hf_build_client_key_exchange_dhe stub_build
#define hf_build_client_key_exchange_rsa stub_build
#define hf_build_client_key_exchange_psk stub_build
#define hf_build_client_key_exchange_ecdhe_psk stub_build
#define hf_build_client_key_exchange_dhe_psk stub_build
#define hf_build_client_key_exchange_rsa_psk stub_build
#define hf_build_new_session_ticket13 stub_build
#define hf_build_new_session_ticket13_confirming stub_build
#define hf_build_new_session_ticket12 stub_build
#define hf_build_key_update stub_build
#define hf_build_new_connection_id stub_build
#define hf_build_request_connection_id stub_build
#define hf_build_end_of_early_data stub_build
#define hf_turn_transcript_afresh stub_turn
#define hf_turn_handshake_secrets stub_turn
#define hf_turn_read_handshake_keys stub_turn
#define hf_turn_write_handshake_keys stub_turn
#define hf_turn_early_secrets stub_turn
#define hf_turn_read_early_keys stub_turn
#define hf_turn_write_early_keys stub_turn
#define hf_turn_write_no_keys stub_turn
#define hf_turn_application_secrets stub_turn
#define hf_turn_read_application_keys stub_turn
#define hf_turn_write_application_keys stub_turn
#define hf_turn_resumption_secret stub_turn
#define hf_turn_next_write_keys stub_turn
#define hf_turn_master_secret stub_turn
#define hf_turn_kept_secret stub_turn
#define hf_turn_write_keys12 stub_turn
#define hf_turn_start stub_turn
#define hf_condition_always stub_condition
#define hf_condition_compatible stub_condition
#define hf_condition_offers_early stub_condition
#define hf_condition_compatible_early stub_condition
#define hf_condition_may_leave_early stub_condition
#define hf_condition_early_refused stub_condition
#define hf_condition_ends_early stub_condition
#define hf_condition_early_is_apart stub_condition
#define hf_condition_decoy_due stub_condition
#define hf_condition_asks stub_condition
#define hf_condition_was_asked stub_condition
#define hf_condition_was_asked_plain stub_condition
#define hf_condition_compresses stub_condition
#define hf_condition_goes_plain stub_condition
#define hf_condition_presents stub_condition
#define hf_condition_confirms stub_condition
#define hf_condition_has_tickets stub_condition
#define hf_condition_tickets stub_condition
#define hf_condition_may_turn stub_condition
#define hf_condition_certifies stub_condition
#define hf_condition_staples stub_condition
#define hf_condition_hints stub_condition
#define hf_condition_asks12 stub_condition
#define hf_condition_by_ecdhe stub_condition
#define hf_condition_by_dhe stub_condition
#define hf_condition_by_rsa stub_condition
#define hf_condition_by_psk stub_condition
#define hf_condition_by_ecdhe_psk stub_condition
#define hf_condition_by_dhe_psk stub_condition
#define hf_condition_by_rsa_psk stub_condition
#define hf_condition_false_starts stub_condition
/* clang-format on */
#include "handshake/machine.c" /* with the stubs in its tables */

static enum hf_outcome script_message, script_flight;
static bool script_condition;

static enum hf_error stub_step(struct hf_handshake *handshake, const struct hf_taken *taken,
                               enum hf_outcome *ret_outcome)
{
    (void)handshake;
    *ret_outcome = taken->input == HF_INPUT_flight_sent ? script_flight : script_message;
    return HF_OK;
}

static enum hf_error stub_build(struct hf_handshake *handshake, struct hf_writer *body)
{
    (void)handshake;
    (void)body;
    return HF_OK;
}

static enum hf_error stub_turn(struct hf_handshake *handshake)
{
    (void)handshake;
    return HF_OK;
}

static bool stub_condition(const struct hf_handshake *handshake)
{
    (void)handshake;
    return script_condition;
}

/* ---- one handshake, set into any state ---- */

static void ignore_event(void *context, enum hf_event_kind kind)
{
    (void)context;
    (void)kind;
}

static void ignore_seen(void *context, const struct hf_seen *seen)
{
    (void)context;
    (void)seen;
}

struct bench {
    struct hf_config *config;
    struct hf_framing *framing;
    struct hf_handshake handshake;
};

static void begin(struct bench *bench)
{
    const struct hf_handshake_ground ground = {
        .config = bench->config,
        .framing = bench->framing,
        .protocols = hf_protocols_of_streams,
        .over = HF_OVER_STREAM,
        .driver = {.event = ignore_event, .seen = ignore_seen},
    };
    assert_int_equal(hf_handshake_init(&bench->handshake, &ground, "server.lab", LAB_NOW_MS), HF_OK);
}

static void set_up(struct bench *bench)
{
    struct hf_failure failure;
    bench->config = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    assert_non_null(bench->config);
    assert_int_equal(hf_stream_new(&bench->config->allocator, &bench->framing), HF_OK);
    begin(bench);
}

static void tear_down(struct bench *bench)
{
    hf_handshake_wipe(&bench->handshake);
    hf_framing_free(bench->framing);
    hf_config_drop(bench->config);
}

/* Another try: what an open connection lacks is made again, what was sent is forgotten. */
static void begin_again(struct bench *bench)
{
    if (bench->handshake.work == NULL) {
        hf_handshake_wipe(&bench->handshake);
        begin(bench);
    }
    bench->handshake.failure->error = HF_OK;
    hf_framing_consumed(bench->framing, hf_framing_output(bench->framing).len);
}

struct attempt {
    enum hf_state from;
    enum hf_input input;
    uint32_t demanded, held;
    uint32_t psk_stands_for;
};

static size_t attempts, opened;

static void attempt(struct bench *bench, const struct attempt *what)
{
    struct hf_handshake *handshake = &bench->handshake;
    const struct hf_taken taken = {.input = what->input};
    begin_again(bench);
    handshake->state = what->from;
    handshake->flight_at = states[what->from].flight + 1;
    handshake->proofs =
        (struct hf_proofs){.demanded = what->demanded, .held = what->held, .psk_stands_for = what->psk_stands_for};
    enum hf_error error = hf_machine_take(handshake, &taken);
    attempts++;
    if (!hf_machine_is_open(handshake) || states[what->from].kind == HF_STATE_OPEN)
        return;
    uint32_t needed = what->demanded | HF_PROOF_FINISHED;
    if ((what->held & HF_PROOF_PSK) != 0)
        needed &= ~what->psk_stands_for;
    assert_int_equal(error, HF_OK);
    assert_int_equal(what->held & needed, needed);
    opened++;
}

static void attempt_outcomes(struct bench *bench, const struct attempt *what)
{
    static const enum hf_outcome flights_end[] = {HF_OUTCOME_DONE, HF_OUTCOME_ASKED, HF_OUTCOME_NO_CERT,
                                                  HF_OUTCOME_RESUMED, HF_OUTCOME_SHARED};
    for (int outcome = 0; outcome < HF_OUTCOMES; outcome++)
        for (size_t i = 0; i < HF_COUNT(flights_end); i++) {
            script_message = (enum hf_outcome)outcome;
            script_flight = flights_end[i];
            script_condition = ((size_t)outcome + i) % 2 == 0;
            attempt(bench, what);
        }
}

/* The proof of the hello has no part in the others: its lack is tried where it is the only one. */
static bool is_tried(uint32_t held)
{
    return (held & HF_PROOF_HELLO) != 0 || held == (HF_PROOF_ALL & ~(uint32_t)HF_PROOF_HELLO);
}

static void nothing_opens_without_its_proofs(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    for (int from = 0; from < HF_STATES; from++)
        for (int input = 0; input < HF_INPUTS; input++) {
            bool has_row = false;
            for (size_t i = 0; i < HF_COUNT(transitions); i++)
                has_row = has_row ||
                          (transitions[i].from == (enum hf_state)from && transitions[i].input == (enum hf_input)input);
            for (uint32_t held = 0; held <= HF_PROOF_ALL; held++) {
                struct attempt what = {(enum hf_state)from, (enum hf_input)input, HF_PROOF_ALL, held, 0};
                if (is_tried(held) && (has_row || held == HF_PROOF_ALL))
                    attempt_outcomes(&bench, &what);
            }
        }
    tear_down(&bench);
    print_message("%zu tries, %zu opened\n", attempts, opened);
    assert_true(opened > 0);
}

/* A policy that demands little still demands the Finished. */
static void nobody_opens_without_finished(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    opened = 0;
    for (size_t i = 0; i < HF_COUNT(transitions); i++)
        for (uint32_t held = 0; held <= HF_PROOF_ALL; held++)
            if ((held & (HF_PROOF_FINISHED | HF_PROOF_HELLO)) == 0)
                attempt_outcomes(&bench, &(struct attempt){transitions[i].from, transitions[i].input, 0, held, 0});
    tear_down(&bench);
    assert_int_equal(opened, 0);
}

/* A shared key stands for certificates only once it is proven, and never for the verdict or the Finished. */
static void a_shared_key_stands_in_only_when_proven(void **state)
{
    (void)state;
    struct bench bench;
    struct hf_proofs shared = {.demanded = 0};
    hf_proofs_demand_psk(&shared, /* stands_for_certificate= */ true);
    assert_int_equal(shared.demanded, HF_PROOF_PSK);
    assert_int_equal(shared.psk_stands_for & (HF_PROOF_VERDICT | HF_PROOF_FINISHED | HF_PROOF_PSK), 0);
    set_up(&bench);
    opened = 0;
    for (size_t i = 0; i < HF_COUNT(transitions); i++)
        for (uint32_t held = 0; held <= HF_PROOF_ALL; held++)
            if (is_tried(held))
                attempt_outcomes(&bench, &(struct attempt){transitions[i].from, transitions[i].input, HF_PROOF_ALL,
                                                           held, shared.psk_stands_for});
    tear_down(&bench);
    assert_true(opened > 0);
}

/* The other door into a state: the application's KeyUpdate. Only the open states of 1.3 have it. */
static void a_key_update_opens_nothing(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    script_flight = HF_OUTCOME_DONE;
    for (int from = 0; from < HF_STATES; from++) {
        begin_again(&bench);
        bench.handshake.state = (enum hf_state)from;
        bench.handshake.proofs = (struct hf_proofs){.demanded = HF_PROOF_ALL, .held = 0};
        bool was_open = hf_machine_is_open(&bench.handshake);
        assert_int_not_equal(hf_machine_key_update(&bench.handshake, /* ask_peer= */ true), HF_OK);
        assert_int_equal(hf_machine_is_open(&bench.handshake), was_open);
    }
    tear_down(&bench);
}

static void every_row_has_a_stub(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(transitions); i++)
        assert_ptr_equal(transitions[i].step, stub_step);
    for (size_t i = 0; i < HF_COUNT(flights); i++) {
        assert_true(flights[i].build == NULL || flights[i].build == stub_build);
        assert_true(flights[i].turn == NULL || flights[i].turn == stub_turn);
        assert_true(flights[i].condition == NULL || flights[i].condition == stub_condition);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_a_stub),          cmocka_unit_test(nothing_opens_without_its_proofs),
        cmocka_unit_test(nobody_opens_without_finished), cmocka_unit_test(a_shared_key_stands_in_only_when_proven),
        cmocka_unit_test(a_key_update_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
