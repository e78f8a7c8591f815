/* Counts the whole four-line records of a block of FASTQ in one pass. Called by counting.py, which owns all memory.

   Rules of this file: nothing is allocated, nothing outside `data[0..size)` is read, every index into a table is
   bounded where it is made. Plain C with GCC's vectors: the compiler makes of them what the processor has. */

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

enum { POSITIONS = 512, CODES = 6, QUALITIES = 97, LENGTHS = 1 << 16, SAMPLED = 1 << 20, ADAPTER_LENGTH = 12 };
enum { LAST = POSITIONS - 1, LETTERS = 5, MARKS = 96, TAILS = 4, HEAD = 50, WIDE = 32 };
enum { OK, NO_AT, NO_PLUS, LENGTHS_DIFFER, BAD_BASE, BAD_QUALITY, PLUS_NAME_DIFFERS, EMPTY_NAME };

/* Letters by position are counted in bytes and qualities in two of them: small counts stay in the nearest cache and
   many are raised at once. They are moved to the tables before one could be full. */
enum { LETTERS_FULL = 255, MARKS_FULL = 65535, TAILS_FULL = 1 << 30 };

/* The same fields in the same order as `Counts` in counting.py. */
struct counts {
    int64_t reads, bases, min_length, max_length, min_quality, max_quality, crlf, empty;
    int64_t mate1, mate2, looks33, looks64, adapter_reads, sampled_reads;
    int64_t names_kept, name_mask, sequences_kept, sequence_mask;
    int64_t error, letters_wait, marks_wait, tails_wait;
    uint64_t name_digest, sequence_digest;
    int64_t adapter_count;
    const int64_t *adapters;
    const uint8_t *codes;                    /* character -> 0..5, or 255 */
    int64_t *by_base;                        /* [POSITIONS][CODES] */
    int64_t *by_quality;                     /* [POSITIONS][QUALITIES] */
    int64_t *lengths, *gc, *means;           /* [LENGTHS], [101], [QUALITIES] */
    uint64_t *names, *sequences;             /* [SAMPLED] */
    uint8_t *letters;                        /* [LETTERS][POSITIONS] */
    uint16_t *marks;                         /* [LAST][MARKS] */
    uint32_t *tails;                         /* [TAILS][MARKS], of all positions from LAST on */
};

struct read {
    int64_t name, name_end, first, length, quality, following;
    int64_t called, strong, total, low, high;
};

typedef uint8_t bytes __attribute__((vector_size(WIDE)));
typedef uint16_t pairs __attribute__((vector_size(WIDE)));

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Rounded; narrow numbers are divided several times faster. */
INLINE int64_t divided(int64_t part, int64_t whole) {
    if ((part | whole) >> 31) return (part + whole / 2) / whole;
    return ((uint32_t)part + (uint32_t)whole / 2) / (uint32_t)whole;
}

