/* Thousands of screens in one thread: follows a feed over SSE or WebSocket and checks it.
 *
 *   realtime_client PORT PATH sse|text|binary CONNECTIONS fold|count
 *
 * `fold` keeps every screen's state and compares it with each heartbeat's checksum; `count` only
 * counts messages (for servers that carry ours without knowing them). Commands come by
 * standard input, one a line; each is answered by one line of JSON:
 *
 *   open            connect everybody; answers when all have a state (fold) or an answer (count)
 *   mark            what happened since the last mark
 *   log N           from now on keep the times of up to N frames; `dump FILE` writes them
 *   storm           cut everybody, connect everybody again without a position
 *   churn C P       a second: cut C random screens (they resume), make P of them pause 0.2-1.2 s
 *   freeze N        N screens stop reading for ever
 *   thaw            they read again
 *
 * A frame in the dump is three native uint64: version before, version after, ns of
 * CLOCK_MONOTONIC when its last byte was readable.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef enum { SSE, TEXT, BINARY } Wire;
typedef enum { CLOSED, CONNECTING, ASKED, ANSWERED, STREAMING } Stage;

typedef struct {
    int fd, frozen, known;
    Stage stage;
    u64 epoch, version;
    u64 asleep_until; /* ns; 0 = awake */
    char *rest;       /* a frame that has not come whole */
    size_t rest_len;
    uint8_t *states;
    u32 *pools;
    u32 seat_count, pool_count, sum;
} Screen;

typedef struct { u64 before, after, at; } Seen;

enum { FRAMES, MESSAGES, GAPS, DIVERGENCES, DUPLICATES, HEARTBEATS, RECONNECTS, BYES, COUNTED };
static const char *const names[] = {"frames", "messages", "gaps", "divergences", "duplicates",
                                    "heartbeats", "reconnects", "byes"};
static u64 done[COUNTED]; /* since the last mark */

static Wire wire;
static int port, fold, epoll_fd, count, opening, live, wanting;
static const char *path;
static Screen *screens;
static Seen *seen_log;
static size_t log_len, log_max;
static u64 now_ns, marked_ns, began_ns, churn_at_ns, dice = 88172645463325252ULL;
static double churn_cuts, churn_pauses, cuts_due, pauses_due;
static u32 *weights, weights_len;
static char buffer[1 << 18];

static u64 clock_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000ULL + (u64)t.tv_nsec;
}

