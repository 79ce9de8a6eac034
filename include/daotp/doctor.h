/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file doctor.h
 * The doctor asks, before anyone logs on, whether a deployment works. It runs the stages of an
 * enrolment as probes, a row each: the servers of a client one by one, RADIUS servers, the
 * certification authority and the KDCs. It does not stop at the first fault: what does not depend
 * on a row that failed is tried all the same. The verdict is the first row that failed.
 *
 * No code is sent unless daotp_doctor_set_code() gave one. Without one the OTP server is asked
 * twice for what it must refuse: a request that is none, and a good one for a user who does not
 * exist. Neither reaches a token.
 *
 * @code
 * daotp_doctor_new(context, &doctor);
 * daotp_doctor_set_client(doctor, client);
 * if (daotp_doctor_run(doctor) != DAOTP_OK)
 *     puts(daotp_doctor_get_text(doctor));
 * daotp_doctor_free(doctor);
 * @endcode
 *
 * Threads: a doctor belongs to one thread at a time; only daotp_doctor_cancel() may be called from
 * any.
 */
#ifndef DAOTP_DOCTOR_H
#define DAOTP_DOCTOR_H

#include <daotp/client.h>
#include <daotp/radius.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A doctor. Opaque. */
typedef struct daotp_doctor daotp_doctor;

/** What a probe found. */
typedef enum daotp_probe_state {
    DAOTP_PROBE_WAITING = 0,   /**< not begun */
    DAOTP_PROBE_RUNNING = 1,   /**< under way */
    DAOTP_PROBE_PASSED = 2,    /**< good */
    DAOTP_PROBE_WARNED = 3,    /**< good, with a warning in its report */
    DAOTP_PROBE_FAILED = 4,    /**< its report says what is wrong */
    DAOTP_PROBE_UNDECIDED = 5, /**< it cannot be told; its report says why */
    DAOTP_PROBE_SKIPPED = 6    /**< not tried: another row, its blocker, did not pass */
} daotp_probe_state;

/** Which rows the doctor makes with its client. */
typedef enum daotp_client_rows {
    DAOTP_CLIENT_ROWS_ALL = 1, /**< every stage, the CA, and the enrolment if there is a code */
    DAOTP_CLIENT_ROWS_TLS = 2, /**< name, connection and certificates of each server: the
                                  client needs servers and trust, and no other setting */
    DAOTP_CLIENT_ROWS_NONE = 3 /**< none: it only lends its trust and its fetcher */
} daotp_client_rows;

/**
 * Called when a row begins and when it ends.
 * @param user   the pointer given with it
 * @param row    the row, from 0
 * @param state  its new state
 */
typedef void (*daotp_doctor_progress_fn)(void *user, size_t row, daotp_probe_state state);

