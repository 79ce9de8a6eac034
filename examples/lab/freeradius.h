/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A FreeRADIUS that checks the codes by rlm_totp, as an OTP server behind a responder does.
 * Everything of it is in DIR/radius, but for DIR/users.txt, which it reads when it starts.
 * rlm_totp of 3.2.1 takes the code of the present 30 s only; one that can is told to take the
 * code before and the code after, too. Each code is good once, until FreeRADIUS is started again.
 */
#ifndef LAB_FREERADIUS_H
#define LAB_FREERADIUS_H

#include <stdbool.h>

#include "lab_dir.h"

bool freeradius_available(const char **missing); /* the package to install, when not */
int freeradius_create(struct lab *lab);          /* secret and first start; sets port */
int freeradius_start(const struct lab *lab);     /* again, on its port; configured anew */
int freeradius_stop(const struct lab *lab);
/* A line in DIR/radius/NAME; FreeRADIUS's own is "secret". */
int freeradius_new_secret(const struct lab *lab, const char *name);

#endif
