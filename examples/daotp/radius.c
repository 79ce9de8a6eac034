/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp radius: try an exchange, or watch the health of servers. */
#include "interrupt.h"
#include "json.h"
#include "page.h"
#include "radius_check.h"
#include "tool.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp radius --server HOST:PORT... --secret-file F --user U [OPTION...]\n"
    "       daotp radius watch --server HOST:PORT... --secret-file F [--interval S]\n"
    "\n"
    "  --server HOST:PORT     may be given again; [V6]:PORT for IPv6\n"
    "  --secret-file F, --secret-fd N       the shared secret, one line;\n"
    "                         unless given, asked for on the terminal\n"
    "  --radsec               over TLS: --trust FILE --cert FILE --key FILE\n"
    "  --server-rules path|strict|webpki    for the RadSec servers' certificates\n"
    "                         (path)\n"
    "  --user U               the user name as the server expects it\n"
    "  --password-file F, --password-fd N   PIN and code; unless given, asked for\n"
    "  --policy require|auto|optional|first   Message-Authenticator in replies\n"
    "                         (require)\n"
    "  --timers code|push|probe             the set of time-outs (code; for watch,\n"
    "                         --status and --probe: probe)\n"
    "  --timeout S            time-out of a round\n"
    "  --interval S           watch: seconds between two rounds (5)\n"
    "  --nas NAME             NAS-Identifier\n"
    "  --send 'NAME = VALUE'  a further attribute, by name; may be given again\n"
    "  --strip                send the user name without domain or suffix\n"
    "  --no-challenge         do not ask for the answer to a challenge\n"
    "  --status, --probe      only check whether the first server answers: by\n"
    "                         Status-Server (RFC 5997), or as DirectAccess does\n"
    "  --count N              watch: end after N rounds\n"
    "  --profile NAME         the profile for settings without an option (default)\n"
    "  --json                 one JSON value for each round or server, each on a line\n"
    "\n"
    "exit status: 0 accepted, 1 rejected, 2 undecided, 3 a challenge that was not\n"
    "answered\n"
    "\n"
    "example: daotp radius --server radius.example.com:1812 --secret-file secret \\\n"
    "  --user alice\n";

typedef struct settings {
    char *servers[16];
    size_t server_count;
    const char *send[16];
    size_t send_count;
    const char *secret_file, *user, *password_file, *nas;
    int secret_fd, password_fd;
    double timeout_s, interval_s;
    int64_t count;
    daotp_radius_policy policy;
    daotp_radius_timers timers;
    bool strip, no_challenge, status, probe, json, radsec;
    const char *trust, *cert, *key;
    daotp_rules server_rules;
} settings;

static daotp_status split_server(char *server, char **host, uint16_t *port)
{
    if (radius_split(server, host, port))
        return DAOTP_OK;
    tool_say("daotp radius: --server cannot be '%s', but HOST:PORT", server);
    return DAOTP_USAGE;
}

/* From the file, else from the descriptor, else from the terminal. */
static bool take_secret(const char *file, int fd, const char *prompt, tool_secret *secret)
{
    if (file != NULL)
        return tool_secret_load(file, secret);
    return fd >= 0 ? tool_secret_read(fd, secret) : tool_secret_ask(prompt, secret);
}

static daotp_status add_servers(daotp_radius *radius, settings *s)
{
    tool_secret secret = {.len = 0};
    daotp_status status = DAOTP_OK;
    bool got = take_secret(s->secret_file, s->secret_fd, "Shared secret", &secret);

    if (!got && !interrupt_came())
        tool_say("daotp radius: no shared secret; give --secret-file or --secret-fd");
    for (size_t i = 0; got && i < s->server_count && status == DAOTP_OK; i++) {
        uint16_t port;
        char *host;

        status = split_server(s->servers[i], &host, &port);
        if (status == DAOTP_OK)
            status =
                daotp_radius_add_server(radius, host, port, secret.bytes, secret.len, s->policy);
    }
    tool_secret_free(&secret);
    return got ? status : DAOTP_CONFIGURATION;
}

