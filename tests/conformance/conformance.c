/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp-conformance: the validator against the suites of others. */
#include "suite.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: daotp-conformance [--pkits DIR] [--limbo FILE] [options]\n"
    "\n"
    "  --pkits DIR    NIST PKITS: manifest.json and the files it names; rules path, revocation\n"
    "                 required; the resulting policies are compared too\n"
    "  --limbo FILE   x509-limbo: webpki and online by the webpki rules, the rest by strict;\n"
    "                 revocation required for crl, ignored for the rest\n"
    "  --only GLOB    these ids alone\n"
    "  --rules SET    path, strict or webpki for all cases\n"
    "  --subset       instead: strict and webpki accept only what path accepts\n"
    "  --verbose      say of each failed id what was expected, what came, and the first finding\n"
    "  --help         show this\n"
    "\n"
    "The ids that failed are printed, then the counts, `N passed, M failed` last. A line that\n"
    "begins with `optional` or `soft` names a case that is not in the last line's counts; `slow`\n"
    "one that took over 50 ms, the better of two runs. A case that cannot be understood has\n"
    "failed, and standard error says why.\n"
    "\n"
    "exit status: 0 none failed, 1 some did, 64 usage, 66 nothing to run\n"
    "\n"
    "example: daotp-conformance --pkits vectors/pkits --limbo vectors/limbo/limbo.json\n";

enum { MAX_INPUTS = 16 };

struct inputs {
    struct {
        void (*run)(struct suite *suite, const char *path);
        const char *path;
    } list[MAX_INPUTS];
    size_t count;
};

static bool add_input(struct inputs *inputs, void (*run)(struct suite *, const char *),
                      const char *path)
{
    if (inputs->count == MAX_INPUTS)
        return false;
    inputs->list[inputs->count].run = run;
    inputs->list[inputs->count++].path = path;
    return true;
}

static bool set_rules(struct suite_options *options, const char *name)
{
    options->rules = strcmp(name, "path") == 0     ? DAOTP_RULES_PATH
                     : strcmp(name, "strict") == 0 ? DAOTP_RULES_STRICT
                     : strcmp(name, "webpki") == 0 ? DAOTP_RULES_WEBPKI
                                                   : 0;
    return options->rules != 0;
}

static bool take_option(struct suite_options *options, struct inputs *inputs, int option)
{
    switch (option) {
    case 'p':
        return add_input(inputs, pkits_run, optarg);
    case 'l':
        return add_input(inputs, limbo_run, optarg);
    case 'r':
        return set_rules(options, optarg);
    case 'o':
        options->only = optarg;
        return true;
    case 's':
        options->subset = true;
        return true;
    case 'v':
        options->verbose = true;
        return true;
    case 'h':
        (void)fputs(help, stdout);
        exit(0);
    default:
        return false;
    }
}

static bool take_options(struct suite_options *options, struct inputs *inputs, int argc,
                         char **argv)
{
    static const struct option names[] = {
        {"pkits", required_argument, NULL, 'p'}, {"limbo", required_argument, NULL, 'l'},
        {"rules", required_argument, NULL, 'r'}, {"only", required_argument, NULL, 'o'},
        {"subset", no_argument, NULL, 's'},      {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},        {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!take_option(options, inputs, option))
            return false;
    return optind == argc && inputs->count > 0;
}

int main(int argc, char **argv)
{
    struct suite suite = {0};
    struct inputs inputs = {0};

    if (!take_options(&suite.options, &inputs, argc, argv)) {
        (void)fputs(help, stderr);
        return 64;
    }
    if (daotp_context_new(&suite.context) != DAOTP_OK)
        suite_give_up("out of memory");
    for (size_t i = 0; i < inputs.count; i++)
        inputs.list[i].run(&suite, inputs.list[i].path);
    daotp_context_unref(suite.context);
    if (suite.passed + suite.failed + suite.soft_passed + suite.soft_failed +
            suite.optional_failed ==
        0)
        suite_give_up("no case was run");
    suite_show(&suite);
    return suite.failed > 0 ? 1 : 0;
}
