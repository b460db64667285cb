/* Plays worlds (world.h) and checks what must hold in each:
 *
 *   both ends agree on everything, or both fail, or what opened is told that it is alone; what must fail, fails;
 *   no data is read before the connection is open, and none but what was written;
 *   who failed names no peer, and who names one names the one that is there;
 *   whoever sits between without keys changes nothing of what is agreed on;
 *   an end with keys that leaves out, doubles, swaps, changes or forges messages, with a transcript that fits, is
 *   refused wherever the RFCs' order is broken;
 *   the same stream has the same outcome however it is cut.
 *
 *   properties.run streams|datagrams [count [first seed]]
 *
 * A world follows from its seed alone, so the seed that is told when something does not hold plays it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/connection.h"
#include "model.h"
#include "rogue.h"
#include "wire.h"

#include "support/keepers.h"
#include "support/network.h"
#include "support/steady.h"

enum { SUMMARY_MAX = 4096, LIMIT_MS = 1200000, CUTS = 2, STEPS_MAX = 20000 };

struct kept {
    uint8_t bytes[END_SESSION_MAX];
    size_t len;
};

static enum world_kind last_kind;

static struct tally {
    unsigned played, unmade, opened, resumed, early, refused, bent, bent_open;
} tally;

/* ---- one connection ---- */

struct visit {
    struct world *world;
    struct end *ends; /* by role */
    struct wire *wire;
    const struct wire_cut *cut;
    bool is_first;
};

/* Two honest ends, of which at least one opened. */
static void check_pair(const struct end *client, const struct end *server)
{
    const struct world *world = client->world;
    bool is_known = client->view.resumed || client->view.psk[0] != '\0'; /* then only the Finished is left to come */
    if (client->opened && server->opened)
        model_check_agreement(client, server);
    if (client->accepted && client->view.asked && !is_known)
        end_demand(world, server->opened, "a client is told that it was accepted only by a server that is open");
    end_demand(world, server->early_read <= client->early_wrote, "early data was written");
    if (world->suspicious && client->opened)
        end_demand(world, model_judge(world) != MODEL_FAILS || !server->opened,
                   "old sessions do not outlive the rules");
}

static void check_ends(const struct visit *visit)
{
    struct end *client = &visit->ends[HF_CLIENT], *server = &visit->ends[HF_SERVER];
    for (int i = 0; i < 2; i++)
        if (visit->ends[i].opened && !visit->ends[i].is_rogue)
            model_check_order(&visit->ends[i]);
    if (visit->world->kind == WORLD_ROGUE && !visit->is_first) {
        if (rogue_has_lied() && visit->world->anew == 0)
            end_demand(visit->world, !visit->ends[!visit->world->rogue].opened, "nobody opens by a proof that is none");
        tally.bent += rogue_was_bent();
        tally.bent_open += rogue_was_bent() && visit->ends[!visit->world->rogue].opened;
        return;
    }
    check_pair(client, server);
    if (visit->world->kind != WORLD_CALM && !visit->is_first)
        return;
    enum model_verdict verdict = model_judge(visit->world);
    if (verdict == MODEL_FAILS)
        end_demand(visit->world, !client->opened || !server->opened, "what must fail does");
    if (verdict == MODEL_OPENS)
        end_demand(visit->world, client->opened && server->opened, "what fits opens");
}

static void count(const struct visit *visit)
{
    const struct end *client = &visit->ends[HF_CLIENT], *server = &visit->ends[HF_SERVER];
    tally.opened += client->opened && server->opened;
    tally.refused += !client->opened || !server->opened;
    tally.resumed += client->opened && client->view.resumed;
    tally.early += server->early_read > 0;
}

/* ---- over streams ---- */

static void after_opening(const struct visit *visit)
{
    struct end *ends = visit->ends;
    for (size_t i = 0; i < visit->world->round_count; i++) {
        end_do(&ends[visit->world->rounds[i].who], &visit->world->rounds[i]);
        wire_run(visit->wire, &ends[HF_CLIENT], &ends[HF_SERVER]);
    }
}

