/* SPDX-License-Identifier: BSD-2-Clause */
/* IRemoteSCMActivator::RemoteCreateInstance (MS-DCOM 3.1.2.5.2.3.3): the second way to have the
 * CA's object made, for servers that refuse RemoteActivation. Its arguments are properties in a
 * custom OBJREF (2.2.22), each serialized by itself. No I/O. */
#ifndef DAOTP_CA_CREATE_INSTANCE_H
#define DAOTP_CA_CREATE_INSTANCE_H

#include "ca/dcom.h"

enum { DAOTP__CREATE_INSTANCE_OPNUM = 4 };

extern const daotp__rpc_syntax daotp__activator_interface;

void daotp__create_instance_write(const uint8_t *causality, const uint8_t *class_id,
                                  const uint8_t *interface_id, daotp__buffer *stub);
/* As daotp__activation_read(). */
bool daotp__create_instance_read(daotp__bytes stub, const uint8_t *interface_id,
                                 daotp__activation *activation, const char **why);

#endif
