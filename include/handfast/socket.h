/* The optional driver: a connection over a connected stream socket (any file descriptor that read and write work on).
 * Link with libhandfast_io. It owns neither the descriptor nor the connection. */
#ifndef HANDFAST_SOCKET_H
#define HANDFAST_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include <handfast/connection.h>
#include <handfast/pieces.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Milliseconds since 1970 by the system's clock. */
uint64_t hf_socket_now_ms(void);

/* Moves bytes both ways once: sends what waits, then receives what is there. On a non-blocking descriptor it returns
 * when nothing more can be moved; on a blocking one it waits for at least one byte, up to timeout_ms (-1: for ever).
 * Returns HF_OK, or the connection's failure; a failing descriptor is a network_failed. */
enum hf_error hf_socket_pump(struct hf_connection *connection, int fd, int timeout_ms);

/* The two halves of the pump, for callers with a poll loop of their own; neither waits. Sending moves what the
 * descriptor takes. When the peer is gone, what it still said (an alert) is received first, and the result says why.
 * Receiving moves at most 16 KiB a call, so that a caller who stops calling bounds what a connection holds.
 * The end of the stream is told to the connection (hf_feed_end). */
enum hf_error hf_socket_send(struct hf_connection *connection, int fd);
enum hf_error hf_socket_receive(struct hf_connection *connection, int fd);

/* ---- Data without detours, for callers with a loop of their own (<handfast/loop.h>) ----
 * hf_socket_receive with hf_read, and hf_write with hf_socket_send, in one call each that opens and seals straight
 * between the descriptor's bytes and the caller's memory (<handfast/transfer.h>) where the connection allows that:
 * open, and over a stream. Neither waits. */

/* Gives data that waits, or else receives once and gives what data that made: *ret_len is 0 when there is none. What
 * there is no room for waits; 16640 bytes of room are enough for a record. A failure is told when the data before it
 * was given. */
enum hf_error hf_socket_receive_data(struct hf_connection *connection, int fd, struct hf_room room, size_t *ret_len);

/* Records that were sealed and that the descriptor did not take. Zeros: none. While there are any, hf_socket_send is
 * not to be called: they are first. */
struct hf_socket_unsent {
    uint8_t *bytes;
    size_t at;
    size_t len;
};

/* Sends what was unsent, what waits in the connection, and as much of the data as the descriptor takes, and a little
 * more: *ret_taken. With no data it sends what waits. When the peer is gone: as hf_socket_send. */
enum hf_error hf_socket_send_data(struct hf_connection *connection, int fd, struct hf_socket_unsent *unsent,
                                  struct hf_bytes data, size_t *ret_taken);

/* Frees what will not be sent any more. */
void hf_socket_unsent_release(struct hf_socket_unsent *unsent);

/* ---- Calls that wait ---- */

/* Pumps until HF_EVENT_OPENED's state is reached or the connection failed. Outside answers must not be needed.
 * This and the calls below wait on blocking and non-blocking descriptors alike; timed_out when timeout_ms passed. */
enum hf_error hf_socket_handshake(struct hf_connection *connection, int fd, int timeout_ms);

/* Reads at least one byte of data, or 0 bytes when the peer closed. */
enum hf_error hf_socket_read(struct hf_connection *connection, int fd, void *into, size_t room, size_t *ret_len);

/* A server with hf_builder_early_data (<handfast/early.h>), instead of hf_socket_handshake, until it gives 0 bytes:
 * reads at least one byte of early data, or 0 bytes when the connection is open. Until it is, nothing shows that these
 * bytes are no replay. */
enum hf_error hf_socket_read_early(struct hf_connection *connection, int fd, void *into, size_t room, size_t *ret_len);

/* Writes all of it. Receives nothing meanwhile: two ends that only write to each other wait for ever. */
enum hf_error hf_socket_write(struct hf_connection *connection, int fd, const void *data, size_t len);

/* Sends close_notify and what else waits, for at most 10 seconds. Does not close the descriptor. */
enum hf_error hf_socket_close(struct hf_connection *connection, int fd);

/* Waits until the server has shown that it accepted us, refused us, or timeout_ms passed:
 * HF_OK when accepted, the failure when refused, HF_ERR_timed_out when it said nothing, or closed and said nothing. */
enum hf_error hf_socket_await_verdict(struct hf_connection *connection, int fd, int timeout_ms);

#ifdef __cplusplus
}
#endif
#endif
