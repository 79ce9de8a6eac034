/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole enrolment on one page: an OTP server in another process (our responder behind blocking
 * TLS), and a client that is set up for it. The code 123456 is right, 000000 is wrong.
 */
#ifndef SCENE_H
#define SCENE_H

#include "fake_ca.h"
#include "tls_peer.h"

#include <daotp/client.h>
#include <daotp/responder.h>
#include <stdlib.h>
#include <strings.h>

#define SCENE_CA_1 "ca1.corp.example\\Corp CA 1"
#define SCENE_CA_2 "ca2.corp.example\\Corp CA 2"

typedef struct scene {
    forge_world world;
    tls_peer server;
    daotp_context *context;
    daotp_trust *trust;
    daotp_credential *machine;
    daotp_key *key;
    char url[80];
} scene;

/* ---- the server, in its process -------------------------------------------------------------- */

void scene_answer(SSL *ssl, int fd, daotp_exchange *x, bool head_only);

bool scene_request(SSL *ssl, int fd, daotp_responder *responder);

void scene_serve(SSL *ssl, int fd, void *user);

/* ---- around it ------------------------------------------------------------------------------- */

/* Fills in place: the server's process keeps a pointer to it. */
void scene_begin(scene *s);

void scene_end(scene *s);

/* What a good CA hands over: the user's certificate with its root, in PEM. */
void scene_issue(const scene *s, fake_ca *fake);

/* The settings of a client for this scene; stops at the first that fails. */
daotp_status scene_set(const scene *s, daotp_client *client, daotp_ca *ca);

#endif
