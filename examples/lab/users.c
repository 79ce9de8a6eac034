/* SPDX-License-Identifier: BSD-2-Clause */
#include "users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include <liboath/oath.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "core/plain_text.h"
#include "lab_dir.h"
#include "log.h"
#include "secret_memory.h"

#define STEP_S 30
#define DIGITS 6
#define FIELDS 8
#define BLOCK  64 /* of SHA-1, RFC 2104 2 */

enum field { NAME, DOMAIN, UPN, DN, SID, SECRET, PASSWORD, FLAGS };

struct users {
    char *path;
    struct stat read; /* the file as it was when it was read */
    struct user *list;
    size_t count;
    char *secrets; /* of the list: tokens and passwords */
};

/* Receives the secrets of a list while it is read. */
struct vault {
    char *at;
    size_t left;
};

/* ---- reading the list ---- */

static void free_user(struct user *user)
{
    free(user->name);
    free(user->domain);
    free(user->upn);
    free(user->dn);
    free(user->sid);
}

static void free_list(struct user *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_user(&list[i]);
    free(list);
}

void users_free(struct users *users)
{
    if (users == NULL)
        return;
    free_list(users->list, users->count);
    secret_memory_free(users->secrets);
    free(users->path);
    free(users);
}

/* The comma separated words of the last field. One that is not known is a mistake: who wrote
 * "Disabled" or "disabled " wants the user kept out. */
static bool read_flags(char *flags, struct user *user, bool *no_upn)
{
    char *word;

    while ((word = strsep(&flags, ",")) != NULL) {
        if (strcmp(word, "disabled") == 0)
            user->disabled = true;
        else if (strcmp(word, "no-enroll") == 0)
            user->no_enroll = true;
        else if (strcmp(word, "challenge") == 0)
            user->challenge = true;
        else if (strcmp(word, "no-upn") == 0)
            *no_upn = true;
        else if (*word != '\0')
            return false;
    }
    return true;
}

static bool split_user_line(char *line, char *field[FIELDS])
{
    for (int i = 0; i < FIELDS; i++) {
        field[i] = strsep(&line, ":");
        if (field[i] == NULL)
            return false;
    }
    return line == NULL;
}

/* A copy that ends in a NUL; it fits, because no secret is longer than its text. */
static char *put_secret(struct vault *vault, const char *secret, size_t len)
{
    char *copy = vault->at;

    if (len >= vault->left)
        return NULL;
    if (len > 0)
        memcpy(copy, secret, len);
    vault->at += len + 1;
    vault->left -= len + 1;
    return copy;
}

/* HMAC fills a short key up with zeros and hashes a long one (RFC 2104 2): secrets that differ in
 * that alone make the same codes. They become one here, so that a code of both is good once. */
static int reduce_secret(unsigned char *secret, size_t *len)
{
    unsigned char hash[SHA_DIGEST_LENGTH];

    if (*len > BLOCK) {
        if (EVP_Digest(secret, *len, hash, NULL, EVP_sha1(), NULL) != 1)
            return LAB_MEMORY;
        OPENSSL_cleanse(secret, *len);
        memcpy(secret, hash, sizeof hash);
        OPENSSL_cleanse(hash, sizeof hash);
        *len = sizeof hash;
    }
    while (*len > 0 && secret[*len - 1] == 0)
        (*len)--;
    return *len > 0 ? LAB_OK : LAB_CONFIG; /* everybody can compute the codes of an empty key */
}

static int parse_secret(const char *base32, struct user *user, struct vault *vault)
{
    char *secret = NULL;
    size_t len = 0;
    int end;

    if (oath_base32_decode(base32, strlen(base32), &secret, &len) != OATH_OK)
        return LAB_CONFIG;
    user->secret_len = len;
    end = reduce_secret((unsigned char *)secret, &user->secret_len);
    user->secret = (unsigned char *)put_secret(vault, secret, user->secret_len);
    OPENSSL_cleanse(secret, len);
    free(secret);
    return end == LAB_OK && user->secret == NULL ? LAB_MEMORY : end;
}

static int parse_user(char *line, struct user *user, struct vault *vault)
{
    char *field[FIELDS];
    bool no_upn = false;
    int end;

    if (!split_user_line(line, field) || !read_flags(field[FLAGS], user, &no_upn))
        return LAB_CONFIG;
    end = parse_secret(field[SECRET], user, vault);
    if (end != LAB_OK)
        return end;
    user->name = strdup(field[NAME]);
    user->domain = strdup(field[DOMAIN]);
    user->dn = strdup(field[DN]);
    user->sid = strdup(field[SID]);
    user->password = put_secret(vault, field[PASSWORD], strlen(field[PASSWORD]));
    if (*field[UPN] != '\0' && !no_upn) {
        user->upn = strdup(field[UPN]);
        if (user->upn == NULL)
            return LAB_MEMORY;
    }
    return user->name != NULL && user->domain != NULL && user->dn != NULL && user->sid != NULL &&
                   user->password != NULL
               ? LAB_OK
               : LAB_MEMORY;
}

