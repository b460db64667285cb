#define _GNU_SOURCE
#include "lock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static bool fail(const char *what, struct hf_failure *ret_failure)
{
    struct rlimit limit;
    int error = errno;
    struct hf_failure failure = {
        .error = HF_ERR_memory_not_locked, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none, .depth = -1};
    (void)snprintf(failure.where, sizeof failure.where, "%s", what);
    (void)snprintf(failure.got, sizeof failure.got, "%s", strerror(error));
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        (void)snprintf(failure.got, sizeof failure.got, "%s; this process may lock %llu KiB", strerror(error),
                       (unsigned long long)limit.rlim_cur / 1024);
    *ret_failure = failure;
    return false;
}

bool hf_lock_memory(struct hf_failure *ret_failure)
{
    const struct rlimit none = {0, 0};
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return fail("forbidding core dumps", ret_failure);
    return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 || fail("locking memory", ret_failure);
}
