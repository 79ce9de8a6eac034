/* SPDX-License-Identifier: BSD-2-Clause */
#include "flight.h"

#include "server.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct bird {
    daotp_client *client;
    char label[16];
    bool is_enrolling, is_over;
} bird;

static void launch_bird(const struct world *world, struct ours *ours, bird *b, int number)
{
    memset(b, 0, sizeof *b);
    (void)snprintf(b->label, sizeof b->label, "flight%d", number);
    b->client = ours_client(world, ours, b->label);
    if (daotp_client_prepare_begin(b->client, WORLD_USER) != DAOTP_OK)
        give_up("flight: %s", daotp_report_get_text(daotp_client_get_report(b->client)));
}

static void step_bird(bird *b)
{
    daotp_status status = daotp_client_step(b->client);

    if (status == DAOTP_OK && !b->is_enrolling) {
        b->is_enrolling = true;
        status = daotp_client_enroll_begin(b->client, WORLD_OTP, strlen(WORLD_OTP));
        if (status == DAOTP_OK)
            return;
    }
    if (status != DAOTP_OK && status != DAOTP_AGAIN)
        give_up("flight: %s", daotp_report_get_text(daotp_client_get_report(b->client)));
    b->is_over = status == DAOTP_OK;
}

/* All that are ready, or whose time has come. */
static void fly(bird *birds, size_t count)
{
    struct pollfd fds[FLIGHTS];
    size_t left = count;

    while (left > 0) {
        int wait = -1;

        for (size_t i = 0; i < count; i++) {
            int ms = birds[i].is_over ? -1 : daotp_client_get_timeout_ms(birds[i].client);

            fds[i] =
                (struct pollfd){.fd = birds[i].is_over ? -1 : daotp_client_get_fd(birds[i].client),
                                .events = POLLIN};
            if (ms >= 0 && (wait < 0 || ms < wait))
                wait = ms;
        }
        (void)poll(fds, count, wait);
        for (size_t i = 0; i < count; i++) {
            if (birds[i].is_over ||
                (fds[i].revents == 0 && daotp_client_get_timeout_ms(birds[i].client) > 0))
                continue;
            step_bird(&birds[i]);
            left -= birds[i].is_over;
        }
    }
}

static void land_bird(struct ours *ours, bird *b)
{
    daotp_client_free(b->client);
    if (daotp_store_remove(ours->store, b->label) != DAOTP_OK)
        give_up("flight: %s", daotp_report_get_text(daotp_store_get_report(ours->store)));
}

/* What FLIGHTS enrolments took, in microseconds each. */
struct batch {
    double us, cpu_us, peer_us;
};

static struct batch measure_batches(const struct world *world, struct ours *ours, size_t at_once)
{
    static bird birds[FLIGHTS];
    double cpu_us = -sample_cpu_us(), us = -sample_wall_us(), peer_us = -server_cpu_us(world);

    for (size_t first = 0; first < FLIGHTS; first += at_once) {
        for (size_t i = 0; i < at_once; i++)
            launch_bird(world, ours, &birds[first + i], (int)(first + i));
        fly(&birds[first], at_once);
    }
    us += sample_wall_us();
    cpu_us += sample_cpu_us();
    peer_us += server_cpu_us(world);
    for (size_t i = 0; i < FLIGHTS; i++)
        land_bird(ours, &birds[i]);
    return (struct batch){us / FLIGHTS, cpu_us / FLIGHTS, peer_us / FLIGHTS};
}

static void measure_floor(const struct world *world, struct floor *floor, struct sample *cpu)
{
    double us = -sample_cpu_us();

    for (int i = 0; i < FLIGHTS; i++)
        (void)floor_run(world, floor, NULL);
    sample_add(cpu, (us + sample_cpu_us()) / FLIGHTS);
}

void flight_measure(const struct world *world, struct ours *ours, struct floor *floor,
                    size_t rounds, struct flight *flight)
{
    for (size_t i = 0; i < rounds; i++) {
        struct batch many = measure_batches(world, ours, FLIGHTS);
        struct batch one = measure_batches(world, ours, 1);

        sample_add(&flight->at_once, 1e6 / many.us);
        sample_add(&flight->cpu, many.cpu_us);
        sample_add(&flight->peer_cpu, many.peer_us);
        sample_add(&flight->one_by_one, 1e6 / one.us);
        sample_add(&flight->bound,
                   one.us / (many.cpu_us > many.peer_us ? many.cpu_us : many.peer_us));
        measure_floor(world, floor, &flight->floor_cpu);
    }
}

void flight_free(struct flight *flight)
{
    sample_free(&flight->at_once);
    sample_free(&flight->one_by_one);
    sample_free(&flight->cpu);
    sample_free(&flight->peer_cpu);
    sample_free(&flight->bound);
    sample_free(&flight->floor_cpu);
}
