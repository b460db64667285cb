/* Our tables against the RFCs' order (support/rfc_order.def, written by hand), and against themselves. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "handshake/machine.h"
#include "handshake/steps.h"
#include "support/rfc_order.h"

static const struct hf_transition_row *rows;
static size_t row_count;

static int read_rows(void **state)
{
    (void)state;
    rows = hf_machine_transitions(&row_count);
    return row_count > 0 ? 0 : -1;
}

static enum hf_state_kind kind_of(enum hf_state state)
{
    return hf_machine_state(state)->kind;
}

static bool listens(enum hf_state state)
{
    return kind_of(state) == HF_STATE_WAITS || kind_of(state) == HF_STATE_OPEN || kind_of(state) == HF_STATE_DRAINS ||
           kind_of(state) == HF_STATE_AMID || kind_of(state) == HF_STATE_EARLY;
}

/* Sent by the peer; what the application says or the end of a flight is in no RFC's order. */
static bool is_of_peer(enum hf_input input)
{
    return input < HF_INPUT_flight_sent;
}

/* ---- against the RFCs ---- */

/* The phases reached from `state` without a further message: through states that send or rest. */
static void settle(enum hf_state state, bool reached[HF_STATES])
{
    if (listens(state)) {
        reached[state] = true;
        return;
    }
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].from == state && rows[i].to != state) /* one sends ticket after ticket */
            settle(rows[i].to, reached);
}

static bool edge_exists(enum hf_state from, enum hf_input input, enum hf_state to)
{
    size_t count;
    const struct rfc_edge *edges = rfc_order_edges(&count);
    struct rfc_phase phase = rfc_order_phase(from);
    struct rfc_phase next = rfc_order_phase(to);
    for (size_t i = 0; i < count; i++)
        if ((edges[i].machine & phase.machines & next.machines) != 0 && edges[i].input == input &&
            strcmp(edges[i].from, phase.name) == 0 && strcmp(edges[i].to, next.name) == 0)
            return true;
    return false;
}

static void every_way_of_ours_is_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < row_count; i++) {
        bool reached[HF_STATES] = {false};
        if (!listens(rows[i].from) || !is_of_peer(rows[i].input))
            continue;
        settle(rows[i].to, reached);
        for (int to = 0; to < HF_STATES; to++)
            if (reached[to] && !edge_exists(rows[i].from, rows[i].input, (enum hf_state)to)) {
                print_error("%s, %s: no way to %s in the RFCs\n", hf_machine_state(rows[i].from)->name,
                            hf_input_name(rows[i].input), hf_machine_state((enum hf_state)to)->name);
                fail();
            }
    }
}

static bool row_leads(const struct rfc_edge *edge)
{
    for (size_t i = 0; i < row_count; i++) {
        struct rfc_phase phase = rfc_order_phase(rows[i].from);
        bool reached[HF_STATES] = {false};
        if ((phase.machines & edge->machine) == 0 || strcmp(phase.name, edge->from) != 0 ||
            rows[i].input != edge->input)
            continue;
        settle(rows[i].to, reached);
        for (int to = 0; to < HF_STATES; to++) {
            struct rfc_phase next = rfc_order_phase((enum hf_state)to);
            if (reached[to] && (next.machines & edge->machine) != 0 && strcmp(next.name, edge->to) == 0)
                return true;
        }
    }
    return false;
}

static void every_way_of_the_rfcs_is_ours(void **state)
{
    (void)state;
    size_t count;
    const struct rfc_edge *edges = rfc_order_edges(&count);
    for (size_t i = 0; i < count; i++)
        if (!row_leads(&edges[i])) {
            print_error("no row for %s in %s of machine %d to %s\n", hf_input_name(edges[i].input), edges[i].from,
                        (int)edges[i].machine, edges[i].to);
            fail();
        }
}

static void every_listening_state_is_a_phase(void **state)
{
    (void)state;
    for (int s = 0; s < HF_STATES; s++)
        assert_int_equal(rfc_order_phase((enum hf_state)s).machines != 0, listens((enum hf_state)s));
}

/* ---- against themselves ---- */

static void every_state_is_reached(void **state)
{
    (void)state;
    bool reached[HF_STATES] = {[HF_STATE_C_START] = true, [HF_STATE_S_WAIT_HELLO] = true, [HF_STATE_FAILED] = true};
    for (size_t round = 0; round < HF_STATES; round++)
        for (size_t i = 0; i < row_count; i++)
            reached[rows[i].to] = reached[rows[i].to] || reached[rows[i].from];
    for (int s = 0; s < HF_STATES; s++)
        assert_true(reached[s]);
}

