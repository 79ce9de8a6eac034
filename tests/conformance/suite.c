/* SPDX-License-Identifier: BSD-2-Clause */
#include "suite.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_FILE = 1 << 30 };

void suite_give_up(const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputs("\n", stderr);
    exit(66);
}

/* ---- reading --------------------------------------------------------------------------------- */

void *suite_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    char *bytes = NULL;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && size < MAX_FILE && fseek(file, 0, SEEK_SET) == 0)
        bytes = malloc((size_t)size + 1);
    if (bytes != NULL && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        free(bytes);
        bytes = NULL;
    }
    if (file != NULL)
        (void)fclose(file);
    if (bytes != NULL)
        bytes[size] = '\0';
    *len = bytes != NULL ? (size_t)size : 0;
    return bytes;
}

/* A fraction is cut off: certificates know whole seconds, and the second is not over. */
bool suite_time(const char *text, int64_t *seconds)
{
    struct tm tm = {0};
    const char *rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    int hours = 0, minutes = 0, end = 0;
    char sign = '+';

    if (rest == NULL)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (strcmp(rest, "Z") != 0 && *rest != '\0' &&
        (sscanf(rest, "%c%2d:%2d%n", &sign, &hours, &minutes, &end) != 3 || rest[end] != '\0' ||
         (sign != '+' && sign != '-')))
        return false;
    *seconds = (int64_t)timegm(&tm) - (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

/* ---- judging --------------------------------------------------------------------------------- */

static const char *rules_name(daotp_rules rules)
{
    static const char *const names[] = {"", "path", "strict", "webpki"};

    return names[rules];
}

const char *suite_id(struct suite_case *one, const char *id, size_t at, char number[32])
{
    if (id != NULL && id[0] != '\0')
        return id;
    (void)snprintf(number, 32, "case %zu", at + 1);
    case_break(one, "no id");
    return number;
}

bool suite_wants(const struct suite *suite, const char *id)
{
    return suite->options.only == NULL || fnmatch(suite->options.only, id, 0) == 0;
}

/* What the machine did meanwhile is not the case's: what seems slow is tried once more. */
static void judge(struct suite *suite, const struct suite_case *one, daotp_rules rules,
                  struct verdict *verdict)
{
    struct verdict again;

    case_verify(suite->context, one, rules, verdict);
    if (verdict->ms <= SLOW_MS)
        return;
    case_verify(suite->context, one, rules, &again);
    if (again.status == verdict->status && again.ms < verdict->ms)
        verdict->ms = again.ms;
}

static void note_time(struct suite *suite, const struct suite_case *one, double ms)
{
    if (ms > SLOW_MS)
        printf("slow %s %.0f ms\n", one->id, ms);
    if (ms > suite->slowest_ms) {
        suite->slowest_ms = ms;
        (void)snprintf(suite->slowest, sizeof suite->slowest, "%s", one->id);
    }
}

static void print_wrong(const struct suite *suite, const struct suite_case *one,
                        const struct verdict *verdict)
{
    printf("%s%s", one->optional ? "optional " : one->soft ? "soft " : "", one->id);
    if (suite->options.verbose) {
        printf(": expected %s, got %s", one->accept ? "accepted" : "refused",
               daotp_status_name(verdict->status));
        if (verdict->first[0] != '\0')
            printf(" (%s)", verdict->first);
        for (size_t i = 0; !verdict->same_policies && i < one->user_policies.count; i++)
            printf("%s%s", i == 0 ? ", wanted " : " ", one->user_policies.list[i]);
    }
    printf("\n");
}

static void try_verdict(struct suite *suite, const struct suite_case *one)
{
    struct verdict verdict;
    bool right;

    judge(suite, one, suite->options.rules != 0 ? suite->options.rules : one->rules, &verdict);
    right = one->accept ? verdict.accepted && verdict.same_policies : verdict.refused;
    if (!right)
        print_wrong(suite, one, &verdict);
    if (one->soft)
        ++*(right ? &suite->soft_passed : &suite->soft_failed);
    else if (!right && one->optional)
        suite->optional_failed++;
    else
        ++*(right ? &suite->passed : &suite->failed);
    note_time(suite, one, verdict.ms);
}

/* The inputs are the case's own; only the rules change. */
static void try_subset(struct suite *suite, const struct suite_case *one)
{
    static const daotp_rules narrower[] = {DAOTP_RULES_STRICT, DAOTP_RULES_WEBPKI};
    struct verdict path, verdict;
    bool right = true;

    judge(suite, one, DAOTP_RULES_PATH, &path);
    note_time(suite, one, path.ms);
    for (size_t i = 0; i < 2; i++) {
        judge(suite, one, narrower[i], &verdict);
        note_time(suite, one, verdict.ms);
        if (!verdict.accepted || path.accepted)
            continue;
        right = false;
        printf("%s: %s accepts, path says %s (%s)\n", one->id, rules_name(narrower[i]),
               daotp_status_name(path.status), path.first);
    }
    ++*(right ? &suite->passed : &suite->failed);
}

/* On standard error why, also without --verbose: it is the case that is wrong, not the verdict. */
static void count_broken(struct suite *suite, const struct suite_case *one)
{
    (void)fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, one->id, one->broken);
    printf("%s\n", one->id);
    suite->failed++;
}

void suite_try(struct suite *suite, const struct suite_case *one)
{
    if (one->broken[0] != '\0')
        count_broken(suite, one);
    else
        (suite->options.subset ? try_subset : try_verdict)(suite, one);
}

void suite_show(const struct suite *suite)
{
    if (suite->slowest[0] != '\0')
        printf("slowest %s %.1f ms\n", suite->slowest, suite->slowest_ms);
    if (suite->optional_failed > 0)
        printf("optional: %u not met\n", suite->optional_failed);
    if (suite->has_soft && !suite->options.subset)
        printf("soft: %u passed, %u failed\n", suite->soft_passed, suite->soft_failed);
    printf("%u passed, %u failed\n", suite->passed, suite->failed);
}
