/* A library to be loaded first, which lists directories from behind: for programs that take the order as it comes.
   What the C library lists for itself (glob, scandir, nftw) is not changed; file systems of other kinds change that. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    DIR *directory;
    struct dirent64 **entries;
    size_t left, count;
    struct listing *next;
};

static struct listing *listings;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void drop(DIR *directory) {
    pthread_mutex_lock(&lock);
    for (struct listing **at = &listings; *at; at = &(*at)->next)
        if ((*at)->directory == directory) {
            struct listing *gone = *at;
            *at = gone->next;
            for (size_t i = 0; i < gone->count; i++)
                free(gone->entries[i]);
            free(gone->entries);
            free(gone);
            break;
        }
    pthread_mutex_unlock(&lock);
}

static struct listing *read_all(DIR *directory) {
    struct dirent64 *(*next)(DIR *) = dlsym(RTLD_NEXT, "readdir64");
    struct listing *all = calloc(1, sizeof *all);
    for (struct dirent64 *entry; (entry = next(directory));) {
        all->entries = realloc(all->entries, (all->count + 1) * sizeof *all->entries);
        all->entries[all->count] = memcpy(malloc(sizeof *entry), entry, entry->d_reclen);
        all->count++;
    }
    all->directory = directory;
    all->left = all->count;
    all->next = listings;
    return listings = all;
}

struct dirent64 *readdir64(DIR *directory) {
    struct dirent64 *entry = NULL;
    pthread_mutex_lock(&lock);
    struct listing *at = listings;
    while (at && at->directory != directory)
        at = at->next;
    if (!at)
        at = read_all(directory);
    if (at->left > 0)
        entry = at->entries[--at->left];
    pthread_mutex_unlock(&lock);
    return entry;
}

struct dirent *readdir(DIR *directory) {
    return (struct dirent *)readdir64(directory);
}

int closedir(DIR *directory) {
    int (*next)(DIR *) = dlsym(RTLD_NEXT, "closedir");
    drop(directory);
    return next(directory);
}

void rewinddir(DIR *directory) {
    void (*next)(DIR *) = dlsym(RTLD_NEXT, "rewinddir");
    drop(directory);
    next(directory);
}

void seekdir(DIR *directory, long place) {
    void (*next)(DIR *, long) = dlsym(RTLD_NEXT, "seekdir");
    drop(directory);
    next(directory, place);
}
