/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads CRLs from files into memory that no other process can change, so that a later change of
 * the file does not change a CRL that was verified. */
#ifndef DAOTP_X509_CRL_FILE_H
#define DAOTP_X509_CRL_FILE_H

#include "x509/crl_list.h"

#include <sys/types.h>

/* Copy the DER CRL of an open file of len octets. DAOTP_OK; DAOTP_MEMORY; DAOTP_PEER when it is
 * malformed; DAOTP_INTERNAL when the file cannot be read: errno says why. */
daotp_status daotp__crl_file_copy(int fd, off_t len, daotp__indexed_crl **indexed);
/* Append all CRLs of a file, in PEM or DER, to the list: all of them or none. */
daotp_status daotp__crl_file_open(daotp__crl_list *crls, const char *path, daotp_report *report);

#endif