/* In the end nobody who is open alone believes that all is well. */
static void cut_both(const struct visit *visit)
{
    struct end *ends = visit->ends;
    for (int i = 0; i < 2; i++) {
        end_cut(&ends[i]);
        if (!ends[i].is_rogue)
            end_demand(visit->world, hf_failure(ends[i].connection) != NULL || ends[i].peer_closed,
                       "a connection that was cut knows it");
    }
}

static void run_stream(const struct visit *visit)
{
    static struct wire clean;
    struct wire *wire = visit->is_first ? &clean : visit->wire;
    struct visit inner = *visit;
    inner.wire = wire;
    if (visit->is_first)
        clean = (struct wire){.world = visit->world};
    wire_begin(wire, visit->cut);
    if (visit->world->early)
        end_write_early(&visit->ends[HF_CLIENT], 300);
    wire_run(wire, &visit->ends[HF_CLIENT], &visit->ends[HF_SERVER]);
    after_opening(&inner);
    cut_both(&inner);
    wire_end(wire);
}

/* ---- over datagrams ---- */

static struct network_weather weather_of(struct world *world)
{
    struct network_weather weather = {.delay_min_ms = 1, .delay_max_ms = 40};
    if (world_chance(world, 50))
        weather.loss = world_random(world, 200);
    if (world_chance(world, 40))
        weather.duplicate = weather.reorder = world_random(world, 400);
    if (world->kind != WORLD_WIRE)
        return weather;
    weather.replay = world_random(world, 200);
    weather.corrupt = world_random(world, 150);
    weather.truncate = world_random(world, 80);
    return weather;
}

static void inject(struct visit *visit, struct network *network)
{
    uint8_t datagram[64] = {(uint8_t)(20 + world_random(visit->world, 6)), 0xfe, 0xfd};
    size_t len = 1 + world_random(visit->world, sizeof datagram);
    struct end *to = &visit->ends[world_random(visit->world, 2)];
    for (size_t i = 3; i < len; i++)
        datagram[i] = world_chance(visit->world, 60) ? 0 : (uint8_t)world_random(visit->world, 256);
    if (len > 13 && world_chance(visit->world, 80))
        datagram[11] = 0, datagram[12] = (uint8_t)(len - 13);
    (void)hf_feed(to->connection, datagram, len, network->now_ms);
    end_work(to);
    network_collect(network, visit->ends[HF_CLIENT].connection, visit->ends[HF_SERVER].connection);
}

static bool both_open(const struct visit *visit)
{
    return visit->ends[0].opened && visit->ends[1].opened && hf_failure(visit->ends[0].connection) == NULL &&
           hf_failure(visit->ends[1].connection) == NULL;
}

static void run_datagrams(struct visit *visit)
{
    struct world *world = visit->world;
    struct network network;
    struct network_weather weather = weather_of(world);
    struct hf_connection *client = visit->ends[HF_CLIENT].connection, *server = visit->ends[HF_SERVER].connection;
    size_t round = 0;
    unsigned steps = 0;
    network_start(&network, visit->is_first ? &(struct network_weather){.delay_min_ms = 5} : &weather, world->seed,
                  LAB_NOW_MS);
    network_collect(&network, client, server);
    while (network_step(&network, client, server, LAB_NOW_MS + LIMIT_MS) && steps++ < STEPS_MAX) {
        end_work(&visit->ends[HF_CLIENT]);
        end_work(&visit->ends[HF_SERVER]);
        if (world->kind == WORLD_WIRE && !visit->is_first && world_chance(world, 5))
            inject(visit, &network);
        if (both_open(visit) && round < world->round_count) {
            end_do(&visit->ends[world->rounds[round].who], &world->rounds[round]);
            round++;
        }
        network_collect(&network, client, server);
    }
    network_stop(&network);
}

/* ---- a world ---- */

