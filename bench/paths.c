/* handfast-paths PATH COUNT: walks one path of the library COUNT times and nothing else, for tools/instructions, which
 * counts what it costs by running it under callgrind with two counts. */
#include "material.h"
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct bench_peer bench_handfast;

struct walk {
    struct bench_pair pair;
    void *configs;
    void *session;
};

static bool handshake(struct walk *walk)
{
    bool done = bench_pair_open(&walk->pair, walk->configs, walk->session);
    bench_pair_free(&walk->pair);
    return done;
}

/* A record of 16 KiB, written and read, on the connection that is open. */
static bool record(struct walk *walk)
{
    static const uint8_t data[16384];
    return bench_pair_move(&walk->pair, BENCH_CLIENT, data, sizeof data);
}

/* The same of 1 KiB, as short messages go. */
static bool short_record(struct walk *walk)
{
    static const uint8_t data[1024];
    return bench_pair_move(&walk->pair, BENCH_CLIENT, data, sizeof data);
}

struct path {
    const char *name;
    struct bench_setup setup;
    bool (*step)(struct walk *walk);
};

/* Each on a config that has seen the peer before. */
static const struct path paths[] = {
    {"handshake13", {.version = BENCH_TLS13, .mutual = true}, handshake},
    {"resumed12", {.version = BENCH_TLS12, .mutual = true, .resumes = true}, handshake},
    {"record13", {.version = BENCH_TLS13, .mutual = true}, record},
    {"short13", {.version = BENCH_TLS13, .mutual = true}, short_record},
};

/* One connection first: the cache then knows the chains, and there is a session to resume. */
static bool begin(struct walk *walk, const struct path *path)
{
    if (!bench_pair_open(&walk->pair, walk->configs, NULL))
        return false;
    if (path->step == record || path->step == short_record)
        return true;
    if (path->setup.resumes)
        walk->session = walk->pair.peer->session(walk->pair.ends[BENCH_CLIENT]);
    bench_pair_free(&walk->pair);
    return !path->setup.resumes || walk->session != NULL;
}

static bool walk_path(const struct path *path, unsigned long count)
{
    struct bench_wire wires[BENCH_ENDS];
    struct bench_setup setup = path->setup;
    struct walk walk = {.pair = {.peer = &bench_handfast, .wires = wires}};
    for (int end = 0; end < BENCH_ENDS; end++)
        bench_wire_init(&wires[end]);
    bench_material_fill(&setup);
    walk.configs = walk.pair.peer->open(&setup);
    bool done = walk.configs != NULL && begin(&walk, path);
    for (unsigned long i = 0; done && i < count; i++)
        done = path->step(&walk);
    bench_pair_free(&walk.pair);
    if (walk.session != NULL)
        walk.pair.peer->session_free(walk.session);
    if (walk.configs != NULL)
        walk.pair.peer->close(walk.configs);
    for (int end = 0; end < BENCH_ENDS; end++)
        bench_wire_free(&wires[end]);
    return done;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof paths / sizeof paths[0]; i++) {
        if (strcmp(argv[1], paths[i].name) == 0)
            return walk_path(&paths[i], strtoul(argv[2], NULL, 10)) ? 0 : 1;
    }
    (void)fprintf(stderr, "usage: handfast-paths handshake13|resumed12|record13|short13 COUNT\n");
    return 2;
}