static bool is_down_level(const struct user *user, const char *name)
{
    size_t len = strlen(user->domain);

    return strncasecmp(name, user->domain, len) == 0 && name[len] == '\\' &&
           strcasecmp(name + len + 1, user->name) == 0;
}

static bool is_upn(const struct user *user, const char *name)
{
    return user->upn != NULL && strcasecmp(user->upn, name) == 0;
}

static int append_user(struct user **list, size_t *count, char *line, int number,
                       struct vault *vault)
{
    struct user *more = realloc(*list, (*count + 1) * sizeof(**list));

    if (more == NULL)
        return LAB_MEMORY;
    *list = more;
    more += *count;
    *count += 1;
    memset(more, 0, sizeof(*more));
    more->line = number;
    return parse_user(line, more, vault);
}

static int parse_list(const char *path, char *text, struct vault vault, struct user **list,
                      size_t *count)
{
    int number = 0;
    int end = LAB_OK;
    char *line;

    while (end == LAB_OK && (line = strsep(&text, "\n")) != NULL) {
        number++;
        line[strcspn(line, "\r")] = '\0';
        if (*line != '#' && *line != '\0')
            end = append_user(list, count, line, number, &vault);
    }
    if (end == LAB_OK)
        return LAB_OK;
    return lab_log(end, "%s line %d: not NAME:DOMAIN:UPN:DN:SID:TOTP:PASSWORD:FLAGS", path, number);
}

/* ---- nobody twice ---- */

/* Each text by which a user is found, or charged. */
struct handle {
    char *text;
    int line;
};

enum { HANDLES = 3 };

static int put_handle(char *text, int line, struct handle *handles, size_t *count)
{
    if (text == NULL)
        return LAB_MEMORY;
    handles[(*count)++] = (struct handle){text, line};
    return LAB_OK;
}

static int put_handles(const struct user *user, struct handle *handles, size_t *count)
{
    char *down_level = NULL;
    int end = LAB_MEMORY;

    if (asprintf(&down_level, "%s\\%s", user->domain, user->name) >= 0)
        end = put_handle(down_level, user->line, handles, count);
    if (end == LAB_OK && user->upn != NULL)
        end = put_handle(strdup(user->upn), user->line, handles, count);
    if (end == LAB_OK && *user->sid != '\0')
        end = put_handle(strdup(user->sid), user->line, handles, count);
    return end;
}

