/* Data straight between a descriptor and the caller's memory, by hf_send and hf_receive.
 * Invariants: what was sealed goes out before anything that was sealed later, whoever sends that; memory for what the
 * descriptor might not take is there before a record is sealed, for a sealed record cannot be sealed again. */
#include "parts.h"

#include <handfast/transfer.h>

#include <errno.h>
#include <stdlib.h>

enum {
    RECEIVE_LEN = 32768,
    SEND_LEN = 65536,   /* of data at a time */
    RECORD_OVER = 64,   /* what a record adds to its content, at most */
    RECORD_LEN = 16384, /* of data in a record (RFC 9846 5.1) */
};

/* ---- in ---- */

/* What did not go straight waits in the connection. */
static enum hf_error take(struct hf_connection *connection, const uint8_t *wire, size_t wire_len,
                          const struct hf_room *room, size_t *ret_len)
{
    struct hf_receiving receiving = {.wire = wire, .wire_len = wire_len, .data = room, .data_count = 1};
    uint64_t now_ms = hf_socket_now_ms();
    enum hf_error error = hf_receive(connection, &receiving, now_ms);
    *ret_len = receiving.data_len;
    if (error == HF_OK && receiving.wire_taken < wire_len)
        error = hf_feed(connection, wire + receiving.wire_taken, wire_len - receiving.wire_taken, now_ms);
    return *ret_len > 0 ? HF_OK : error;
}

/* An error of the descriptor is told when there is no data before it. */
static enum hf_error take_waiting(struct hf_connection *connection, const struct hf_room *room, size_t *ret_len,
                                  enum hf_error error)
{
    enum hf_error read = hf_read(connection, room->data, room->len, ret_len);
    return *ret_len > 0 ? HF_OK : read != HF_OK ? read : error;
}

/* What waits goes first, alone: so no more than one call's bytes ever wait. */
enum hf_error hf_socket_receive_data(struct hf_connection *connection, int fd, struct hf_room room, size_t *ret_len)
{
    uint8_t wire[RECEIVE_LEN];
    *ret_len = 0;
    enum hf_error error = hf_read(connection, room.data, room.len, ret_len);
    if (error != HF_OK || *ret_len > 0)
        return error;
    if (hf_datagram_room(connection) != SIZE_MAX)
        return take_waiting(connection, &room, ret_len, hf_socket_receive(connection, fd));
    ssize_t len = hf_io_read(fd, wire, sizeof wire);
    int told = errno;
    if (len > 0)
        return take(connection, wire, (size_t)len, &room, ret_len);
    if (len < 0 && hf_io_would_wait(told))
        return HF_OK;
    return take_waiting(connection, &room, ret_len, hf_io_end(connection, len < 0 ? told : 0));
}

/* ---- out ---- */

void hf_socket_unsent_release(struct hf_socket_unsent *unsent)
{
    free(unsent->bytes);
    *unsent = (struct hf_socket_unsent){.bytes = NULL};
}

/* Sends what the descriptor takes now; gives the memory back when that is all. */
static enum hf_error flush(struct hf_connection *connection, int fd, struct hf_socket_unsent *unsent)
{
    while (unsent->at < unsent->len) {
        ssize_t sent = hf_io_write(fd, unsent->bytes + unsent->at, unsent->len - unsent->at);
        if (sent < 0 && hf_io_would_wait(errno))
            return HF_OK;
        if (sent < 0) {
            hf_socket_unsent_release(unsent);
            return hf_io_hear_last_words(connection, fd);
        }
        unsent->at += (size_t)sent;
    }
    hf_socket_unsent_release(unsent);
    return HF_OK;
}

/* Where hf_send does not go: over datagrams, and before the connection is open. */
static enum hf_error write_and_send(struct hf_connection *connection, int fd, struct hf_bytes data, size_t *ret_taken)
{
    enum hf_error error = hf_write(connection, data.data, data.len, ret_taken);
    return error == HF_OK ? hf_socket_send(connection, fd) : error;
}

/* Into the memory of `unsent`, which is empty. */
static enum hf_error seal(struct hf_connection *connection, struct hf_socket_unsent *unsent, struct hf_bytes data,
                          size_t *ret_taken)
{
    const struct hf_bytes part = {data.data, data.len < SEND_LEN ? data.len : SEND_LEN};
    size_t room = part.len + (part.len / RECORD_LEN + 1) * RECORD_OVER + HF_SEND_ROOM_MIN;
    uint8_t *wire = malloc(room);
    if (wire == NULL)
        return HF_ERR_no_memory;
    struct hf_sending sending = {.data = &part, .data_count = 1, .wire = wire, .wire_room = room};
    enum hf_error error = hf_send(connection, &sending);
    *ret_taken = sending.data_taken;
    *unsent = (struct hf_socket_unsent){.bytes = wire, .at = 0, .len = sending.wire_len};
    return error;
}

enum hf_error hf_socket_send_data(struct hf_connection *connection, int fd, struct hf_socket_unsent *unsent,
                                  struct hf_bytes data, size_t *ret_taken)
{
    *ret_taken = 0;
    enum hf_error error = flush(connection, fd, unsent);
    if (error != HF_OK || unsent->bytes != NULL)
        return error;
    if (data.len == 0)
        return hf_socket_send(connection, fd);
    if (hf_datagram_room(connection) != SIZE_MAX)
        return write_and_send(connection, fd, data, ret_taken);
    while (error == HF_OK && *ret_taken < data.len && unsent->bytes == NULL) {
        const struct hf_bytes rest = {(const uint8_t *)data.data + *ret_taken, data.len - *ret_taken};
        size_t taken = 0;
        error = seal(connection, unsent, rest, &taken);
        *ret_taken += taken;
        enum hf_error sent = flush(connection, fd, unsent);
        error = error == HF_OK ? sent : error;
        if (taken == 0)
            break;
    }
    return error;
}