static u64 roll(void) { /* xorshift64 */
    dice ^= dice << 13;
    dice ^= dice >> 7;
    return dice ^= dice << 17;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

/* The state of one screen */

static u32 weight(u32 cell) { /* fmix32(cell + 1), as realtime/cells.py */
    if (cell >= weights_len) {
        u32 len = cell + 4096;
        weights = realloc(weights, len * sizeof(u32));
        for (u32 at = weights_len; at < len; at++) {
            u32 h = at + 1;
            h ^= h >> 16;
            h *= 0x85EBCA6Bu;
            h ^= h >> 13;
            h *= 0xC2B2AE35u;
            weights[at] = h ^ h >> 16;
        }
        weights_len = len;
    }
    return weights[cell];
}

static void set_seat(Screen *s, u64 at, u64 state) {
    if (at >= s->seat_count) { done[DIVERGENCES]++; return; }
    s->sum += ((u32)state - s->states[at]) * weight((u32)at);
    s->states[at] = (uint8_t)state;
}

static void set_pool(Screen *s, u64 at, u64 left) {
    if (at >= s->pool_count) { done[DIVERGENCES]++; return; }
    s->sum += ((u32)left - s->pools[at]) * weight(s->seat_count + (u32)at);
    s->pools[at] = (u32)left;
}

static void begin_state(Screen *s, u64 seats, u64 pools) {
    s->seat_count = (u32)seats;
    s->pool_count = (u32)pools;
    s->states = realloc(s->states, seats + 1);
    memset(s->states, 0, seats + 1);
    s->pools = realloc(s->pools, (pools + 1) * sizeof(u32));
    memset(s->pools, 0, (pools + 1) * sizeof(u32));
    s->sum = 0;
}

/* What a frame means */

static void disconnect(Screen *s);

static void becomes_live(Screen *s) {
    if (s->stage == STREAMING) return;
    s->stage = STREAMING;
    live++;
}

static int on_delta(Screen *s, u64 before, u64 after) {
    if (fold) {
        if (!s->known || before > s->version) { done[GAPS]++; disconnect(s); return 0; }
        if (after <= s->version) { done[DUPLICATES]++; return 0; }
        before = s->version;
    }
    done[FRAMES]++;
    done[MESSAGES] += after - before;
    if (log_len < log_max) seen_log[log_len++] = (Seen){before, after, now_ns};
    s->known = 1;
    s->version = after;
    becomes_live(s);
    return 1;
}

static void on_heartbeat(Screen *s, int has_version, u64 version, int has_sum, u64 sum) {
    done[HEARTBEATS]++;
    if (!fold || !has_version) return;
    if (!s->known || version > s->version) { done[GAPS]++; disconnect(s); return; }
    if (version < s->version || (has_sum && (u32)sum != s->sum)) {
        done[DIVERGENCES]++;
        s->known = 0;
        disconnect(s);
        return;
    }
    becomes_live(s);
}

static void on_snapshot(Screen *s, u64 epoch, u64 version) {
    if (s->known && version > s->version) { /* shorter than the delta would have been */
        done[FRAMES]++;
        done[MESSAGES] += version - s->version;
        if (log_len < log_max) seen_log[log_len++] = (Seen){s->version, version, now_ns};
    }
    s->epoch = epoch;
    s->version = version;
    s->known = 1;
    becomes_live(s);
}

/* JSON: only what the feed writes */

static const char *find(const char *at, const char *end, const char *word) {
    return memmem(at, (size_t)(end - at), word, strlen(word));
}

static u64 number(const char **at) {
    u64 n = 0;
    while (**at >= '0' && **at <= '9') n = n * 10 + (u64)(*(*at)++ - '0');
    return n;
}

static int member(const char *at, const char *end, const char *name, u64 *to) {
    const char *found = find(at, end, name);
    if (!found) return 0;
    found += strlen(name);
    *to = number(&found);
    return 1;
}

/* [[a,b],[c,d]] or [[a,b,c],...]: calls `take` for each; returns where it ended. */
static const char *tuples(const char *at, int width, void (*take)(Screen *, u64 *), Screen *s) {
    at++; /* [ */
    while (*at == '[' || *at == ',') {
        if (*at == ',') { at++; continue; }
        u64 row[3] = {0};
        at++;
        for (int i = 0; i < width; i++) {
            row[i] = number(&at);
            at++; /* , or ] */
        }
        take(s, row);
    }
    return at;
}

static void take_seat(Screen *s, u64 *row) { set_seat(s, row[0], row[1]); }
static void take_pool(Screen *s, u64 *row) { set_pool(s, row[0], row[1]); }
static void take_run(Screen *s, u64 *row) {
    for (u64 at = row[0]; at < row[0] + row[1]; at++) set_seat(s, at, row[2]);
}

static int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : 63;
}

static void json_snapshot(Screen *s, const char *at, const char *end) {
    u64 epoch = 0, version = 0, seats = 0, pools = 0, idx = 0;
    member(at, end, "\"e\":", &epoch);
    member(at, end, "\"v\":", &version);
    member(at, end, "\"n\":", &seats);
    const char *g = find(at, end, "\"g\":["), *states = find(at, end, "\"s\":");
    if (!g || !states) { done[DIVERGENCES]++; return; }
    g += 5;
    for (const char *c = g; *c != ']'; c++) pools += *c == ',';
    pools += *g != ']';
    begin_state(s, seats, pools);
    states += 4;
    if (*states == '"') {
        u32 bits = 0, have = 0;
        for (states++; *states != '"' && *states != '='; states++) {
            bits = bits << 6 | (u32)base64_value(*states);
            have += 6;
            if (have < 8) continue;
            have -= 8;
            u32 byte = bits >> have & 0xFF;
            for (int i = 0; i < 4 && idx < seats; i++) {
                u32 state = byte >> 2 * i & 3;
                if (state) set_seat(s, idx, state);
                idx++;
            }
        }
    } else {
        tuples(states, 3, take_run, s);
    }
    for (idx = 0; *g != ']'; idx++) {
        set_pool(s, idx, number(&g));
        if (*g == ',') g++;
    }
    on_snapshot(s, epoch, version);
}

static void json_delta(Screen *s, const char *at, const char *end) {
    u64 before = 0, after = 0;
    member(at, end, "\"p\":", &before);
    member(at, end, "\"v\":", &after);
    if (!on_delta(s, before, after) || !fold) return;
    const char *seats = find(at, end, "\"s\":["), *pools = find(at, end, "\"g\":[");
    if (seats) tuples(seats + 4, 2, take_seat, s);
    if (pools) tuples(pools + 4, 2, take_pool, s);
}

