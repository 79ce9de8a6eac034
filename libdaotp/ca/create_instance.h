/* SPDX-License-Identifier: BSD-2-Clause */
/* IRemoteSCMActivator::RemoteCreateInstance (MS-DCOM 3.1.2.5.2.3.3): the call that activates the
 * CA's object on servers that refuse RemoteActivation. Its arguments are properties in a custom
 * OBJREF (2.2.22), each with its own serialization header. No I/O. */
#ifndef DAOTP_CA_CREATE_INSTANCE_H
#define DAOTP_CA_CREATE_INSTANCE_H

#include "ca/dcom.h"

enum { DAOTP__CREATE_INSTANCE_OPNUM = 4 };

extern const daotp__rpc_syntax daotp__activator_interface;

void daotp__create_instance_write(const uint8_t *causality, const uint8_t *class_id,
                                  const uint8_t *interface_id, daotp__buffer *stub);
/* Read the answer. Returns false when it is malformed; *why is then a static text. */
bool daotp__create_instance_read(daotp__bytes stub, const uint8_t *interface_id,
                                 daotp__activation *activation, const char **why);

#endif
