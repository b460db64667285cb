/* The PIN, from whoever opens the key or from the file that the URI names: read without stdio, whose buffers nobody
 * wipes. RFC 7512 2.4: what a pin-source means is the reader's business; ours is a file. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *path_of(const char *source)
{
    if (strncmp(source, "file://", 7) == 0)
        return source + 7;
    return strncmp(source, "file:", 5) == 0 ? source + 5 : source;
}

/* Reads one line. False: none, or longer than a PIN may be, or not readable (errno). */
static bool read_line(int fd, struct hf_token_pin *pin)
{
    for (;;) {
        unsigned char byte = 0;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0 || byte == '\n')
            break;
        if (pin->len == sizeof pin->bytes)
            return false;
        pin->bytes[pin->len++] = byte;
    }
    if (pin->len > 0 && pin->bytes[pin->len - 1] == '\r')
        pin->len--;
    return pin->len > 0;
}

static bool read_file(const char *path, struct hf_token_pin *pin, struct hf_failure *ret_failure)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    errno = fd < 0 ? errno : 0;
    pin->given = fd >= 0 && read_line(fd, pin);
    int error = errno;
    if (fd >= 0)
        close(fd);
    return pin->given || hf_token_fail(ret_failure, HF_ERR_file_unreadable, path, "%s",
                                       error != 0 ? strerror(error) : "no PIN in its first line, or one too long");
}

bool hf_token_pin_find(const P11KitUri *uri, const void *pin, size_t pin_len, struct hf_token_pin *ret_pin,
                       struct hf_failure *ret_failure)
{
    const char *source = p11_kit_uri_get_pin_source(uri);
    if (pin == NULL)
        return source == NULL || read_file(path_of(source), ret_pin, ret_failure);
    if (pin_len > sizeof ret_pin->bytes)
        return hf_token_fail(ret_failure, HF_ERR_setting_invalid, "the PIN", "more than %d bytes", HF_TOKEN_PIN_MAX);
    memcpy(ret_pin->bytes, pin, pin_len);
    ret_pin->len = pin_len;
    ret_pin->given = true;
    return true;
}
