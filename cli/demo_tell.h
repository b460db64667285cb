/* How the demo is told: as a story for a person, or as one JSON document for a program. */
#ifndef HF_CLI_DEMO_TELL_H
#define HF_CLI_DEMO_TELL_H

#include <stdbool.h>

#include "demo_material.h"
#include "demo_pair.h"

/* Start with zeros; set json. */
struct hf_demo_teller {
    bool json;
    int scenes;       /* begun */
    int expectations; /* checked */
    int broken;       /* that did not hold */
    bool first_step;
    bool first_check;
    bool in_checks;
    bool has_header; /* of the columns, in this scene */
};

/* The document begins. */
void hf_demo_tell_cast(struct hf_demo_teller *teller, const struct hf_demo_material *material);
void hf_demo_tell_preface(struct hf_demo_teller *teller, const char *text);

/* What is told of a scene before it is played. */
struct hf_demo_head {
    const char *title;
    const char *protocol;
    const char *story;
    const struct hf_demo_past *past; /* NULL: none */
};

/* How a piece of the protocol's history came and went. */
struct hf_demo_past {
    const char *name;    /* as the command line calls it */
    const char *since;   /* the year, and the RFC or protocol that brought it */
    const char *retired; /* the years, and what retired it */
    const char *why;
    unsigned switches; /* bits of enum hf_historic that turn it on; 0: none does */
};

/* A scene begins; then come its steps, then its checks, then its end. */
void hf_demo_tell_scene(struct hf_demo_teller *teller, const struct hf_demo_head *head);

/* Steps. `by` is the end that saw, did or said it. */
void hf_demo_tell_seen(struct hf_demo_teller *teller, const struct hf_demo_end *by, const struct hf_seen *what);
void hf_demo_tell_moment(struct hf_demo_teller *teller, const struct hf_demo_end *by, enum hf_demo_moment moment);
void hf_demo_tell_data(struct hf_demo_teller *teller, const struct hf_demo_end *by, const char *text);

/* What one end has to say about a failure; and what the library says of settings that it refuses. */
void hf_demo_tell_failure(struct hf_demo_teller *teller, const struct hf_demo_end *by);
void hf_demo_tell_refusal(struct hf_demo_teller *teller, const struct hf_failure *failure);

/* A fact of the scene that must hold, told as such. */
void hf_demo_tell_check(struct hf_demo_teller *teller, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void hf_demo_tell_scene_end(struct hf_demo_teller *teller, const struct hf_demo_pair *pair);
void hf_demo_tell_end(struct hf_demo_teller *teller, double seconds);

#endif
