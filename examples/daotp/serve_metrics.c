/* SPDX-License-Identifier: BSD-2-Clause */
/* /metrics, the text format 0.0.4 of Prometheus, and /healthz, which tells apart what a server
 * needs: RADIUS, the directory, the list of CAs, and the signing certificate. */
#include "serve.h"

#include "json.h"
#include "lab_dir.h"
#include "serve_notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the signing certificate ----------------------------------------------------------------- */

enum { SIGNER_MS = 5000 };

/* All zero where no file is. */
static void stat_file(const char *path, struct stat *st)
{
    if (path == NULL || stat(path, st) != 0)
        *st = (struct stat){0};
}

static void check_signer_state(server *s, serve_signer_state *state)
{
    daotp_report *report = NULL;
    const daotp_finding *finding;

    state->is_ok = daotp_report_new(s->context, &report) == DAOTP_OK &&
                   serve_check_signer(s->context, s->settings, report, &state->left_s) == DAOTP_OK;
    finding = report != NULL ? daotp_report_get_error(report) : NULL;
    state->finding = finding != NULL ? daotp_finding_get_number(finding) : 0;
    daotp_report_free(report);
}

/* Files are read and a key is compared, which a client that asks all the time must not cause. */
static void refresh_signer(server *s)
{
    int64_t now_ms = serve_now_ms();
    serve_signer_state next = {.until_ms = now_ms + SIGNER_MS};

    stat_file(s->settings->ra_cert, &next.cert);
    stat_file(s->settings->ra_key, &next.key);
    if (now_ms < s->signer.until_ms && lab_dir_is_unchanged(&next.cert, &s->signer.cert) &&
        lab_dir_is_unchanged(&next.key, &s->signer.key))
        return;
    check_signer_state(s, &next);
    s->signer = next;
}

/* ---- metrics --------------------------------------------------------------------------------- */

static void put_head(FILE *to, const char *name, const char *type, const char *help)
{
    fprintf(to, "# HELP daotp_serve_%s %s\n# TYPE daotp_serve_%s %s\n", name, help, name, type);
}

static void put_gauge(FILE *to, const char *name, const char *help, int64_t value)
{
    put_head(to, name, "gauge", help);
    fprintf(to, "daotp_serve_%s %lld\n", name, (long long)value);
}

static void put_counter(FILE *to, const char *name, const char *help, uint64_t value)
{
    put_head(to, name, "counter", help);
    fprintf(to, "daotp_serve_%s %llu\n", name, (unsigned long long)value);
}

static void put_requests(FILE *to, const serve_counts *counts)
{
    put_head(to, "requests_total", "counter", "requests that were answered, by outcome");
    for (int i = 0; i <= DAOTP_INTERNAL; i++)
        if (i != DAOTP_AGAIN)
            fprintf(to, "daotp_serve_requests_total{outcome=\"%s\"} %llu\n",
                    daotp_status_name((daotp_status)i), (unsigned long long)counts->requests[i]);
    put_head(to, "findings_total", "counter", "requests that were refused, by finding");
    for (int i = 1; i < SERVE_FINDINGS; i++)
        if (counts->verdicts[i] > 0)
            fprintf(to, "daotp_serve_findings_total{finding=\"%s\"} %llu\n",
                    daotp_catalogue_get_id((daotp_finding_number)i),
                    (unsigned long long)counts->verdicts[i]);
}

static void put_times(FILE *to, const serve_counts *counts)
{
    uint64_t sum = 0;

    put_head(to, "request_seconds", "histogram", "from a whole request to its answer");
    for (int i = 0; i <= SERVE_BUCKETS; i++) {
        sum += counts->buckets[i];
        if (i < SERVE_BUCKETS)
            fprintf(to, "daotp_serve_request_seconds_bucket{le=\"%g\"} %llu\n",
                    (double)serve_bucket_ms[i] / 1000, (unsigned long long)sum);
    }
    fprintf(to,
            "daotp_serve_request_seconds_bucket{le=\"+Inf\"} %llu\n"
            "daotp_serve_request_seconds_sum %g\ndaotp_serve_request_seconds_count %llu\n",
            (unsigned long long)sum, (double)counts->sum_ms / 1000, (unsigned long long)sum);
}

static void put_peers(FILE *to, const serve_counts *counts)
{
    const struct {
        const char *name;
        const serve_peer_counts *peer;
    } peers[] = {{"radius", &counts->radius}, {"directory", &counts->directory}};

    put_head(to, "asked_total", "counter", "questions to RADIUS and to the directory");
    for (size_t i = 0; i < 2; i++)
        fprintf(to,
                "daotp_serve_asked_total{peer=\"%s\",answered=\"yes\"} %llu\n"
                "daotp_serve_asked_total{peer=\"%s\",answered=\"no\"} %llu\n",
                peers[i].name, (unsigned long long)peers[i].peer->answered, peers[i].name,
                (unsigned long long)peers[i].peer->failed);
}

