/* SPDX-License-Identifier: BSD-2-Clause */
/* A redis-server of this program's own, on a free port of the loopback, with nothing on disk. */
#ifndef TEST_REDIS_SERVER_H
#define TEST_REDIS_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct redis_server {
    pid_t pid;     /* 0: none runs */
    uint16_t port; /* stays when it is started again */
    char folder[64];
} redis_server;

/* False where the package redis-server is missing. */
bool redis_server_is_installed(void);
/* A port that nobody uses. */
uint16_t redis_server_free_port(void);
/* Starts it, and waits until it answers. options: further words of its command line, up to NULL;
 * NULL for none. The folder is made once. */
void redis_server_start(redis_server *server, const char *const *options);
/* Ends it as a crash does. */
void redis_server_kill(redis_server *server);
/* Sends one line (an inline command) and gives the first line of the reply, without CR and LF. */
void redis_server_ask(uint16_t port, const char *line, char *reply, size_t room);

#endif
