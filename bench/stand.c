#include "rows.h"

#include "material.h"

#include <stdlib.h>
#include <string.h>

bool bench_rows_want(const struct bench_options *options, const char *name)
{
    return options->only == NULL || strstr(name, options->only) != NULL;
}

static void stand_free(struct bench_stand *stand)
{
    if (stand == NULL)
        return;
    if (stand->session != NULL)
        stand->peer->session_free(stand->session);
    if (stand->configs != NULL)
        stand->peer->close(stand->configs);
    for (int end = 0; end < BENCH_ENDS; end++)
        bench_wire_free(&stand->wires[end]);
    free(stand);
}

static struct bench_stand *stand_new(const struct bench_peer *peer, const struct bench_setup *setup)
{
    if (setup->prepares && peer->prepare == NULL)
        return NULL;
    struct bench_stand *stand = calloc(1, sizeof *stand);
    if (stand == NULL)
        abort();
    for (int end = 0; end < BENCH_ENDS; end++)
        bench_wire_init(&stand->wires[end]);
    stand->peer = peer;
    stand->setup = *setup;
    bench_material_fill(&stand->setup);
    stand->configs = peer->open(&stand->setup);
    if (stand->configs != NULL)
        return stand;
    stand_free(stand);
    return NULL;
}

void bench_stands_open(const struct bench_setup *setup, struct bench_contest *contest)
{
    for (size_t i = 0; bench_peers[i] != NULL && i < BENCH_PEERS_MAX; i++)
        contest->contexts[i] = stand_new(bench_peers[i], setup);
}

void bench_stands_close(struct bench_contest *contest)
{
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++)
        stand_free(contest->contexts[i]);
}