static bool has_row(enum hf_state from, enum hf_input input)
{
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].from == from && rows[i].input == input)
            return true;
    return false;
}

/* The application's wishes. */
static bool is_wish(enum hf_input input)
{
    return input == HF_INPUT_ask || input == HF_INPUT_give_ids || input == HF_INPUT_ask_ids;
}

static void every_state_has_the_ways_of_its_kind(void **state)
{
    (void)state;
    for (int s = 0; s < HF_STATES; s++) {
        enum hf_state from = (enum hf_state)s;
        enum hf_state_kind kind = kind_of(from);
        size_t ways = 0;
        for (size_t i = 0; i < row_count; i++)
            ways += rows[i].from == from;
        assert_int_equal(ways == 0, kind == HF_STATE_ENDED);
        assert_int_equal(has_row(from, HF_INPUT_flight_sent), kind == HF_STATE_SENDS);
        assert_int_equal(has_row(from, HF_INPUT_verdict) || has_row(from, HF_INPUT_session) ||
                             has_row(from, HF_INPUT_hello_answer),
                         kind == HF_STATE_RESTS);
        for (size_t i = 0; i < row_count; i++)
            if (rows[i].from == from)
                assert_int_equal(is_of_peer(rows[i].input) || is_wish(rows[i].input), listens(from));
        for (size_t i = 0; i < row_count; i++)
            assert_true(rows[i].from != from || !is_wish(rows[i].input) || kind == HF_STATE_OPEN);
    }
}

static void no_row_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < row_count; i++)
        for (size_t k = 0; k < i; k++) {
            bool same_input = rows[i].from == rows[k].from && rows[i].input == rows[k].input;
            bool same_framing = ((unsigned)rows[i].over & (unsigned)rows[k].over) != 0;
            assert_false(same_input && same_framing && rows[i].outcome == rows[k].outcome);
            if (same_input)
                assert_ptr_equal(rows[i].step, rows[k].step);
        }
}