static void json_frame(Screen *s, const char *at, const char *end) {
    u64 version = 0, sum = 0;
    if (find(at, end, "\"p\":")) json_delta(s, at, end);
    else if (find(at, end, "\"n\":")) json_snapshot(s, at, end);
    else if (find(at, end, "\"t\":")) {
        int has_version = member(at, end, "\"v\":", &version);
        int has_sum = member(at, end, "\"c\":", &sum);
        on_heartbeat(s, has_version, version, has_sum, sum);
    } else if (find(at, end, "retry_ms")) { done[BYES]++; disconnect(s); }
    else if (find(at, end, "{}")) s->known = 0; /* resync */
}

/* The binary subprotocol: realtime/binary.py, server/live/packing.py */

static u64 varint(const uint8_t **at, const uint8_t *end) {
    u64 n = 0;
    for (int shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        n |= (u64)(byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    return n;
}

static void binary_snapshot(Screen *s, const uint8_t *at, const uint8_t *end) {
    u64 epoch = varint(&at, end), version = varint(&at, end), seats = varint(&at, end);
    u64 form = varint(&at, end), idx = 0;
    begin_state(s, seats, 64);
    if (form == 0) {
        for (; idx < seats && at < end; idx++) {
            u32 state = *at >> 2 * (idx & 3) & 3;
            if (state) set_seat(s, idx, state);
            if ((idx & 3) == 3) at++;
        }
        if (seats & 3) at++;
    } else {
        for (u64 runs = varint(&at, end); runs; runs--) {
            u64 start = idx + varint(&at, end), length = varint(&at, end);
            u64 row[3] = {start, length, varint(&at, end)};
            take_run(s, row);
            idx = start + length;
        }
    }
    u64 pools = varint(&at, end);
    for (u64 pool = 0; pool < pools; pool++) set_pool(s, pool, varint(&at, end));
    on_snapshot(s, epoch, version);
}

static void binary_delta(Screen *s, const uint8_t *at, const uint8_t *end) {
    varint(&at, end); /* epoch */
    u64 before = varint(&at, end), after = before + varint(&at, end), idx = 0;
    if (!on_delta(s, before, after) || !fold) return;
    for (u64 seats = varint(&at, end); seats; seats--) {
        u64 n = varint(&at, end);
        idx += n >> 2;
        set_seat(s, idx, n & 3);
    }
    for (u64 pools = varint(&at, end); pools; pools--) {
        u64 pool = varint(&at, end);
        set_pool(s, pool, varint(&at, end));
    }
}

static void binary_frame(Screen *s, const uint8_t *at, const uint8_t *end) {
    u64 kind = varint(&at, end);
    if (kind == 1) binary_snapshot(s, at, end);
    else if (kind == 2) binary_delta(s, at, end);
    else if (kind == 3) {
        varint(&at, end);
        u64 flags = varint(&at, end), version = 0, sum = 0;
        if (flags & 1) version = varint(&at, end);
        if (flags & 2) sum = varint(&at, end);
        on_heartbeat(s, flags & 1, version, (flags & 2) != 0, sum);
    } else if (kind == 4) s->known = 0;
    else { done[BYES]++; disconnect(s); }
}

/* Bytes into frames; each returns how many it used up */

static size_t sse_frames(Screen *s, const char *at, size_t len) {
    const char *start = at, *end = at + len, *blank;
    while (s->fd >= 0 && (blank = memmem(at, (size_t)(end - at), "\n\n", 2))) {
        const char *data = find(at, blank, "data: ");
        if (data) json_frame(s, data + 6, blank);
        at = blank + 2;
    }
    return (size_t)(at - start);
}

static void pong(Screen *s, const char *payload, size_t len) {
    char frame[6 + 125] = {(char)0x8A, (char)(0x80 | len)}; /* masked with zeros */
    memcpy(frame + 6, payload, len);
    if (send(s->fd, frame, 6 + len, MSG_NOSIGNAL) < 0) disconnect(s);
}

static size_t websocket_frames(Screen *s, const char *data, size_t len) {
    size_t used = 0;
    while (s->fd >= 0 && len - used >= 2) {
        const uint8_t *head = (const uint8_t *)data + used;
        size_t size = head[1] & 0x7F, before = 2;
        if (size == 126) {
            if (len - used < 4) break;
            size = (size_t)head[2] << 8 | head[3];
            before = 4;
        } else if (size == 127) {
            if (len - used < 10) break;
            size = 0;
            for (int i = 2; i < 10; i++) size = size << 8 | head[i];
            before = 10;
        }
        if (len - used < before + size) break;
        const char *payload = data + used + before;
        int opcode = head[0] & 0xF;
        if (opcode == 1) json_frame(s, payload, payload + size);
        else if (opcode == 2) binary_frame(s, (const uint8_t *)payload, (const uint8_t *)payload + size);
        else if (opcode == 9 && size < 126) pong(s, payload, size);
        else if (opcode == 8) disconnect(s);
        used += before + size;
    }
    return used;
}

static void keep(Screen *s, const char *data, size_t len) {
    char *rest = len ? malloc(len + 1) : NULL;
    if (len) {
        memcpy(rest, data, len);
        rest[len] = 0;
    }
    free(s->rest);
    s->rest = rest;
    s->rest_len = len;
}

static void take(Screen *s, const char *data, size_t len) {
    size_t used = 0;
    if (s->stage == ASKED) {
        const char *head = memmem(data, len, "\r\n\r\n", 4);
        if (!head) { keep(s, data, len); return; }
        if (memcmp(data + 9, wire == SSE ? "200" : "101", 3)) {
            disconnect(s);
            return;
        }
        used = (size_t)(head - data) + 4;
        s->stage = ANSWERED;
        if (!fold) becomes_live(s);
    }
    used += wire == SSE ? sse_frames(s, data + used, len - used)
                        : websocket_frames(s, data + used, len - used);
    if (s->fd >= 0) keep(s, data + used, len - used);
}

/* Connections */

static void watch(Screen *s, u32 events) {
    struct epoll_event event = {.events = events, .data.u32 = (u32)(s - screens)};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event) && errno == EEXIST)
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, s->fd, &event);
}

