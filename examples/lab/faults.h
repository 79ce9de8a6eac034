/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be broken in a lab, one thing at a time, and mended again. */
#ifndef LAB_FAULTS_H
#define LAB_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "lab_dir.h"

struct fault;

const struct fault *faults_at(size_t i);           /* NULL past the end */
const struct fault *faults_find(const char *name); /* NULL when there is none */
const char *faults_name(const struct fault *fault);
const char *faults_what(const struct fault *fault); /* one line: what is broken */
/* What an enrolment must find, or "NONE"; several that are equally right with commas. */
const char *faults_finding(const struct fault *fault);
const char *faults_how(const struct fault *fault); /* what shows it, as faults.c says; or "" */
bool faults_broken(const struct lab *lab, const struct fault *fault);
int faults_break(struct lab *lab, const struct fault *fault);
int faults_mend(struct lab *lab, const struct fault *fault);
int faults_forget(const struct lab *lab); /* for `up`: all is made anew */

#endif