static bool make_configs(struct world *world, struct end *ends, struct hf_config *configs[2])
{
    uint64_t own = world->seed ^ UINT64_C(0x5bd1e995);
    steady_select(&own);
    for (int i = 0; i < 2; i++)
        configs[i] = world_config(world, (enum hf_role)i, end_seen, &ends[i]);
    steady_restart();
    return configs[0] != NULL && configs[1] != NULL;
}

static struct hf_connection *connect_end(const struct visit *visit, struct hf_config *configs[2], int role,
                                         const struct kept *kept)
{
    const char *name = role == HF_CLIENT ? visit->world->name : NULL;
    bool may_resume = role == HF_CLIENT && kept->len > 0 && !visit->is_first;
    struct hf_connection *connection =
        may_resume ? hf_connection_resume(configs[role], name, kept->bytes, kept->len, LAB_NOW_MS, NULL)
                   : hf_connection_new(configs[role], name, LAB_NOW_MS, NULL);
    end_demand(visit->world, connection != NULL, "a config makes connections");
    return connection;
}

static void begin(const struct visit *visit, struct hf_config *configs[2], const struct kept *kept)
{
    struct world *world = visit->world;
    bool has_rogue = world->kind == WORLD_ROGUE && !visit->is_first;
    for (int i = 0; i < 2; i++)
        visit->ends[i] = (struct end){.world = world,
                                      .role = (enum hf_role)i,
                                      .other = &visit->ends[!i],
                                      .is_rogue = has_rogue && (int)world->rogue == i,
                                      .peer_is_rogue = has_rogue && (int)world->rogue != i,
                                      .random = world->seed * 4 + (unsigned)i + (visit->is_first ? 2 : 0)};
    for (int i = 0; i < 2; i++) {
        steady_select(&visit->ends[i].random);
        struct hf_connection *connection = connect_end(visit, configs, i, kept);
        if (visit->ends[i].is_rogue) {
            visit->ends[i].connection = connection;
            rogue_take(&visit->ends[i]);
        }
        end_begin(&visit->ends[i], connection);
    }
}

static void play_visit(struct visit *visit, struct hf_config *configs[2], struct kept *kept,
                       char summaries[2][SUMMARY_MAX])
{
    begin(visit, configs, kept);
    if (visit->world->over_datagrams)
        run_datagrams(visit);
    else
        run_stream(visit);
    if (visit->is_first) {
        kept->len = visit->ends[HF_CLIENT].session_len;
        memcpy(kept->bytes, visit->ends[HF_CLIENT].session, kept->len);
    }
    for (int i = 0; i < 2; i++)
        end_summary(&visit->ends[i], summaries[i], SUMMARY_MAX);
    if (getenv("HF_PROPERTIES_TELL") != NULL)
        (void)fprintf(stderr, "%llu %s\n client %s\n server %s\n", (unsigned long long)visit->world->seed,
                      visit->is_first ? "first" : "last", summaries[HF_CLIENT], summaries[HF_SERVER]);
    check_ends(visit);
    count(visit);
    for (int i = 0; i < 2; i++)
        end_free(&visit->ends[i]);
    rogue_release();
}

/* The second visit comes under other rules: the server trusts somebody else now. */
static void change_rules(struct world *world, struct end *ends, struct hf_config *configs[2])
{
    world->sides[HF_SERVER].trusts_other = !world->sides[HF_SERVER].trusts_other;
    hf_config_drop(configs[HF_SERVER]);
    configs[HF_SERVER] = world_config(world, HF_SERVER, end_seen, &ends[HF_SERVER]);
    end_demand(world, configs[HF_SERVER] != NULL, "other rules make a config, too");
}

