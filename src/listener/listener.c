/* Who a datagram is for. One with a connection ID of ours is for whoever has it, from any address. One that begins with
 * a hello is for the association that began with the same hello, or else for the gate; any other is for whoever is at
 * its address: in the clear the youngest there, protected each of them, for what does not open is dropped without harm
 * (RFC 9147 4.5.2). */
#include "base/text.h"
#include "listener/parts.h"

enum { ASSOCIATIONS = 10000, HALF_OPEN = 1000, HANDSHAKE_MS = 30000, PROTECTED_FIRST_BYTE = 0x20 };

/* ---- birth and death ---- */

static void refuse(struct hf_failure *failure, enum hf_error error, const char *wanted)
{
    if (failure == NULL)
        return;
    *failure = (struct hf_failure){.error = error, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none, .depth = -1};
    if (error != HF_ERR_setting_invalid)
        return;
    struct hf_text text = hf_text_of(failure->where, sizeof failure->where);
    hf_text_add(&text, "hf_listener_new: config");
    text = hf_text_of(failure->wanted, sizeof failure->wanted);
    hf_text_add(&text, "%s", wanted);
}

static void set_limits(struct hf_listener *listener, const struct hf_listener_limits *limits)
{
    struct hf_listener_limits *own = &listener->limits;
    if (limits != NULL)
        *own = *limits;
    own->associations = own->associations == 0 ? ASSOCIATIONS : own->associations;
    own->half_open = own->half_open == 0 ? HALF_OPEN : own->half_open;
    own->handshake_ms = own->handshake_ms == 0 ? HANDSHAKE_MS : own->handshake_ms;
}

static enum hf_error start(struct hf_listener *listener)
{
    uint8_t secret[HF_SIP_HASH_KEY_LEN];
    const struct hf_random *random = &listener->config->random;
    const struct hf_allocator *allocator = &listener->allocator;
    HF_TRY(random->fill(random->context, secret, sizeof secret));
    hf_deadlines_init(&listener->deadlines, allocator);
    return hf_index_init(&listener->index, allocator, secret);
}

static bool is_of_server_over_datagrams(const struct hf_config *config)
{
    return config->role == HF_SERVER && config->transport == &hf_transport_datagram;
}

/* The request for a cookie goes out before any key is tried, so it confirms nothing, and clients would take that for a
 * refusal of their encrypted hello (RFC 9849 6.1.4); that of a backend, which somebody opened before, likewise. */
static bool has_unconfirmed_ech(const struct hf_config *config, bool skips_cookies)
{
    return (config->ech.keys != NULL || config->ech.is_backend) && !skips_cookies;
}

struct hf_listener *hf_listener_new(struct hf_config *config, const struct hf_listener_limits *limits,
                                    struct hf_failure *ret_failure)
{
    if (!is_of_server_over_datagrams(config)) {
        refuse(ret_failure, HF_ERR_setting_invalid, "of a server over datagrams (hf_builder_datagrams)");
        return NULL;
    }
    if (has_unconfirmed_ech(config, limits != NULL && limits->skip_cookies)) {
        refuse(ret_failure, HF_ERR_setting_invalid, "without Encrypted Client Hello, or skip_cookies");
        return NULL;
    }
    struct hf_listener *listener = hf_allocation_new(&config->allocator, sizeof *listener);
    if (listener == NULL) {
        refuse(ret_failure, HF_ERR_no_memory, "");
        return NULL;
    }
    listener->allocator = config->allocator;
    listener->config = hf_config_hold(config);
    set_limits(listener, limits);
    listener->gate = (struct hf_gate){.config = config, .skips_cookies = listener->limits.skip_cookies};
    enum hf_error error = start(listener);
    if (error != HF_OK) {
        hf_listener_free(listener);
        refuse(ret_failure, error, "");
        return NULL;
    }
    return listener;
}