static int compare_handles(const void *a, const void *b)
{
    const struct handle *one = a, *other = b;
    int order = strcasecmp(one->text, other->text);

    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* Which of two users a name means would follow from the order of the lines: no such list is used.
 */
static int check_handles(const char *path, struct handle *handles, size_t count)
{
    qsort(handles, count, sizeof(*handles), compare_handles);
    for (size_t i = 1; i < count; i++)
        if (handles[i].line != handles[i - 1].line &&
            strcasecmp(handles[i].text, handles[i - 1].text) == 0)
            return lab_log(LAB_CONFIG, "%s line %d: \"%s\" is in line %d already", path,
                           handles[i].line, handles[i].text, handles[i - 1].line);
    return LAB_OK;
}

static int refuse_twice(const char *path, const struct user *list, size_t count)
{
    struct handle *handles = calloc(count + 1, HANDLES * sizeof(*handles));
    size_t used = 0;
    int end = handles != NULL ? LAB_OK : LAB_MEMORY;

    for (size_t i = 0; i < count && end == LAB_OK; i++)
        end = put_handles(&list[i], handles, &used);
    if (end == LAB_OK)
        end = check_handles(path, handles, used);
    for (size_t i = 0; i < used; i++)
        free(handles[i].text);
    free(handles);
    return end;
}

/* ---- keeping it fresh ---- */

/* The file may come from an editor of Windows (UTF-16, byte order mark). Wipe and free the text.
 * */
static int read_plain(const char *path, const unsigned char *text, size_t len, char **plain)
{
    const char *why;
    size_t plain_len, fault_at;

    *plain = malloc(daotp__plain_text_room(len));
    if (*plain == NULL)
        return LAB_MEMORY;
    why = daotp__plain_text_read(text, len, *plain, &plain_len, &fault_at);
    return why == NULL ? LAB_OK : lab_log(LAB_CONFIG, "%s: octet %zu: %s", path, fault_at, why);
}

static int reload_users(struct users *users, const struct stat *now)
{
    struct user *list = NULL;
    size_t count = 0;
    unsigned char *text = NULL;
    size_t len;
    char *plain = NULL, *secrets = NULL;
    int end = lab_dir_read(users->path, &text, &len);

    if (end == LAB_OK)
        end = read_plain(users->path, text, len, &plain);
    if (end == LAB_OK) {
        secrets = secret_memory_new(daotp__plain_text_room(len));
        end = secrets != NULL ? LAB_OK : LAB_MEMORY;
    }
    if (end == LAB_OK)
        end = parse_list(users->path, plain, (struct vault){secrets, daotp__plain_text_room(len)},
                         &list, &count);
    if (end == LAB_OK)
        end = refuse_twice(users->path, list, count);
    if (plain != NULL)
        OPENSSL_cleanse(plain, daotp__plain_text_room(len));
    free(plain);
    if (text != NULL)
        OPENSSL_cleanse(text, len);
    free(text);
    if (end != LAB_OK) {
        free_list(list, count);
        secret_memory_free(secrets);
        return end;
    }
    free_list(users->list, users->count);
    secret_memory_free(users->secrets);
    users->secrets = secrets;
    users->list = list;
    users->count = count;
    users->read = *now;
    return LAB_OK;
}

int users_refresh(struct users *users)
{
    struct stat now;

    if (stat(users->path, &now) != 0)
        return lab_log(LAB_CONFIG, "%s: no such user list", users->path);
    if (users->list != NULL && lab_dir_is_unchanged(&now, &users->read))
        return LAB_OK;
    return reload_users(users, &now);
}

int users_load(const char *path, struct users **out)
{
    struct users *users = calloc(1, sizeof(*users));
    int end = LAB_MEMORY;

    *out = NULL;
    if (oath_init() != OATH_OK) {
        free(users);
        return lab_log(LAB_INTERNAL, "liboath does not start");
    }
    if (users != NULL)
        users->path = strdup(path);
    if (users != NULL && users->path != NULL)
        end = users_refresh(users);
    if (end == LAB_OK)
        *out = users;
    else
        users_free(users);
    return end;
}

/* ---- finding ---- */

struct user *users_find(const struct users *users, const char *name)
{
    for (size_t i = 0; i < users->count; i++) {
        struct user *user = &users->list[i];

        if (is_down_level(user, name) || is_upn(user, name))
            return user;
    }
    return NULL;
}

struct user *users_find_account(const struct users *users, const char *name)
{
    for (size_t i = 0; i < users->count; i++)
        if (strcasecmp(users->list[i].name, name) == 0)
            return &users->list[i];
    return users_find(users, name);
}

const struct user *users_at(const struct users *users, size_t i)
{
    return i < users->count ? &users->list[i] : NULL;
}

/* ---- codes and passwords ---- */

int users_totp_now(const struct user *user, int64_t now, char code[USERS_CODE_SIZE])
{
    if (oath_totp_generate((const char *)user->secret, user->secret_len, (time_t)now, STEP_S, 0,
                           DIGITS, code) != OATH_OK)
        return lab_log(LAB_INTERNAL, "liboath makes no code for %s", user->name);
    return LAB_OK;
}

/* All three steps are computed, so that the time does not reveal which one matched. */
static int64_t matching_step(const struct user *user, const char *code, int64_t now)
{
    char right[USERS_CODE_SIZE];
    int64_t found = -1;

    for (int64_t step = now / STEP_S - 1; step <= now / STEP_S + 1; step++)
        if (users_totp_now(user, step * STEP_S, right) == LAB_OK &&
            CRYPTO_memcmp(right, code, DIGITS) == 0)
            found = step;
    OPENSSL_cleanse(right, sizeof(right));
    return found;
}

int64_t users_match_code(const struct user *user, const char *code, int64_t now)
{
    static unsigned char nobodys[20];
    const struct user nobody = {.secret = nobodys, .secret_len = sizeof nobodys, .disabled = true};
    const struct user *checked = user != NULL ? user : &nobody;
    int64_t step;

    if (strlen(code) != DIGITS)
        return -1;
    step = matching_step(checked, code, now);
    return checked->disabled ? -1 : step;
}

bool users_check_password(const struct user *user, const char *password)
{
    size_t len = strlen(user->password);

    return !user->disabled && strlen(password) == len &&
           CRYPTO_memcmp(user->password, password, len) == 0;
}

/* ---- writing the list ---- */

static const char header[] =
    "# The users of the lab. One a line, colon separated, no blanks added:\n"
    "#\n"
    "#   name:domain:UPN:DN:SID:TOTP secret in base32:directory password:flags\n"
    "#\n"
    "# The DN is in LDAP order with RFC 4514 escapes. Flags, comma separated:\n"
    "#   disabled   the account is disabled\n"
    "#   no-upn     the account has no UPN, whatever stands in that field\n"
    "#   no-enroll  no Enroll right on the logon template\n"
    "#   challenge  the OTP server answers every right code with a challenge\n"
    "# The CA and the responder read this file again when it is replaced, FreeRADIUS only when it\n"
    "# is started: `daotp lab break DIR radius-down`, then `daotp lab mend DIR radius-down`.\n";

struct sample {
    const char *name;
    const char *dn;
    int rid;
    const char *password;
    const char *flags;
};

static const struct sample samples[] = {
    {"alice", "CN=Alice Example,CN=Users", 1105, "alice-password", ""},
    /* a comma in the DN and the worst of XML in the password, on purpose */
    {"bob", "CN=Builder\\, Bob,CN=Users", 1106, "b&b<\"bob'$>]]", ""},
    {"carol", "CN=Carol Example,CN=Users", 1107, "carol-password", "no-enroll"},
    {"dave", "CN=Dave Example,CN=Users", 1108, "dave-password", "no-upn"},
    {"erin", "CN=Erin Example,CN=Users", 1109, "erin-password", "challenge"},
    {"frank", "CN=Frank Example,CN=Users", 1110, "frank-password", "disabled"},
};

static int new_secret(char **base32)
{
    unsigned char secret[20];
    int end = LAB_INTERNAL;

    *base32 = NULL;
    if (RAND_bytes(secret, sizeof(secret)) == 1 &&
        oath_base32_encode((char *)secret, sizeof(secret), base32, NULL) == OATH_OK)
        end = LAB_OK;
    OPENSSL_cleanse(secret, sizeof(secret));
    return end == LAB_OK ? end : lab_log(end, "make a token secret");
}

static int print_sample(FILE *out, const struct sample *sample)
{
    char *secret;
    int end = new_secret(&secret);

    if (end != LAB_OK)
        return end;
    if (fprintf(out,
                "%s:LAB:%s@" LAB_REALM ":%s,DC=lab,DC=example:"
                "S-1-5-21-1004336348-1177238915-682003330-%d:%s:%s:%s\n",
                sample->name, sample->name, sample->dn, sample->rid, secret, sample->password,
                sample->flags) < 0)
        end = LAB_INTERNAL;
    free(secret);
    return end;
}

int users_write_list(const char *path)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int end = LAB_OK;

    if (out == NULL)
        return lab_log(LAB_MEMORY, "write %s: out of memory", path);
    if (fputs(header, out) < 0)
        end = LAB_INTERNAL;
    for (size_t i = 0; end == LAB_OK && i < sizeof(samples) / sizeof(samples[0]); i++)
        end = print_sample(out, &samples[i]);
    if (fclose(out) != 0)
        end = LAB_MEMORY;
    if (end == LAB_OK)
        end = lab_dir_write(path, text, len);
    free(text);
    return end;
}