/* Outcomes that a step can return, read from the steps' own files; the table must have a row for each. */
static const struct {
    hf_step *step;
    unsigned outcomes;
} steps[] = {
#define CAN(outcome) (1u << HF_OUTCOME_##outcome)
    {hf_step_flight_over, CAN(DONE)},
    {hf_step_flight_asked_or_not, CAN(DONE) | CAN(ASKED)},
    {hf_step_flight12_sent, CAN(DONE) | CAN(ASKED) | CAN(SHARED)},
    {hf_step_flight_ticket_or_not, CAN(DONE) | CAN(TICKET)},
    {hf_step_flight_tickets_or_not, CAN(DONE) | CAN(TICKET)},
    {hf_step_take_verdict, CAN(DONE)},
    {hf_step_take_change_cipher_spec, CAN(DONE)},
    {hf_step_refuse_renegotiation, CAN(DONE)},
    {hf_step_ignore_hello_request, CAN(DONE)},
    {hf_step_answer_hello_request, CAN(DONE) | CAN(ASKED)},
    {hf_step_ask_for_certificate, CAN(DONE)},
    {hf_step_ask_for_certificate13, CAN(DONE)},
    {hf_step_take_no_renegotiation, CAN(DONE)},
    {hf_step_check_server_hello_renegotiated, CAN(DONE)},
    {hf_step_choose_by_client_hello_renegotiated, CAN(DONE) | CAN(TLS12)},
    {hf_step_check_server_hello,
     CAN(KEPT) | CAN(TLS13) | CAN(TLS12) | CAN(RESUMED) | CAN(JUDGE) | CAN(SHARED) | CAN(EXCHANGE)},
    {hf_step_check_server_hello_again, CAN(TLS13) | CAN(KEPT)},
    {hf_step_check_hello_retry_request, CAN(DONE)},
    {hf_step_take_hello_verify_request, CAN(DONE)},
    {hf_step_check_server_hello_verified, CAN(TLS12) | CAN(RESUMED) | CAN(JUDGE) | CAN(SHARED) | CAN(EXCHANGE)},
    {hf_step_check_encrypted_extensions, CAN(DONE)},
    {hf_step_judge_kept, CAN(RESUMED) | CAN(JUDGE) | CAN(SHARED)},
    {hf_step_take_end_of_early_data, CAN(DONE)},
    {hf_step_check_certificate_request13, CAN(DONE)},
    {hf_step_check_certificate_request13_late, CAN(DONE) | CAN(ASKED)},
    {hf_step_check_certificate_request12, CAN(DONE)},
    {hf_step_check_certificate13, CAN(DONE) | CAN(NO_CERT)},
    {hf_step_check_compressed_certificate, CAN(DONE) | CAN(NO_CERT)},
    {hf_step_check_compressed_certificate_late, CAN(DONE) | CAN(NO_CERT)},
    {hf_step_check_certificate13_late, CAN(DONE) | CAN(NO_CERT)},
    {hf_step_check_certificate12, CAN(DONE) | CAN(NO_CERT) | CAN(UNSIGNED) | CAN(JUDGE) | CAN(SHARED) | CAN(STATUS) |
                                      CAN(STATUS_UNSIGNED) | CAN(STATUS_SHARED)},
    {hf_step_check_certificate_status, CAN(DONE) | CAN(UNSIGNED) | CAN(JUDGE) | CAN(SHARED)},
    {hf_step_go_on_by_key_exchange, CAN(DONE) | CAN(JUDGE)},
    {hf_step_go_on_by_request, CAN(UNSIGNED) | CAN(JUDGE)},
    {hf_step_go_on_by_done, CAN(UNSIGNED) | CAN(JUDGE) | CAN(SHARED)},
    {hf_step_check_certificate_verify13, CAN(DONE) | CAN(JUDGE)},
    {hf_step_check_certificate_verify12, CAN(DONE) | CAN(JUDGE)},
    {hf_step_check_finished13, CAN(DONE)},
    {hf_step_check_finished13_late, CAN(DONE) | CAN(TICKET)},
    {hf_step_check_finished13_kept, CAN(DONE)},
    {hf_step_check_finished13_shared, CAN(DONE)},
    {hf_step_check_finished12, CAN(DONE)},
    {hf_step_check_finished12_resumed, CAN(DONE)},
    {hf_step_check_finished12_unsigned, CAN(DONE)},
    {hf_step_check_finished12_shared, CAN(DONE)},
    {hf_step_take_session13, CAN(TLS13) | CAN(RETRY) | CAN(KEPT) | CAN(KEPT_JUDGE) | CAN(EARLY) | CAN(EARLY_JUDGE)},
    {hf_step_conclude_ech, CAN(DONE)},
    {hf_step_take_session, CAN(DONE) | CAN(RESUMED) | CAN(JUDGE)},
    {hf_step_check_server_key_exchange, CAN(DONE) | CAN(JUDGE)},
    {hf_step_check_server_hello_done, CAN(DONE)},
    {hf_step_take_client_key_exchange, CAN(DONE)},
    {hf_step_take_new_session_ticket13, CAN(DONE)},
    {hf_step_take_new_session_ticket12, CAN(DONE)},
    {hf_step_take_key_update, CAN(DONE) | CAN(ASKED)},
    {hf_step_take_new_connection_id, CAN(DONE)},
    {hf_step_take_request_connection_id, CAN(DONE)},
    {hf_step_give_connection_ids, CAN(DONE)},
    {hf_step_ask_for_connection_ids, CAN(DONE)},
    {hf_step_choose_by_client_hello, CAN(TLS13) | CAN(TLS12) | CAN(RETRY) | CAN(LOOKUP) | CAN(RESUMED) | CAN(JUDGE) |
                                         CAN(KEPT) | CAN(KEPT_JUDGE) | CAN(KEPT_LOOKUP) | CAN(SHARED) | CAN(EARLY) |
                                         CAN(EARLY_JUDGE) | CAN(SHOWN)},
    {hf_step_take_hello_answer, CAN(TLS13) | CAN(TLS12) | CAN(RETRY) | CAN(LOOKUP) | CAN(RESUMED) | CAN(JUDGE) |
                                    CAN(KEPT) | CAN(KEPT_JUDGE) | CAN(KEPT_LOOKUP) | CAN(SHARED) | CAN(EARLY) |
                                    CAN(EARLY_JUDGE)},
    {hf_step_check_client_hello_again, CAN(TLS13) | CAN(KEPT) | CAN(KEPT_JUDGE) | CAN(KEPT_LOOKUP) | CAN(SHARED)},
#undef CAN
};

static unsigned outcomes_of(hf_step *step)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].step == step)
            return steps[i].outcomes;
    fail_msg("a step is missing from this test's list");
    return 0;
}

/* One step may stand in states of both ends, and only a client's Certificate may be empty: NO_CERT has a row where one
 * is awaited. Only a server's key may be shown without a signature. What waits for a share takes a server's, of which
 * the application judges only those that are signed. */