INLINE uint64_t eight(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

INLINE bytes wide(const uint8_t *at) {
    bytes found;
    memcpy(&found, at, WIDE);
    return found;
}

INLINE void store(uint8_t *at, bytes value) { memcpy(at, &value, WIDE); }

INLINE bytes all(uint8_t value) { return (bytes){0} + value; }

static const uint8_t SOME[2 * WIDE] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

/* Which of the next WIDE bytes belong to the line of which `left` are left. */
INLINE bytes mask_of(int64_t left) { return left >= WIDE ? all(255) : wide(SOME + WIDE - left); }

/* The next WIDE bytes; those that are not of the line are 0. */
INLINE bytes masked(const uint8_t *at, int64_t left, const uint8_t *stop) {
    if (left >= WIDE) return wide(at);
    if (stop - at >= WIDE) return wide(at) & mask_of(left);
    uint8_t room[WIDE] = {0};
    memcpy(room, at, left);
    return wide(room);
}

INLINE int64_t sum_bytes(bytes value) {
    const uint64_t low = 0x00FF00FF00FF00FF;
    uint64_t words[WIDE / 8];
    int64_t sum = 0;
    memcpy(words, &value, WIDE);
    for (int i = 0; i < WIDE / 8; i++)
        sum += (((words[i] & low) + (words[i] >> 8 & low)) * 0x0001000100010001) >> 48;
    return sum;
}

INLINE int64_t sum_pairs(pairs value) {
    int64_t sum = 0;
    for (int i = 0; i < WIDE / 2; i++) sum += value[i];
    return sum;
}

/* Place of the first line feed from `at` on, or `size`. */
INLINE int64_t line_end(const uint8_t *data, int64_t at, int64_t size) {
    const uint8_t *found = at < size ? memchr(data + at, '\n', size - at) : 0;
    return found ? found - data : size;
}

/* Place of the first space, tab, carriage return or line feed from `at` on, or `size`. */
INLINE int64_t word_end(const uint8_t *data, int64_t at, int64_t size) {
    for (; at + 8 <= size; at += 8) {
        uint64_t word = eight(data + at);
        if ((word - 0x2121212121212121) & ~word & 0x8080808080808080) break;
    }
    while (at < size && data[at] != '\n' && data[at] != ' ' && data[at] != '\t' && data[at] != '\r') at++;
    return at;
}

/* A last mix, so that the low bits that choose the sample are as good as the high ones. */
INLINE uint64_t mixed(uint64_t hash) {
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCD;
    return hash ^ hash >> 33;
}

INLINE uint64_t hash_of(const uint8_t *at, int64_t length) {
    uint64_t hash = 14695981039346656037u ^ (uint64_t)length;
    for (; length >= 8; at += 8, length -= 8) {
        hash = (hash ^ eight(at)) * 0x9E3779B97F4A7C15;
        hash ^= hash >> 32;
    }
    for (; length > 0; at++, length--) hash = (hash ^ *at) * 1099511628211u;
    return mixed(hash);
}

/* Keeps a hash if its low bits are those of the sample; makes room by halving the sample. */
static void keep(uint64_t *kept, int64_t *count, int64_t *mask, uint64_t value) {
    if (value & (uint64_t)*mask) return;
    if (*count == SAMPLED) {
        int64_t left = 0;
        *mask = *mask * 2 + 1;
        for (int64_t i = 0; i < SAMPLED; i++)
            if (!(kept[i] & (uint64_t)*mask)) kept[left++] = kept[i];
        *count = left;
        if (value & (uint64_t)*mask || left == SAMPLED) return;
    }
    kept[(*count)++] = value;
}

static void move_letters(struct counts *c) {
    for (int code = 0; code < LETTERS; code++)
        for (int at = 0; at < POSITIONS; at++) c->by_base[at * CODES + code] += c->letters[code * POSITIONS + at];
    memset(c->letters, 0, LETTERS * POSITIONS);
    c->letters_wait = 0;
}

static void move_marks(struct counts *c) {
    for (int at = 0; at < LAST; at++)
        for (int mark = 0; mark < MARKS; mark++) c->by_quality[at * QUALITIES + mark] += c->marks[at * MARKS + mark];
    memset(c->marks, 0, LAST * MARKS * sizeof *c->marks);
    c->marks_wait = 0;
}

static void move_tails(struct counts *c) {
    for (int at = 0; at < TAILS * MARKS; at++) c->by_quality[LAST * QUALITIES + at % MARKS] += c->tails[at];
    memset(c->tails, 0, TAILS * MARKS * sizeof *c->tails);
    c->tails_wait = 0;
}

struct letters {
    bytes a, c, g, t, n;
};

INLINE struct letters letters_of(bytes some) {
    return (struct letters){
        (bytes)(some == 'A'), (bytes)(some == 'C'), (bytes)(some == 'G'), (bytes)(some == 'T'), (bytes)(some == 'N'),
    };
}

/* Adds capitals by position, or takes them off again, and sums them up; true when there is nothing but A C G T N.
   A comparison gives 255 where it holds: of it 1 is added, or 255, which takes 1 off. */
INLINE int add_letters(struct counts *c, struct read *r, const uint8_t *at, int64_t length, const uint8_t *stop,
                       int is_taken_off) {
    bytes odd = {0}, strong = {0}, unknown = {0}, one = is_taken_off ? all(255) : all(1);
    for (int64_t j = 0; j < length; j += WIDE) {
        struct letters l = letters_of(masked(at + j, length - j, stop));
        uint8_t *row = c->letters + j;
        store(row, wide(row) + (l.a & one));
        store(row + POSITIONS, wide(row + POSITIONS) + (l.c & one));
        store(row + 2 * POSITIONS, wide(row + 2 * POSITIONS) + (l.g & one));
        store(row + 3 * POSITIONS, wide(row + 3 * POSITIONS) + (l.t & one));
        store(row + 4 * POSITIONS, wide(row + 4 * POSITIONS) + (l.n & one));
        odd |= ~(l.a | l.c | l.g | l.t | l.n) & mask_of(length - j);
        strong -= l.c | l.g;
        unknown -= l.n;
    }
    r->strong = sum_bytes(strong);
    r->called = length - sum_bytes(unknown);
    return sum_bytes(odd & 1) == 0;
}

/* The same for the bases beyond the last position, which are counted there. */
INLINE int add_beyond(struct counts *c, struct read *r, const uint8_t *at, int64_t length, const uint8_t *stop) {
    int64_t sums[CODES] = {0};
    bytes odd = {0};
    for (int64_t begin = 0; begin < length; begin += 255 * WIDE) {
        bytes a = {0}, g = {0}, t = {0}, strong = {0}, n = {0};
        for (int64_t j = begin, end = least(length, begin + 255 * WIDE); j < end; j += WIDE) {
            struct letters l = letters_of(masked(at + j, length - j, stop));
            a -= l.a, strong -= l.c, g -= l.g, t -= l.t, n -= l.n;
            odd |= ~(l.a | l.c | l.g | l.t | l.n) & mask_of(length - j);
        }
        sums[0] += sum_bytes(a), sums[1] += sum_bytes(strong), sums[2] += sum_bytes(g);
        sums[3] += sum_bytes(t), sums[4] += sum_bytes(n);
    }
    if (sum_bytes(odd & 1)) return 0;
    for (int code = 0; code < LETTERS; code++) c->by_base[LAST * CODES + code] += sums[code];
    r->strong += sums[1] + sums[2];
    r->called += length - sums[4];
    return 1;
}

/* Counts whatever letters there are; false, and nothing counted, at what is no base. */
static int add_any(struct counts *c, struct read *r, const uint8_t *at) {
    for (int64_t j = 0; j < r->length; j++)
        if (c->codes[at[j]] >= CODES) return 0;
    r->called = r->strong = 0;
    for (int64_t j = 0; j < r->length; j++) {
        int code = c->codes[at[j]];
        c->by_base[least(j, LAST) * CODES + code]++;
        r->strong += code == 1 || code == 2;
        r->called += code < 4;
    }
    return 1;
}

INLINE int add_bases(struct counts *c, struct read *r, const uint8_t *data, const uint8_t *stop) {
    const uint8_t *at = data + r->first;
    int64_t shown = least(r->length, POSITIONS);
    if (add_letters(c, r, at, shown, stop, 0) && add_beyond(c, r, at + shown, r->length - shown, stop)) {
        if (++c->letters_wait == LETTERS_FULL) move_letters(c);
        return 1;
    }
    add_letters(c, r, at, shown, stop, 1);
    return add_any(c, r, at);
}

/* Sum, least and greatest of the qualities. */
INLINE void weigh_qualities(struct read *r, const uint8_t *at, const uint8_t *stop) {
    bytes low = all(255), high = {0};
    r->total = 0;
    for (int64_t begin = 0; begin < r->length; begin += 128 * WIDE) {
        pairs sum = {0};
        for (int64_t j = begin, end = least(r->length, begin + 128 * WIDE); j < end; j += WIDE) {
            bytes some = masked(at + j, r->length - j, stop), least_of = some | ~mask_of(r->length - j);
            bytes is_less = (bytes)(least_of < low), is_more = (bytes)(some > high);
            low = (least_of & is_less) | (low & ~is_less);
            high = (some & is_more) | (high & ~is_more);
            sum += ((pairs)some & 255) + ((pairs)some >> 8);
        }
        r->total += sum_pairs(sum);
    }
    uint8_t lowest = 255, highest = 0;
    for (int i = 0; i < WIDE; i++) {
        lowest = low[i] < lowest ? low[i] : lowest;
        highest = high[i] > highest ? high[i] : highest;
    }
    r->low = lowest, r->high = highest;
}

/* Qualities are known to be of 33..126. Those of all positions from the last on are counted in four rows in turn:
   raising one place again and again takes longer. */
INLINE void add_qualities(struct counts *c, const uint8_t *at, int64_t length) {
    int64_t shown = least(length, LAST);
    uint16_t *row = c->marks;
    int64_t j = 0;
    for (; j + 8 <= shown; j += 8, row += 8 * MARKS)
#pragma GCC unroll 8
        for (int64_t k = 0; k < 8; k++) row[k * MARKS + (int64_t)at[j + k] - 33]++;
    for (; j < shown; j++, row += MARKS) row[(int64_t)at[j] - 33]++;
    for (; j < length; j++) c->tails[(j & (TAILS - 1)) * MARKS + (int64_t)at[j] - 33]++;
    if (++c->marks_wait == MARKS_FULL) move_marks(c);
    c->tails_wait += length - shown;
    if (c->tails_wait > TAILS_FULL) move_tails(c);
}

static int64_t wrong(struct counts *c, int error) {
    c->error = error;
    return -1;
}

/* Where the qualities begin; -1 when the line is unfinished, or wrong as `error` says. */
INLINE int64_t third_line(struct counts *c, const uint8_t *data, int64_t start, int64_t plus, int64_t size) {
    if (plus >= size) return -1;
    if (data[plus] != '+') return wrong(c, NO_PLUS);
    if (plus + 1 < size && data[plus + 1] == '\n') return plus + 2;
    int64_t end = line_end(data, plus + 1, size);
    if (end >= size) return -1;
    int64_t said = end - plus - 1 - (data[end - 1] == '\r');
    if (said > 0 && memcmp(data + plus + 1, data + start + 1, said)) return wrong(c, PLUS_NAME_DIFFERS);
    return end + 1;
}

/* Where the next record begins: after as many qualities as bases; -1 as above. */
INLINE int64_t fourth_line(struct counts *c, const uint8_t *data, int64_t quality, int64_t length, int64_t size) {
    int64_t stop = quality + length;
    if (stop >= size) /* unfinished, or it ends too early */
        return line_end(data, quality, size) < size ? wrong(c, LENGTHS_DIFFER) : -1;
    if (data[stop] == '\n') return stop + 1;
    if (data[stop] == '\r') {
        if (stop + 1 >= size) return -1;
        if (data[stop + 1] == '\n') return stop + 2;
    }
    return wrong(c, LENGTHS_DIFFER);
}

/* Places of the lines of the record at `start`; false when it is unfinished or wrong. */
INLINE int find_lines(struct counts *c, struct read *r, const uint8_t *data, int64_t start, int64_t size) {
    if (data[start] != '@') return wrong(c, NO_AT) > 0;
    r->name = start + 1;
    r->name_end = word_end(data, r->name, size);
    r->first = line_end(data, r->name_end, size) + 1;
    if (r->first > size) return 0;
    if (r->name_end == r->name) return wrong(c, EMPTY_NAME) > 0;
    int64_t end = line_end(data, r->first, size);
    if (end >= size) return 0;
    r->length = end - r->first - (end > r->first && data[end - 1] == '\r');
    r->quality = third_line(c, data, start, end + 1, size);
    if (r->quality < 0) return 0;
    r->following = fourth_line(c, data, r->quality, r->length, size);
    return r->following >= 0;
}

INLINE void note_lengths(struct counts *c, const struct read *r) {
    c->reads++;
    c->bases += r->length;
    c->min_length = least(c->min_length, r->length);
    c->max_length = most(c->max_length, r->length);
    c->lengths[least(r->length, LENGTHS - 1)]++;
    if (r->called > 0) c->gc[divided(100 * r->strong, r->called)]++;
    if (r->length == 0) {
        c->empty++;
        return;
    }
    c->min_quality = least(c->min_quality, r->low);
    c->max_quality = most(c->max_quality, r->high);
    c->means[divided(r->total, r->length) - 33]++;
    c->looks33 += r->low < 59;
    c->looks64 += r->low >= 64 && r->high >= 76;
}

/* Takes `/1` off a name or reads ` 1:` after it; 1, 2, or 0 when nothing is said. */
INLINE int mate_of(struct read *r, const uint8_t *data, int64_t size) {
    const uint8_t *end = data + r->name_end;
    if (r->name_end - r->name > 2 && end[-2] == '/' && (end[-1] == '1' || end[-1] == '2')) {
        r->name_end -= 2;
        return end[-1] - '0';
    }
    if (r->name_end + 2 < size && end[0] == ' ' && end[2] == ':' && (end[1] == '1' || end[1] == '2'))
        return end[1] - '0';
    return 0;
}

INLINE void note_name(struct counts *c, struct read *r, const uint8_t *data, int64_t size) {
    int mate = mate_of(r, data, size);
    uint64_t hash = hash_of(data + r->name, r->name_end - r->name);
    c->mate1 += mate == 1;
    c->mate2 += mate == 2;
    c->name_digest = (c->name_digest ^ hash) * 1099511628211u + 1;
    keep(c->names, &c->names_kept, &c->name_mask, hash);
}

/* One bit for each adapter, by the last three bases of its word: most words are told apart by it at once. */
INLINE uint64_t hint_of(const struct counts *c) {
    uint64_t hint = 0;
    for (int64_t k = 0; k < c->adapter_count; k++) hint |= (uint64_t)1 << (c->adapters[k] & 63);
    return hint;
}

INLINE int is_adapter(const struct counts *c, int64_t word) {
    int is_one = 0;
    for (int64_t k = 0; k < c->adapter_count; k++) is_one |= word == c->adapters[k];
    return is_one;
}

/* Adapters, and the hash of the first 50 bases: done for one read in 16. */
static void look_closely(struct counts *c, const uint8_t *at, int64_t length) {
    const int64_t mask = ((int64_t)1 << 2 * ADAPTER_LENGTH) - 1;
    const uint64_t hint = hint_of(c);
    uint64_t hash = 14695981039346656037u;
    int64_t word = 0, run = 0, head = least(length, HEAD);
    int is_found = 0;
    for (int64_t j = 0; j < head; j++) hash = (hash ^ (uint64_t)c->codes[at[j]]) * 1099511628211u;
    for (int64_t j = 0; j < length && !is_found; j++) {
        int code = c->codes[at[j]];
        word = (word << 2 | code) & mask;
        run = code < 4 ? run + 1 : 0;
        if (run >= ADAPTER_LENGTH && hint >> (word & 63) & 1) is_found = is_adapter(c, word);
    }
    hash = mixed(hash);
    c->sampled_reads++;
    c->adapter_reads += is_found;
    c->sequence_digest = (c->sequence_digest ^ hash) * 1099511628211u + 1;
    keep(c->sequences, &c->sequences_kept, &c->sequence_mask, hash);
}

/* Counts the whole records of `data[0..size)`; gives the place where the first unfinished or wrong one begins. */
FOR_EACH_PROCESSOR
int64_t fastq_count(struct counts *c, const uint8_t *data, int64_t size) {
    const uint8_t *stop = data + size;
    int64_t start = 0;
    struct read r;
    while (start < size && find_lines(c, &r, data, start, size)) {
        weigh_qualities(&r, data + r.quality, stop);
        if (r.length > 0 && (r.low < 33 || r.high > 126)) {
            wrong(c, BAD_QUALITY);
            break;
        }
        if (!add_bases(c, &r, data, stop)) {
            wrong(c, BAD_BASE);
            break;
        }
        add_qualities(c, data + r.quality, r.length);
        if (!(c->reads & 15) && r.length >= ADAPTER_LENGTH) look_closely(c, data + r.first, r.length);
        c->crlf += data[r.first - 2] == '\r' || data[r.following - 2] == '\r';
        note_lengths(c, &r);
        note_name(c, &r, data, size);
        start = r.following;
    }
    return start;
}

/* Moves what still waits to the tables, after the last block. */
void fastq_settle(struct counts *c) {
    move_letters(c);
    move_marks(c);
    move_tails(c);
}

/* Size of `struct counts`, so that counting.py can tell when it speaks of another one. */
int64_t fastq_counts_size(void) { return sizeof(struct counts); }
