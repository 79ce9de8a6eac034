/* SPDX-License-Identifier: BSD-2-Clause */
/* A KDC that offers PKINIT as a Windows domain controller does, and refuses every such request. */
#ifndef LAB_KDC_REFUSAL_H
#define LAB_KDC_REFUSAL_H

#include "lab_dir.h"

/* Starts it at the KDC's port, in the place of the KDC; it answers with this error-code (RFC
 * 4120 7.5.9). */
int kdc_refusal_start(struct lab *lab, int code);
int kdc_refusal_run(int fd, int code); /* the process */

#endif
