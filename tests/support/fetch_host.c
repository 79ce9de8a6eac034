/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch_host.h"

/* ---- sending --------------------------------------------------------------------------------- */

static bool host_send(host_line *line, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = send(line->fd, at, len, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
        line->sent += (uint64_t)n;
    }
    return true;
}

static bool host_say(host_line *line, const char *text)
{
    return host_send(line, text, strlen(text));
}

/* false when the peer is gone, or the host stops. */
static bool host_wait(host_line *line, unsigned ms)
{
    struct pollfd pfd = {.fd = line->fd, .events = POLLRDHUP};

    return poll(&pfd, 1, (int)ms) == 0;
}

static bool host_send_head(host_line *line, const host_page *page, int64_t len)
{
    char head[512];

    (void)snprintf(head, sizeof head, "HTTP/1.1 %d x\r\nConnection: close\r\n",
                   page->status != 0 ? page->status : 200);
    if (!host_say(line, head) || (page->fields != NULL && !host_say(line, page->fields)))
        return false;
    (void)snprintf(head, sizeof head, "Content-Length: %lld\r\n", (long long)len);
    return (len < 0 || host_say(line, head)) && host_say(line, "\r\n");
}

static void host_drip(host_line *line, const host_page *page)
{
    for (size_t i = 0; host_wait(line, page->pause_ms); i++)
        if (!host_send(line, page->body.data + i % page->body.len, 1))
            return;
}

static void host_repeat(host_line *line, const void *data, size_t len)
{
    while (host_send(line, data, len))
        ;
}

static void host_send_chunks(host_line *line, const host_page *page)
{
    char head[32];

    (void)snprintf(head, sizeof head, "%zx\r\n", page->body.len);
    while (host_say(line, head) && host_send(line, page->body.data, page->body.len) &&
           host_say(line, "\r\n"))
        ;
}

