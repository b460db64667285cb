/* Signals set one flag. The second one ends the program at once, for whoever has no patience. */
#define _POSIX_C_SOURCE 200809L
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void ask(int signal_number)
{
    (void)signal_number;
    asked = 1;
}

void hf_stop_prepare(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction stop = {.sa_handler = ask};
    stop.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
}

bool hf_stop_asked(void)
{
    return asked != 0;
}
