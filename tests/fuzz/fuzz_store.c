/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store in a folder, as somebody else may have left it. The input is the content of an entry's
 * files, parted by NULs: key.pem, cert.pem, and a third that strays in the entry's folder. Whatever
 * they hold: what a get gives is a whole credential, a list names the entry and calls no whole
 * credential damaged, and neither changes it; a put takes its place, and a remove takes it away
 * with all that strays. Nothing beside the store is touched.
 */
#include "fuzz.h"

#include "x509/credential.h"

#include <daotp/store.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static daotp_context *context;
static daotp_store *store;
static daotp_credential *good; /* of the corpus's first file */
static char folder[] = "/dev/shm/daotp-fuzz-XXXXXX", inside[64], beside[64];

static void remove_folder(void)
{
    (void)unlink(beside);
    (void)rmdir(inside);
    (void)rmdir(folder);
}

static void write_file(const char *entry, const char *name, const uint8_t *data, size_t size)
{
    char path[200];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", entry, name);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
}

/* When the certificates of the corpus are good. */
static int64_t corpus_time(void *user)
{
    (void)user;
    return 1800000000;
}

static void set_up(void)
{
    HOLDS(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    (void)snprintf(inside, sizeof inside, "%s/store", folder);
    (void)snprintf(beside, sizeof beside, "%s/beside", folder);
    write_file(folder, "beside", (const uint8_t *)"precious", 8);
    HOLDS(mkdir(inside, 0700) == 0);
    HOLDS(daotp_context_new(&context) == DAOTP_OK);
    HOLDS(daotp_context_set_wall_clock(context, corpus_time, NULL) == DAOTP_OK);
    HOLDS(daotp_store_new_directory(context, inside, &store) == DAOTP_OK);
}

static daotp__bytes take_part(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size > 0 ? memchr(*data, 0, *size) : NULL;
    daotp__bytes part = {*data, end != NULL ? (size_t)(end - *data) : *size};
    size_t took = part.len + (end != NULL);

    *data += took;
    *size -= took;
    return part;
}

static void make_entry(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"key.pem", "cert.pem", "stray"};
    char entry[100];

    (void)snprintf(entry, sizeof entry, "%s/alice", inside);
    HOLDS(mkdir(entry, 0700) == 0);
    for (size_t i = 0; i < 3 && size > 0; i++) {
        daotp__bytes part = take_part(&data, &size);

        write_file(entry, names[i], part.data, part.len);
    }
}

static bool has_expired(daotp_status status)
{
    const daotp_finding *error = daotp_report_get_error(daotp_store_get_report(store));

    return status == DAOTP_REJECTED &&
           daotp_finding_get_number(error) == DAOTP_FINDING_STORE_EXPIRED;
}

static daotp_status get(daotp_credential **credential)
{
    daotp_status status = daotp_store_get(store, "alice", credential);

    HOLDS(status == DAOTP_OK || status == DAOTP_CONFIGURATION || has_expired(status));
    HOLDS((status == DAOTP_OK) == (*credential != NULL));
    return status;
}

static void check_list(daotp_status status)
{
    daotp_store_list *list;
    daotp_store_state state;

    HOLDS(daotp_store_list_new(store, &list) == DAOTP_OK);
    HOLDS(daotp_store_list_get_count(list) == 1);
    HOLDS(strcmp(daotp_store_list_get_label(list, 0), "alice") == 0);
    state = daotp_store_list_get_state(list, 0);
    if (status == DAOTP_OK)
        HOLDS(state == DAOTP_STORE_VALID || state == DAOTP_STORE_DUE);
    if (status == DAOTP_REJECTED)
        HOLDS(state == DAOTP_STORE_EXPIRED);
    /* A list loads no key, so a get may find damage that it does not tell; never the reverse. */
    HOLDS(state != DAOTP_STORE_DAMAGED || status == DAOTP_CONFIGURATION);
    HOLDS(daotp_store_list_get_upn(list, 0) != NULL);
    daotp_store_list_free(list);
}

static void check_same(daotp_credential *a, daotp_credential *b)
{
    char *one, *two;
    size_t one_len, two_len;

    HOLDS(daotp_credential_copy_pem(a, &one, &one_len) == DAOTP_OK);
    HOLDS(daotp_credential_copy_pem(b, &two, &two_len) == DAOTP_OK);
    HOLDS(one_len == two_len && memcmp(one, two, one_len) == 0);
    daotp_free(one);
    daotp_free(two);
}

/* A credential that can be had once can be put over whatever stands there later. */
static void put_over(void)
{
    daotp_credential *back;

    if (good == NULL)
        return;
    HOLDS(daotp_store_put(store, "alice", good) == DAOTP_OK);
    HOLDS(get(&back) == DAOTP_OK);
    check_same(good, back);
    daotp_credential_unref(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp_credential *credential, *again;
    daotp_status status;

    if (size > 16384)
        return 0;
    if (store == NULL)
        set_up();
    make_entry(data, size);
    status = get(&credential);
    check_list(status);
    HOLDS(get(&again) == status);
    if (status == DAOTP_OK)
        check_same(credential, again);
    if (good == NULL && status == DAOTP_OK)
        good = daotp_credential_ref(credential);
    daotp_credential_unref(credential);
    daotp_credential_unref(again);
    if (size % 4 == 0) /* it costs as much as all the rest */
        put_over();
    HOLDS(daotp_store_remove(store, "alice") == DAOTP_OK);
    HOLDS(daotp_store_remove(store, "alice") == DAOTP_REJECTED);
    HOLDS(access(beside, R_OK) == 0);
    return 0;
}
