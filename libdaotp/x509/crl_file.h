/* SPDX-License-Identifier: BSD-2-Clause */
/* CRLs of files, copied into memory that nobody else can change: so that a change underneath cannot
 * hurt. */
#ifndef DAOTP_X509_CRL_FILE_H
#define DAOTP_X509_CRL_FILE_H

#include "x509/crl_list.h"

#include <sys/types.h>

/* The CRL, in DER, of an open file of this length; errno tells what failed when it is
 * DAOTP_INTERNAL. */
daotp_status daotp__crl_file_copy(int fd, off_t len, daotp__indexed_crl **indexed);
/* The CRLs of a file, as daotp__crl_list_take(). */
daotp_status daotp__crl_file_open(daotp__crl_list *crls, const char *path, daotp_report *report);

#endif
