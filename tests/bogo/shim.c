/* The program that BoringSSL's runner (BoGo) drives: each invocation is one case, told in flags; exit 0 when the case
 * went as the flags say, 89 for what is not built, 1 for a failure, whose name is then on stderr.
 * How to run it, and what is expected of it: tests/bogo/README.md. */
#include "exchange.h"
#include "profiles.h"
#include "settings.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is not built shows only now. */
static void need_session(const struct bogo_flags *flags, const struct bogo_sessions *sessions)
{
    if (!flags->expect_session_miss && !flags->server && sessions->len == 0)
        bogo_flags_unimplemented("a client that was given no session");
}

static void come_again(const struct bogo_flags *flags, const struct bogo_sessions *sessions)
{
    need_session(flags, sessions);
    bogo_link_pass(flags->resumption_delay_s);
    if (flags->renew_ticket)
        bogo_sessions_renew();
}

static bool run(struct bogo_flags phases[BOGO_PHASES])
{
    static struct bogo_sessions sessions;
    for (uint64_t i = 0; i <= phases[BOGO_INITIAL].resume_count; i++) {
        if (i > 0)
            come_again(&phases[BOGO_RESUME], &sessions);
        if (!bogo_exchange_run(phases, i == 0 ? BOGO_INITIAL : BOGO_RESUME, &sessions))
            return false;
    }
    return true;
}

int main(int count, char **arguments)
{
    static struct bogo_flags phases[BOGO_PHASES];
    signal(SIGPIPE, SIG_IGN);
    if (count == 2 && strcmp(arguments[1], "-has-ml-kem") == 0) {
        puts(bogo_settings_has_ml_kem() ? "Yes" : "No");
        return 0;
    }
    const char *unknown = bogo_flags_read(count - 1, arguments + 1, phases);
    if (unknown != NULL)
        bogo_flags_unimplemented(unknown);
    if (phases[BOGO_INITIAL].asks_for_handshaker) {
        puts("No");
        return 0;
    }
    for (size_t i = 0; i < BOGO_PHASES; i++)
        bogo_profiles_apply(&phases[i]);
    bool fine = run(phases);
    bogo_sessions_end();
    fflush(stdout);
    fprintf(stderr, "--- DONE ---\n"); /* what a sanitizer says comes behind it */
    return fine ? 0 : 1;
}
