/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fetch job gets one CRL, certificate or OCSP answer. CRLs are remembered for all users of the
 * fetcher. Of several jobs for one URL the leader fetches and the others wait; when the leader
 * ends, the job that steps next takes over. Jobs back off from a host that failed.
 */
#ifndef DAOTP_VALIDATE_FETCH_JOB_H
#define DAOTP_VALIDATE_FETCH_JOB_H

#include "net/ldap_fetch.h"
#include "validate/cache.h"
#include "validate/fetcher.h"

typedef enum daotp__fetch_kind {
    DAOTP__FETCH_CRL,
    DAOTP__FETCH_CERTIFICATE,
    DAOTP__FETCH_OCSP
} daotp__fetch_kind;

/* When a CRL that is remembered is fetched again. Certificates and OCSP answers are not remembered.
 */
typedef enum daotp__fetch_mode {
    DAOTP__FETCH_IF_STALE,
    DAOTP__FETCH_FORCE,  /* refetch also a fresh one, because it did not help */
    DAOTP__FETCH_REFRESH /* also a fresh one, and the key of the one before must sign the new one */
} daotp__fetch_mode;

typedef enum daotp__job_state {
    DAOTP__JOB_WAITS, /* for the leader of its URL, or to lead */
    DAOTP__JOB_LEADS, /* looks on disk, and waits for other processes that fetch the same */
    DAOTP__JOB_FETCHES
} daotp__job_state;

typedef struct daotp__fetch_job {
    daotp_fetcher *fetcher;
    daotp__loop *loop;
    daotp__fetch_kind kind;
    char *url;
    daotp__buffer request; /* what is POSTed; empty for a GET */
    daotp__cache cache;
    daotp__http_get *http_get;
    daotp__ldap_fetch *ldap; /* one of the two */
    daotp__job_state state;
    daotp__fetch_mode mode;
    int64_t lock_wait_until_ms;        /* 0: not waiting for another process that fetches */
    bool is_remembered;                /* the result: the CRL was in memory or on disk */
    daotp__indexed_crl *stale_on_disk; /* expired, used if no other is available */
    int64_t now_s;

    daotp__indexed_crl *crl; /* the result: a CRL here, else its bytes */
    daotp__bytes mapped;
} daotp__fetch_job;
/* The bytes of a certificate or an OCSP answer that was fetched. */
daotp__bytes daotp__fetch_job_bytes(const daotp__fetch_job *job);

/* fetcher: borrowed. now_s: the time of validation, by which a remembered CRL is fresh. */
daotp_status daotp__fetch_job_begin(daotp__fetch_job *job, daotp_fetcher *fetcher,
                                    daotp__loop *loop, daotp__fetch_kind kind, const char *url,
                                    daotp__bytes request, int64_t now_s, daotp_report *report);
/* DAOTP_AGAIN until it is done; DAOTP_OK with the result. May return an expired CRL if no other is
 * available. Ending the job releases the fetch lock, so store the CRL first. */
daotp_status daotp__fetch_job_step(daotp__fetch_job *job, daotp_report *report);
void daotp__fetch_job_end(daotp__fetch_job *job);

#endif
