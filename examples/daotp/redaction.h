/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names taken out of texts, for a report that is shown to others: host names, addresses, accounts,
 * names of certificates and files. The same name becomes the same word, "[name-2]", so that what
 * belongs together still does.
 */
#ifndef REDACTION_H
#define REDACTION_H

typedef struct redaction redaction;

redaction *redaction_new(void); /* NULL without memory */
void redaction_free(redaction *names);
/* A copy, to be freed with free(); NULL without memory. */
char *redaction_apply(redaction *names, const char *text);
/* The same for a text that is a name from end to end. */
char *redaction_whole(redaction *names, const char *text);

#endif
