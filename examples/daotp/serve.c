/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp serve: the responder over libevent's evhttp, with mutual TLS, or as plain HTTP on a local
 * socket behind a front (nginx, Apache) that passes the client certificate on. Its parts are in the
 * files that serve.h names.
 *
 * The responder, its exchanges and the users are used by one worker at a time, under one lock.
 */
#include "serve.h"

static int load_users(server *s)
{
    if ((s->https.key != NULL && !tool_secret_check(s->https.key)) ||
        !tool_secret_check(s->users_file))
        return TOOL_CONFIGURATION;
    return users_load(s->users_file, &s->users);
}

static int serve_all(server *s)
{
    daotp_context *context = tool_context();
    daotp_status status = serve_make_responder(context, s);
    int code = tool_exit_status(status);

    if (status == DAOTP_OK) {
        serve_warn_before(context, s);
        code = serve_run(s, context);
    }
    daotp_responder_free(s->responder);
    daotp_budget_unref(s->budget);
    daotp_context_unref(context);
    return code;
}

int cmd_serve(int argc, char **argv)
{
    server s = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .stop = -1,
        .path = "/otp",
        .timeout_s = 120,
        .radius = {.policy = DAOTP_RADIUS_POLICY_REQUIRE, .timers = DAOTP_RADIUS_TIMERS_CODE}};
    int code = serve_take_arguments(&s, argc, argv);

    if (code != SERVE_GO_ON)
        return code;
    if (s.clear_user != NULL)
        return serve_clear_user(&s);
    s.https.has_front = s.https.unix_path != NULL;
    s.https.client = s.https.has_front ? HTTPS_CLIENT_NONE : HTTPS_CLIENT_OPTIONAL;
    code = load_users(&s);
    if (code == 0)
        code = serve_all(&s);
    users_free(s.users);
    return code;
}
