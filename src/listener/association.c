/* The life of an association: half open, open, ended; the elder of its address, or the heir of one. Whatever moves its
 * connection ends in hf_association_look, which keeps queues, deadlines and table true. */
#include "datagram/routes.h"
#include "engine/failure.h"
#include "handshake/machine.h"
#include "listener/parts.h"

enum { AMPLIFICATION_MAX = 3 /* RFC 9147 5.1 */ };

/* ---- birth ---- */

static bool has_room(const struct hf_listener *listener)
{
    return listener->counts.associations < listener->limits.associations &&
           listener->counts.half_open < listener->limits.half_open;
}

static struct hf_connection *make_connection(struct hf_listener *listener, const struct hf_gate_admission *admission)
{
    const struct hf_beginning beginning = {
        .now_ms = listener->now_ms,
        .numbers = admission->numbers,
        .retried = admission->was_retried ? &admission->retry : NULL,
    };
    return hf_birth_connection(listener->config, &beginning, NULL);
}

static struct hf_association *make(struct hf_listener *listener, const struct hf_gate_question *question)
{
    const struct hf_allocator *allocator = &listener->allocator;
    if (hf_deadlines_reserve(&listener->deadlines, listener->counts.associations + 1) != HF_OK)
        return NULL;
    struct hf_association *association = hf_allocation_new(allocator, sizeof *association);
    if (association == NULL)
        return NULL;
    if (!hf_span_copy(question->address, association->address, sizeof association->address) ||
        !hf_span_copy(question->hello->random, association->random,
                      sizeof association->random)) { /* of a piece: none */
        hf_allocation_free(allocator, association);
        return NULL;
    }
    if (listener->config->connection_id_len > 0)
        association->roaming = hf_allocation_new(allocator, sizeof *association->roaming);
    if (listener->config->connection_id_len > 0 && association->roaming == NULL) {
        hf_allocation_free(allocator, association);
        return NULL;
    }
    association->listener = listener;
    association->awaits_front = !question->hello->is_front;
    association->address_len = question->address.len;
    association->deadline = (struct hf_deadline_entry){.due_ms = UINT64_MAX, .of = association};
    association->in_all.of = association;
    association->in_news.of = association;
    association->in_output.of = association;
    return association;
}

static struct hf_span address_of(const struct hf_association *association)
{
    return hf_span_of(association->address, association->address_len);
}

static void add_to_index(struct hf_association *association)
{
    association->by_address = (struct hf_index_node){
        .kind = HF_INDEX_ADDRESS,
        .key = address_of(association),
        .leads_to = association,
    };
    hf_index_add(&association->listener->index, &association->by_address);
}

static void replace(struct hf_association *association);

/* As the elder of its address, or as the heir of who is there. */
static void take_address(struct hf_association *association)
{
    struct hf_association *elder =
        hf_index_find(&association->listener->index, HF_INDEX_ADDRESS, address_of(association));
    if (elder != NULL && elder->stage == HF_ASSOCIATION_HALF_OPEN) { /* nothing proven is lost by that */
        if (elder->heir != NULL)
            replace(elder->heir);
        replace(elder);
        elder = NULL;
    }
    if (elder == NULL) {
        add_to_index(association);
        return;
    }
    if (elder->heir != NULL)
        replace(elder->heir);
    elder->heir = association;
    association->elder = elder;
}

struct hf_association *hf_association_new(struct hf_listener *listener, const struct hf_gate_question *question,
                                          const struct hf_gate_admission *admission)
{
    struct hf_association *association = has_room(listener) ? make(listener, question) : NULL;
    if (association == NULL)
        return NULL;
    association->connection = make_connection(listener, admission);
    if (association->connection == NULL) {
        hf_allocation_free(&listener->allocator, association->roaming);
        hf_allocation_free(&listener->allocator, association);
        return NULL;
    }
    association->limit_ms = listener->now_ms + listener->limits.handshake_ms;
    association->is_proven = !listener->gate.skips_cookies;
    take_address(association);
    hf_queue_join(&listener->all, &association->in_all);
    listener->counts.associations++;
    listener->counts.half_open++;
    listener->counts.admitted++;
    return association;
}

/* ---- leaving the address ---- */