enum hf_error hf_listener_use(struct hf_listener *listener, struct hf_config *config)
{
    if (config == NULL || !is_of_server_over_datagrams(config) ||
        config->connection_id_len != listener->config->connection_id_len ||
        has_unconfirmed_ech(config, listener->limits.skip_cookies))
        return HF_ERR_wrong_call;
    struct hf_config *before = listener->config;
    listener->config = hf_config_hold(config);
    listener->gate.config = config;
    hf_config_drop(before);
    return HF_OK;
}

void hf_listener_free(struct hf_listener *listener)
{
    if (listener == NULL)
        return;
    struct hf_config *config = listener->config;
    const struct hf_allocator allocator = listener->allocator;
    for (struct hf_association *one = hf_queue_first(&listener->all); one != NULL; one = hf_queue_first(&listener->all))
        hf_association_free(one);
    hf_gate_wipe(&listener->gate);
    hf_deadlines_release(&listener->deadlines);
    hf_index_release(&listener->index);
    hf_allocation_free(&allocator, listener);
    hf_config_drop(config);
}

/* ---- in ---- */

static struct hf_association *youngest(struct hf_association *association)
{
    return association != NULL && association->heir != NULL ? association->heir : association;
}

/* Whoever began with a later piece of its hello takes the first front that comes: its address was proven by then. */
static bool began_with(struct hf_association *association, struct hf_span random)
{
    if (association == NULL)
        return false;
    if (association->awaits_front)
        association->awaits_front = !hf_span_copy(random, association->random, sizeof association->random);
    return hf_span_equal(hf_span_of(association->random, sizeof association->random), random);
}

/* A hello that came again is for the one that began with it. A later piece of a hello does not say whose it is: the
 * youngest one waits for it, or nobody does. */
static struct hf_association *begun_by(struct hf_association *elder, const struct hf_peek *hello)
{
    if (elder == NULL || !hello->is_front)
        return youngest(elder);
    if (began_with(elder->heir, hello->random))
        return elder->heir;
    return began_with(elder, hello->random) ? elder : NULL;
}

static void count_answer(struct hf_listener *listener, enum hf_gate_verdict verdict)
{
    if (verdict == HF_GATE_COOKIE)
        listener->counts.cookies++;
    else if (verdict == HF_GATE_REFUSE)
        listener->counts.refused++;
    else
        listener->counts.strays++;
}

static void admit(struct hf_listener *listener, const struct hf_gate_question *question,
                  const struct hf_gate_admission *admission, struct hf_span datagram)
{
    struct hf_association *association = hf_association_new(listener, question, admission);
    if (association == NULL)
        listener->counts.turned_away++;
    else
        hf_association_take(association, question->address, datagram);
}

static void ask_gate(struct hf_listener *listener, struct hf_span address, const struct hf_peek *hello,
                     struct hf_span datagram)
{
    uint8_t bytes[HF_GATE_ANSWER_MAX];
    struct hf_writer answer = hf_writer_of(bytes, sizeof bytes);
    struct hf_gate_admission admission;
    const struct hf_gate_question question = {
        .address = address,
        .hello = hello,
        .datagram_len = datagram.len,
        .now_ms = listener->now_ms,
    };
    enum hf_gate_verdict verdict = hf_gate_judge(&listener->gate, &question, &answer, &admission);
    if (verdict == HF_GATE_ADMIT) {
        admit(listener, &question, &admission, datagram);
        return;
    }
    count_answer(listener, verdict);
    if (verdict != HF_GATE_DROP)
        hf_answers_add(&listener->answers, address, hf_writer_span(&answer));
}

static struct hf_association *find_by_id(const struct hf_listener *listener, struct hf_span datagram)
{
    struct hf_span id;
    bool has_id = hf_peek_id(datagram, listener->config->connection_id_len, &id);
    return has_id ? hf_index_find(&listener->index, HF_INDEX_ID, id) : NULL;
}

static struct hf_association *find_by_address(const struct hf_listener *listener, struct hf_span address)
{
    return hf_index_find(&listener->index, HF_INDEX_ADDRESS, address);
}