/**
 * Make a doctor. No I/O.
 * @param context      the context
 * @param[out] doctor  to be freed with daotp_doctor_free()
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory ran out;
 *         DAOTP_INTERNAL when no descriptor is left
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_new(daotp_context *context, daotp_doctor **doctor);
/**
 * Free a doctor. Probes that are under way end, and every secret is wiped.
 * @param doctor  the doctor; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_doctor_free(daotp_doctor *doctor);

/**
 * Set the client whose deployment is looked at: each of its servers is tried alone.
 * @param doctor  the doctor; not NULL
 * @param client  an idle client, borrowed until the doctor is freed or this is set anew; during a
 *                run it is the doctor's alone. NULL for none
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_client(daotp_doctor *doctor, daotp_client *client);
/**
 * Set which rows the doctor makes with the client.
 * @param doctor  the doctor; not NULL
 * @param rows    one of ::daotp_client_rows; DAOTP_CLIENT_ROWS_ALL unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL, @p rows is none of them, or a run is under
 *         way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_client_rows(daotp_doctor *doctor, daotp_client_rows rows);
/**
 * Set the user: of the code, and whose account the KDCs are asked about.
 * @param doctor     the doctor; not NULL
 * @param user_name  DOMAIN\\user or UPN, up to 512 bytes, copied; NULL for none
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL, the name is too long, or a run is under
 *         way; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_user(daotp_doctor *doctor, const char *user_name);
/**
 * Set a one-time password: then the whole enrolment is made with it, as the user, once, after
 * everything before it has passed. It is good for one run. Without a user the row "account" fails;
 * without a client the code is not used.
 * @param doctor   the doctor; not NULL
 * @param otp      the code with its PIN, UTF-8, copied into memory that is wiped; NULL for none
 * @param otp_len  its length in bytes
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL, the code is too long, or a run is under
 *         way; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_code(daotp_doctor *doctor, const char *otp, size_t otp_len);
/**
 * The code that daotp_doctor_set_code() gave is wrong on purpose: one enrolment is tried with it,
 * and it is right when it is refused. The account may count it as a failed attempt.
 * @param doctor    the doctor; not NULL
 * @param is_wrong  false unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_code_wrong(daotp_doctor *doctor, bool is_wrong);
/**
 * Set RADIUS servers that are asked from here whether they are alive (RFC 5997): a row each.
 * @param doctor  the doctor; not NULL
 * @param radius  a client of RADIUS, borrowed until the doctor is freed or this is set anew. NULL
 *                for none
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_radius(daotp_doctor *doctor, daotp_radius *radius);
/**
 * Add a KDC of the realm: it is asked for a ticket by PKINIT with a certificate that it must
 * refuse. What it answers tells whether it takes PKINIT at all.
 * @param doctor  the doctor; not NULL
 * @param realm   the realm, up to 512 bytes, copied; not NULL or empty
 * @param kdc     "host" or "host:port", copied; not NULL or empty
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL, empty or too long, there are 128 KDCs
 *         already, or a run is under way; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_add_kdc(daotp_doctor *doctor, const char *realm,
                                            const char *kdc);
/**
 * Add a CRL that gets a row of its own: can it be fetched from here, is it a CRL, is it current,
 * and is it signed by a CA among the anchors and intermediates of the client's trust? Whether it
 * lists a certificate is not checked.
 * @param doctor  the doctor; not NULL
 * @param source  a file with CRLs in DER or PEM; or a URL (any text with "://") with http or
 *                ldap. It is fetched by the client's fetcher, or if there is none, only from
 *                public addresses. Up to 4096 bytes, copied; not NULL or empty
 * @return DAOTP_OK; DAOTP_USAGE when an argument is NULL, empty or too long, there are 64 of them
 *         already, or a run is under way; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_add_crl(daotp_doctor *doctor, const char *source);
/**
 * Add a file that was collected on Windows, and read it now: output of certutil (-verify, -dcinfo,
 * -v -template) and of Get-DAOtpAuthentication, Get-RemoteAccess, Get-RemoteAccessHealth and
 * Get-DAClient; event logs as XML, CSV or pasted text; certificates and CRLs; any text that
 * daotp_catalogue_search() knows. English and German, in UTF-8, UTF-16 with a byte order mark or
 * else octet by octet. The content decides what kind of file it is. Each file has a row; files with
 * a fault come first, in the order of the stages. Errors that the OTP client logged before its last
 * success are not reported; where the log names users, this holds for errors of the same user only.
 * A file with a part that is malformed or above a limit is undecided, unless it has a fault.
 * The network is not used.
 * @param doctor  the doctor; not NULL
 * @param name    the name of the row, up to 512 bytes, copied; not NULL or empty
 * @param bytes   its content; not NULL. A file of more than 16 MiB is not read; its row says so
 * @param len     its length in bytes
 * @return DAOTP_OK, whatever the file shows; DAOTP_USAGE when an argument is NULL, or the name
 *         empty or too long, there are 256 files already, or a run is under way; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_add_file(daotp_doctor *doctor, const char *name,
                                             const void *bytes, size_t len);
/**
 * Set the deadline of the whole run.
 * @param doctor      the doctor; not NULL
 * @param timeout_ms  milliseconds, 1 to 600000; 60000 unless set
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL, the time is out of range, or a run is under
 *         way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_timeout_ms(daotp_doctor *doctor, int64_t timeout_ms);
/**
 * Set the function that is called when a row begins and when it ends.
 * @param doctor  the doctor; not NULL
 * @param tell    called in the thread of the step; NULL for none
 * @param user    given to each call; not touched otherwise
 * @return DAOTP_OK; DAOTP_USAGE when @p doctor is NULL or a run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_set_progress_callback(daotp_doctor *doctor,
                                                          daotp_doctor_progress_fn tell,
                                                          void *user);

/**
 * Begin a run: what the last one found is forgotten.
 * @param doctor  the doctor; not NULL
 * @return DAOTP_OK, then step; DAOTP_USAGE when @p doctor is NULL or a run is under way;
 *         DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_begin(daotp_doctor *doctor);
/**
 * Go on with the probes, as many side by side as do not depend on each other. Blocks as
 * daotp_client_step() does.
 * @param doctor  the doctor; not NULL
 * @return DAOTP_AGAIN: wait, then step again. DAOTP_OK: all rows have ended, and none failed.
 *         DAOTP_REJECTED: one or more failed. DAOTP_UNDECIDED: none failed, but one or more cannot
 *         be told. DAOTP_CANCELLED after daotp_doctor_cancel(), DAOTP_MEMORY when memory ran out;
 *         DAOTP_USAGE when no run is under way
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_step(daotp_doctor *doctor);
/**
 * The verdict of the run that has ended.
 * @param doctor    the doctor; not NULL
 * @param[out] row  the first row that failed, else the first that is undecided; the count of rows
 *                  when there is neither. May be NULL
 * @return as the last daotp_doctor_step(); DAOTP_USAGE when no run has ended
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_finish(const daotp_doctor *doctor, size_t *row);
/**
 * The same from begin to end, blocking.
 * @param doctor  the doctor; not NULL
 * @return as daotp_doctor_step(), but it never answers to wait
 * @since 0.1
 */
