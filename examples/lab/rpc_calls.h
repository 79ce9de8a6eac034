/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers of the CA's host to RPC calls: stubs in, stubs out. No I/O. */
#ifndef LAB_RPC_CALLS_H
#define LAB_RPC_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RPC_UUID 16

/* The interfaces that the lab serves. */
enum rpc_interface {
    RPC_NONE,
    RPC_MAPPER,
    RPC_ACTIVATION, /* IActivation */
    RPC_ACTIVATOR,  /* IRemoteSCMActivator */
    RPC_ICPR,
    RPC_CERT_D,
    RPC_CERT_D2
};
enum rpc_interface rpc_find_interface(const uint8_t *uuid);

struct rpc_bytes {
    const uint8_t *data;
    size_t len;
};

/* A stub that is being written; it has failed when data is NULL. */
struct rpc_stub {
    uint8_t *data;
    size_t len, size;
};
void rpc_stub_free(struct rpc_stub *stub);

/* The interface that the tower of ept_map asks for. */
enum rpc_interface rpc_read_map(struct rpc_bytes in);
/* port 0: not registered. The answer also has an address of the host, like that of a server
 * behind NAT. */
void rpc_write_map(struct rpc_stub *out, struct rpc_bytes question, int port);

extern const uint8_t rpc_ipid[RPC_UUID];
/* RemoteActivation of the CA's class: which of its interfaces; RPC_NONE: another class. */
enum rpc_interface rpc_read_activation(struct rpc_bytes in);
/* hresult other than 0: refused. */
void rpc_write_activation(struct rpc_stub *out, enum rpc_interface interface, int port,
                          uint32_t hresult);

/* RemoteCreateInstance, the same. */
enum rpc_interface rpc_read_creation(struct rpc_bytes in);
void rpc_write_creation(struct rpc_stub *out, enum rpc_interface interface, int port,
                        uint32_t hresult);

struct rpc_request {
    uint32_t flags;
    char authority[256]; /* ASCII; other characters become '?' */
    uint32_t id;         /* the number of an earlier request that is asked for; 0: a new request */
    struct rpc_bytes blob;
};
bool rpc_read_request(struct rpc_bytes in, enum rpc_interface interface, unsigned opnum,
                      struct rpc_request *out);

/* ICertRequestD::Ping: the CA's name into authority; and its HRESULT. */
bool rpc_read_ping(struct rpc_bytes in, struct rpc_request *out);
void rpc_write_pong(struct rpc_stub *out, uint32_t hresult);

/* ICertRequestD2::GetCAProperty. */
struct rpc_property {
    uint32_t id, index, type;
    char authority[256];
};
bool rpc_read_property(struct rpc_bytes in, struct rpc_property *out);
/* text: written as UTF-16; otherwise the octets; neither if there is an HRESULT. */
void rpc_write_property(struct rpc_stub *out, const char *text, struct rpc_bytes octets,
                        uint32_t hresult);

struct rpc_answer {
    uint32_t request_id, disposition, result;
    uint8_t *chain, *cert; /* of OPENSSL_malloc() */
    size_t chain_len, cert_len;
    char message[300]; /* ASCII */
};
void rpc_write_answer(struct rpc_stub *out, enum rpc_interface interface,
                      const struct rpc_answer *answer);

#endif
