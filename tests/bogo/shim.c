/* The program that BoringSSL's runner (BoGo) drives: each invocation is one case, told in flags; exit 0 when the case
 * went as the flags say, 89 for what is not built, 1 for a failure, whose name is then on stderr.
 * How to run it, and what is expected of it: tests/bogo/README.md. */
#include "exchange.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run(struct bogo_flags phases[BOGO_PHASES])
{
    if (phases[BOGO_INITIAL].resume_count > 0)
        bogo_flags_unimplemented("resumption");
    return bogo_exchange_run(&phases[BOGO_INITIAL]);
}

int main(int count, char **arguments)
{
    static struct bogo_flags phases[BOGO_PHASES];
    signal(SIGPIPE, SIG_IGN);
    const char *unknown = bogo_flags_read(count - 1, arguments + 1, phases);
    if (unknown != NULL)
        bogo_flags_unimplemented(unknown);
    if (phases[BOGO_INITIAL].asks_for_handshaker) {
        puts("No");
        return 0;
    }
    bool fine = run(phases);
    fflush(stdout);
    fprintf(stderr, "--- DONE ---\n"); /* what a sanitizer says comes behind it */
    return fine ? 0 : 1;
}