static bool is_protected(struct hf_span datagram)
{
    struct hf_reader reader = hf_reader_of(datagram);
    uint8_t first = hf_reader_u8(&reader);
    (void)hf_reader_u16(&reader);
    return first >= PROTECTED_FIRST_BYTE || hf_reader_u16(&reader) != 0; /* RFC 9147 4.1 */
}

static void take(struct hf_association *elder, struct hf_span address, struct hf_span datagram)
{
    struct hf_association *heir = elder->heir;
    if (heir == NULL || is_protected(datagram))
        hf_association_take(elder, address, datagram);
    if (heir != NULL) /* it outlives what this may do to the elder */
        hf_association_take(heir, address, datagram);
}

/* Whoever has the ID: from wherever it comes, that is told by the record's authenticity. */
static bool take_by_id(struct hf_listener *listener, struct hf_span address, struct hf_span datagram)
{
    struct hf_association *owner = find_by_id(listener, datagram);
    if (owner != NULL)
        hf_association_take(owner, address, datagram);
    return owner != NULL;
}

void hf_listener_feed(struct hf_listener *listener, const void *address, size_t address_len, const void *datagram,
                      size_t len, uint64_t now_ms)
{
    struct hf_span where = hf_span_of(address, address_len);
    struct hf_span bytes = hf_span_of(datagram, len);
    struct hf_association *elder = find_by_address(listener, where);
    struct hf_peek hello;
    listener->now_ms = now_ms;
    if (address_len == 0 || address_len > HF_LISTENER_ADDRESS_MAX) {
        listener->counts.strays++;
        return;
    }
    if (take_by_id(listener, where, bytes))
        return;
    if (!hf_peek_hello(bytes, &hello)) {
        if (elder != NULL)
            take(elder, where, bytes);
        else
            listener->counts.strays++;
        return;
    }
    struct hf_association *begun = begun_by(elder, &hello);
    if (begun != NULL)
        hf_association_take(begun, where, bytes);
    else
        ask_gate(listener, where, &hello, bytes);
}

/* ---- time ---- */

uint64_t hf_listener_deadline(const struct hf_listener *listener)
{
    const struct hf_deadline_entry *first = hf_deadlines_first(&listener->deadlines);
    return first == NULL ? UINT64_MAX : first->due_ms;
}

/* Each at most once a call, whatever its connection says afterwards. */
void hf_listener_tick(struct hf_listener *listener, uint64_t now_ms)
{
    listener->now_ms = now_ms;
    for (size_t left = listener->counts.associations; left > 0; left--) {
        const struct hf_deadline_entry *first = hf_deadlines_first(&listener->deadlines);
        if (first == NULL || first->due_ms > now_ms)
            return;
        hf_association_tick(first->of);
    }
}

/* ---- news and output ---- */

struct hf_association *hf_listener_next(struct hf_listener *listener)
{
    struct hf_association *association = hf_queue_first(&listener->news);
    if (association != NULL)
        hf_queue_leave(&listener->news, &association->in_news);
    return association;
}

bool hf_listener_output(struct hf_listener *listener, struct hf_outgoing *ret_outgoing)
{
    const struct hf_answer *answer = hf_answers_first(&listener->answers);
    if (answer != NULL) {
        *ret_outgoing = (struct hf_outgoing){answer->address, answer->address_len, answer->wire, answer->len};
        return true;
    }
    const struct hf_association *association = hf_queue_first(&listener->output);
    if (association == NULL)
        return false;
    struct hf_span address;
    struct hf_span wire = hf_association_output(association, &address);
    *ret_outgoing = (struct hf_outgoing){address.data, address.len, wire.data, wire.len};
    return true;
}

void hf_listener_sent(struct hf_listener *listener)
{
    if (hf_answers_first(&listener->answers) != NULL)
        hf_answers_drop_first(&listener->answers);
    else if (hf_queue_first(&listener->output) != NULL)
        hf_association_sent(hf_queue_first(&listener->output));
}

void hf_listener_counts(const struct hf_listener *listener, struct hf_listener_counts *ret_counts)
{
    *ret_counts = listener->counts;
}
