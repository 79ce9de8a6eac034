/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ask the user by a program of the kind of ssh-askpass: it gets the prompt as its argument, shows a
 * window, and writes the answer to standard output. An exit status other than 0 means that the user
 * cancelled.
 */
#ifndef ASKPASS_H
#define ASKPASS_H

#include "tool.h"

enum { ASKPASS_PATH = 4096 };

/* The program: the one that is configured, or else that of DAOTP_ASKPASS, or else that of
 * SSH_ASKPASS, or else ssh-askpass or ksshaskpass in PATH. One that is named and cannot be run is
 * an error. false when it was said what is wrong. configured: NULL for none. */
bool askpass_find(const char *configured, char path[ASKPASS_PATH]);
/* One question. false when the user cancelled, gave no answer within timeout_s, or an interrupt
 * came; the program has ended in any case. */
bool askpass_ask(const char *program, double timeout_s, const char *prompt, tool_secret *answer);

#endif