/* What has been sent is on its way before the reset is. */
static void host_reset(host_line *line)
{
    const struct linger now = {1, 0};

    (void)host_wait(line, 20);
    (void)setsockopt(line->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void host_misbehave(host_line *line, const host_page *page)
{
    static const char field[] = "X-More: and more and more and more and more and more\r\n",
                      interim[] = "HTTP/1.1 103 x\r\nLink: </a>\r\n\r\n";

    switch (page->manner) {
    case HOST_ENDLESS:
        if (host_send_head(line, page, -1))
            host_repeat(line, page->body.data, page->body.len);
        break;
    case HOST_CHUNKS:
        if (host_say(line, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n"))
            host_send_chunks(line, page);
        break;
    case HOST_FIELDS:
        if (host_say(line, "HTTP/1.1 200 x\r\n"))
            host_repeat(line, field, sizeof field - 1);
        break;
    case HOST_INTERIM:
        host_repeat(line, interim, sizeof interim - 1);
        break;
    case HOST_LINE:
        if (host_say(line, "HTTP/1.1 200 x\r\nX-Long: "))
            host_repeat(line, field, sizeof field - 3);
        break;
    case HOST_TRAILERS:
        if (host_say(line, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"))
            host_repeat(line, field, sizeof field - 1);
        break;
    case HOST_EXTENSION:
        if (host_say(line, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n1;x="))
            host_repeat(line, field, sizeof field - 3);
        break;
    case HOST_DRIP:
        if (host_send_head(line, page, 1 << 20))
            host_drip(line, page);
        break;
    case HOST_DRIP_FIELDS:
        if (host_say(line, "HTTP/1.1 200 x\r\nX-Slow: "))
            host_drip(line, page);
        break;
    case HOST_HALF:
    case HOST_RESET_HALF:
        if (host_send_head(line, page, (int64_t)page->body.len))
            (void)host_send(line, page->body.data, page->body.len / 2);
        if (page->manner == HOST_RESET_HALF)
            host_reset(line);
        break;
    case HOST_RESET:
        host_reset(line);
        break;
    default:
        while (host_wait(line, 60000))
            ;
    }
}

/* ---- a question ------------------------------------------------------------------------------ */

static bool host_read(host_line *line, host_question *question)
{
    char *end = NULL, *field;
    size_t wanted = 0;

    question->len = 0;
    while (end == NULL || question->len < wanted) {
        ssize_t n = recv(line->fd, question->text + question->len,
                         sizeof question->text - 1 - question->len, 0);

        if (n <= 0)
            return false;
        question->len += (size_t)n;
        question->text[question->len] = '\0';
        if (end != NULL || (end = strstr(question->text, "\r\n\r\n")) == NULL)
            continue;
        *end = '\0'; /* what is behind it may be binary */
        field = strcasestr(question->text, "\r\nContent-Length:");
        question->body = end + 4;
        question->body_len = field != NULL ? strtoul(field + 17, NULL, 10) : 0;
        wanted = (size_t)(question->body - question->text) + question->body_len;
        if (wanted >= sizeof question->text)
            return false;
    }
    return true;
}

/* Note the question, and answer a copy of the page. */
static bool host_find(fetch_host *host, host_question *question, host_page *page, unsigned *at,
                      daotp__bytes *made)
{
    char *path = strchr(question->text, ' ');
    bool found = false;

    if (path == NULL)
        return false;
    path++;
    (void)pthread_mutex_lock(&host->lock);
    for (unsigned i = 0; i < host->place_count && !found; i++) {
        host_place *place = &host->places[i];
        size_t len = strlen(place->path);

        if (strncmp(path, place->path, len) != 0 || path[len] != ' ')
            continue;
        found = true;
        *at = i;
        place->asked++;
        memcpy(place->head, question->text, sizeof place->head - 1); /* what is behind is zeros */
        *page = place->page;
        if (page->answer != NULL)
            page->body = *made = page->answer(
                page->user, (daotp__bytes){(uint8_t *)question->body, question->body_len});
    }
    (void)pthread_mutex_unlock(&host->lock);
    return found;
}

static void host_serve(host_line *line)
{
    host_question *question = calloc(1, sizeof *question);
    daotp__bytes made = {NULL, 0};
    host_page page;
    unsigned at;

    if (question == NULL || !host_read(line, question)) {
        free(question);
        return;
    }
    if (!host_find(line->host, question, &page, &at, &made)) {
        (void)host_say(line, "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n");
        free(question);
        return;
    }
    if (page.delay_ms == 0 || host_wait(line, page.delay_ms)) {
        if (page.manner == HOST_RAW)
            (void)host_send(line, page.body.data, page.body.len);
        else if (page.manner != HOST_PLAIN)
            host_misbehave(line, &page);
        else if (host_send_head(line, &page, (int64_t)page.body.len))
            (void)host_send(line, page.body.data, page.body.len);
    }
    (void)pthread_mutex_lock(&line->host->lock);
    if (line->sent > line->host->places[at].sent)
        line->host->places[at].sent = line->sent;
    (void)pthread_mutex_unlock(&line->host->lock);
    free((void *)(uintptr_t)made.data);
    free(question);
}

static void *host_line_run(void *given)
{
    host_line *line = given;
    fetch_host *host = line->host;

    host_serve(line);
    (void)pthread_mutex_lock(&host->lock);
    host->lines[line->slot] = -1;
    (void)close(line->fd);
    host->open--;
    (void)pthread_cond_broadcast(&host->closed);
    (void)pthread_mutex_unlock(&host->lock);
    free(line);
    return NULL;
}

/* ---- the host -------------------------------------------------------------------------------- */

/* Its line is free: it waits for nothing any more. One that is still ending when the process does
 * looks like a leak of what OpenSSL keeps for each thread. */
static void host_join(fetch_host *host, unsigned slot)
{
    if (host->has_thread[slot])
        (void)pthread_join(host->threads[slot], NULL);
    host->has_thread[slot] = false;
}

static void host_take(fetch_host *host, int fd)
{
    host_line *line = malloc(sizeof *line);
    const int one = 1;
    bool taken = false;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)pthread_mutex_lock(&host->lock);
    host->connections++;
    for (unsigned slot = 0; slot < HOST_LINES && !taken && !host->stops && line != NULL; slot++)
        if (host->lines[slot] < 0) {
            host_join(host, slot);
            *line = (host_line){.host = host, .fd = fd, .slot = slot};
            taken = pthread_create(&host->threads[slot], NULL, host_line_run, line) == 0;
            if (!taken)
                break;
            host->has_thread[slot] = true;
            host->lines[slot] = fd;
            host->open++;
        }
    (void)pthread_mutex_unlock(&host->lock);
    if (!taken) {
        (void)close(fd);
        free(line);
    }
}

static void *host_run(void *given)
{
    fetch_host *host = given;
    int fd;

    while ((fd = accept4(host->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        host_take(host, fd);
    return NULL;
}

int host_listen(int family, unsigned *port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    struct sockaddr *address = family == AF_INET6 ? (void *)&six : (void *)&four;
    socklen_t len = family == AF_INET6 ? sizeof six : sizeof four;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo") != 0 ||
        bind(fd, address, len) != 0 || listen(fd, 64) != 0 || getsockname(fd, address, &len) != 0) {
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    *port = ntohs(family == AF_INET6 ? six.sin6_port : four.sin_port);
    return fd;
}

fetch_host *host_new_of(int family)
{
    fetch_host *made = calloc(1, sizeof *made);

    assert_non_null(made);
    made->listener = host_listen(family, &made->port);
    if (made->listener < 0) {
        free(made);
        return NULL;
    }
    for (unsigned i = 0; i < HOST_LINES; i++)
        made->lines[i] = -1;
    (void)pthread_mutex_init(&made->lock, NULL);
    (void)pthread_cond_init(&made->closed, NULL);
    assert_int_equal(pthread_create(&made->thread, NULL, host_run, made), 0);
    return made;
}

fetch_host *host_new(void)
{
    fetch_host *made = host_new_of(AF_INET);

    assert_non_null(made);
    return made;
}

void host_rest(fetch_host *host)
{
    (void)pthread_mutex_lock(&host->lock);
    for (unsigned i = 0; i < HOST_LINES; i++)
        if (host->lines[i] >= 0)
            (void)shutdown(host->lines[i], SHUT_RDWR);
    while (host->open > 0)
        (void)pthread_cond_wait(&host->closed, &host->lock);
    (void)pthread_mutex_unlock(&host->lock);
}

void host_free(fetch_host *host)
{
    if (host == NULL)
        return;
    (void)pthread_mutex_lock(&host->lock);
    host->stops = true;
    (void)pthread_mutex_unlock(&host->lock);
    (void)shutdown(host->listener, SHUT_RDWR);
    (void)pthread_join(host->thread, NULL);
    host_rest(host);
    for (unsigned slot = 0; slot < HOST_LINES; slot++)
        host_join(host, slot);
    (void)close(host->listener);
    (void)pthread_cond_destroy(&host->closed);
    (void)pthread_mutex_destroy(&host->lock);
    free(host);
}

static host_place *host_place_of(fetch_host *host, const char *path)
{
    for (unsigned i = 0; i < host->place_count; i++)
        if (strcmp(host->places[i].path, path) == 0)
            return &host->places[i];
    assert_true(host->place_count < HOST_PLACES && strlen(path) < sizeof host->places[0].path);
    (void)strcpy(host->places[host->place_count].path, path);
    return &host->places[host->place_count++];
}

void host_put(fetch_host *host, const char *path, host_page page)
{
    (void)pthread_mutex_lock(&host->lock);
    host_place_of(host, path)->page = page;
    (void)pthread_mutex_unlock(&host->lock);
}

void host_put_body(fetch_host *host, const char *path, daotp__bytes body)
{
    host_put(host, path, (host_page){.body = body});
}

unsigned host_asked(fetch_host *host, const char *path)
{
    unsigned asked;

    (void)pthread_mutex_lock(&host->lock);
    asked = host_place_of(host, path)->asked;
    (void)pthread_mutex_unlock(&host->lock);
    return asked;
}

uint64_t host_sent(fetch_host *host, const char *path)
{
    uint64_t sent;

    (void)pthread_mutex_lock(&host->lock);
    while (host->open > 0)
        (void)pthread_cond_wait(&host->closed, &host->lock);
    sent = host_place_of(host, path)->sent;
    (void)pthread_mutex_unlock(&host->lock);
    return sent;
}

unsigned host_connections(fetch_host *host)
{
    unsigned connections;

    (void)pthread_mutex_lock(&host->lock);
    connections = host->connections;
    (void)pthread_mutex_unlock(&host->lock);
    return connections;
}

void host_head(fetch_host *host, const char *path, char *head, size_t size)
{
    (void)pthread_mutex_lock(&host->lock);
    (void)snprintf(head, size, "%s", host_place_of(host, path)->head);
    (void)pthread_mutex_unlock(&host->lock);
}

const char *host_url(const fetch_host *host, const char *path)
{
    static _Thread_local char ring[16][256];
    static _Thread_local unsigned next;
    char *url = ring[next++ % 16];

    (void)snprintf(url, sizeof ring[0], "http://127.0.0.1:%u%s", host->port, path);
    return url;
}

unsigned host_free_port(void)
{
    unsigned port = 0;
    int fd = host_listen(AF_INET, &port);

    assert_true(fd >= 0);
    (void)close(fd);
    return port;
}
