/* What the files of the driver share. */
#ifndef HF_IO_PARTS_H
#define HF_IO_PARTS_H

#include <handfast/socket.h>

#include <stdbool.h>
#include <sys/types.h>

/* read and write that never wait, of whatever descriptor: as the calls of these names, and errno. */
ssize_t hf_io_write(int fd, const uint8_t *from, size_t len);
ssize_t hf_io_read(int fd, uint8_t *into, size_t room);

/* Whether that errno says: later. */
bool hf_io_would_wait(int error);

/* Nothing can be sent any more: takes the peer's last words, and gives what the connection failed by. */
enum hf_error hf_io_hear_last_words(struct hf_connection *connection, int fd);

/* Tells the connection that the stream ended, by an error of the system or (0) well. */
enum hf_error hf_io_end(struct hf_connection *connection, int error);

#endif
