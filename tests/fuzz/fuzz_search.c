/* SPDX-License-Identifier: BSD-2-Clause */
/* A question to the catalogue: whatever it holds, the answers are in order, each is whole, and each
 * stands once. */
#include "fuzz.h"

#include <daotp/search.h>

static void is_whole(const daotp_answers *answers, size_t at)
{
    HOLDS(*daotp_answers_get_text(answers, at, DAOTP_ANSWER_ID) != '\0');
    HOLDS(*daotp_answers_get_text(answers, at, DAOTP_ANSWER_MEANING) != '\0');
    HOLDS(daotp_answers_get_cause_count(answers, at) > 0);
    for (unsigned i = 0; i < daotp_answers_get_cause_count(answers, at); i++)
        HOLDS(*daotp_answers_get_cause(answers, at, i, DAOTP_CAUSE_CURE) != '\0');
    for (size_t other = 0; other < at; other++)
        HOLDS(strcmp(daotp_answers_get_text(answers, other, DAOTP_ANSWER_ID),
                     daotp_answers_get_text(answers, at, DAOTP_ANSWER_ID)) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *question = fuzz_text(data, size);
    daotp_answers *answers;

    HOLDS(daotp_catalogue_search(question, size, &answers) == DAOTP_OK);
    for (size_t i = 0; i < daotp_answers_get_count(answers); i++)
        is_whole(answers, i);
    daotp_answers_free(answers);
    free(question);
    return 0;
}
