/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that answers in the place of the OTP responder: a proxy, a portal, a broken server.
 * */
#ifndef LAB_IMPOSTOR_H
#define LAB_IMPOSTOR_H

#include "lab_dir.h"

/*
 * How it answers, as the faults say: "status NUMBER" to everything; "page", a page of HTML with
 * 200; "moved", a redirect; "plain", HTTP without TLS; "answer WHAT", an MS-OTPCE answer:
 * no-version, other-namespace, other-error, empty, bare, cut; "silent", "reset" and "smtp", no TLS
 * at all. "no-cert" before any but the last four and "plain": no client certificate is asked for.
 */
int impostor_start(struct lab *lab, const char *how); /* at the responder's port */
int impostor_stop(struct lab *lab);
int impostor_run(const struct lab *lab, int fd, const char *how); /* the process */

#endif
