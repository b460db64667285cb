/* Attributes shared by every floor. */
#ifndef HF_BASE_MUST_H
#define HF_BASE_MUST_H

/* The result carries a failure: the compiler refuses a caller who drops it. */
#define HF_MUST __attribute__((warn_unused_result))

/* The function formats like printf: `format` and `first` are the argument positions. */
#define HF_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* The number of elements of an array. */
#define HF_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