/* ---- one flag ---- */

static void print_flags(FILE *out, char *flags, const char *flag, bool on)
{
    const char *comma = "";
    char *word;

    while ((word = strsep(&flags, ",")) != NULL) {
        if (*word == '\0' || strcmp(word, flag) == 0)
            continue;
        fprintf(out, "%s%s", comma, word);
        comma = ",";
    }
    if (on)
        fprintf(out, "%s%s", comma, flag);
}

static void print_line(FILE *out, char *line, const char *name, const char *flag, bool on)
{
    size_t len = strlen(name);
    char *flags = strrchr(line, ':');

    if (strncmp(line, name, len) == 0 && line[len] == ':' && flags != NULL) {
        *flags++ = '\0';
        fprintf(out, "%s:", line);
        print_flags(out, flags, flag, on);
        fputc('\n', out);
    } else {
        fprintf(out, "%s\n", line);
    }
}

int users_set_flag(const char *path, const char *name, const char *flag, bool on)
{
    unsigned char *old = NULL;
    char *text = NULL;
    size_t len = 0;
    char *rest = NULL;
    FILE *out;
    int end = lab_dir_read(path, &old, &len);

    if (end != LAB_OK)
        return end;
    out = open_memstream(&text, &len);
    for (char *line = strtok_r((char *)old, "\n", &rest); out != NULL && line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        print_line(out, line, name, flag, on);
    end = out != NULL && fclose(out) == 0 ? lab_dir_write(path, text, len) : LAB_MEMORY;
    free(text);
    free(old);
    return end;
}
