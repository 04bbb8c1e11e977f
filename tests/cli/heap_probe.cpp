// Its root dies of SIGSEGV inside malloc, as after a heap was spoiled: from then on nobody gets memory, not a handler
// of that signal either.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <hecaton/hecaton.hpp>

extern "C" void* __libc_malloc(std::size_t size);

namespace {
std::atomic<bool> heap_is_locked = false;
}

extern "C" void* malloc(std::size_t size) {
    while (heap_is_locked) ::pause();
    return __libc_malloc(size);
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool&) {
        heap_is_locked = true;
        std::raise(SIGSEGV);
    });
}
