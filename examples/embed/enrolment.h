/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One enrolment that any event loop can drive, on the installed headers alone. The loop waits for
 * enrolment_fd(), for at most enrolment_timeout_ms(), and then calls enrolment_step().
 *
 * The deployment comes by the environment that `daotp lab up DIR` writes. Who enrols comes by
 * standard input, a line for each "?" on standard output: name, UPN, password; and a code for each
 * "code NAME".
 */
#ifndef EMBED_ENROLMENT_H
#define EMBED_ENROLMENT_H

#include <daotp/daotp.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fifty RSA keys that are made in one loop take a while: no peer's fault, but the deadline's. */
enum { TIMEOUT_MS = 600 * 1000 };

/* What all enrolments of one thread share. */
typedef struct deployment {
    daotp_context *context;
    daotp_trust *trust;
    daotp_credential *machine;
    daotp_ca *ca;
    daotp_key_kind kind;
    bool is_ahead; /* keys are made before, in a thread of their own */
} deployment;

typedef struct enrolment {
    daotp_client *client;
    char user[64], name[80], upn[128], password[64];
    bool is_enrolling, is_over;
    daotp_status status;
} enrolment;

static inline daotp_status deployment_open(deployment *d)
{
    daotp_status rc = daotp_context_new(&d->context);

    rc = rc ? rc : daotp_trust_new(d->context, &d->trust);
    rc = rc ? rc : daotp_trust_add_file(d->trust, getenv("LAB_TRUST"), NULL);
    rc = rc ? rc
            : daotp_credential_load(d->context, getenv("LAB_MACHINE_CERT"),
                                    getenv("LAB_MACHINE_KEY"), NULL, &d->machine);
    rc = rc ? rc : daotp_ca_new_wstep(d->context, DAOTP_CA_USERNAME, &d->ca);
    return rc ? rc : daotp_ca_set_url(d->ca, getenv("LAB_CES"));
}

/* "p256"; "rsa": each is made in a step, for which all others wait; "rsa-ahead": as it should be.
 */
static inline void deployment_set_keys(deployment *d, const char *keys)
{
    d->kind = strncmp(keys, "rsa", 3) == 0 ? DAOTP_KEY_RSA_2048 : DAOTP_KEY_P256;
    d->is_ahead = strcmp(keys, "rsa-ahead") == 0;
}

static inline void deployment_close(deployment *d)
{
    daotp_ca_unref(d->ca);
    daotp_credential_unref(d->machine);
    daotp_trust_unref(d->trust);
    daotp_context_unref(d->context);
}

static inline daotp_status enrolment_password(void *user, const char *host,
                                              daotp_host_origin origin, uint32_t attempt,
                                              daotp_domain_credential *answer)
{
    enrolment *e = user;

    (void)host;
    if (origin != DAOTP_HOST_CONFIGURED || attempt > 1)
        return DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, e->name, e->password, strlen(e->password));
}

static inline void *enrolment_make_key(void *user)
{
    const deployment *d = user;
    daotp_key *key = NULL;

    (void)daotp_key_generate(d->context, d->kind, NULL, &key);
    return key;
}

/* A program that waits for more than one would make them while it waits for its users. */
static inline daotp_status enrolment_set_key(enrolment *e, const deployment *d)
{
    pthread_t maker;
    void *key = NULL;
    daotp_status rc = DAOTP_INTERNAL;

    if (!d->is_ahead)
        return daotp_client_set_key_kind(e->client, d->kind);
    if (pthread_create(&maker, NULL, enrolment_make_key, (void *)(uintptr_t)d) == 0 &&
        pthread_join(maker, &key) == 0)
        rc = daotp_client_set_key(e->client, key);
    daotp_key_unref(key);
    return rc;
}

/* A client that is set up; who it is for comes with the first line. */
static inline daotp_status enrolment_open(enrolment *e, const deployment *d)
{
    char line[512];
    daotp_status rc;

    puts("?");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL ||
        sscanf(line, "%63s %127s %63s", e->user, e->upn, e->password) != 3)
        return DAOTP_USAGE;
    (void)snprintf(e->name, sizeof e->name, "LAB\\%s", e->user);
    rc = daotp_client_new(d->context, &e->client);
    rc = rc ? rc : daotp_client_add_server(e->client, getenv("LAB_URL"));
    rc = rc ? rc : daotp_client_set_trust(e->client, d->trust);
    rc = rc ? rc : daotp_client_set_identity(e->client, d->machine);
    rc = rc ? rc : daotp_client_set_ca(e->client, d->ca);
    rc = rc ? rc : daotp_client_set_template(e->client, getenv("LAB_TEMPLATE"), -1, -1);
    rc = rc ? rc : daotp_client_set_upn(e->client, e->upn);
    rc = rc ? rc : enrolment_set_key(e, d);
    rc = rc ? rc : daotp_client_set_timeout_ms(e->client, TIMEOUT_MS);
    return rc ? rc : daotp_client_set_domain_callback(e->client, enrolment_password, e);
}

static inline daotp_status enrolment_begin(enrolment *e, const deployment *d)
{
    daotp_status rc = enrolment_open(e, d);

    return rc ? rc : daotp_client_prepare_begin(e->client, e->name);
}

static inline int enrolment_fd(const enrolment *e)
{
    return daotp_client_get_fd(e->client);
}

/* 0 after each begin: the loop comes back at once. */
static inline int enrolment_timeout_ms(const enrolment *e)
{
    return daotp_client_get_timeout_ms(e->client);
}

/* The code of now: asked for when everything else is ready. */
static inline size_t enrolment_ask_code(const enrolment *e, char *code, int size)
{
    printf("code %s\n", e->user);
    fflush(stdout);
    return fgets(code, size, stdin) != NULL ? strcspn(code, "\n") : 0;
}

static inline daotp_status enrolment_enroll_begin(enrolment *e)
{
    char code[64];

    e->is_enrolling = true;
    return daotp_client_enroll_begin(e->client, code, enrolment_ask_code(e, code, sizeof code));
}

/* True when it is over; then status says how. */
static inline bool enrolment_step(enrolment *e)
{
    daotp_status rc = daotp_client_step(e->client);

    if (rc == DAOTP_OK && !e->is_enrolling) {
        rc = enrolment_enroll_begin(e);
        if (rc == DAOTP_OK)
            return false;
    }
    if (rc == DAOTP_AGAIN)
        return false;
    e->status = rc;
    e->is_over = true;
    return true;
}

/* Says how it ended, in a line; frees it. */
static inline bool enrolment_end(enrolment *e)
{
    daotp_credential *won = NULL;
    bool is_good = e->is_over && e->status == DAOTP_OK &&
                   daotp_client_finish(e->client, &won) == DAOTP_OK &&
                   strcmp(daotp_credential_get_upn(won), e->upn) == 0;

    if (!is_good && e->client != NULL)
        fprintf(stderr, "%s: %s\n%s", e->user, daotp_status_name(e->status),
                daotp_report_get_text(daotp_client_get_report(e->client)));
    daotp_credential_unref(won);
    daotp_client_free(e->client);
    return is_good;
}

#endif
