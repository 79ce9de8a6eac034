/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A deployment inside one process, for tests that need thousands of runs: keys and certificates, an
 * OTP server and an enrolment service that answer what was recorded once, over real TLS, each in a
 * thread of its own. What they answer, where they stop, and how, is a plan.
 */
#ifndef FLOW_PEER_H
#define FLOW_PEER_H

#include "test_clock.h"

#include <daotp/daotp.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_UPN      "alice@LAB.EXAMPLE"
#define PEER_USER     "LAB\\alice"
#define PEER_OTP      "PIN-4711-0815"
#define PEER_PASSWORD "p&ss<word>"

/* Bytes that somebody allocated with malloc(). */
struct peer_bytes {
    char *data;
    size_t len;
};

struct peer_bytes peer_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct peer_bytes peer_join(struct peer_bytes a, const void *more, size_t len); /* a grows */

/* What all servers and clients of a test share. */
struct peer_world {
    daotp_context *context;
    daotp_trust *trust;
    daotp_credential *identity; /* of this machine */
    daotp_key *key;             /* to be certified */
    void *csr;
    size_t csr_len;
    struct peer_bytes otp_body, ces_body;         /* good ones, for this key and this request */
    struct peer_bytes head, otp, ces;             /* whole good answers */
    struct peer_bytes cmc, issued;                /* DER */
    void *server_certificate, *server_key, *root; /* X509, EVP_PKEY, X509 */
};
struct peer_world *peer_world_new(daotp_context *context);
void peer_world_free(struct peer_world *world);

enum peer_then {
    PEER_KEEP,  /* wait for the next request */
    PEER_CLOSE, /* close_notify, then close */
    PEER_DROP,  /* close without a word of TLS */
    PEER_RESET, /* a TCP reset */
    PEER_STALL  /* nothing more, until the other side goes */
};

/* What is done with a request. All zero but `cut` and `wire`: the good answer. */
struct peer_plan {
    const void *answer; /* NULL: the good one */
    size_t len;
    size_t cut;    /* so many bytes of it */
    size_t wire;   /* so many bytes of its encryption */
    size_t record; /* bytes of a TLS record; 0: as many as fit */
    int pause_ms;  /* between records */
    int delay_ms;  /* before the first */
    enum peer_then then;
    int then_ms; /* so long after the answer */
    bool deaf;   /* the handshake is not begun */
};
#define PEER_ALL  SIZE_MAX
#define PEER_GOOD ((struct peer_plan){.cut = PEER_ALL, .wire = PEER_ALL})

struct peer_plans {
    struct peer_plan handshake; /* `deaf`, then what of `answer` is sent in clear, and `then` */
    struct peer_plan head, post;
};

/* A server on a loopback port. */
struct peer;
struct peer *peer_new(const struct peer_world *world, bool ces);
void peer_free(struct peer *peer);
const char *peer_url(const struct peer *peer);
void peer_set(struct peer *peer, struct peer_plan post); /* everything else is good */
void peer_set_all(struct peer *peer, const struct peer_plans *plans);
void peer_settle(struct peer *peer);         /* until no connection stands: plans can be freed */
void peer_close_listener(struct peer *peer); /* from now on connections are refused */
unsigned peer_connections(const struct peer *peer);
unsigned peer_heads(const struct peer *peer);
unsigned peer_posts(const struct peer *peer);
unsigned peer_codes(const struct peer *peer); /* requests that held PEER_OTP */

/* A client with an OTP server and an enrolment service of its own. */
struct peer_rig {
    struct peer_world *world;
    struct peer *otp, *ces;
    daotp_ca *ca;
    daotp_client *client;
};
struct peer_rig *peer_rig_new(struct peer_world *world);
void peer_rig_free(struct peer_rig *rig);
/* A client for these servers; `ca` is made too. */
daotp_client *peer_client_new(struct peer_world *world, const char *const *urls, size_t count,
                              const char *ces_url, daotp_ca **ca);

struct peer_result {
    daotp_status status;
    daotp_finding_number error;
    daotp_stage stage; /* where the error is */
    int64_t took_ms;
    unsigned codes; /* how often the OTP server saw the code in this run */
};
/* prepare, then enroll, in one blocking go */
struct peer_result peer_run(struct peer_rig *rig);

/* One line a check, counted; peer_summary() is what main() returns. Any thread. */
void peer_check(bool good, const char *what, ...) __attribute__((format(printf, 2, 3)));
int peer_summary(void);
const char *peer_describe(const struct peer_result *result, char *text, size_t size);

#endif