static unsigned possible_at(const struct hf_transition_row *row)
{
    unsigned possible = outcomes_of(row->step);
    bool of_client = hf_machine_state(row->from)->name[0] == 'C';
    if (of_client)
        possible &= ~(1u << HF_OUTCOME_NO_CERT);
    if (!of_client && row->step == hf_step_check_certificate12)
        possible &= 1u << HF_OUTCOME_DONE | 1u << HF_OUTCOME_NO_CERT;
    if (row->from == HF_STATE_C12_WAIT_HINT || row->from == HF_STATE_C12_WAIT_EXCHANGE_PSK)
        possible &= ~(1u << HF_OUTCOME_JUDGE);
    if (row->from == HF_STATE_C12_WAIT_STATUS) /* what the key exchange cannot lead to */
        possible &= 1u << HF_OUTCOME_DONE | (row->input == HF_INPUT_server_key_exchange ? 1u << HF_OUTCOME_JUDGE : 0);
    if (row->from == HF_STATE_C12_WAIT_STATUS_RSA && row->input != HF_INPUT_hello_request)
        possible &= 1u << HF_OUTCOME_UNSIGNED | 1u << HF_OUTCOME_JUDGE;
    if (row->from == HF_STATE_C12_WAIT_STATUS_PSK && row->input == HF_INPUT_server_key_exchange)
        possible &= 1u << HF_OUTCOME_DONE;
    else if (row->from == HF_STATE_C12_WAIT_STATUS_PSK && row->input != HF_INPUT_hello_request)
        possible &= 1u << HF_OUTCOME_SHARED;
    if (row->from == HF_STATE_S13_REST_SESSION_AGAIN) /* one retry only, and no early data behind it */
        possible &= ~(1u << HF_OUTCOME_RETRY | 1u << HF_OUTCOME_EARLY | 1u << HF_OUTCOME_EARLY_JUDGE);
    return possible;
}

static void every_outcome_has_its_row_and_no_row_is_dead(void **state)
{
    (void)state;
    for (size_t i = 0; i < row_count; i++) {
        unsigned seen = 0;
        for (size_t k = 0; k < row_count; k++)
            if (rows[k].from == rows[i].from && rows[k].input == rows[i].input)
                seen |= 1u << rows[k].outcome;
        assert_int_equal(seen, possible_at(&rows[i]));
    }
}

static void every_open_state_demands_all_proofs(void **state)
{
    (void)state;
    size_t open = 0;
    for (int s = 0; s < HF_STATES; s++) {
        if (kind_of((enum hf_state)s) != HF_STATE_OPEN)
            continue;
        assert_int_equal(hf_machine_state((enum hf_state)s)->proofs, HF_PROOFS_ALL);
        open++;
    }
    assert_int_equal(open, 5);
}

/* The hellos of a renegotiation are behind it, or the answer to a request has come: all is to be proven anew. */
static bool starts_over(const struct hf_transition_row *row)
{
    return row->to == HF_STATE_S12_SEND_FLIGHT_AGAIN || row->step == hf_step_check_server_hello_renegotiated ||
           row->step == hf_step_check_certificate13_late || row->step == hf_step_check_compressed_certificate_late;
}

/* Nothing is lost on the way: what a state demanded, the states behind it demand, until the handshake starts over. */
static void demands_only_grow_behind_the_peers_proofs(void **state)
{
    (void)state;
    for (size_t i = 0; i < row_count; i++)
        assert_true(starts_over(&rows[i]) ||
                    hf_machine_state(rows[i].to)->proofs >= hf_machine_state(rows[i].from)->proofs);
}

static void sending_states_have_flights_and_others_none(void **state)
{
    (void)state;
    size_t count;
    const struct hf_flight_row *flights = hf_machine_flights(&count);
    bool used[256] = {true}; /* row 0 begins the flight `none` */
    assert_true(count < 256);
    for (int s = 0; s < HF_STATES; s++) {
        const struct hf_state_row *row = hf_machine_state((enum hf_state)s);
        assert_int_equal(flights[row->flight].kind, HF_FLIGHT_BEGIN);
        assert_int_equal(row->flight != 0, row->kind == HF_STATE_SENDS);
        used[row->flight] = true;
    }
    for (size_t i = 0; i < count; i++)
        if (flights[i].kind == HF_FLIGHT_BEGIN)
            assert_true(used[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_ours_is_the_rfcs),
        cmocka_unit_test(every_way_of_the_rfcs_is_ours),
        cmocka_unit_test(every_listening_state_is_a_phase),
        cmocka_unit_test(every_state_is_reached),
        cmocka_unit_test(every_state_has_the_ways_of_its_kind),
        cmocka_unit_test(no_row_stands_twice),
        cmocka_unit_test(every_outcome_has_its_row_and_no_row_is_dead),
        cmocka_unit_test(every_open_state_demands_all_proofs),
        cmocka_unit_test(demands_only_grow_behind_the_peers_proofs),
        cmocka_unit_test(sending_states_have_flights_and_others_none),
    };
    return cmocka_run_group_tests(tests, read_rows, NULL);
}
