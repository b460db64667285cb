/* One scene of the demo: what the client presents, and what must come of it. */
#ifndef HF_CLI_DEMO_SCENE_H
#define HF_CLI_DEMO_SCENE_H

#include "demo_material.h"
#include "demo_pair.h"
#include "demo_tell.h"

enum hf_demo_presents {
    HF_DEMO_PRESENTS_PROPER,
    HF_DEMO_PRESENTS_NOTHING,
    HF_DEMO_PRESENTS_EXPIRED,
    HF_DEMO_PRESENTS_STRANGER
};

struct hf_demo_scene {
    const char *title;
    const char *story;
    enum hf_demo_presents presents;
    bool loses_flight;          /* the server's first flight does not arrive */
    enum hf_error server_finds; /* HF_OK: nothing to refuse */
    int client_reason;          /* the reason number of docs/FAILURES.md that the client must tell */
};

/* Plays it and tells it; what does not come as narrated is counted by the teller. */
void hf_demo_scene_play(const struct hf_demo_scene *scene, const struct hf_demo_protocol *protocol,
                        const struct hf_demo_material *material, struct hf_demo_teller *teller);

#endif
