/* What remembers the tickets whose early data was taken: one in memory (session/early_window.h), or the application's,
 * which several machines share. RFC 9846 8. The struct is public. */
#ifndef HF_SEAM_EARLY_GUARD_H
#define HF_SEAM_EARLY_GUARD_H

#include <handfast/early.h>

#endif
