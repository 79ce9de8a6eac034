/* SPDX-License-Identifier: BSD-2-Clause */
/* An MIT Kerberos KDC that accepts the lab's logon certificates (PKINIT), as a domain controller
 * does. All its files are in DIR/kdc. */
#ifndef LAB_KDC_H
#define LAB_KDC_H

#include <stdbool.h>

#include "lab_dir.h"

bool kdc_available(const char **missing); /* the package to install, when not */
int kdc_create(struct lab *lab);          /* database, configuration and first start; sets port */
int kdc_start(const struct lab *lab);     /* again, on its port */
int kdc_restart(const struct lab *lab);   /* writes its configuration again, by the active faults */
int kdc_stop(const struct lab *lab);
int kdc_change_user(const struct lab *lab,
                    const char *command); /* a line of kadmin, with its line end */

#endif