static daotp_status add_radsec_servers(daotp_context *context, daotp_radius *radius, settings *s)
{
    daotp_credential *identity = NULL;
    daotp_trust *trust = NULL;
    daotp_status status = daotp_trust_new(context, &trust);

    if (status == DAOTP_OK)
        status = daotp_trust_add_file(trust, s->trust, daotp_radius_get_report(radius));
    if (status == DAOTP_OK)
        status = daotp_credential_load(context, s->cert, s->key, daotp_radius_get_report(radius),
                                       &identity);
    for (size_t i = 0; i < s->server_count && status == DAOTP_OK; i++) {
        uint16_t port;
        char *host;

        status = split_server(s->servers[i], &host, &port);
        if (status == DAOTP_OK)
            status = daotp_radius_add_radsec_server(radius, host, port, trust, identity);
    }
    daotp_credential_unref(identity);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status set_up(daotp_context *context, daotp_radius *radius, settings *s)
{
    daotp_status status =
        s->radsec ? add_radsec_servers(context, radius, s) : add_servers(radius, s);

    if (status == DAOTP_OK)
        status = daotp_radius_set_server_rules(radius, s->server_rules);
    if (status == DAOTP_OK)
        status = daotp_radius_set_timers(radius, s->timers);
    if (status == DAOTP_OK && s->timeout_s > 0)
        status = daotp_radius_set_timeout_ms(radius, (int64_t)(s->timeout_s * 1000));
    if (status == DAOTP_OK && s->nas != NULL)
        status = daotp_radius_set_nas_identifier(radius, s->nas);
    if (status == DAOTP_OK && s->strip)
        status = daotp_radius_set_user_form(radius, DAOTP_RADIUS_USER_STRIPPED);
    for (size_t i = 0; i < s->send_count && status == DAOTP_OK; i++)
        status = daotp_radius_add_attributes(radius, s->send[i]);
    if (status != DAOTP_OK)
        tool_show_report(daotp_radius_get_report(radius), status, s->json);
    return status;
}

/* ---- one exchange ---------------------------------------------------------------------------- */

/* A message of the server's; NULL past the last, or without memory. To be freed. */
static char *take_message(const daotp_radius_exchange *x, size_t index)
{
    char *text = NULL;

    (void)daotp_radius_exchange_copy_message(x, index, &text);
    return text;
}

static void show_exchange_json(daotp_radius_exchange *x, const char *answer)
{
    char *text, *words = NULL;

    tool_said_json();
    printf("{\"format\":%d,\"answer\":\"%s\",\"server\":", DAOTP_JSON_FORMAT, answer);
    json_string(stdout, daotp_radius_exchange_get_server(x));
    printf(",\"transmissions\":%u,\"round\":%u,\"messages\":[",
           daotp_radius_exchange_get_transmissions(x), daotp_radius_exchange_get_round(x));
    for (size_t i = 0; (text = take_message(x, i)) != NULL; i++) {
        printf("%s", i > 0 ? "," : "");
        json_string(stdout, text);
        daotp_free(text);
    }
    printf("],\"attributes\":");
    (void)daotp_radius_exchange_copy_text(x, &words);
    json_string(stdout, words != NULL ? words : "");
    daotp_free(words);
    printf(",\"report\":%s}\n", daotp_report_get_json(daotp_radius_exchange_get_report(x)));
}

static void show_exchange(daotp_radius_exchange *x, bool json)
{
    static const char *const answers[] = {"pending", "accepted", "rejected", "challenged",
                                          "undecided"};
    char *text, *words = NULL;

    if (json) {
        show_exchange_json(x, answers[daotp_radius_exchange_get_answer(x)]);
        return;
    }
    printf("%s by %s, round %u, after %u transmissions\n",
           answers[daotp_radius_exchange_get_answer(x)], daotp_radius_exchange_get_server(x),
           daotp_radius_exchange_get_round(x), daotp_radius_exchange_get_transmissions(x));
    for (size_t i = 0; (text = take_message(x, i)) != NULL; i++) {
        printf("message: %s\n", text);
        daotp_free(text);
    }
    if (daotp_radius_exchange_copy_text(x, &words) == DAOTP_OK)
        fputs(words, stdout);
    daotp_free(words);
    page_put(daotp_report_get_text(daotp_radius_exchange_get_report(x)));
}

/* As daotp_radius_exchange_wait() does it, but an interrupt ends the exchange. */
static daotp_status await_exchange(daotp_radius *radius, daotp_radius_exchange *x)
{
    const int look_ms = 200; /* one may have come before the wait began */

    while (daotp_radius_exchange_get_status(x) == DAOTP_AGAIN) {
        struct pollfd ready = {.fd = daotp_radius_get_fd(radius), .events = POLLIN};
        int ms;

        (void)daotp_radius_step(radius);
        ms = daotp_radius_get_timeout_ms(radius);
        if (daotp_radius_exchange_get_status(x) == DAOTP_AGAIN)
            (void)poll(&ready, 1, ms >= 0 && ms < look_ms ? ms : look_ms);
        if (interrupt_came())
            daotp_radius_exchange_cancel(x);
    }
    return daotp_radius_exchange_get_status(x);
}

static daotp_status log_in(daotp_radius *radius, daotp_radius_exchange *x, const settings *s)
{
    tool_secret word = {.len = 0};
    daotp_status status = DAOTP_CONFIGURATION;
    bool got = take_secret(s->password_file, s->password_fd, "PIN and code", &word);

    if (got)
        status = daotp_radius_exchange_begin(x, word.bytes, word.len);
    else if (!interrupt_came())
        tool_say("daotp radius: no password");
    if (status == DAOTP_OK)
        status = await_exchange(radius, x);
    while (status == DAOTP_CHALLENGE && !s->no_challenge && isatty(STDIN_FILENO)) {
        show_exchange(x, s->json);
        if (!tool_secret_ask("Answer", &word))
            break;
        status = daotp_radius_exchange_respond(x, word.bytes, word.len);
        if (status == DAOTP_OK)
            status = await_exchange(radius, x);
    }
    tool_secret_free(&word);
    return status;
}

static daotp_radius_probe probe_of(const settings *s)
{
    return s->status ? DAOTP_RADIUS_PROBE_STATUS_SERVER : DAOTP_RADIUS_PROBE_USER;
}

static daotp_status try_exchange(daotp_radius *radius, const settings *s)
{
    daotp_radius_exchange *x;
    daotp_status status =
        daotp_radius_exchange_new(radius, s->user != NULL ? s->user : "DAProbeUser", &x);

    if (status != DAOTP_OK)
        return status;
    if (s->status || s->probe) {
        status = daotp_radius_exchange_probe(x, 0, probe_of(s));
        if (status == DAOTP_OK)
            status = await_exchange(radius, x);
    } else {
        status = log_in(radius, x, s);
    }
    if (daotp_radius_exchange_get_status(x) == status)
        show_exchange(x, s->json);
    daotp_radius_exchange_free(x);
    return status;
}

/* ---- watching -------------------------------------------------------------------------------- */

static void show_server(const char *server, daotp_radius_exchange *x, bool json)
{
    bool alive = daotp_radius_exchange_get_answer(x) == DAOTP_RADIUS_ACCEPTED;
    const char *why =
        alive ? "alive"
              : daotp_finding_get_id(daotp_report_get_error(daotp_radius_exchange_get_report(x)));

    if (json) {
        tool_said_json();
        printf("{\"format\":%d,\"server\":", DAOTP_JSON_FORMAT);
        json_string(stdout, server);
        printf(",\"alive\":%s,\"report\":%s}\n", alive ? "true" : "false",
               daotp_report_get_json(daotp_radius_exchange_get_report(x)));
    } else {
        printf("%-40s %s\n", server, why);
    }
}

static daotp_status watch_server(daotp_radius *radius, size_t i, const settings *s)
{
    daotp_radius_exchange *x;
    daotp_status status = daotp_radius_exchange_new(radius, "DAProbeUser", &x);

    if (status != DAOTP_OK)
        return status;
    status = daotp_radius_exchange_probe(x, i, probe_of(s));
    if (status == DAOTP_OK)
        status = await_exchange(radius, x);
    if (status != DAOTP_CANCELLED)
        show_server(daotp_radius_get_server(radius, i), x, s->json);
    daotp_radius_exchange_free(x);
    return status;
}

/* The status of the last round: accepted when all were alive. */
static daotp_status watch_servers(daotp_radius *radius, const settings *s)
{
    daotp_status status = DAOTP_OK, one;

    for (int64_t round = 0; !interrupt_came() && (s->count == 0 || round < s->count); round++) {
        if (round > 0)
            (void)tool_sleep(s->interval_s);
        status = interrupt_came() ? DAOTP_CANCELLED : DAOTP_OK;
        for (size_t i = 0; !interrupt_came() && i < daotp_radius_get_server_count(radius); i++) {
            one = watch_server(radius, i, s);
            status = one != DAOTP_OK ? one : status;
        }
        fflush(stdout);
    }
    return status;
}

/* ---- options --------------------------------------------------------------------------------- */

/* One of a list of words; what is none of them is told. */
static bool take_word(settings *s, int option)
{
    static const char *const policies[] = {"require", "auto", "optional", "first", NULL};
    static const char *const all_timers[] = {"code", "push", "probe", NULL};
    static const char *const rules[] = {"path", "strict", "webpki", NULL};
    int value = 0;
    bool ok = false;

    if (option == 'm') {
        ok = tool_choose_option("radius", "policy", optarg, policies, &value);
        s->policy = (daotp_radius_policy)value;
    } else if (option == 'f') {
        ok = tool_choose_option("radius", "timers", optarg, all_timers, &value);
        s->timers = (daotp_radius_timers)value;
    } else if (option == 'R') {
        ok = tool_choose_option("radius", "server-rules", optarg, rules, &value);
        s->server_rules = (daotp_rules)value;
    }
    return ok;
}

static bool take_option(settings *s, int option)
{
    bool ok;

    switch (option) {
    case 's':
        ok = s->server_count < sizeof s->servers / sizeof s->servers[0];
        if (ok)
            s->servers[s->server_count++] = optarg;
        return ok;
    case 'A':
        ok = s->send_count < sizeof s->send / sizeof s->send[0];
        if (ok)
            s->send[s->send_count++] = optarg;
        return ok;
    case 'S':
        return (s->secret_file = optarg) != NULL;
    case 'u':
        return (s->user = optarg) != NULL;
    case 'p':
        return (s->password_file = optarg) != NULL;
    case 'd':
        return tool_descriptor(optarg, &s->password_fd);
    case 'D':
        return tool_descriptor(optarg, &s->secret_fd);
    case 't':
        return tool_seconds(optarg, &s->timeout_s);
    case 'i':
        return tool_seconds(optarg, &s->interval_s);
    case 'c':
        return tool_integer(optarg, 1, INT64_MAX, &s->count);
    case 'n':
        return (s->nas = optarg) != NULL;
    case 'x':
        return s->strip = true;
    case 'C':
        return s->no_challenge = true;
    case 'r':
        return s->radsec = true;
    case 'T':
        return (s->trust = optarg) != NULL;
    case 'E':
        return (s->cert = optarg) != NULL;
    case 'K':
        return (s->key = optarg) != NULL;
    case 'a':
        return s->status = true;
    case 'P':
        return s->probe = true;
    case 'j':
        return s->json = true;
    default:
        return take_word(s, option);
    }
}

/* Each that is missing is named. */
static bool has_all_needed(const settings *s, bool watching)
{
    bool asks_for_a_user = !watching && !s->status && !s->probe;
    bool lacks_identity = /* RFC 6614 2.3: both ends show a certificate */
        s->radsec && (s->trust == NULL || s->cert == NULL || s->key == NULL);

    if (s->server_count == 0)
        (void)tool_missing("radius", "--server");
    if (asks_for_a_user && s->user == NULL)
        (void)tool_missing("radius", "--user (or watch, --status or --probe)");
    if (lacks_identity)
        (void)tool_missing("radius", "--trust, --cert and --key, with --radsec");
    return s->server_count > 0 && (!asks_for_a_user || s->user != NULL) && !lacks_identity;
}

int cmd_radius(int argc, char **argv)
{
    static const char *const names[] = {"watch", NULL};
    static const struct option options[] = {{"server", required_argument, NULL, 's'},
                                            {"secret-file", required_argument, NULL, 'S'},
                                            {"secret-fd", required_argument, NULL, 'D'},
                                            {"user", required_argument, NULL, 'u'},
                                            {"password-file", required_argument, NULL, 'p'},
                                            {"password-fd", required_argument, NULL, 'd'},
                                            {"policy", required_argument, NULL, 'm'},
                                            {"timers", required_argument, NULL, 'f'},
                                            {"timeout", required_argument, NULL, 't'},
                                            {"interval", required_argument, NULL, 'i'},
                                            {"count", required_argument, NULL, 'c'},
                                            {"nas", required_argument, NULL, 'n'},
                                            {"send", required_argument, NULL, 'A'},
                                            {"strip", no_argument, NULL, 'x'},
                                            {"no-challenge", no_argument, NULL, 'C'},
                                            {"radsec", no_argument, NULL, 'r'},
                                            {"server-rules", required_argument, NULL, 'R'},
                                            {"trust", required_argument, NULL, 'T'},
                                            {"cert", required_argument, NULL, 'E'},
                                            {"key", required_argument, NULL, 'K'},
                                            {"status", no_argument, NULL, 'a'},
                                            {"probe", no_argument, NULL, 'P'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    settings s = {.secret_fd = -1,
                  .password_fd = -1,
                  .interval_s = 5,
                  .policy = DAOTP_RADIUS_POLICY_REQUIRE,
                  .server_rules = DAOTP_RULES_PATH};
    daotp_context *context;
    daotp_radius *radius = NULL;
    daotp_status status;
    bool watching;
    int c, which = 0;

    while ((c = tool_next_option("radius", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (!take_option(&s, c)) /* for those with a list of words it was said */
            return tool_bad_option("radius", strchr("mfR", c) ? '?' : c, options[which].name,
                                   optarg);
    }
    watching = optind < argc && strcmp(argv[optind], names[0]) == 0;
    if (!watching && optind < argc)
        return tool_unknown_word("radius", argv[optind], names);
    if (watching && optind + 1 < argc)
        return tool_extra_word("radius", argv[optind + 1]);
    if (!has_all_needed(&s, watching))
        return TOOL_USAGE;
    if (s.timers == 0)
        s.timers =
            watching || s.status || s.probe ? DAOTP_RADIUS_TIMERS_PROBE : DAOTP_RADIUS_TIMERS_CODE;
    context = tool_context();
    interrupt_catch();
    status = daotp_radius_new(context, &radius);
    if (status == DAOTP_OK)
        status = set_up(context, radius, &s);
    if (status == DAOTP_OK)
        status = watching ? watch_servers(radius, &s) : try_exchange(radius, &s);
    daotp_radius_free(radius);
    daotp_context_unref(context);
    return tool_exit_status(status);
}