static void connect_screen(Screen *s) {
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (s->fd < 0) die("socket");
    int one = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct linger reset = {1, 0}; /* no TIME_WAIT: thousands are cut */
    setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    /* Servers limit how many streams an address may have: 1,500 screens each, ours alone. */
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl((u32)INADDR_LOOPBACK +
                                                        ((u32)(getpid() & 0xFFFF) << 8) +
                                                        (u32)(s - screens) / 1500)};
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(s->fd, (struct sockaddr *)&from, sizeof from)) die("bind");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(s->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) die("connect");
    s->stage = CONNECTING;
    opening++;
    watch(s, EPOLLOUT);
}

static void ask(Screen *s) {
    char since[64] = "", request[600];
    if (fold && s->known)
        snprintf(since, sizeof since, "%csince=%llu:%llu", strchr(path, '?') ? '&' : '?',
                 (unsigned long long)s->epoch, (unsigned long long)s->version);
    const char *upgrade =
        wire == SSE ? ""
                    : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const char *protocol = wire == SSE || !fold ? ""
                           : wire == TEXT ? "Sec-WebSocket-Protocol: fullhouse.v1.json\r\n"
                                          : "Sec-WebSocket-Protocol: fullhouse.v1.bin\r\n";
    int len = snprintf(request, sizeof request,
                       "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n"
                       "%s%s\r\n", path, since, port, upgrade, protocol);
    opening--;
    s->stage = ASKED;
    if (send(s->fd, request, (size_t)len, MSG_NOSIGNAL) != len) { disconnect(s); return; }
    watch(s, EPOLLIN);
}

static void close_screen(Screen *s) {
    if (s->fd < 0) return;
    if (s->stage == CONNECTING) opening--;
    if (s->stage == STREAMING) live--;
    close(s->fd);
    s->fd = -1;
    s->stage = CLOSED;
    s->frozen = 0;
    s->asleep_until = 0;
    keep(s, NULL, 0);
}

/* Cut by us or by the server: it connects again in `tick`, resuming where it knows how. */
static void disconnect(Screen *s) {
    if (s->fd < 0) return;
    done[RECONNECTS] += s->stage > CONNECTING;
    close_screen(s);
}

static void readable(Screen *s) {
    size_t before = s->rest_len;
    if (before) memcpy(buffer, s->rest, before);
    if (before >= sizeof buffer - 1) { disconnect(s); return; }
    ssize_t len = recv(s->fd, buffer + before, sizeof buffer - 1 - before, 0);
    if (len <= 0) {
        if (len < 0 && errno == EAGAIN) return;
        disconnect(s);
        return;
    }
    now_ns = clock_ns();
    buffer[before + (size_t)len] = 0;
    take(s, buffer, before + (size_t)len);
}

/* Commands */

static void answer_mark(void) {
    u64 at = clock_ns();
    printf("{\"seconds\":%.6f,\"live\":%d", (double)(at - marked_ns) / 1e9, live);
    for (int i = 0; i < COUNTED; i++) printf(",\"%s\":%llu", names[i], (unsigned long long)done[i]);
    printf("}\n");
    fflush(stdout);
    memset(done, 0, sizeof done);
    marked_ns = at;
}

