/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the certificates and CRLs of a bundle. */
#ifndef DAOTP_DOCTOR_BUNDLE_CERTIFICATES_H
#define DAOTP_DOCTOR_BUNDLE_CERTIFICATES_H

#include "doctor/bundle_reader.h"

/* DAOTP_OK or DAOTP_MEMORY. *found: whether the file holds a certificate or CRL. */
daotp_status daotp__bundle_read_certificates(daotp__bundle_reader *reader, daotp__bytes bytes,
                                             bool *found);

#endif
