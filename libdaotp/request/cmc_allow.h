/* SPDX-License-Identifier: BSD-2-Clause */
/* An allow-list of the parts of a CMC beside the request: those that Windows and this library
 * send. */
#ifndef DAOTP_REQUEST_CMC_ALLOW_H
#define DAOTP_REQUEST_CMC_ALLOW_H

#include "x509/der.h"

/* The effect that a part of the message can have, in ascending order. */
typedef enum daotp__cmc_effect {
    DAOTP__CMC_HARMLESS,
    DAOTP__CMC_UNKNOWN,
    DAOTP__CMC_IDENTITY /* it can change who is certified, or for which purpose */
} daotp__cmc_effect;

/* The part with the strongest effect that was met. */
typedef struct daotp__cmc_finding {
    daotp__cmc_effect effect;
    daotp__bytes oid; /* of the control or attribute */
} daotp__cmc_finding;
void daotp__cmc_note(daotp__cmc_finding *finding, daotp__cmc_effect effect, daotp__bytes oid);

/* An attribute: of a signer, signed or not, or added to the request by a control. */
daotp__cmc_effect daotp__cmc_attribute_effect(daotp__bytes oid);
/* A control of PKIData with its values (content of the SET). */
daotp__cmc_effect daotp__cmc_control_effect(daotp__bytes oid, daotp__bytes values);
/* Attributes (content of a SET OF Attribute); false when one cannot be read. */
bool daotp__cmc_scan_attributes(daotp__bytes set, daotp__cmc_finding *finding);

#endif
