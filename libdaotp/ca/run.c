/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/run.h"

#include "ca/ticket.h"
#include "net/loop.h"

static void on_run_ready(void *user, int fd, uint32_t events)
{
    (void)user, (void)fd, (void)events; /* the next step needs no event */
}

/* Step until the transport is done or the deadline has passed. */
static daotp_status run_steps(daotp__loop *loop, daotp_submission *submission, daotp_report *report)
{
    int slot = daotp__loop_join(loop, on_run_ready, NULL);
    int fd = daotp__submission_fd(submission), timeout_ms;
    daotp_status status = DAOTP_AGAIN;

    if (slot < 0 || (fd >= 0 && !daotp__loop_watch(loop, slot, fd, EPOLLIN)))
        return DAOTP_MEMORY;
    while (status == DAOTP_AGAIN) {
        status = daotp__loop_dispatch(loop);
        if (status != DAOTP_OK)
            status = daotp__report_add(report, DAOTP_FINDING_CALL_TIMEOUT, 0,
                                       daotp_submission_get_config(submission), "no answer");
        else
            status = daotp__submission_step(submission);
        if (status != DAOTP_AGAIN)
            break;
        timeout_ms = daotp__submission_timeout_ms(submission);
        if (timeout_ms >= 0)
            daotp__loop_wake_in(loop, timeout_ms);
        daotp__loop_pause(loop);
        daotp__loop_wait(loop);
    }
    if (fd >= 0)
        (void)daotp__loop_watch(loop, slot, fd, 0);
    daotp__loop_leave(loop, slot);
    return status;
}

static void move_chain(daotp_submission *submission, daotp__chain *chain)
{
    daotp__chain *issued = daotp__submission_chain(submission), empty = *chain;

    *chain = *issued;
    *issued = empty;
}

static daotp_status run_with(daotp_ca *ca, const daotp__submission_spec *spec, int64_t timeout_ms,
                             daotp__chain *chain)
{
    daotp_submission *submission = NULL;
    daotp__loop *loop = NULL;
    daotp_status status = daotp__loop_new(spec->context, &loop);

    if (status != DAOTP_OK)
        return status;
    daotp__loop_begin(loop, timeout_ms);
    status = daotp__submission_new(ca, spec, &submission);
    if (status == DAOTP_OK)
        status = run_steps(loop, submission, spec->report);
    if (status == DAOTP_OK && chain != NULL)
        move_chain(submission, chain);
    daotp__submission_free(submission);
    daotp__loop_free(loop);
    return status;
}

/* The connect timeout is shorter than the total time, so that a silent peer is distinguished
 * from a slow CA. */
static int64_t connect_time_ms(int64_t timeout_ms)
{
    return timeout_ms / 4 < DAOTP__CONNECT_MS ? timeout_ms / 4 + 1 : DAOTP__CONNECT_MS;
}

daotp_status daotp__submission_run(daotp_ca *ca, daotp__submission_spec *spec, int64_t timeout_ms,
                                   daotp__chain *chain)
{
    daotp_status status;

    spec->context = daotp__ca_context(ca);
    spec->connect_ms = connect_time_ms(timeout_ms);
    /* Negotiate uses the default credential cache. RPC uses its own
     * (daotp_ca_set_ticket_cache()). */
    if (daotp__ca_has_need(ca, DAOTP_CA_TAKES_TICKET))
        spec->has_ticket =
            daotp__ticket_is_there(NULL, spec->user, daotp__context_now_s(spec->context));
    status = daotp__refusals_new(&spec->refusals);
    if (status == DAOTP_OK)
        status = run_with(ca, spec, timeout_ms, chain);
    daotp__refusals_free(spec->refusals);
    return status;
}
