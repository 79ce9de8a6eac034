/* SPDX-License-Identifier: BSD-2-Clause */
/* What the doctor found, as one HTML page that needs nothing else. */
#ifndef DOCTOR_HTML_H
#define DOCTOR_HTML_H

#include <daotp/daotp.h>

#include <stdio.h>

/* now_s: when it was looked, for the bars. redact: hosts, addresses, names of users and of
 * certificates become words with a number, the same one for the same text. False when memory ran
 * out or it could not be written. */
bool doctor_html_write(FILE *to, const daotp_doctor *doctor, int64_t now_s, bool redact);

#endif