/* The whole world once; false: its configs cannot be made. */
static bool play(uint64_t seed, bool over_datagrams, const struct wire_cut *cut, char summaries[2][SUMMARY_MAX])
{
    static struct world world;
    static struct end ends[2];
    struct wire wire;
    struct hf_config *configs[2];
    struct kept kept = {.len = 0};
    world_draw(&world, seed, over_datagrams);
    wire_draw(&wire, &world);
    last_kind = world.kind;
    if (world.kind == WORLD_ROGUE)
        rogue_draw(&world);
    steady_restart();
    if (keepers_new(16, 3600) != 0)
        abort();
    bool made = make_configs(&world, ends, configs);
    struct visit visit = {.world = &world, .ends = ends, .wire = &wire, .cut = cut, .is_first = true};
    if (made && world.twice) {
        play_visit(&visit, configs, &kept, summaries);
        if (world.suspicious)
            change_rules(&world, ends, configs);
    }
    visit.is_first = false;
    if (made)
        play_visit(&visit, configs, &kept, summaries);
    steady_restart();
    hf_config_drop(configs[0]);
    hf_config_drop(configs[1]);
    (void)keepers_tear_down(NULL);
    return made;
}

static bool same(const char *one, const char *other)
{
    size_t len = strcspn(one, "|");
    bool is_late = one[len + 1] == '\0' || other[strcspn(other, "|") + 1] == '\0';
    return is_late ? strncmp(one, other, len + 1) == 0 : strcmp(one, other) == 0;
}

/* The same world, its streams cut in other ways. */
static void play_cut(uint64_t seed, char whole[2][SUMMARY_MAX])
{
    static char cut[2][SUMMARY_MAX];
    const struct wire_cut cuts[CUTS] = {{.piece_max = seed % 16 == 0 ? 1 : 7, .random = seed},
                                        {.piece_max = 600, .random = seed}};
    for (int i = 0; i < CUTS; i++) {
        static struct world world;
        char text[3 * SUMMARY_MAX];
        struct tally before = tally;
        (void)play(seed, /* over_datagrams= */ false, &cuts[i], cut);
        tally = before;
        world = (struct world){.seed = seed};
        for (int end = 0; end < 2; end++) {
            (void)snprintf(text, sizeof text, "the same stream has the same outcome however it is cut (%zu):\n%s\n%s",
                           cuts[i].piece_max, whole[end], cut[end]);
            end_demand(&world, same(whole[end], cut[end]), text);
        }
    }
}

/* Worlds of which most cannot be made, or in which nothing happens, show nothing. */
static bool is_telling(unsigned long long worlds)
{
    enum { FEW = 100 };
    return worlds < FEW || (tally.played > worlds / 2 && tally.opened > worlds / 4 && tally.refused > 0 &&
                            tally.resumed > 0 && tally.bent > 0);
}

int main(int argc, char **argv)
{
    static char summaries[2][SUMMARY_MAX];
    const struct wire_cut whole = {0};
    if (argc < 2 || (strcmp(argv[1], "streams") != 0 && strcmp(argv[1], "datagrams") != 0)) {
        (void)fprintf(stderr, "usage: properties.run streams|datagrams [count [first seed]]\n");
        return 2;
    }
    bool over_datagrams = strcmp(argv[1], "datagrams") == 0;
    unsigned long long worlds = argc > 2 ? strtoull(argv[2], NULL, 10) : 200;
    unsigned long long first = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    steady_install();
    world_prepare();
    for (unsigned long long seed = first; seed < first + worlds; seed++) {
        if (!play(seed, over_datagrams, &whole, summaries)) {
            tally.unmade++;
            continue;
        }
        tally.played++;
        if (!over_datagrams && (last_kind != WORLD_ROGUE || seed % 4 == 0)) /* those are many, and cut alike */
            play_cut(seed, summaries);
    }
    (void)printf(
        "%s: %u worlds (%u more could not be configured); of their connections %u opened, %u did not; %u resumed, "
        "%u with early data; %u times a rogue, of whom %u were let in\n",
        argv[1], tally.played, tally.unmade, tally.opened, tally.refused, tally.resumed, tally.early, tally.bent,
        tally.bent_open);
    return is_telling(worlds) ? 0 : 1;
}
