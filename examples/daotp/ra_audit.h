/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RA_AUDIT_H
#define RA_AUDIT_H

/* `daotp ra audit`, with the words behind "ra"; what the tool ends with. */
int ra_audit(int argc, char **argv, const char *help);

#endif
