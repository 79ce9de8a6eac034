/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directory a lab lives in: its marker, its paths, its small files, and the
 * ports it was given, which stay the same when a peer is started again because
 * certificates and the written environment name them.
 */
#ifndef LAB_DIR_H
#define LAB_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define LAB_REALM            "LAB.EXAMPLE"
#define LAB_CA_NAME          "Lab Issuing CA"
#define LAB_CA_CONFIG        "localhost\\" LAB_CA_NAME
#define LAB_CA_URL_NAME      "Lab%20Issuing%20CA"
#define LAB_ARC              "1.3.6.1.4.1.311.21.8.221803.1567394.12993454.3845153.13972217.75"
#define LAB_TEMPLATE         LAB_ARC ".15653661.6620273"
#define LAB_TEMPLATE_NAME    "DAOTPLogon"
#define LAB_TEMPLATE_MAJOR   100
#define LAB_TEMPLATE_MINOR   5
#define LAB_RA_TEMPLATE      LAB_ARC ".3145435.9752053"
#define LAB_RA_TEMPLATE_NAME "DAOTPRA"
#define LAB_RA_MACHINE       "DA1$" /* its account, which may have that template */
#define LAB_RA_HOST          "da1.lab.example"

struct lab {
    char dir[800]; /* absolute */
    bool kdc;      /* a KDC belongs to this lab */
    bool radius;   /* and a FreeRADIUS, which checks the codes */
    int ces_port;
    int crl_port;
    int responder_port;
    int kdc_port;
    int radius_port; /* UDP */
    int mapper_port; /* the endpoint mapper: 135 of a Windows host */
    int rpc_port;    /* the CA's own */
};

/* A path inside the lab, by value: lab_dir_path(lab, "pki/%s.pem", name).s */
struct lab_dir_path {
    char s[1200];
};
struct lab_dir_path lab_dir_path(const struct lab *lab, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int lab_dir_make(struct lab *lab, const char *dir); /* for `up`: an empty DIR, or one of ours */
int lab_dir_open(struct lab *lab, const char *dir); /* for the rest: DIR must be a lab */
int lab_dir_save(const struct lab *lab);            /* ports, for the next lab_dir_open */

/* Reads or writes a whole small file. The data that is read ends in a NUL, which len does not
 * count; free() it. */
int lab_dir_read(const char *path, unsigned char **data, size_t *len);
/* Writes a temporary file and renames it: a reader sees the old or the new content. */
int lab_dir_write(const char *path, const void *data, size_t len);
int lab_dir_print(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool lab_dir_exists(const char *path);
/* Do two looks at a path show the same file, unchanged? */
bool lab_dir_is_unchanged(const struct stat *a, const struct stat *b);
int lab_dir_remove(const char *path); /* success if the file does not exist */
int lab_dir_copy(const char *from, const char *to);

#endif
