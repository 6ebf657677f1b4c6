/* Many clients in one process, so cheap that they are never the limit.
 *
 *     sink [-a] [-r] [-s STAMPS] PORT STEPS CONNECTIONS AT_ONCE EVENT MARKER...
 *
 * Every connection says what STEPS holds for it, one step per MARKER: it sends, and waits for
 * the marker to arrive. STEPS is a sequence of (length: 4 bytes, text), connection after
 * connection. At most AT_ONCE connections are on their way through the steps. Then occurrences
 * of EVENT are counted, whatever they travel in.
 *
 *     -a         acknowledge what was received, with the epoch that came in the last step
 *     -r         try again when a connection is refused or lost on its way
 *     -s STAMPS  16 digits follow EVENT: keep them, and when they came (microseconds)
 *
 * On stdout: "ready SECONDS", and an answer to each line of stdin. "expect N" is answered with
 * "reached COUNT SECONDS CLOSED" when N events have come, or a connection was closed. SECONDS
 * are those of CLOCK_MONOTONIC. The end of stdin is the end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 64, CHUNK = 256 * 1024, STAMP = 16, EPOCH = 40, MOST_STEPS = 8 };

struct connection {
    int socket, step, kept;
    char end[KEPT];    /* the last bytes received: a marker may arrive in two pieces */
    char epoch[EPOCH]; /* of the stream, for acknowledgements */
    char *said[MOST_STEPS];
    uint32_t length[MOST_STEPS];
};

static struct connection *all;
static struct sockaddr_in server;
static int connections, at_once, steps, started, ready, closed, poller;
static int acknowledges, retries;
static const char *event, **markers;
static size_t event_length, stamp_length;
static long count, expected = -1;
static double last_at;
static FILE *stamps;
static char buffer[KEPT + CHUNK];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void say(struct connection *c, const char *bytes, size_t length) {
    if (send(c->socket, bytes, length, MSG_NOSIGNAL) != (ssize_t)length && !retries)
        fail("a message was not sent whole");
}

static void start(struct connection *c) {
    int on = 1;
    for (;;) {
        c->socket = socket(AF_INET, SOCK_STREAM, 0);
        if (c->socket < 0)
            fail("socket");
        if (connect(c->socket, (struct sockaddr *)&server, sizeof server) == 0)
            break;
        if (!retries)
            fail("connect");
        close(c->socket);
        usleep(5000);
    }
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(c->socket, F_SETFL, O_NONBLOCK);
    c->step = c->kept = 0;
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->socket, &interest) < 0)
        fail("epoll_ctl");
    say(c, c->said[0], c->length[0]);
}

static void end(struct connection *c) {
    close(c->socket);
    if (retries && c->step < steps) {
        start(c);
        return;
    }
    if (c->step < steps) {
        errno = ECONNRESET;
        fail("a connection was closed before it was ready");
    }
    closed++;
}

static void keep_epoch(struct connection *c, const char *from, const char *to) {
    const char *name = "\"epoch\":\"";
    const char *found = memmem(from, to - from, name, strlen(name));
    const char *quote = found ? memchr(found + strlen(name), '"', to - found - strlen(name)) : NULL;
    if (!quote || quote - found - strlen(name) >= EPOCH) {
        errno = EPROTO;
        fail("no epoch to acknowledge with");
    }
    memcpy(c->epoch, found + strlen(name), quote - found - strlen(name));
}

/* One masked frame; with a mask of zeros the text is what it is. */
static void acknowledge(struct connection *c, const char *from, const char *to) {
    enum { HEADER = 6, MOST = 125 };
    const char *name = "\"seq\":", *seq = NULL;
    char frame[HEADER + MOST + 1] = {(char)0x81};
    for (const char *at = from; (at = memmem(at, to - at, name, strlen(name))); at++)
        seq = at + strlen(name);
    if (!seq || to - seq < STAMP)
        return;
    int length = snprintf(frame + HEADER, MOST + 1,
                          "{\"type\":\"ack\",\"stream\":\"inbox\",\"epoch\":\"%s\",\"seq\":%ld}",
                          c->epoch, strtol(seq, NULL, 10));
    frame[1] = (char)(0x80 | length);
    say(c, frame, HEADER + length);
}

