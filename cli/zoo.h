/* `serve --bad N`: a server that fails in way N of docs/FAILURES.md, to see what a client makes of it. */
#ifndef HF_CLI_ZOO_H
#define HF_CLI_ZOO_H

#include "settings.h"

/* What a bad server does with a client. Most speak TLS, with papers or settings that are wrong. */
enum hf_zoo_act {
    HF_ZOO_TLS = 0,
    HF_ZOO_PLAIN,        /* an HTTP server without TLS */
    HF_ZOO_OLD,          /* refuses every version: alert protocol_version */
    HF_ZOO_KNOWS_NOBODY, /* refuses every name: alert unrecognized_name */
    HF_ZOO_CUT,          /* cuts the connection after the first bytes */
    HF_ZOO_SILENT        /* never says a word */
};

struct hf_zoo_row;

enum { HF_ZOO_FILES = 6, HF_ZOO_PATH_ROOM = 4200 };

struct hf_zoo {
    const struct hf_zoo_row *row; /* NULL: no --bad */
    enum hf_zoo_act act;
    bool asks_later;                            /* as with --http --ask-later */
    char paths[HF_ZOO_FILES][HF_ZOO_PATH_ROOM]; /* the settings point into these */
};

/* Makes the keys and certificates of failure `number`, in `folder` (made if it is not there; what it has of an earlier
 * run is replaced), and sets what the server needs of them. What is wrong is said on stderr: false, and *ret_exit. */
bool hf_zoo_prepare(struct hf_zoo *zoo, size_t number, const char *folder, struct hf_settings *settings, int *ret_exit);

/* Says on stdout what is wrong with the server, and which client meets it. */
void hf_zoo_tell(const struct hf_zoo *zoo, const char *address);

/* Serves until it is asked to stop, or, with `once`, one client: for acts other than HF_ZOO_TLS. */
void hf_zoo_run(const struct hf_zoo *zoo, int listener, bool once);

#endif
