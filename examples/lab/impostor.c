/* SPDX-License-Identifier: BSD-2-Clause */
#include "impostor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "https.h"
#include "log.h"
#include "loop.h"
#include "peers.h"
#include "process.h"

#define NAME      "impostor"
#define XML_TYPE  "Application/xml;charset=utf-8"
#define NAMESPACE "http://schemas.microsoft.com/otpcep/1.0/protocol"
#define PAGE      "<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"

/* ---- answers over HTTP ---- */

static void send_page(struct https_request *http, int status, const char *title)
{
    char page[400];

    snprintf(page, sizeof(page), PAGE, title, title);
    if (strcmp(https_method(http), "HEAD") == 0) /* otherwise libevent would send the body */
        page[0] = '\0';
    https_reply(http, status, "text/html", page, strlen(page));
}

/* The value of certRequest="..." unchanged; "" for none. */
static void copy_request(struct https_request *http, char *out, size_t size)
{
    static const char attribute[] = "certRequest=\"";
    size_t len, n = 0;
    const char *body = (const char *)https_body(http, &len);
    const char *at = body != NULL ? memmem(body, len, attribute, strlen(attribute)) : NULL;

    if (at != NULL)
        for (at += strlen(attribute); at < body + len && *at != '"' && n < size - 1; at++)
            out[n++] = *at;
    out[n] = '\0';
}

static void send_answer(struct https_request *http, const char *what)
{
    char request[16 * 1024], answer[20 * 1024];
    const char *namespace = NAMESPACE, *status = "OtherError";
    int len;

    if (strcmp(what, "other-namespace") == 0)
        namespace = "urn:another";
    if (strcmp(what, "empty") == 0 || strcmp(what, "bare") == 0)
        status = "Success";

    copy_request(http, request, sizeof(request));
    if (strcmp(what, "bare") != 0)
        request[0] = '\0';
    len = snprintf(answer, sizeof(answer),
                   "<?xml version=\"1.0\" encoding=\"utf-8\"?><signCertResponse xmlns=\"%s\" "
                   "statusCode=\"%s\" SignedCertRequest=\"%s\"><IssuingCA>%s</IssuingCA>"
                   "</signCertResponse>",
                   namespace, status, request, LAB_CA_CONFIG);
    if (strcmp(what, "cut") == 0)
        len /= 2;
    if (strcmp(what, "no-version") != 0)
        (void)https_add_header(http, "X-OTPCEP-version", "1.0");
    https_reply(http, 200, XML_TYPE, answer, (size_t)len);
}

static const char *skip_word(const char *text, const char *word)
{
    size_t len = strlen(word);

    return strncmp(text, word, len) == 0 ? text + len : NULL;
}

static void on_request(struct https_request *http, void *user)
{
    const char *how = user, *rest;

    if ((rest = skip_word(how, "status ")) != NULL) {
        send_page(http, atoi(rest), "Error");
    } else if ((rest = skip_word(how, "answer ")) != NULL) {
        if (strcmp(https_method(http), "POST") == 0)
            send_answer(http, rest);
        else
            https_reply(http, 405, NULL, "", 0); /* as the responder does */
    } else if (strcmp(how, "moved") == 0) {
        (void)https_add_header(http, "Location", "https://elsewhere.lab.example/otp");
        send_page(http, 302, "Moved");
    } else {
        send_page(http, 200, "Guest network: please accept the terms");
    }
}

static int run_https(const struct lab *lab, int fd, const char *how)
{
    struct lab_dir_path cert = lab_dir_path(lab, "pki/server.pem");
    struct lab_dir_path key = lab_dir_path(lab, "pki/server.key");
    struct lab_dir_path root = lab_dir_path(lab, "pki/root.pem");
    const char *rest = skip_word(how, "no-cert ");
    struct https_config config = {
        .fd = fd,
        .cert = cert.s,
        .key = key.s,
        .client = HTTPS_CLIENT_OPTIONAL,
        .client_ca = root.s,
    };
    struct event_base *base = event_base_new();
    struct https *server = NULL;
    int end = base != NULL ? LAB_OK : LAB_MEMORY;

    if (strcmp(how, "plain") == 0)
        config.cert = NULL;
    if (rest != NULL)
        config.client = HTTPS_CLIENT_NONE;
    if (end == LAB_OK)
        end = https_start(base, &config, on_request, (void *)(rest != NULL ? rest : how), &server);
    if (end == LAB_OK)
        end = loop_run(base);
    https_stop(server);
    if (base != NULL)
        event_base_free(base);
    return end;
}

/* ---- answers below HTTP ---- */

/* "silent": the kernel accepts connections, and no program reads from them. */
static void refuse_connection(int peer, const char *how)
{
    static const char banner[] = "220 mail.lab.example ESMTP\r\n";
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    char hello[512];

    if (strcmp(how, "smtp") == 0)
        (void)!write(peer, banner, strlen(banner));
    (void)!recv(peer, hello, sizeof(hello), 0);
    if (strcmp(how, "reset") == 0)
        (void)setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(peer);
}

static int run_raw(int fd, const char *how)
{
    int peer;

    while (strcmp(how, "silent") == 0)
        (void)pause();
    while ((peer = process_accept(fd)) >= 0)
        refuse_connection(peer, how);
    return LAB_PEER;
}

int impostor_run(const struct lab *lab, int fd, const char *how)
{
    if (strcmp(how, "silent") == 0 || strcmp(how, "reset") == 0 || strcmp(how, "smtp") == 0)
        return run_raw(fd, how);
    return run_https(lab, fd, how);
}

/* ---- starting ---- */

int impostor_start(struct lab *lab, const char *how)
{
    char self[1200], number[16];
    const char *argv[] = {self, "lab", NAME, lab->dir, number, how, NULL};
    int keep[] = {-1, -1};
    int end = peers_find_self(self, sizeof(self));

    if (end == LAB_OK)
        end = process_stop(lab, "responder");
    if (end == LAB_OK)
        end = process_listen(lab->responder_port, &keep[0], &lab->responder_port);
    snprintf(number, sizeof(number), "%d", keep[0]);
    if (end == LAB_OK)
        end = process_start(lab, NAME, argv, NULL, keep); /* it listens already */
    if (keep[0] >= 0)
        close(keep[0]);
    return end;
}

int impostor_stop(struct lab *lab)
{
    int end = process_stop(lab, NAME);

    return end == LAB_OK ? peers_start_responder(lab) : end;
}
