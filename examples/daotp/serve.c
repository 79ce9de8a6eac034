/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp serve: the responder over libevent's evhttp, with mutual TLS, or as plain HTTP on a local
 * socket behind a front (nginx, Apache, HAProxy) that passes the client certificate on. Its parts
 * are in the files that serve.h names.
 */
#include "serve.h"

#include "directory.h"

#include <unistd.h>

static int serve_all(serve_settings *settings)
{
    server s = {.context = tool_context(), .settings = serve_settings_ref(settings)};
    int code = TOOL_MEMORY;

    if (directory_set_environment()) /* a reload may name a directory: threads read it by then */
        code = serve_log_new(settings->audit, &s.log);
    if (code == 0)
        code = tool_exit_status(serve_open_budget(s.context, settings, &s.budget));
    if (code == 0) {
        serve_warn_before(s.context, settings);
        code = serve_run(&s);
    }
    daotp_budget_unref(s.budget);
    serve_log_free(s.log);
    serve_settings_unref(s.settings);
    daotp_context_unref(s.context);
    return code;
}

int cmd_serve(int argc, char **argv)
{
    serve_settings *settings;
    int code = serve_take_arguments(argc, argv, &settings);

    if (code == SERVE_GO_ON) {
        if (settings->clear_user != NULL)
            code = serve_clear_user(settings);
        else if (settings->check)
            code = serve_check(settings);
        else
            code = serve_all(settings);
    }
    serve_settings_unref(settings);
    if (!serve_directory_await_threads())
        _exit(code); /* the exit handlers of libldap's libraries must not run beside a search */
    return code;
}
