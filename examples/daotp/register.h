/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp store register, unregister: which programs see a store through PKCS #11. */
#ifndef REGISTER_H
#define REGISTER_H

#include <stdbool.h>

typedef struct register_options {
    const char *uri;    /* of the store */
    const char *module; /* the module's file; NULL: the one that was installed with this program */
    bool system;        /* for all users */
} register_options;

/* The words are the names of programs. The exit status of the tool. */
int register_store(int argc, char **argv, const register_options *options);
int unregister_store(const register_options *options);

#endif