DAOTP_API daotp_status daotp_doctor_run(daotp_doctor *doctor);
/**
 * End the run that is under way: the next step answers DAOTP_CANCELLED. May be called from any
 * thread.
 * @param doctor  the doctor; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_doctor_cancel(daotp_doctor *doctor);
/**
 * The descriptor to wait on: readable when a step can go on. The same for the life of the doctor.
 * @param doctor  the doctor; NULL is fine
 * @return the descriptor, not to be closed or changed; -1 when @p doctor is NULL
 * @since 0.1
 */
DAOTP_API int daotp_doctor_get_fd(const daotp_doctor *doctor);
/**
 * How long to wait at most. Ask after each begin and after each step.
 * @param doctor  the doctor; NULL is fine
 * @return milliseconds; 0 after a begin; at most 100 while a run is under way; -1 for ever: none
 *         is, or @p doctor is NULL
 * @since 0.1
 */
DAOTP_API int daotp_doctor_get_timeout_ms(const daotp_doctor *doctor);

/**
 * How many rows there are. They are there from daotp_doctor_begin() on.
 * @param doctor  the doctor; NULL is fine
 * @return the count; 0 when @p doctor is NULL
 * @since 0.1
 */
DAOTP_API size_t daotp_doctor_get_count(const daotp_doctor *doctor);
/**
 * The name of a row: "tls", "radius", "kdc". Rows of several servers have the same names.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0, in the order of the pipeline
 * @return the name, borrowed until the next begin; "" past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_doctor_get_name(const daotp_doctor *doctor, size_t row);
/**
 * What a row looks at, in words.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0
 * @return the text, borrowed until the next begin; "" past the end
 * @since 0.1
 */
DAOTP_API const char *daotp_doctor_get_title(const daotp_doctor *doctor, size_t row);
/**
 * Which server, KDC or file a row looks at.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0
 * @return the text, borrowed until the next begin; "" past the end, or where there is none
 * @since 0.1
 */
DAOTP_API const char *daotp_doctor_get_subject(const daotp_doctor *doctor, size_t row);
/**
 * How far a row came.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0
 * @return one of ::daotp_probe_state; DAOTP_PROBE_WAITING past the end
 * @since 0.1
 */
DAOTP_API daotp_probe_state daotp_doctor_get_state(const daotp_doctor *doctor, size_t row);
/**
 * The row because of which a row was skipped.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0
 * @return the blocker's number; daotp_doctor_get_count() when the row was not skipped
 * @since 0.1
 */
DAOTP_API size_t daotp_doctor_get_blocker(const daotp_doctor *doctor, size_t row);
/**
 * How long a row took.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0
 * @return milliseconds; -1 when it has not ended, or was skipped
 * @since 0.1
 */
DAOTP_API int64_t daotp_doctor_get_ms(const daotp_doctor *doctor, size_t row);
/**
 * What a row found.
 * @param doctor  the doctor; NULL is fine
 * @param row     from 0
 * @return the report, borrowed until the next begin; NULL past the end
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_doctor_get_row_report(const daotp_doctor *doctor, size_t row);

/**
 * The whole in words, for a person: the verdict first, then a line a row, then what each row found
 * that did not pass.
 * @param doctor  the doctor; NULL is fine
 * @return text, borrowed until the next call on @p doctor; "" when no run has ended, memory ran out
 *         or @p doctor is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_doctor_get_text(daotp_doctor *doctor);
/**
 * The whole as one JSON object (RFC 8259). Its members: "format", DAOTP_JSON_FORMAT; "status";
 * "verdict", the number of the first row that failed, or null; "error" and "cause", the ids of that
 * row's findings, or null; "rows", each with "name", "title", "subject", "state", "blocked_by" (the
 * number of a row, or null), "ms" and "report".
 * @param doctor  the doctor; NULL is fine
 * @return text, borrowed until the next call on @p doctor; "{}" when no run has ended, memory ran
 *         out or @p doctor is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_doctor_get_json(daotp_doctor *doctor);

/**
 * The name of a state: "waiting", "running", "pass", "warn", "fail", "undecided", "skipped".
 * @param state  any number
 * @return a static text, never NULL; "unknown" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_probe_state_name(daotp_probe_state state);

#ifdef __cplusplus
}
#endif
#endif