static void put_rest(FILE *to, server *s)
{
    const serve_counts *counts = &s->counts;

    refresh_signer(s);
    put_gauge(to, "in_flight", "requests under way", counts->in_flight);
    put_gauge(to, "workers", "threads that serve", (int64_t)s->worker_count);
    put_gauge(to, "start_time_seconds", "when the server began", counts->started_s);
    put_gauge(to, "ra_left_seconds", "what is left of the signing certificate's life",
              s->signer.left_s);
    put_counter(to, "directory_cache_hits_total", "searches that were answered from the cache",
                counts->cache_hits);
    put_counter(to, "busy_total", "requests that --queue refused", counts->busy);
    put_counter(to, "reloads_total", "settings that were read anew", counts->reloads);
    put_counter(to, "failed_reloads_total", "settings that could not be used",
                counts->failed_reloads);
    put_head(to, "lost_lines_total", "counter", "lines that could not be written");
    fprintf(to,
            "daotp_serve_lost_lines_total{log=\"text\"} %llu\n"
            "daotp_serve_lost_lines_total{log=\"audit\"} %llu\n",
            (unsigned long long)serve_log_lost(s->log, SERVE_LOG_TEXT),
            (unsigned long long)serve_log_lost(s->log, SERVE_LOG_AUDIT));
}

static int put_metrics(FILE *to, server *s)
{
    put_requests(to, &s->counts);
    put_times(to, &s->counts);
    put_peers(to, &s->counts);
    put_rest(to, s);
    return 200;
}

/* ---- health ---------------------------------------------------------------------------------- */

/* By the last answer: a peer is not asked for the sake of this. */
static bool put_peer(FILE *to, const char *name, const serve_peer_counts *peer, bool is_used)
{
    int64_t answered = peer->answered_s, failed = peer->failed_s;
    bool is_ok = !peer->has_failed_last;
    const char *state = is_ok ? "ok" : "failing";

    if (!is_used)
        state = "unused";
    else if (answered == 0 && failed == 0)
        state = "unknown";
    fprintf(to, ",\"%s\":{\"state\":\"%s\",\"answered\":%lld,\"failed\":%lld}", name, state,
            (long long)answered, (long long)failed);
    return is_ok || !is_used;
}

static bool put_signer_state(FILE *to, server *s)
{
    refresh_signer(s);
    fprintf(to, ",\"ra_certificate\":{\"state\":\"%s\",\"left_s\":%lld,\"finding\":",
            s->signer.is_ok ? "ok" : "failing", (long long)s->signer.left_s);
    if (s->signer.finding != 0)
        json_string(to, daotp_catalogue_get_id(s->signer.finding));
    else
        fputs("null", to);
    fputc('}', to);
    return s->signer.is_ok;
}

static int put_health(FILE *to, server *s)
{
    const serve_settings *settings = s->settings;
    bool has_ca = settings->issuing_ca_count > 0, is_ok;

    fprintf(to, "{\"format\":1,\"ca_list\":{\"state\":\"%s\",\"count\":%zu}",
            has_ca ? "ok" : "failing", settings->issuing_ca_count);
    is_ok = put_peer(to, "radius", &s->counts.radius, settings->radius.server_count > 0) && has_ca;
    is_ok = put_peer(to, "directory", &s->counts.directory, true) && is_ok;
    is_ok = put_signer_state(to, s) && is_ok && !s->is_stopping;
    fprintf(to, ",\"stopping\":%s", s->is_stopping ? "true" : "false");
    fprintf(to, ",\"state\":\"%s\"}\n", is_ok ? "ok" : "failing");
    return is_ok ? 200 : 503;
}

/* ---- the server ------------------------------------------------------------------------------ */

static void on_metrics(struct https_request *request, void *user)
{
    server *s = user;
    bool is_health = strcmp(https_path(request), "/healthz") == 0;
    char *text = NULL;
    size_t len = 0;
    FILE *to;
    int status;

    if (!is_health && strcmp(https_path(request), "/metrics") != 0) {
        https_reply(request, 404, NULL, NULL, 0);
        return;
    }
    to = open_memstream(&text, &len);
    if (to == NULL) {
        https_reply(request, 503, NULL, NULL, 0);
        return;
    }
    status = is_health ? put_health(to, s) : put_metrics(to, s);
    (void)fclose(to);
    https_reply(request, status, is_health ? "application/json" : "text/plain; version=0.0.4", text,
                len);
    free(text);
}

int serve_start_metrics(server *s)
{
    struct https_config config = {.host = s->settings->metrics_host,
                                  .port = s->settings->metrics_port,
                                  .max_connections = 32,
                                  .timeout_s = 10};
    int fd = serve_listen_fd("metrics"), status;

    if (s->settings->metrics_host == NULL && fd < 0)
        return 0;
    config.fd = fd > 0 ? fd : 0;
    status = https_start(s->base, &config, on_metrics, s, &s->metrics);
    if (status == 0 && !s->settings->quiet)
        fprintf(stderr, "daotp serve: http://%s:%d/metrics\n",
                config.host != NULL ? config.host : "localhost", https_port(s->metrics));
    return status;
}