/* Nobody is found by it any more; an heir takes its place. */
static void leave_address(struct hf_association *association)
{
    struct hf_association *heir = association->heir;
    if (association->elder != NULL)
        association->elder->heir = NULL;
    association->elder = NULL;
    association->heir = NULL;
    hf_index_remove(&association->listener->index, &association->by_address);
    if (heir == NULL)
        return;
    heir->elder = NULL;
    add_to_index(heir);
}

static void end(struct hf_association *association)
{
    if (association->stage == HF_ASSOCIATION_HALF_OPEN)
        association->listener->counts.half_open--;
    association->stage = HF_ASSOCIATION_ENDED;
    leave_address(association);
    if (association->roaming != NULL)
        hf_roaming_leave(association->roaming, &association->listener->index);
}

/* Its peer has begun anew: nothing more comes of it, and nobody is told but the application. */
static void replace(struct hf_association *association)
{
    association->listener->counts.replaced++;
    end(association);
    (void)hf_failure_by_network(association->connection, HF_ERR_association_replaced);
    hf_association_look(association);
}

/* It has proven who it is: whoever had the address until now is gone (RFC 6347 4.2.8, RFC 9147 5.11). */
static void take_over(struct hf_association *association)
{
    association->stage = HF_ASSOCIATION_OPEN;
    association->is_proven = true;
    association->listener->counts.half_open--;
    if (association->elder != NULL)
        replace(association->elder);
}

/* ---- the peer's address ---- */

static struct hf_routes *routes_of(const struct hf_association *association)
{
    return association->roaming == NULL ? NULL : hf_framing_routes(association->connection->framing);
}

static void set_path(struct hf_association *association, struct hf_span address)
{
    const struct hf_routes *routes = routes_of(association);
    if (routes == NULL)
        return;
    bool is_asking = routes->check.stage != HF_ROUTABILITY_SETTLED;
    association->connection->framing->path =
        hf_roaming_path(association->roaming, address_of(association), address, is_asking);
}

/* What is to be sent waits until it is known where the peer is. */
static bool is_checking(const struct hf_association *association)
{
    const struct hf_routes *routes = routes_of(association);
    return routes != NULL && routes->check.stage != HF_ROUTABILITY_SETTLED &&
           !hf_connection_failed(association->connection);
}

/* Where the datagrams of a path go; empty: nowhere any more. */
static struct hf_span address_of_path(const struct hf_association *association, uint32_t path)
{
    const struct hf_roaming *roaming = association->roaming;
    if (roaming == NULL || path == roaming->path)
        return address_of(association);
    return path == roaming->other_path ? hf_span_of(roaming->other, roaming->other_len) : hf_span_of(NULL, 0);
}

/* Somebody else may be there, as behind a NAT's address that is used again: then it is found by its IDs only. */
static void move(struct hf_association *association, struct hf_span address)
{
    uint8_t copy[HF_LISTENER_ADDRESS_MAX];
    if (!hf_span_copy(address, copy, sizeof copy))
        return;
    leave_address(association);
    (void)hf_span_copy(hf_span_of(copy, address.len), association->address, sizeof association->address);
    association->address_len = address.len;
    association->listener->counts.moved++;
    if (hf_index_find(&association->listener->index, HF_INDEX_ADDRESS, address_of(association)) == NULL)
        add_to_index(association);
}

/* What the connection found out. */
static void follow(struct hf_association *association)
{
    struct hf_roaming *roaming = association->roaming;
    const struct hf_routes *routes = routes_of(association);
    if (routes == NULL || association->stage == HF_ASSOCIATION_ENDED)
        return;
    hf_roaming_sync(roaming, &association->listener->index, &routes->ids, association);
    if (routes->check.bound == roaming->path)
        return;
    struct hf_span address = address_of_path(association, routes->check.bound);
    if (address.len > 0)
        move(association, address);
    roaming->path = routes->check.bound;
    roaming->other_path = 0;
}

/* ---- after something moved ---- */

static bool has_news(const struct hf_association *association)
{
    const struct hf_connection *connection = association->connection;
    return !association->is_dropped && (connection->event_count > 0 || connection->data.len > 0);
}

static uint64_t due_of(const struct hf_association *association)
{
    uint64_t due_ms = hf_deadline(association->connection);
    bool is_limited = association->stage == HF_ASSOCIATION_HALF_OPEN && association->limit_ms < due_ms;
    return is_limited ? association->limit_ms : due_ms;
}