static void freeze(int wanted) {
    for (int at = 0; at < count && wanted > 0; at++) {
        Screen *s = &screens[at];
        if (s->stage != STREAMING || s->frozen) continue;
        s->frozen = 1;
        wanted--;
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
    }
}

static void obey(char *line) {
    char name[16] = "", file[512] = "";
    double a = 0, b = 0;
    sscanf(line, "%15s", name);
    if (!strcmp(name, "mark")) { answer_mark(); return; }
    if (!strcmp(name, "open") || !strcmp(name, "storm")) {
        began_ns = clock_ns();
        for (int at = 0; at < count; at++) {
            close_screen(&screens[at]);
            screens[at].known = 0;
        }
        wanting = 1;
        return; /* answered by `tick` when everybody is live */
    }
    if (!strcmp(name, "log")) {
        sscanf(line, "%*s %lf", &a);
        free(seen_log);
        log_max = (size_t)a;
        log_len = 0;
        seen_log = malloc((log_max + 1) * sizeof(Seen));
    } else if (!strcmp(name, "dump")) {
        sscanf(line, "%*s %511s", file);
        FILE *to = fopen(file, "wb");
        if (!to || fwrite(seen_log, sizeof(Seen), log_len, to) != log_len) die(file);
        fclose(to);
        log_max = log_len = 0;
    } else if (!strcmp(name, "churn")) {
        sscanf(line, "%*s %lf %lf", &a, &b);
        churn_cuts = a;
        churn_pauses = b;
        churn_at_ns = clock_ns();
    } else if (!strcmp(name, "freeze")) {
        sscanf(line, "%*s %lf", &a);
        freeze((int)a);
    } else if (!strcmp(name, "thaw")) {
        for (int at = 0; at < count; at++)
            if (screens[at].frozen) {
                screens[at].frozen = 0;
                if (screens[at].fd >= 0) watch(&screens[at], EPOLLIN);
            }
    }
    printf("{}\n");
    fflush(stdout);
}

static void churn(void) {
    u64 at = clock_ns();
    double passed_s = (double)(at - churn_at_ns) / 1e9;
    churn_at_ns = at;
    for (cuts_due += churn_cuts * passed_s; cuts_due >= 1; cuts_due--) {
        Screen *s = &screens[roll() % (u64)count];
        if (s->stage == STREAMING && !s->frozen && !s->asleep_until) disconnect(s);
    }
    for (pauses_due += churn_pauses * passed_s; pauses_due >= 1; pauses_due--) {
        Screen *s = &screens[roll() % (u64)count];
        if (s->stage != STREAMING || s->frozen || s->asleep_until) continue;
        s->asleep_until = at + 200000000ULL + roll() % 1000000000ULL;
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
    }
}

static void tick(void) {
    static u64 looked_ns;
    u64 at = clock_ns();
    if (wanting || at - looked_ns > 20000000ULL) {
        looked_ns = at;
        for (int i = 0; i < count && opening < 512; i++) {
            Screen *s = &screens[i];
            if (s->fd < 0 && began_ns) connect_screen(s);
            else if (s->asleep_until && at > s->asleep_until) {
                s->asleep_until = 0;
                watch(s, EPOLLIN);
            }
        }
        if (churn_cuts + churn_pauses > 0) churn();
    }
    if (wanting && live == count) {
        wanting = 0;
        printf("{\"seconds\":%.6f}\n", (double)(clock_ns() - began_ns) / 1e9);
        fflush(stdout);
    }
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    port = atoi(argv[1]);
    path = argv[2];
    wire = argv[3][0] == 's' ? SSE : argv[3][0] == 't' ? TEXT : BINARY;
    count = atoi(argv[4]);
    fold = argv[5][0] == 'f';
    screens = calloc((size_t)count, sizeof(Screen));
    for (int at = 0; at < count; at++) screens[at].fd = -1;
    epoll_fd = epoll_create1(0);
    struct epoll_event input = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &input);
    marked_ns = clock_ns();
    static struct epoll_event events[1024];
    for (;;) {
        int n = epoll_wait(epoll_fd, events, 1024, wanting ? 1 : 10);
        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == UINT32_MAX) {
                static char line[1024];
                ssize_t len = read(0, line, sizeof line - 1);
                if (len <= 0) return 0;
                line[len] = 0;
                obey(line);
                continue;
            }
            Screen *s = &screens[events[i].data.u32];
            if (s->fd < 0) continue;
            if (s->stage == CONNECTING) {
                if (events[i].events & (EPOLLERR | EPOLLHUP)) disconnect(s);
                else ask(s);
            } else if (!s->frozen && !s->asleep_until) {
                readable(s);
            }
        }
        tick();
    }
}
