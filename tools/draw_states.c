/* Draws the tables of the handshake for people: writes docs/states.md to standard output. It expands the very .def
 * files that the machine is made of; a test fails when the committed page is not what this writes. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct state {
    const char *name, *kind, *proofs, *flight;
};

struct row {
    const char *over, *from, *input, *step, *outcome, *to;
};

struct flight_row {
    const char *kind, *condition, *what;
};

static const struct state states[] = {
#define HF_STATE(name, kind, proofs, flight) {#name, #kind, #proofs, #flight},
#include "handshake/states.def"
#undef HF_STATE
};

static const struct row rows[] = {
#define HF_ROW(over, from, input, step, outcome, to) {#over, #from, #input, #step, #outcome, #to},
#include "handshake/transitions.def"
#undef HF_ROW
};

static const struct flight_row flights[] = {
#define HF_FLIGHT(name)                    {"flight", "", #name},
#define HF_SEND(condition, message, build) {"sends", #condition, #message},
#define HF_CCS(condition)                  {"sends", #condition, "change_cipher_spec"},
#define HF_TURN(condition, keys)           {"turns", #condition, #keys},
#include "handshake/flights.def"
#undef HF_FLIGHT
#undef HF_SEND
#undef HF_CCS
#undef HF_TURN
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The first states of a role belong to both versions. */
static bool belongs(const char *state, const char *shared, const char *own)
{
    return starts(state, shared) || starts(state, own);
}

/* "client_hello" as "ClientHello"; what is no message stays as it is, in words. */
static void print_name(const char *name, bool is_message)
{
    bool upper = is_message;
    for (; *name != '\0'; name++) {
        if (*name == '_') {
            upper = is_message;
            if (!is_message)
                (void)putchar(' ');
            continue;
        }
        (void)putchar(upper && *name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
        upper = false;
    }
}

static const char *kind_of(const char *state)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (strcmp(states[i].name, state) == 0)
            return states[i].kind;
    return "";
}

static void print_arrow(const struct row *row)
{
    bool is_message = strcmp(row->input, "flight_sent") != 0 && strcmp(row->input, "verdict") != 0 &&
                      strcmp(row->input, "session") != 0;
    (void)printf("    %s --> %s: ", row->from, row->to);
    print_name(row->input, is_message);
    if (strcmp(row->outcome, "DONE") != 0)
        (void)printf(" / %s", row->outcome);
    (void)printf("\n");
}

static void draw(const char *title, const char *shared, const char *own, const char *first)
{
    (void)printf("\n## %s\n\n```mermaid\nstateDiagram-v2\n    [*] --> %s\n", title, first);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (belongs(rows[i].from, shared, own) && belongs(rows[i].to, shared, own))
            print_arrow(&rows[i]);
    for (size_t i = 0; i < COUNT(states); i++)
        if (belongs(states[i].name, shared, own) && strcmp(kind_of(states[i].name), "OPEN") == 0)
            (void)printf("    %s --> [*]: close\n", states[i].name);
    (void)printf("```\n\n| state | kind | proofs to enter | flight sent on entry |\n|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT(states); i++) {
        const struct state *state = &states[i];
        if (belongs(state->name, shared, own))
            (void)printf("| `%s` | %s | %s | %s |\n", state->name, state->kind, state->proofs,
                         strcmp(state->flight, "none") == 0 ? "" : state->flight);
    }
}

static void draw_flights(void)
{
    (void)printf("\n## Flights\n\nWhat is sent on entry to a state, in this order. A row whose condition does not hold "
                 "is left out; `turns` changes or derives keys.\n\n| flight | | what | if |\n|---|---|---|---|\n");
    const char *flight = "";
    for (size_t i = 0; i < COUNT(flights); i++) {
        if (strcmp(flights[i].kind, "flight") == 0) {
            flight = flights[i].what;
            continue;
        }
        (void)printf("| %s | %s | ", flight, flights[i].kind);
        print_name(flights[i].what, strcmp(flights[i].kind, "sends") == 0);
        (void)printf(" | %s |\n", strcmp(flights[i].condition, "always") == 0 ? "" : flights[i].condition);
        flight = "";
    }
}

static void draw_steps(void)
{
    (void)printf(
        "\n## Rows\n\nEach row of `src/handshake/transitions.def`. What has no row is `unexpected_message`.\n\n"
        "| state | what comes | step | outcome | next |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT(rows); i++)
        (void)printf("| `%s` | %s | `%s` | %s | `%s` |\n", rows[i].from, rows[i].input, rows[i].step, rows[i].outcome,
                     rows[i].to);
}

int main(void)
{
    (void)printf(
        "# States of the handshake\n\nDrawn by `tools/draw_states.c` from `src/handshake/states.def`, "
        "`transitions.def` and `flights.def`; do not edit.\nAfter a change of these run "
        "`tools/draw_states` of a build and commit its output: a test compares.\n"
        "An arrow says what came, and behind a slash what its step found. Every state fails on whatever has no "
        "arrow.\n");
    draw("Client, TLS 1.3", "C_", "C13_", "C_START");
    draw("Client, TLS 1.2", "C_", "C12_", "C_START");
    draw("Server, TLS 1.3", "S_", "S13_", "S_WAIT_HELLO");
    draw("Server, TLS 1.2", "S_", "S12_", "S_WAIT_HELLO");
    draw_flights();
    draw_steps();
    return 0;
}
