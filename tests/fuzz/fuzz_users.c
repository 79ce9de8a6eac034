/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The users file of "daotp serve" and of the lab. The text is taken as a whole or not at all; who
 * is in it is found by both forms of his name, in any case of letters; a user's code is of a step that
 * is near, and nobody has none.
 */
#include "fuzz.h"

#include "lab_dir.h"
#include "log.h"
#include "users.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1800000000, ASKED = 4 };

/* The lab's own says each refusal on standard error. */
int lab_log(int end, const char *format, ...)
{
    (void)format;
    return end;
}

int lab_log_openssl(const char *what)
{
    (void)what;
    return LAB_INTERNAL;
}

static void turn_case(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)(isupper((unsigned char)*text) ? tolower((unsigned char)*text)
                                                     : toupper((unsigned char)*text));
}

/* Nobody else has his name, in whatever case. */
static void check_found(const struct users *users, const struct user *user)
{
    char name[4096];
    const struct user *found;

    if (snprintf(name, sizeof name, "%s\\%s", user->domain, user->name) < (int)sizeof name) {
        found = users_find(users, name);
        HOLDS(found == user);
        turn_case(name);
        HOLDS(users_find(users, name) == found);
    }
    HOLDS(user->upn == NULL || users_find(users, user->upn) == user);
    HOLDS(users_find_account(users, user->name) != NULL);
}

static void check_code(const struct user *user)
{
    char code[USERS_CODE_SIZE];
    int64_t step;

    if (users_totp_now(user, NOW, code) != 0)
        return;
    HOLDS(users_match_code(user, "", NOW) == -1);
    HOLDS(users_match_code(user, "12345", NOW) == -1);
    HOLDS(users_match_code(NULL, code, NOW) == -1);
    step = users_match_code(user, code, NOW);
    HOLDS(user->disabled ? step == -1 : step >= NOW / 30 - 1 && step <= NOW / 30 + 1);
}

static void check(struct users *users)
{
    for (size_t i = 0; i < ASKED && users_at(users, i) != NULL; i++) {
        const struct user *user = users_at(users, i);

        check_found(users, user);
        HOLDS(!users_check_password(user, user->password) == user->disabled);
        check_code(user);
    }
    HOLDS(users_find(users, "\\") == NULL || users_at(users, 0) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("users", MFD_CLOEXEC), end;
    struct users *users;
    char path[64];

    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    (void)fchmod(fd, 0600);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    end = users_load(path, &users);
    HOLDS((end == LAB_OK) == (users != NULL));
    HOLDS(end == LAB_OK || end == LAB_CONFIG);
    if (users != NULL)
        check(users);
    users_free(users);
    (void)close(fd);
    return 0;
}