static void queue(struct hf_queue *among, struct hf_queue_node *node, bool belongs)
{
    if (belongs)
        hf_queue_join(among, node);
    else
        hf_queue_leave(among, node);
}

void hf_association_look(struct hf_association *association)
{
    struct hf_listener *listener = association->listener;
    if (association->stage != HF_ASSOCIATION_ENDED && hf_connection_failed(association->connection))
        end(association);
    else if (association->stage == HF_ASSOCIATION_HALF_OPEN && hf_machine_is_open(&association->connection->handshake))
        take_over(association);
    follow(association);
    if (association->is_dropped && association->stage != HF_ASSOCIATION_ENDED && !is_checking(association))
        end(association);
    struct hf_span address;
    bool has_output = hf_association_output(association, &address).len > 0;
    hf_deadlines_set(&listener->deadlines, &association->deadline, due_of(association));
    queue(&listener->news, &association->in_news, has_news(association));
    queue(&listener->output, &association->in_output, has_output);
    if (association->is_dropped && !has_output && !is_checking(association))
        hf_association_free(association);
}

void hf_association_take(struct hf_association *association, struct hf_span address, struct hf_span datagram)
{
    association->received += datagram.len;
    set_path(association, address);
    (void)hf_feed(association->connection, datagram.data, datagram.len, association->listener->now_ms);
    hf_association_look(association);
}

void hf_association_tick(struct hf_association *association)
{
    uint64_t now_ms = association->listener->now_ms;
    if (association->stage == HF_ASSOCIATION_HALF_OPEN && association->limit_ms <= now_ms)
        (void)hf_failure_by_network(association->connection, HF_ERR_datagrams_unanswered);
    else
        (void)hf_tick(association->connection, now_ms);
    hf_association_look(association);
}

/* ---- output ---- */

/* A datagram for a path whose address is not held any more goes nowhere. */
struct hf_span hf_association_output(const struct hf_association *association, struct hf_span *ret_address)
{
    struct hf_connection *connection = association->connection;
    const uint8_t *wire;
    size_t len = hf_output(connection, &wire);
    *ret_address = address_of_path(association, hf_framing_output_path(connection->framing));
    for (; len > 0 && ret_address->len == 0; len = hf_output(connection, &wire)) {
        hf_drained(connection, len);
        *ret_address = address_of_path(association, hf_framing_output_path(connection->framing));
    }
    bool is_allowed = association->is_proven || association->sent + len <= AMPLIFICATION_MAX * association->received;
    return hf_span_of(wire, is_allowed ? len : 0);
}

/* One datagram a turn, so that nobody keeps the others waiting. */
void hf_association_sent(struct hf_association *association)
{
    struct hf_span address;
    size_t len = hf_association_output(association, &address).len;
    association->sent += len;
    hf_drained(association->connection, len);
    hf_queue_leave(&association->listener->output, &association->in_output);
    hf_association_look(association);
}

/* ---- death ---- */

void hf_association_free(struct hf_association *association)
{
    struct hf_listener *listener = association->listener;
    if (association->stage != HF_ASSOCIATION_ENDED)
        end(association);
    hf_deadlines_set(&listener->deadlines, &association->deadline, UINT64_MAX);
    hf_queue_leave(&listener->news, &association->in_news);
    hf_queue_leave(&listener->output, &association->in_output);
    hf_queue_leave(&listener->all, &association->in_all);
    listener->counts.associations--;
    hf_connection_free(association->connection);
    hf_allocation_free(&listener->allocator, association->roaming);
    hf_allocation_free(&listener->allocator, association);
}

/* ---- for the application ---- */

struct hf_connection *hf_association_connection(const struct hf_association *association)
{
    return association->connection;
}

void hf_association_settle(struct hf_association *association)
{
    hf_association_look(association);
}

const uint8_t *hf_association_address(const struct hf_association *association, size_t *ret_len)
{
    *ret_len = association->address_len;
    return association->address;
}

void hf_association_set_context(struct hf_association *association, void *context)
{
    association->context = context;
}

void *hf_association_context(const struct hf_association *association)
{
    return association->context;
}

void hf_association_drop(struct hf_association *association)
{
    association->is_dropped = true;
    hf_association_look(association);
}
