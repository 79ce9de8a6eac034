/* SPDX-License-Identifier: BSD-2-Clause */
/* The faults of a lab: each can be broken and mended. */
#ifndef LAB_FAULTS_H
#define LAB_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lab_dir.h"

struct fault;

const struct fault *faults_at(size_t i);           /* NULL past the end */
const struct fault *faults_find(const char *name); /* NULL if there is none */
const char *faults_name(const struct fault *fault);
const char *faults_what(const struct fault *fault); /* one line: what is broken */
/* The finding that an enrolment must report, or "NONE"; alternatives are separated by commas. */
const char *faults_finding(const struct fault *fault);
const char *
faults_how(const struct fault *fault); /* the command that shows it, see faults.c; or "" */
bool faults_broken(const struct lab *lab, const struct fault *fault);
int faults_break(struct lab *lab, const struct fault *fault);
int faults_mend(struct lab *lab, const struct fault *fault);
int faults_forget(const struct lab *lab); /* for `up`, which makes everything again */

#endif
