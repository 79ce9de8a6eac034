/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks the form of a CMC request more strictly than AD CS: RFC 5652 versions and algorithm sets,
 * DER and its order, the Dummy signer as Windows writes it. AD CS accepts other forms; the lab
 * refuses them, to find mistakes of the library, which writes these requests.
 */
#ifndef LAB_CMC_FORM_H
#define LAB_CMC_FORM_H

#include <stddef.h>

#include "cmc.h"

struct verdict cmc_form_check(const unsigned char *der, size_t len);

#endif
