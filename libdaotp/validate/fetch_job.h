/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fetch job fetches one CRL, certificate or OCSP response. CRLs are kept in memory for all users
 * of the fetcher. If several jobs want one URL, one of them (the leader) fetches it and the others
 * wait; if the leader ends without a result, the waiting job that is stepped next becomes the
 * leader. After a failure, jobs do not contact the host again until its back-off ends.
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

/* When a CRL that is in memory or on disk is fetched again. Certificates and OCSP responses are
 * always fetched. */
typedef enum daotp__fetch_mode {
    DAOTP__FETCH_IF_STALE,
    DAOTP__FETCH_FORCE,  /* also if it is fresh, because it did not answer the question */
    DAOTP__FETCH_REFRESH /* also if it is fresh; the new one must be signed by the same key */
} daotp__fetch_mode;

typedef enum daotp__job_state {
    DAOTP__JOB_WAITS, /* waits for the leader of its URL, or to become it */
    DAOTP__JOB_LEADS, /* looks on disk, and waits for other processes that fetch this URL */
    DAOTP__JOB_FETCHES
} daotp__job_state;

typedef struct daotp__fetch_job {
    daotp_fetcher *fetcher;
    daotp__loop *loop;
    daotp__fetch_kind kind;
    char *url;
    daotp__buffer request; /* the body of a POST; empty: a GET */
    daotp__cache cache;
    daotp__http_get *http_get;
    daotp__ldap_fetch *ldap; /* only one of http_get and ldap is set */
    daotp__job_state state;
    daotp__fetch_mode mode;
    int64_t lock_wait_until_ms;        /* 0: not waiting for another process */
    bool is_remembered;                /* the result was in memory or on disk */
    daotp__indexed_crl *stale_on_disk; /* an expired CRL, used if no other is available */
    int64_t now_s;

    daotp__indexed_crl *crl; /* the result if it is a CRL; otherwise mapped holds its bytes */
    daotp__bytes mapped;
} daotp__fetch_job;
/* The fetched certificate or OCSP response, borrowed from the job. */
daotp__bytes daotp__fetch_job_bytes(const daotp__fetch_job *job);

/* Report FETCH-CONTENT: what names the kind of file that was expected, and the first finding from
 * `findings` on says why the bytes are none. The errors from there on become warnings. */
void daotp__fetch_job_refuse_content(const daotp__fetch_job *job, const char *what, size_t findings,
                                     daotp_report *report);

/* Begin a fetch. fetcher, loop: borrowed until the job ends. request: the body of a POST,
 * copied; empty for a GET. now_s: the time of validation, which decides whether a CRL is fresh. */
daotp_status daotp__fetch_job_begin(daotp__fetch_job *job, daotp_fetcher *fetcher,
                                    daotp__loop *loop, daotp__fetch_kind kind, const char *url,
                                    daotp__bytes request, int64_t now_s, daotp_report *report);
/* Returns DAOTP_AGAIN until the job is done, and DAOTP_OK with the result. May return an expired
 * CRL if no other is available. Ending the job releases the fetch lock, so store the CRL first. */
daotp_status daotp__fetch_job_step(daotp__fetch_job *job, daotp_report *report);
void daotp__fetch_job_end(daotp__fetch_job *job);

#endif
