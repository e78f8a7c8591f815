/* Gives blocks from standard input (size in 8 bytes, then the bytes) to counting.c, each in memory of just its size. */

#include <stdio.h>
#include <stdlib.h>

#include "../../biomoa/qc/fastq/counting.c"

static void *table(size_t count, size_t size) {
    void *made = calloc(count, size);
    if (!made) abort();
    return made;
}

int main(int count, char **arguments) {
    int64_t adapters[] = {0x123456, 0x6DB6DB}, size, beyond = count > 1 ? atoi(arguments[1]) : 0, blocks = 0;
    struct counts c = {.min_length = INT64_MAX, .adapter_count = 2, .adapters = adapters};
    uint8_t *codes = table(256, 1);
    memset(codes, 255, 256);
    for (int code = 0; code < CODES; code++)
        codes["ACGTNR"[code]] = codes["acgtnr"[code]] = codes["acgtYK"[code]] = codes["acgt.M"[code]] = code;
    c.codes = codes;
    c.by_base = table(POSITIONS * CODES, sizeof(int64_t));
    c.by_quality = table(POSITIONS * QUALITIES, sizeof(int64_t));
    c.lengths = table(LENGTHS, sizeof(int64_t));
    c.gc = table(101, sizeof(int64_t));
    c.means = table(QUALITIES, sizeof(int64_t));
    c.names = table(SAMPLED, sizeof(uint64_t));
    c.sequences = table(SAMPLED, sizeof(uint64_t));
    c.letters = table(LETTERS * POSITIONS, 1);
    c.marks = table(LAST * MARKS, sizeof(uint16_t));
    c.tails = table(TAILS * MARKS, sizeof(uint32_t));
    while (fread(&size, sizeof size, 1, stdin) == 1) {
        uint8_t *block = malloc(size);
        if (!block || fread(block, 1, size, stdin) != (size_t)size) abort();
        c.error = 0;
        int64_t taken = fastq_count(&c, block, size + beyond);
        if (taken < 0 || taken > size) abort();
        free(block);
        blocks++;
    }
    fastq_settle(&c);
    printf("%lld blocks, %lld reads\n", (long long)blocks, (long long)c.reads);
    return 0;
}