static const char *count_events(const char *at, const char *to) {
    size_t whole = event_length + stamp_length;
    const char *found;
    while ((found = memmem(at, to - at, event, event_length)) && found + whole <= to) {
        at = found + whole;
        count++;
        if (stamps) {
            /* A copy: behind the last byte received, digits of an earlier event may lie. */
            char digits[STAMP + 1] = {0};
            memcpy(digits, found + event_length, STAMP);
            int64_t pair[2] = {strtoll(digits, NULL, 10), (int64_t)(now() * 1e6)};
            fwrite(pair, sizeof pair, 1, stamps);
        }
    }
    last_at = now();
    return at;
}

static void read_from(struct connection *c) {
    char *from = buffer + KEPT - c->kept, *to = buffer + KEPT, *at = from;
    memcpy(from, c->end, c->kept);
    ssize_t length = recv(c->socket, to, CHUNK, 0);
    if (length <= 0) {
        if (length == 0 || (errno != EAGAIN && errno != EINTR))
            end(c);
        return;
    }
    to += length;
    while (c->step < steps) {
        const char *marker = markers[c->step];
        char *found = memmem(at, to - at, marker, strlen(marker));
        if (!found)
            break;
        at = found + strlen(marker);
        if (++c->step < steps) {
            say(c, c->said[c->step], c->length[c->step]);
        } else {
            ready++;
            if (acknowledges)
                keep_epoch(c, from, to);
        }
    }
    size_t whole = KEPT;
    if (c->step == steps) {
        at = (char *)count_events(at, to);
        if (acknowledges)
            acknowledge(c, from, to);
        whole = event_length + stamp_length;
    }
    c->kept = to - at < (ssize_t)whole - 1 ? to - at : (ssize_t)whole - 1;
    memcpy(c->end, to - c->kept, c->kept);
}

static int read_order(void) {
    static char line[64];
    if (!fgets(line, sizeof line, stdin))
        return 0;
    if (sscanf(line, "expect %ld", &expected) != 1)
        fail("an order that nobody knows");
    return 1;
}

static void report(void) {
    static int was_ready;
    if (ready == connections && !was_ready) {
        was_ready = 1;
        printf("ready %.6f\n", now());
    }
    if (expected >= 0 && (count >= expected || closed)) {
        printf("reached %ld %.6f %d\n", count, last_at, closed);
        expected = -1;
    }
}

static void load_steps(const char *path) {
    FILE *file = fopen(path, "rb");
    all = calloc(connections, sizeof *all);
    for (int i = 0; file && i < connections * steps; i++) {
        struct connection *c = &all[i / steps];
        uint32_t length;
        if (fread(&length, sizeof length, 1, file) != 1)
            fail("what to say is not said");
        c->length[i % steps] = length;
        c->said[i % steps] = malloc(length);
        if (fread(c->said[i % steps], 1, length, file) != length)
            fail("what to say ends too early");
    }
    if (!file)
        fail(path);
    fclose(file);
}

int main(int argc, char **argv) {
    int option;
    while ((option = getopt(argc, argv, "ars:")) != -1) {
        acknowledges |= option == 'a';
        retries |= option == 'r';
        if (option == 's' && !(stamps = fopen(optarg, "wb")))
            fail(optarg);
    }
    argv += optind;
    if (argc - optind < 6 || argc - optind > 5 + MOST_STEPS) {
        errno = EINVAL;
        fail("arguments");
    }
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[0]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections = atoi(argv[2]);
    at_once = atoi(argv[3]);
    event = argv[4];
    event_length = strlen(event);
    stamp_length = stamps ? STAMP : 0;
    markers = (const char **)argv + 5;
    steps = argc - optind - 5;
    load_steps(argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0);
    poller = epoll_create1(0);
    struct epoll_event orders = {.events = EPOLLIN, .data.ptr = NULL}, woken[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &orders);
    for (;;) {
        while (started < connections && started - ready < at_once)
            start(&all[started++]);
        report();
        int number = epoll_wait(poller, woken, 256, -1);
        for (int i = 0; i < number; i++) {
            if (woken[i].data.ptr)
                read_from(woken[i].data.ptr);
            else if (!read_order())
                return stamps ? fclose(stamps) : 0;
        }
    }
}
