/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One thing to be fetched for a trust. What was fetched is remembered there for all who use it; of
 * several who want the same, one fetches, and when that one ends, whoever steps next takes over. A
 * host that failed is left alone for a while.
 */
#ifndef DAOTP_VALIDATE_ERRAND_H
#define DAOTP_VALIDATE_ERRAND_H

#include "net/download.h"
#include "net/ldap_fetch.h"
#include "validate/cache.h"
#include "x509/trust.h"

typedef enum daotp__errand_kind {
    DAOTP__ERRAND_CRL,
    DAOTP__ERRAND_CERTIFICATE,
    DAOTP__ERRAND_OCSP
} daotp__errand_kind;

typedef struct daotp__errand {
    daotp_trust *trust;
    daotp__loop *loop;
    daotp__errand_kind kind;
    char *url;
    daotp__buffer request; /* what is POSTed; empty for a GET */
    daotp__cache cache;
    daotp__download *download;
    daotp__ldap_fetch *ldap; /* one of the two */
    bool owns, has_lock;
    int64_t lock_wait_until_ms; /* 0: not waiting for another process that fetches */
    bool renews; /* what is remembered is fetched again, fresh or not; by the same key */
    bool anew;   /* what is remembered did not help: fetched again, unless that was just now */
    bool is_remembered;         /* what came was remembered or on disk */
    daotp__kept_crl *overtaken; /* from disk, and over: better than none */
    int64_t now_s;

    daotp__kept_crl *crl; /* what came, by kind */
    daotp__bytes mapped;
} daotp__errand;
/* What came, wherever it lies. */
daotp__bytes daotp__errand_bytes(const daotp__errand *errand);

/* now_s: the time of validation, by which a remembered CRL is fresh. */
daotp_status daotp__errand_begin(daotp__errand *errand, daotp_trust *trust, daotp__loop *loop,
                                 daotp__errand_kind kind, const char *url, daotp__bytes request,
                                 int64_t now_s, daotp_report *report);
/* DAOTP_AGAIN until it is done: DAOTP_OK with what came. What is over is handed out too where no
 * other can be had. The right to fetch it ends with daotp__errand_end(): keep it before. */
daotp_status daotp__errand_step(daotp__errand *errand, daotp_report *report);
void daotp__errand_end(daotp__errand *errand);

/* A place whose proven CRL ends before this time, or was over before: its URL, to be freed; NULL
 * when there is no further one. Begin at 0. DAOTP_OK or DAOTP_MEMORY. */
daotp_status daotp__errand_next_due(daotp_trust *trust, int64_t before_s, size_t *at, char **url);

/* A CRL from this place was proven: keep it on disk. */
void daotp__errand_keep(daotp_trust *trust, const char *url, daotp__kept_crl *kept,
                        daotp_report *report);

#endif
